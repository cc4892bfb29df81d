package cli

import (
	"github.com/schollz/progressbar/v3"

	"aircommons/internal/db"
)

// progress shows on a terminal how far something is, and nothing in a pipe. done takes the bar away.
func (s *streams) progress() (say db.Progress, done func()) {
	if !s.terminal {
		return func(string, int64, int64) {}, func() {}
	}
	var bar *progressbar.ProgressBar
	step, of := "", int64(0)
	end := func() {
		if bar != nil {
			bar.Clear()
			bar = nil
		}
	}
	return func(key string, n, all int64) {
		if all <= 0 {
			all = -1 // of unknown length
		}
		if bar == nil || key != step || all != of {
			end()
			step, of = key, all
			bar = progressbar.NewOptions64(all, progressbar.OptionSetWriter(s.err), progressbar.OptionSetDescription(s.words.T(key)),
				progressbar.OptionSetWidth(max(10, min(40, s.width-60))), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(false),
				progressbar.OptionUseANSICodes(true), progressbar.OptionSpinnerType(14))
		}
		bar.Set64(n)
	}, end
}
