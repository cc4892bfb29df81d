package record

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"go.yaml.in/yaml/v3"

	"aircommons/internal/fault"
)

// Problem is what is wrong in a line of a document.
type Problem struct {
	Line    int // from 1; 0 for the document as a whole
	Message fault.Message
}

// mostProblems is how many are collected: a file of another kind has one on each line.
const mostProblems = 100

type problems struct{ list []Problem }

func (p *problems) add(line int, key string, pairs ...any) {
	p.addMessage(line, fault.Say(key, pairs...))
}

func (p *problems) addMessage(line int, m fault.Message) {
	if len(p.list) < mostProblems {
		p.list = append(p.list, Problem{line, m})
	}
}

// err is nil when nothing is wrong, else one error that says the first line's problem and how many more there are. Its
// Fields are all of them, each named by its line.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	sort.SliceStable(p.list, func(i, j int) bool { return p.list[i].Line < p.list[j].Line })
	first := p.list[0]
	key := "record.refused"
	if len(p.list) > 1 {
		key = "record.refused.more"
	}
	e := fault.New(fault.Invalid, key, "Line", first.Line, "Problem", first.Message, "Count", len(p.list)-1)
	if first.Line == 0 {
		e.Message = first.Message
	}
	for _, q := range p.list {
		e.Fields = append(e.Fields, fault.Field{Name: "line " + strconv.Itoa(q.Line), Message: q.Message})
	}
	return e
}

// Read reads a document without storing anything. Its error names the line and what to do.
func Read(r io.Reader) (*Record, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxDocument+1))
	if err != nil {
		return nil, unreadable(err)
	}
	rec := &Record{nodes: map[string]*yaml.Node{}}
	var p problems
	parse(rec, data, true, &p)
	if err := p.err(); err != nil {
		return nil, err
	}
	return rec, nil
}

// unreadable says why a document could not be read to its end.
func unreadable(err error) error {
	if errors.Is(err, syscall.EISDIR) {
		return fault.Wrap(fault.Invalid, err, "record.folder")
	}
	return fault.Wrap(fault.Invalid, err, "record.broken")
}

var (
	yamlLine   = regexp.MustCompile(`line (\d+)`)
	yamlPrefix = regexp.MustCompile(`^(yaml: )?(unmarshal errors:\s*)?(line \d+: )?`)
)

// parse reads the sections of data into rec. whole asks for the line that says what the document is.
func parse(rec *Record, data []byte, whole bool, p *problems) {
	if len(data) > MaxDocument {
		p.add(0, "record.large", "Most", MaxDocument>>20)
		return
	}
	var root yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	err := safely(func() error { return dec.Decode(&root) })
	switch {
	case errors.Is(err, io.EOF):
		p.add(0, "record.empty")
		return
	case err != nil:
		addYAML(p, 0, "record.syntax", err)
		return
	}
	var more yaml.Node
	if err := safely(func() error { return dec.Decode(&more) }); !errors.Is(err, io.EOF) {
		p.add(more.Line, "record.several")
		return
	}
	if !plain(&root, p) {
		return
	}
	if len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		p.add(0, "record.notours")
		return
	}
	top := root.Content[0]
	seen := map[string]bool{}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		if seen[key.Value] {
			p.add(key.Line, "record.twice", "Key", key.Value)
			continue
		}
		seen[key.Value] = true
		if key.Value == "aircommons" {
			if n, err := strconv.Atoi(value.Value); err != nil || n < 1 {
				p.add(value.Line, "record.format", "Value", short(value.Value))
			} else if n > Format {
				p.add(value.Line, "record.newer", "Have", n, "Know", Format)
			}
			continue
		}
		j := slices.IndexFunc(sections, func(s section) bool { return s.name == key.Value })
		if j < 0 {
			p.add(key.Line, "record.key", "Key", short(key.Value), "Known", names(sections))
			continue
		}
		sections[j].decode(rec, value, p)
	}
	if whole && !seen["aircommons"] {
		p.list = nil // one clear sentence about a file of another kind
		p.add(0, "record.notours")
	}
}

func names(ss []section) string {
	var out []string
	for _, s := range ss {
		out = append(out, s.name)
	}
	return strings.Join(out, ", ")
}

// safely runs a step of the YAML reader, which panics on some broken input.
func safely(f func() error) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("yaml: %v", x)
		}
	}()
	return f()
}

// addYAML adds what the YAML reader says, with the line it names.
func addYAML(p *problems, line int, key string, err error) {
	text := err.Error()
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
	}
	p.add(line, key, "Detail", short(yamlPrefix.ReplaceAllString(strings.ReplaceAll(text, "\n", " "), "")))
}

// plain reports whether a document has no anchors, which could make a small file a large one, and is not nested deeper
// than anything here is.
func plain(root *yaml.Node, p *problems) bool {
	ok := true
	var walk func(n *yaml.Node, depth int)
	walk = func(n *yaml.Node, depth int) {
		switch {
		case !ok:
		case n.Kind == yaml.AliasNode || n.Anchor != "":
			p.add(n.Line, "record.anchor")
			ok = false
		case depth > 20:
			p.add(n.Line, "record.deep")
			ok = false
		default:
			for _, c := range n.Content {
				walk(c, depth+1)
			}
		}
	}
	walk(root, 0)
	return ok
}

// decodeItems reads the items of a section behind those that are in list already.
func decodeItems[T any](rec *Record, name string, items *yaml.Node, list *[]T, id func(T) string, p *problems) {
	if items.Kind == yaml.ScalarNode && items.Tag == "!!null" {
		return
	}
	if items.Kind != yaml.SequenceNode {
		p.add(items.Line, "record.list", "Key", name)
		return
	}
	for _, n := range items.Content {
		if n.Kind != yaml.MappingNode {
			p.add(n.Line, "record.item", "Key", name)
			continue
		}
		var t T
		before := len(p.list)
		decodeStruct(n, reflect.ValueOf(&t).Elem(), p)
		key := id(t)
		if key == "" {
			if len(p.list) == before {
				p.add(n.Line, "record.noid", "Key", name)
			}
			continue
		}
		if first := rec.nodes[name+"/"+key]; first != nil {
			p.add(n.Line, "record.same", "ID", short(key), "Line", first.Line)
			continue
		}
		rec.nodes[name+"/"+key] = n
		*list = append(*list, t)
	}
}

// decodeStruct reads a mapping key by key, so that each fault has its line and no key is passed over.
func decodeStruct(n *yaml.Node, v reflect.Value, p *problems) {
	fields := map[string]int{}
	var known []string
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			fields[name] = i
			known = append(known, name)
		}
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		j, ok := fields[key.Value]
		switch {
		case !ok:
			p.add(key.Line, "record.key", "Key", short(key.Value), "Known", strings.Join(known, ", "))
			continue
		case seen[key.Value]:
			p.add(key.Line, "record.twice", "Key", key.Value)
			continue
		}
		seen[key.Value] = true
		decodeValue(key.Value, value, v.Field(j), p)
	}
}

var (
	textType = reflect.TypeFor[encoding.TextUnmarshaler]()
	timeType = reflect.TypeFor[time.Time]()
)

func decodeValue(key string, n *yaml.Node, v reflect.Value, p *problems) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	t := v.Type()
	structs := t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && !reflect.PointerTo(t.Elem()).Implements(textType)
	switch {
	case structs && n.Kind != yaml.SequenceNode:
		p.add(n.Line, "record.list", "Key", key)
	case structs:
		list := reflect.MakeSlice(t, 0, len(n.Content))
		for _, c := range n.Content {
			if c.Kind != yaml.MappingNode {
				p.add(c.Line, "record.item", "Key", key)
				continue
			}
			item := reflect.New(t.Elem()).Elem()
			decodeStruct(c, item, p)
			list = reflect.Append(list, item)
		}
		v.Set(list)
	case reflect.PointerTo(t).Implements(textType) && t != timeType:
		if n.Kind != yaml.ScalarNode {
			p.add(n.Line, "record.value", "Key", key, "Value", "…")
			return
		}
		if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.Value)); err != nil {
			var e *fault.Error
			if errors.As(err, &e) {
				p.addMessage(n.Line, e.Message)
			} else {
				p.add(n.Line, "record.value", "Key", key, "Value", short(n.Value))
			}
		}
	case t.Kind() == reflect.String && n.Kind == yaml.ScalarNode:
		v.SetString(n.Value) // 2019 and yes are texts here
	default:
		if err := safely(func() error { return n.Decode(v.Addr().Interface()) }); err != nil {
			p.add(n.Line, "record.value", "Key", key, "Value", short(n.Value))
		}
	}
}

func short(s string) string {
	s = strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "?")
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
