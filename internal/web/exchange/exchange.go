// Package exchange shows its desk.
package exchange
