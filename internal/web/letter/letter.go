// Package letter shows its desk.
package letter
