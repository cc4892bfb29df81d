package mail

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"strings"
)

// PlainText is the first text of a message as a mail program shows it; empty when it cannot be read.
func PlainText(raw io.Reader) string {
	m, err := netmail.ReadMessage(raw)
	if err != nil {
		return ""
	}
	return firstText(textproto.MIMEHeader(m.Header), m.Body, 0)
}

func firstText(head textproto.MIMEHeader, body io.Reader, depth int) string {
	kind, args, err := mime.ParseMediaType(head.Get("Content-Type"))
	if err != nil || depth > 3 {
		return ""
	}
	if strings.HasPrefix(kind, "multipart/") {
		p, err := multipart.NewReader(body, args["boundary"]).NextRawPart()
		if err != nil {
			return ""
		}
		return firstText(p.Header, p, depth+1)
	}
	text, err := io.ReadAll(decoded(head, body))
	if err != nil || !strings.HasPrefix(kind, "text/") {
		return ""
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// decoded reads a body without its transfer encoding.
func decoded(head textproto.MIMEHeader, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(head.Get("Content-Transfer-Encoding"))) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}

// HeadText is a head of a message as people read it.
func HeadText(s string) string {
	out, err := new(mime.WordDecoder).DecodeHeader(s)
	if err != nil {
		return s
	}
	return out
}
