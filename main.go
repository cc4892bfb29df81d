// Aircommons runs a network of cities that work on clean air: its programme and the evidence of its air.
package main

import (
	"os"

	"aircommons/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
