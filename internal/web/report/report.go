// Package report shows its desk.
package report
