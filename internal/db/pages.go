package db

import "context"

// Pages lists the addresses of everything in the search index, without language, each once, sorted. What is in the index
// is public.
func (tx *Tx) Pages(ctx context.Context) (paths []string, err error) {
	err = tx.Each(ctx, `SELECT DISTINCT path FROM search_entry ORDER BY path`, nil, func(scan func(...any) error) error {
		var p string
		err := scan(&p)
		paths = append(paths, p)
		return err
	})
	return paths, err
}
