// Package calendar shows its desk.
package calendar
