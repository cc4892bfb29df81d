package network

// Snapshot is the whole desk in memory as of one revision of the store.
type Snapshot struct {
	revision uint64
}
