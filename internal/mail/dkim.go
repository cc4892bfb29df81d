package mail

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"github.com/emersion/go-msgauth/dkim"

	"aircommons/internal/fault"
)

// Key signs the letters of a domain, RFC 6376.
type Key struct {
	Domain, Selector string
	signer           crypto.Signer
}

var domainForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// MakeKey makes an RSA key of 2048 bits (RFC 8301 asks for 1024 at least) in a file of the folder, readable by its owner
// only. A key that is there stays.
func MakeKey(dir, domain, selector string) (*Key, error) {
	domain, selector = strings.ToLower(domain), strings.ToLower(selector)
	if !domainForm.MatchString(domain) || !domainForm.MatchString(selector) || strings.Contains(selector, ".") || len(domain)+len(selector) > 200 {
		return nil, fault.New(fault.Invalid, "mail.dkim.name", "Domain", domain, "Selector", selector)
	}
	path := filepath.Join(dir, selector+"."+domain+".pem")
	if _, err := os.Stat(path); err == nil {
		return ReadKey(path)
	}
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "mail.folder", "Path", dir)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := os.WriteFile(path+".part", text, 0o600); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "mail.folder", "Path", dir)
	}
	if err := os.Rename(path+".part", path); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "mail.folder", "Path", dir)
	}
	return &Key{Domain: domain, Selector: selector, signer: k}, nil
}

// ReadKey reads a key from its file, "<selector>.<domain>.pem".
func ReadKey(path string) (*Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "mail.dkim.file", "Path", path)
	}
	selector, domain, ok := strings.Cut(strings.TrimSuffix(filepath.Base(path), ".pem"), ".")
	block, _ := pem.Decode(text)
	if block == nil || !ok {
		return nil, fault.New(fault.Invalid, "mail.dkim.file", "Path", path)
	}
	any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	k, is := any.(crypto.Signer)
	if err != nil || !is {
		return nil, fault.Wrap(fault.Invalid, err, "mail.dkim.file", "Path", path)
	}
	return &Key{Domain: domain, Selector: selector, signer: k}, nil
}

// FindKey is the key of a folder for letters of a sender: the last selector by name. Nil where there is none.
func FindKey(dir, from string) (*Key, error) {
	domain := strings.ToLower(Composer{From: from}.Domain())
	names, err := filepath.Glob(filepath.Join(dir, "*.pem"))
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	for i := len(names) - 1; i >= 0; i-- {
		_, of, _ := strings.Cut(strings.TrimSuffix(filepath.Base(names[i]), ".pem"), ".")
		if of == domain || strings.HasSuffix(domain, "."+of) { // a signature of the domain above is aligned too, RFC 7489
			return ReadKey(names[i])
		}
	}
	return nil, nil
}

// Record is the TXT record that publishes the key: its name and its value, RFC 6376 section 3.6.
func (k *Key) Record() (name, value string, err error) {
	der, err := x509.MarshalPKIXPublicKey(k.signer.Public())
	if err != nil {
		return "", "", err
	}
	return k.Selector + "._domainkey." + k.Domain, "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der), nil
}

// sign puts the signature on top. All heads are signed, those of unsubscribing too, as RFC 8058 asks.
func (k *Key) sign(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	err := dkim.Sign(&b, bytes.NewReader(raw), &dkim.SignOptions{Domain: k.Domain, Selector: k.Selector, Signer: k.signer, Hash: crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed})
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "mail.dkim.sign")
	}
	return b.Bytes(), nil
}
