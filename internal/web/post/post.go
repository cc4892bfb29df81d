// Package post shows its desk.
package post
