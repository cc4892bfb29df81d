// Package form shows its desk.
package form
