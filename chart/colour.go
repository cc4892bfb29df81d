package chart

import "strings"

// The light colours of the style sheet, for drawings that leave the site.
const (
	paper  = "#FAFAF7"
	ink    = "#15222A"
	ink2   = "#45545D"
	ink3   = "#5F6D75"
	rule   = "#DADCD5"
	land   = "#E9EAE3"
	edge   = "#7C8A8C"
	accent = "#0A5B63"
	notice = "#7A4F00"
	quiet  = "#808C90"
)

var (
	haze   = [8]string{"", "#E0F5F5", "#B2E4E4", "#86CECD", "#BEA562", "#A16B2F", "#7E4325", "#4A241C"}
	onHaze = [8]string{"", ink, ink, ink, ink, "#FFF", "#FFF", "#FFF"}
	hues   = [7]string{"", accent, "#CD667D", "#302D7D", "#856000", "#3292CF", "#652A00"}
)

// Classes by number, so that drawing makes no texts.
var (
	hazeClass = [8]string{"", "k1", "k2", "k3", "k4", "k5", "k6", "k7"}
	cellClass = [8]string{"", "cell k1", "cell k2", "cell k3", "cell k4", "cell k5", "cell k6", "cell k7"}
	onClass   = [8]string{"", "m on k1", "m on k2", "m on k3", "m on k4", "m on k5", "m on k6", "m on k7"}
	onTiny    = [8]string{"", "m on k1 tiny", "m on k2 tiny", "m on k3 tiny", "m on k4 tiny", "m on k5 tiny", "m on k6 tiny", "m on k7 tiny"}
	lineClass = [8]string{"ln", "ln foc", "ln l1", "ln l2", "ln l3", "ln l4", "ln l5", "ln l6"}
	dotClass  = [8]string{"dot grey", "dot", "dot f1", "dot f2", "dot f3", "dot f4", "dot f5", "dot f6"}
	ringClass = [8]string{"dot open gr", "dot open", "dot open l1", "dot open l2", "dot open l3", "dot open l4", "dot open l5", "dot open l6"}
	bandClass = [8]string{"rib grey", "rib", "rib f1", "rib f2", "rib f3", "rib f4", "rib f5", "rib f6"}
	nameClass = [8]string{"b", "f", "b", "b", "b", "b", "b", "b"} // of a label in ink; c2 and c5 are too light for text
)

func (s Style) index() int { return min(max(int(s), 0), 7) }

type style struct{ fill, stroke, width, dash, weight, size, anchor, opacity, order, join, cap string }

func (s *style) set(class string) {
	switch class {
	case "g":
		s.stroke, s.fill = rule, "none"
	case "ax":
		s.stroke, s.fill = ink, "none"
	case "lim":
		s.stroke, s.dash, s.fill = ink2, "5 4", "none"
	case "ln":
		s.fill, s.stroke, s.width, s.join, s.cap = "none", quiet, "1.75", "round", "round"
	case "foc":
		s.stroke, s.width = accent, "2.75"
	case "thin":
		s.width, s.opacity = "1", ".55"
	case "dot":
		s.fill, s.stroke, s.width = accent, paper, "1.5"
	case "open":
		s.fill, s.stroke, s.width = paper, accent, "2"
	case "gr":
		s.stroke = quiet
	case "grey":
		if s.opacity != "" {
			s.fill, s.opacity = quiet, ".2"
		} else {
			s.fill = quiet
		}
	case "rib":
		s.fill, s.opacity = accent, ".16"
	case "ct":
		s.stroke, s.width, s.dash, s.fill = notice, "2", "2 4", "none"
	case "no":
		s.fill, s.weight = notice, "600"
	case "bara":
		s.fill = accent
	case "barq":
		s.fill = quiet
	case "link":
		s.stroke, s.fill = ink3, "none"
	case "thinl":
		s.width = "1"
	case "cell", "sep":
		s.stroke, s.width = paper, "1.5"
		if class == "sep" {
			s.fill = "none"
		}
	case "gap":
		s.fill, s.stroke, s.dash = "none", edge, "2 2"
	case "edged":
		s.stroke = edge
	case "land":
		s.fill = land
	case "ring":
		s.stroke, s.width = ink, "1.25"
	case "b":
		s.fill, s.weight = ink, "600"
	case "f":
		s.fill, s.weight = accent, "600"
	case "q":
		s.fill = ink3
	case "tiny":
		s.size = "11"
	case "m":
		s.anchor = "middle"
	case "e":
		s.anchor = "end"
	case "halo":
		s.order, s.stroke, s.width, s.join = "stroke", paper, "4", "round"
	case "on":
		s.fill = "on"
	default:
		if len(class) != 2 {
			return
		}
		n := int(class[1] - '0')
		switch {
		case class[0] == 'k' && n >= 1 && n <= 7:
			if s.fill == "on" {
				s.fill = onHaze[n]
			} else {
				s.fill = haze[n]
			}
		case class[0] == 'l' && n >= 1 && n <= 6:
			s.stroke = hues[n]
		case class[0] == 'f' && n >= 1 && n <= 6:
			s.fill = hues[n]
		}
	}
}

// appendResolved writes the attributes that the style sheet would give.
func appendResolved(b []byte, tag, classes string) []byte {
	var s style
	if tag == "text" {
		s.fill = ink2
	}
	for class := range strings.FieldsSeq(classes) {
		s.set(class)
	}
	for _, a := range [...]struct{ name, value string }{
		{"fill", s.fill}, {"stroke", s.stroke}, {"stroke-width", s.width}, {"stroke-dasharray", s.dash}, {"stroke-linejoin", s.join},
		{"stroke-linecap", s.cap}, {"font-weight", s.weight}, {"font-size", s.size}, {"text-anchor", s.anchor}, {"opacity", s.opacity},
		{"paint-order", s.order},
	} {
		if a.value != "" {
			b = append(b, ' ')
			b = append(b, a.name...)
			b = append(b, '=', '"')
			b = append(b, a.value...)
			b = append(b, '"')
		}
	}
	return b
}
