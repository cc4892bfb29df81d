package post_test

import (
	"slices"
	"strings"
	"testing"

	"aircommons/internal/post"
)

// Whatever an officer writes: it is filled in whole, or what is missing is named.
func FuzzFill(f *testing.F) {
	for _, s := range []string{"Dear {{.Name}}", "{{ .Name }}{{Nothing}}", "{{{{.Name}}}}", "a\n\n{{.Reason}}\n\nb", "{{.이름}}", "{{.Name", "}}{{"} {
		f.Add(s, "Kim")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		named := post.Named(text)
		out, err := post.Fill(text, map[string]string{"Name": name}, "Reason")
		known := func(n string) bool { return n == "Reason" || n == "Name" && strings.TrimSpace(name) != "" }
		if err == nil && len(post.Named(out)) > 0 && len(post.Named(name)) == 0 && !strings.Contains(text, "{{{") && !strings.Contains(name, "{") && !strings.Contains(name, "}") &&
			!slices.ContainsFunc(named, known) {
			t.Errorf("%q: %q", text, out)
		}
		if err == nil && slices.ContainsFunc(named, func(n string) bool { return n != "Name" && n != "Reason" }) && !strings.Contains(text, "Reason") {
			t.Errorf("%q leaves with a hole: %q", text, out)
		}
	})
}
