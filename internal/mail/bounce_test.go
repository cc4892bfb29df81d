package mail_test

import (
	"strings"
	"testing"

	ours "aircommons/internal/mail"
)

func lines(s ...string) string { return strings.Join(s, "\r\n") + "\r\n" }

// Reports as servers write them: the forms of RFC 3464, its appendix and what is seen of Postfix and Exchange.
var reports = map[string]string{
	"postfix": lines("Return-Path: <>", "Delivered-To: bounce+abc234@air.example.org", "From: MAILER-DAEMON@mx.example (Mail Delivery System)", "To: bounce+abc234@air.example.org",
		"Subject: Undelivered Mail Returned to Sender", "MIME-Version: 1.0", `Content-Type: multipart/report; report-type=delivery-status; boundary="B.1"`, "", "preamble", "--B.1", "Content-Type: text/plain", "", "I'm sorry", "",
		"--B.1", "Content-Description: Delivery report", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example", "X-Postfix-Queue-ID: 1", "",
		"Final-Recipient: rfc822; kim@seoul.example", "Original-Recipient: rfc822;kim@seoul.example", "Action: failed", "Status: 5.1.1", "Remote-MTA: dns; mail.seoul.example", "Diagnostic-Code: smtp; 550 5.1.1 <kim@seoul.example>: Recipient address", "    rejected: User unknown", "",
		"--B.1", "Content-Type: message/rfc822", "", "From: news@air.example.org", "To: kim@seoul.example", "Message-ID: <0190-id@air.example.org>", "Subject: x", "", "text", "", "--B.1--"),
	"delayed": lines("To: news@air.example.org", `Content-Type: multipart/report; boundary=x`, "", "--x", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; a", "",
		"Final-Recipient: rfc822; bat@ub.example", "Action: Delayed", "Status: 4.4.1 (connection timed out)", "", "--x", "Content-Type: text/rfc822-headers", "", "Message-ID: <late@air.example.org>", "", "--x--"),
	"base64 and two people": lines("To: news@air.example.org", `Content-Type: multipart/report; boundary=x`, "", "--x", "Content-Type: message/delivery-status", "Content-Transfer-Encoding: base64", "",
		"UmVwb3J0aW5nLU1UQTogZG5zOyBhCgpGaW5hbC1SZWNpcGllbnQ6IHJmYzgyMjsgYUBiLmV4YW1wbGUKQWN0aW9uOiBmYWlsZWQKU3RhdHVzOiA1LjIuMgoKRmluYWwtUmVjaXBpZW50OiByZmM4MjI7IGNAYi5leGFtcGxlCkFjdGlvbjogZmFpbGVkClN0YXR1czogNS4xLjEK", "--x--"),
	"cut off": lines(`Content-Type: multipart/report; boundary=x`, "", "--x", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; a", "", "Final-Recipient: rfc822; a@b.example", "Action: failed"),
}

func TestReports(t *testing.T) {
	for name, want := range map[string]ours.Report{
		"postfix":               {MessageID: "0190-id@air.example.org", Tag: "abc234", Recipients: []ours.Recipient{{Address: "kim@seoul.example", Action: "failed", Status: "5.1.1", Said: "550 5.1.1 <kim@seoul.example>: Recipient address rejected: User unknown"}}},
		"delayed":               {MessageID: "late@air.example.org", Recipients: []ours.Recipient{{Address: "bat@ub.example", Action: "delayed", Status: "4.4.1"}}},
		"base64 and two people": {Recipients: []ours.Recipient{{Address: "a@b.example", Action: "failed", Status: "5.2.2"}, {Address: "c@b.example", Action: "failed", Status: "5.1.1"}}},
		"cut off":               {Recipients: []ours.Recipient{{Address: "a@b.example", Action: "failed"}}},
	} {
		got, err := ours.ReadReport(strings.NewReader(reports[name]))
		if err != nil || got.MessageID != want.MessageID || got.Tag != want.Tag || len(got.Recipients) != len(want.Recipients) {
			t.Errorf("%s: %+v %v", name, got, err)
			continue
		}
		for i, r := range got.Recipients {
			if w := want.Recipients[i]; r.Address != w.Address || r.Action != w.Action || r.Status != w.Status || strings.TrimSuffix(r.Said, ">") != strings.TrimSuffix(w.Said, ">") {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
	for _, none := range []string{"", "Subject: I am away\r\n\r\nuntil Monday", "Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--\r\n", "no heads at all"} {
		if r, err := ours.ReadReport(strings.NewReader(none)); err == nil {
			t.Errorf("%q is a report: %+v", none, r)
		}
	}
	for r, want := range map[ours.Recipient][2]bool{{Action: "failed", Status: "5.1.1"}: {true, true}, {Action: "failed", Status: "5.2.2"}: {true, false}, {Action: "delayed", Status: "4.4.1"}: {false, false},
		{Status: "5.1.1"}: {true, true}, {Action: "delivered", Status: "2.0.0"}: {false, false}} {
		if r.Final() != want[0] || r.NoAddress() != want[1] {
			t.Errorf("%+v: %v %v", r, r.Final(), r.NoAddress())
		}
	}
}

func FuzzReadReport(f *testing.F) {
	for _, r := range reports {
		f.Add(r)
	}
	f.Add("Content-Type: multipart/report; boundary=\"\"\r\n\r\n----\r\n")
	f.Add("Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822;\r\n\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ours.ReadReport(strings.NewReader(s))
		if (err == nil) != (len(r.Recipients) > 0) {
			t.Errorf("%+v %v", r, err)
		}
		for _, x := range r.Recipients {
			if strings.ContainsAny(x.Said, "\r\n") || x.Address == "" {
				t.Errorf("%+v", x)
			}
		}
	})
}
