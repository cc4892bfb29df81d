package network

// Host is the network itself among the organisations: the one that most others belong to.
func (s *Snapshot) Host() (host Organisation, ok bool) {
	most := 0
	for _, o := range s.Organisations() {
		n := len(s.Members(o.ID))
		if n > most || (n == most && n > 0 && o.ID < host.ID) {
			host, most = o, n
		}
	}
	return host, most > 0
}
