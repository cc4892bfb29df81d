package report

import (
	"cmp"
	"slices"
)

// Least is the smallest group of people that is told in public.
const Least = 5

// Keys of cells that are no word or id of their own.
const (
	Unstated = ""  // nothing is known
	Others   = "*" // groups that are merged, since one of them was too small
)

// Cell is how many people are in a group.
type Cell struct {
	Key   string `json:"key"`
	Count int    `json:"count"`
}

func sum(cells []Cell) (n int) {
	for _, c := range cells {
		n += c.Count
	}
	return n
}

// largest sorts cells, the largest first, what is merged last.
func largest(cells []Cell) {
	slices.SortStableFunc(cells, func(a, b Cell) int {
		if (a.Key == Others) != (b.Key == Others) {
			if a.Key == Others {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Key, b.Key))
	})
}

// Protect merges cells of fewer than Least people into one, with the smallest others until the merged ones are at least two
// groups of at least Least people together: with the total, a single one would be found by subtraction. Of fewer than Least
// people in all nothing is told. The cells must not overlap.
func Protect(cells []Cell) []Cell {
	var shown []Cell
	hidden, n := 0, 0
	for _, c := range cells {
		switch {
		case c.Count <= 0:
		case c.Count < Least || c.Key == Others:
			hidden, n = hidden+1, n+c.Count
		default:
			shown = append(shown, c)
		}
	}
	largest(shown)
	for hidden > 0 && (n < Least || hidden < 2) && len(shown) > 0 {
		last := shown[len(shown)-1]
		shown, hidden, n = shown[:len(shown)-1], hidden+1, n+last.Count
	}
	if n >= Least {
		shown = append(shown, Cell{Others, n})
	} else if hidden > 0 {
		return nil
	}
	return shown
}

// hide merges one more cell into the others.
func hide(cells []Cell, key string) []Cell {
	out, n := []Cell{}, 0
	for _, c := range cells {
		if c.Key == key || c.Key == Others {
			n += c.Count
		} else {
			out = append(out, c)
		}
	}
	return append(out, Cell{Others, n})
}

// nested hides more of inner, whose cells lie each within one of outer, until no cell of outer, or what is merged there,
// tells by subtraction how many are in a hidden part of it that is too small. within names the outer cell of an inner one;
// parts are the inner cells before they were protected.
func nested(outer, inner []Cell, parts map[string][]Cell) []Cell {
	told := map[string]bool{}
	for _, c := range outer {
		told[c.Key] = true
	}
	groups := map[string][]Cell{} // what is told of the outer: by its key, or all that is merged
	for key, list := range parts {
		if !told[key] {
			key = Others
		}
		groups[key] = append(groups[key], list...)
	}
	for again := true; again; {
		again = false
		shown := map[string]bool{}
		for _, c := range inner {
			shown[c.Key] = true
		}
		for _, list := range groups {
			rest, smallest := 0, Cell{}
			for _, c := range list {
				if !shown[c.Key] {
					rest += c.Count
				} else if c.Key != Unstated && (smallest.Count == 0 || c.Count < smallest.Count || c.Count == smallest.Count && c.Key < smallest.Key) {
					smallest = c
				}
			}
			if rest > 0 && rest < Least && smallest.Count > 0 {
				inner, again = hide(inner, smallest.Key), true
				break
			}
		}
	}
	largest(inner)
	return inner
}
