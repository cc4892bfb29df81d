// Package call shows its desk.
package call
