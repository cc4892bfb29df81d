package mail

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"net/textproto"
	"strings"

	"aircommons/internal/fault"
)

// Report is a message that says what became of a letter, RFC 3464.
type Report struct {
	MessageID  string // of the letter, without brackets; empty when the report does not hold it
	Tag        string // of the address that the report came to, see Composer.Envelope
	Recipients []Recipient
}

// Recipient is what became of the letter to one address.
type Recipient struct {
	Address string // as the last server wrote it; the original one where it is told
	Action  string // failed, delayed, delivered, relayed, expanded
	Status  string // "5.1.1", RFC 3463
	Said    string // the server's words
}

// Final reports whether the letter will not arrive.
func (r Recipient) Final() bool {
	return r.Action == "failed" || (r.Action == "" && strings.HasPrefix(r.Status, "5."))
}

// NoAddress reports whether the address itself is what is wrong: it does not exist, or takes no mail any more.
func (r Recipient) NoAddress() bool {
	switch r.Status {
	case "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1":
		return r.Final()
	}
	return false
}

const (
	reportLimit = 4 << 20 // bytes of a message that are read
	partsLimit  = 20
	depthLimit  = 5
)

// ReadReport reads a message. One that is no delivery report is a fault.
func ReadReport(in io.Reader) (Report, error) {
	m, err := netmail.ReadMessage(bufio.NewReader(io.LimitReader(in, reportLimit)))
	if err != nil {
		return Report{}, fault.Wrap(fault.Invalid, err, "mail.report.none")
	}
	var r Report
	for _, head := range []string{"Delivered-To", "X-Original-To", "To"} {
		if r.Tag == "" {
			r.Tag = tagOf(m.Header.Get(head))
		}
	}
	r.read(textproto.MIMEHeader(m.Header), m.Body, 0)
	if len(r.Recipients) == 0 {
		return Report{}, fault.New(fault.Invalid, "mail.report.none")
	}
	return r, nil
}

// tagOf is "abc" for "bounce+abc@air.example.org".
func tagOf(head string) string {
	a, err := netmail.ParseAddress(head)
	if err != nil {
		return ""
	}
	local, _, _ := strings.Cut(a.Address, "@")
	_, tag, _ := strings.Cut(local, "+")
	return tag
}

func (r *Report) read(head textproto.MIMEHeader, body io.Reader, depth int) {
	kind, args, err := mime.ParseMediaType(head.Get("Content-Type"))
	if err != nil || depth > depthLimit {
		return
	}
	body = decoded(head, body)
	switch {
	case strings.HasPrefix(kind, "multipart/") && args["boundary"] != "":
		parts := multipart.NewReader(body, args["boundary"])
		for range partsLimit {
			p, err := parts.NextRawPart()
			if err != nil {
				return // what was read of a broken message counts all the same
			}
			r.read(p.Header, p, depth+1)
		}
	case kind == "message/delivery-status" || kind == "message/global-delivery-status":
		r.status(body)
	case r.MessageID == "" && (kind == "message/rfc822" || kind == "text/rfc822-headers" || kind == "message/global" || kind == "message/global-headers"):
		raw, err := io.ReadAll(body)
		if err != nil && len(raw) == 0 {
			return
		}
		h, err := textproto.NewReader(bufio.NewReader(io.MultiReader(bytes.NewReader(raw), strings.NewReader("\r\n\r\n")))).ReadMIMEHeader()
		if h == nil && err != nil {
			return
		}
		r.MessageID = strings.Trim(strings.TrimSpace(h.Get("Message-Id")), "<>")
	}
}

// status reads the groups of heads of a delivery status: one for the message, then one for each address.
func (r *Report) status(body io.Reader) {
	in := textproto.NewReader(bufio.NewReader(body))
	for i := 0; i < 100; i++ {
		h, err := in.ReadMIMEHeader()
		if len(h) == 0 && err != nil {
			return
		}
		address := typed(h.Get("Original-Recipient"))
		if address == "" {
			address = typed(h.Get("Final-Recipient"))
		}
		if address != "" {
			status, _, _ := strings.Cut(strings.TrimSpace(h.Get("Status")), " ")
			r.Recipients = append(r.Recipients, Recipient{Address: address, Action: strings.ToLower(strings.TrimSpace(h.Get("Action"))), Status: status,
				Said: cut(line(typed(h.Get("Diagnostic-Code"))), 500)})
		}
		if err != nil {
			return
		}
	}
}

// typed is "kim@example.org" for "rfc822; kim@example.org".
func typed(s string) string {
	_, value, ok := strings.Cut(s, ";")
	if !ok {
		return ""
	}
	return strings.Trim(strings.TrimSpace(value), "<>")
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return strings.ToValidUTF8(s, "�")
}
