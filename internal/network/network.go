// Package network is the desk of who and where: places, organisations and their memberships, topics, and statements,
// which keep a contested fact with its source.
package network
