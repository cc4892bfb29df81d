package call

import "slices"

// dealing is who may be given what, and who is.
type dealing struct {
	load  []int    // of each reviewer, what is assigned already among it
	fit   [][]bool // of each submission: the reviewers who may get it
	given [][]int  // of each submission: the reviewers who get it now
}

// give gives a submission to as many of the reviewers with the least as are wished and fit, and tells how many.
func (d *dealing) give(n, wish int) int {
	for got := 0; ; got++ {
		best := -1
		for i, ok := range d.fit[n] {
			if ok && !slices.Contains(d.given[n], i) && (best < 0 || d.load[i] < d.load[best]) {
				best = i
			}
		}
		if best < 0 || got >= wish {
			return got
		}
		d.given[n] = append(d.given[n], best)
		d.load[best]++
	}
}

// even passes submissions on, from reviewer to reviewer, until nobody could be relieved by one who has at least two fewer.
func (d *dealing) even() {
	for d.relieve() {
	}
}

// relieve finds the shortest way on which one submission less of a reviewer is one more of another with at least two fewer,
// and goes it.
func (d *dealing) relieve() bool {
	from := make([]int, len(d.load))
	order := make([]int, len(d.load))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return d.load[b] - d.load[a] })
	for _, start := range order {
		way := map[int]int{} // reviewer → submission that came to them
		for i := range from {
			from[i] = -1
		}
		from[start] = start
		for queue := []int{start}; len(queue) > 0; queue = queue[1:] {
			r := queue[0]
			for n, given := range d.given {
				if !slices.Contains(given, r) {
					continue
				}
				for q, ok := range d.fit[n] {
					if !ok || from[q] >= 0 || slices.Contains(given, q) {
						continue
					}
					from[q], way[q] = r, n
					if d.load[q] <= d.load[start]-2 {
						d.load[start]--
						d.load[q]++
						for at := q; at != start; at = from[at] {
							n := way[at]
							d.given[n][slices.Index(d.given[n], from[at])] = at
						}
						return true
					}
					queue = append(queue, q)
				}
			}
		}
	}
	return false
}
