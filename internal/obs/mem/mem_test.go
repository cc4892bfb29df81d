package mem_test

import (
	"testing"

	"aircommons/internal/obs"
	"aircommons/internal/obs/mem"
	"aircommons/internal/obs/obstest"
)

func TestStore(t *testing.T) {
	obstest.Run(t, func(*testing.T) obs.Store { return mem.New() })
}
