// Package participation shows its desk.
package participation
