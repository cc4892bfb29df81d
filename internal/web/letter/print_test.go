package letter

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
	desk "aircommons/internal/letter"
	"aircommons/internal/web/ui"
)

// Names in all five scripts, one of a single letter and a very long one, stand on one page of paper each, as they were written.
func TestPrint(t *testing.T) {
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	site, err := ui.New(ui.Config{Catalog: texts, URL: "https://air.example.org", Random: bytes.NewReader(make([]byte, 64)), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	h := handlers{Site: site, Deps: Deps{Printer: FindPrinter()}}
	if testing.Short() {
		h.Printer = nil
	}
	all := map[string]db.Text{"Network": {"en": "East Asia Clean Air Cities", "mn": "Зүүн Азийн Цэвэр Агаартай Хотууд"}, "Activity": {"en": "Seoul Forum 2027", "ko": "서울 포럼 2027"}, "Dates": {"en": "19 to 21 May 2027"}, "Place": {"en": "Seoul"}}
	long := "BAT-ERDENE " + strings.Repeat("GANBAATARYN ", 6) + "ULAMBAYAR"
	for _, x := range []struct {
		name, original, lang string
		langs                []string
		kind                 desk.Kind
	}{
		{"KIM SEO-YEON", "김서연", "ko", []string{"en", "ko"}, desk.Visa}, {"WANG XIAOMING", "王小明", "zh", []string{"zh", "en"}, desk.Visa}, {"YAMADA TARO", "山田太郎", "ja", []string{"ja", "en"}, desk.Certificate},
		{"O", "Ө", "mn", []string{"mn"}, desk.Certificate}, {long, "Бат-Эрдэнэ", "mn", []string{"en", "mn"}, desk.Superior}, {"<script>alert(1)</script>", "", "", []string{"en"}, desk.Visa},
	} {
		l := desk.Letter{Number: "SF-2027-0001", Code: "ABCDEFGHJKMN", Kind: x.kind, Name: x.name, Original: x.original, OriginalLang: x.lang, Langs: x.langs, Values: all, Titles: db.Text{}, Texts: db.Text{},
			Private: map[string]string{desk.Passport: "M12345678"}, Issuers: []desk.Issuer{{Names: db.Text{"en": "Seoul Metropolitan Government", "ko": "서울특별시"}, Role: "organiser"}}, State: desk.Issued, Issued: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)}
		for _, lang := range x.langs {
			if l.Titles[lang], l.Texts[lang], err = desk.Standard(x.kind, lang); err != nil {
				t.Fatal(err)
			}
		}
		page, err := h.sheetOf(l, true)
		if err != nil {
			t.Fatal(err)
		}
		if s := string(page); strings.Contains(s, "<script") || strings.Contains(s, "{{") || !strings.Contains(s, "ABCD-EFGH-JKMN") || !strings.Contains(s, "https://air.example.org/verify") || strings.Contains(s, "–</p>") {
			t.Errorf("%s:\n%s", x.name, s)
		}
		if h.Printer == nil {
			continue
		}
		pdf, err := h.Printer.Print(context.Background(), page)
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
			t.Fatalf("%s: %v", x.name, err)
		}
		if n := bytes.Count(pdf, []byte("/Type /Page\n")); n != 1 {
			t.Errorf("%s: %d pages", x.name, n)
		}
		read, err := exec.LookPath("pdftotext")
		if err != nil {
			continue // the picture is looked at by people
		}
		file := filepath.Join(t.TempDir(), "letter.pdf")
		if err := os.WriteFile(file, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		text, err := exec.Command(read, "-raw", file, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		flat := strings.Join(strings.Fields(string(text)), " ")
		for _, want := range []string{x.name, x.original, "SF-2027-0001", "M12345678", "ABCD-EFGH-JKMN"} {
			if !strings.Contains(flat, want) {
				t.Errorf("%s: %q is not in %s", x.name, want, flat)
			}
		}
	}
	if h.Printer == nil {
		t.Skip("Chromium is not here: no PDF is made")
	}
}

// The QR code is a drawing of its own with a quiet zone, and the same text makes the same code.
func TestQR(t *testing.T) {
	a, err := QR("https://air.example.org/verify/ABCDEFGHJKMN", "verify")
	if err != nil || !strings.Contains(string(a), `role="img"`) || !strings.Contains(string(a), `viewBox="0 0 `) {
		t.Error(a, err)
	}
	if _, err := QR(strings.Repeat("x", 10000), ""); err == nil {
		t.Error("a text that fits no code makes one")
	}
}
