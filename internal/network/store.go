package network

import (
	"fmt"

	"aircommons/internal/fault"
)

func notFound() error { return fault.New(fault.NotFound, "error.notfound") }

// first is the first of a list that has been read, or a notfound fault.
func first[T any](list []T, err error) (T, error) {
	if err == nil && len(list) == 0 {
		err = notFound()
	}
	if err != nil {
		var none T
		return none, err
	}
	return list[0], nil
}

// null is NULL for an empty id, so that the foreign key does not ask for it.
func null(id string) *string {
	if id == "" {
		return nil
	}
	return &id
}

// putTree puts things in an order in which each comes after the one it hangs on, where both are in the list.
func putTree[T any](all []T, ids func(T) (id, parent string), put func(T) error) error {
	at := map[string]int{}
	for i, t := range all {
		id, _ := ids(t)
		at[id] = i
	}
	done, open := make([]bool, len(all)), make([]bool, len(all))
	var visit func(i int) error
	visit = func(i int) error {
		if done[i] {
			return nil
		}
		id, parent := ids(all[i])
		if open[i] {
			return fault.New(fault.Invalid, "network.circle.named", "ID", id)
		}
		open[i] = true
		if j, ok := at[parent]; ok && parent != "" {
			if err := visit(j); err != nil {
				return err
			}
		}
		done[i] = true
		if err := put(all[i]); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		return nil
	}
	for i := range all {
		if err := visit(i); err != nil {
			return err
		}
	}
	return nil
}
