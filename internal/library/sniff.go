package library

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"aircommons/internal/fault"
)

// headSize is how much of a file is looked at to tell what it is.
const headSize = 64 << 10

// Office formats inside a ZIP, by the folder that only they have.
var officeFolders = []struct{ folder, media, ext string }{
	{"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"},
	{"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"},
	{"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"},
}

// Formats that name themselves in the first entry of a ZIP, "mimetype" (OpenDocument 1.3 part 2, 3.3; EPUB OCF 3.3, 4.3).
var namedFormats = map[string]string{
	"application/vnd.oasis.opendocument.text":         ".odt",
	"application/vnd.oasis.opendocument.spreadsheet":  ".ods",
	"application/vnd.oasis.opendocument.presentation": ".odp",
	"application/epub+zip":                            ".epub",
}

// Media types of texts by the ending of the name, which is all that tells them apart.
var textTypes = map[string]string{
	".csv": "text/csv", ".tsv": "text/tab-separated-values", ".txt": "text/plain", ".md": "text/markdown",
	".json": "application/json", ".geojson": "application/geo+json", ".yaml": "application/yaml", ".yml": "application/yaml", ".bib": "text/plain",
}

// Endings that a computer runs when the file is opened.
var programEndings = []string{".exe", ".dll", ".com", ".scr", ".msi", ".bat", ".cmd", ".ps1", ".psm1", ".vbs", ".vbe", ".js", ".mjs", ".jse", ".wsf",
	".wsh", ".hta", ".sh", ".bash", ".command", ".py", ".pyw", ".rb", ".pl", ".php", ".jar", ".apk", ".app", ".deb", ".rpm", ".lnk",
	".reg", ".scf", ".url", ".desktop", ".cpl", ".gadget", ".docm", ".xlsm", ".pptm", ".xlam", ".dotm"}

var pageEndings = []string{".html", ".htm", ".xhtml", ".shtml", ".mhtml", ".mht", ".svg", ".svgz", ".xml", ".xsl", ".swf"}

// First bytes of programs: Windows, Unix, macOS (four orders and the universal file, which Java classes share),
// WebAssembly, Android, archives of objects, Windows links, scripts.
var programMagic = []string{"MZ", "\x7fELF", "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe",
	"\xca\xfe\xba\xbe", "\x00asm", "dex\n", "!<arch>\n", "L\x00\x00\x00\x01\x14\x02\x00", "#!"}

// Marks of a page that a browser would run.
var pageMarks = []string{"<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<svg", "<object", "<embed", "<meta", "<?php"}

func refuse(key string, pairs ...any) error { return fault.New(fault.Invalid, key, pairs...) }

// Sniff tells the media type of a file from its content and the ending that its name should have. It refuses programs,
// pages that a browser would run, office files with macros, and what it does not know. name only tells texts apart.
func Sniff(r io.ReaderAt, size int64, name string) (media, ext string, err error) {
	if size == 0 {
		return "", "", refuse("library.file.empty")
	}
	head := make([]byte, min(size, headSize))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return "", "", err
	}
	ending := strings.ToLower(path.Ext(name))
	if isProgram(head) || slices.Contains(programEndings, ending) {
		return "", "", refuse("library.file.program")
	}
	has := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case has("%PDF-"):
		return "application/pdf", ".pdf", nil
	case has("PK\x03\x04"):
		return sniffZip(r, size)
	case has("PK"):
		return "", "", refuse("library.file.damaged")
	case has("\x1f\x8b"):
		return sniffGzip(head, name)
	case has("\x89PNG\r\n\x1a\n"):
		return "image/png", ".png", nil
	case has("\xff\xd8\xff"):
		return "image/jpeg", ".jpg", nil
	case has("RIFF") && len(head) > 12 && string(head[8:12]) == "WEBP":
		return "image/webp", ".webp", nil
	case has("PAR1"):
		return "application/vnd.apache.parquet", ".parquet", nil
	case has("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return "", "", refuse("library.file.oldoffice")
	}
	if isPage(head) || slices.Contains(pageEndings, ending) {
		return "", "", refuse("library.file.page")
	}
	if !isText(head) {
		return "", "", refuse("library.file.unknown")
	}
	media = textTypes[ending]
	if media == "" {
		media, ending = "text/plain", ".txt"
	}
	if strings.HasPrefix(media, "text/") && isUTF8(head, size > int64(len(head))) {
		media += "; charset=utf-8"
	}
	return media, ending, nil
}

func isProgram(head []byte) bool {
	for _, m := range programMagic {
		if bytes.HasPrefix(head, []byte(m)) {
			// Two letters are a short mark: a text may begin with MZ, a program for Windows is not a text.
			if m != "MZ" || !isText(head) {
				return true
			}
		}
	}
	return false
}

func isPage(head []byte) bool {
	text := bytes.ToLower(bytes.ReplaceAll(head, []byte{0}, nil)) // UTF-16 is ASCII with zeroes between
	trimmed := bytes.TrimLeft(text, "\ufeff\xff\xfe \t\r\n")
	if bytes.HasPrefix(trimmed, []byte("<")) {
		return true
	}
	for _, m := range pageMarks {
		if bytes.Contains(text[:min(len(text), 8<<10)], []byte(m)) {
			return true
		}
	}
	return false
}

// isText reports whether the bytes may be a text in some encoding: no control bytes but those of lines and tabs, or
// UTF-16 with its mark.
func isText(head []byte) bool {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return true
	}
	for _, b := range head {
		if b < 0x20 && b != '\n' && b != '\r' && b != '\t' && b != '\f' && b != 0x1b && b != 0x1a {
			return false
		}
	}
	return true
}

func isUTF8(head []byte, cut bool) bool {
	if cut { // the last letter may be cut in two
		for i := 0; i < utf8.UTFMax && len(head) > 0 && !utf8.Valid(head); i++ {
			head = head[:len(head)-1]
		}
	}
	return utf8.Valid(head)
}

func sniffZip(r io.ReaderAt, size int64) (string, string, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return "", "", refuse("library.file.damaged")
	}
	office, named := "", ""
	types := false
	for i, f := range z.File {
		name := strings.ReplaceAll(f.Name, `\`, "/")
		lower := strings.ToLower(name)
		switch {
		case i == 0 && name == "mimetype" && f.UncompressedSize64 < 200:
			if named, err = readShort(f); err != nil {
				return "", "", refuse("library.file.damaged")
			}
		case name == "[Content_Types].xml":
			types = true
		case strings.HasSuffix(lower, "vbaproject.bin") || strings.HasPrefix(lower, "basic/") || strings.HasPrefix(lower, "scripts/"):
			return "", "", refuse("library.file.macros")
		case lower == "meta-inf/manifest.mf" || lower == "androidmanifest.xml" || slices.Contains(programEndings, path.Ext(lower)):
			return "", "", refuse("library.file.programinside", "Name", short(name))
		}
		for _, o := range officeFolders {
			if office == "" && strings.HasPrefix(name, o.folder) {
				office = o.folder
			}
		}
	}
	if ext := namedFormats[strings.TrimSpace(named)]; ext != "" {
		return strings.TrimSpace(named), ext, nil
	}
	for _, o := range officeFolders {
		if types && office == o.folder {
			return o.media, o.ext, nil
		}
	}
	return "application/zip", ".zip", nil
}

func readShort(f *zip.File) (string, error) {
	rc, err := f.Open()
	if err != nil {
		return "", err
	}
	defer rc.Close()
	b, err := io.ReadAll(io.LimitReader(rc, 200))
	return string(b), err
}

// sniffGzip looks at the beginning of what is packed.
func sniffGzip(head []byte, name string) (string, string, error) {
	z, err := gzip.NewReader(bytes.NewReader(head))
	if err != nil {
		return "", "", refuse("library.file.damaged")
	}
	inside := make([]byte, 4096)
	n, err := io.ReadFull(z, inside)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return "", "", refuse("library.file.damaged")
	}
	inner := strings.ToLower(path.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz")))
	if isProgram(inside[:n]) || slices.Contains(programEndings, inner) {
		return "", "", refuse("library.file.program")
	}
	if isText(inside[:n]) && isPage(inside[:n]) {
		return "", "", refuse("library.file.page")
	}
	return "application/gzip", ".gz", nil
}

func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// Names that Windows keeps for devices.
var deviceNames = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// mostFileName is the longest name kept, in characters, so that every file system can save it.
const mostFileName = 100

// CleanName makes a name safe to save and to show: no folders, no signs that a file system or a reader could take for
// something else, not too long, and with the ending of its content. fallback is used where nothing is left.
func CleanName(name, ext, fallback string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, ""))
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"|?*`, r):
			return '-'
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs): // direction marks among them
			return -1
		}
		return r
	}, name)
	name = strings.Join(strings.Fields(name), " ")
	lower := strings.ToLower(name)
	same := strings.HasSuffix(lower, ext) || ext == ".jpg" && strings.HasSuffix(lower, ".jpeg")
	stem := name
	switch {
	case same:
		cut := strings.LastIndexByte(name, '.')
		stem, ext = name[:cut], name[cut:]
	case path.Ext(name) != "" && len(path.Ext(name)) <= 6:
		stem = strings.TrimSuffix(name, path.Ext(name))
	}
	stem = strings.Trim(stem, ". -_")
	if r := []rune(stem); len(r) > mostFileName {
		stem = strings.TrimRight(string(r[:mostFileName]), ". -_")
	}
	if stem == "" {
		stem = fallback
	}
	if slices.Contains(deviceNames, strings.ToLower(stem)) {
		stem = "_" + stem
	}
	return stem + ext
}
