package twilio

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
)

// signed reports whether Twilio signed the request: the public URL, the request URI as received,
// and the posted fields. The vendor's validator isn't used, since it rejects repeated fields and
// normalises the URL. Every token is tried (there are two during a rotation), and the URL with and
// without its port, because Twilio's back ends differ in that.
func (t *Twilio) signed(requestURI string, form url.Values, signature string) bool {
	ok := false
	for _, token := range t.tokens {
		for _, base := range t.public {
			ok = hmac.Equal([]byte(sign(token, base+requestURI, form)), []byte(signature)) || ok
		}
	}
	return ok
}

// sign computes Twilio's signature over the URL and the fields' names and values, sorted, repeated
// values once. Source: https://www.twilio.com/docs/usage/security
func sign(token, url string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(url))
	for _, k := range slices.SortedFunc(maps.Keys(form), byUTF16) {
		for _, v := range slices.Compact(slices.SortedFunc(slices.Values(form[k]), byUTF16)) {
			mac.Write([]byte(k + v))
		}
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// byUTF16 orders by UTF-16 units, as Twilio's helpers do: an emoji sorts before a full-width
// letter.
func byUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// ports returns the public URL without its port, and with it (or the scheme's default).
func ports(public string) []string {
	scheme, rest, _ := strings.Cut(public, "://")
	authority, path, slash := strings.Cut(rest, "/")
	if slash {
		path = "/" + path
	}
	host, port := authority, ":80"
	if scheme == "https" {
		port = ":443"
	}
	// The colons of a literal IPv6 address stand within brackets.
	if i := strings.LastIndex(authority, ":"); i > strings.LastIndexAny(authority, "]@") {
		host, port = authority[:i], authority[i:]
	}
	return []string{scheme + "://" + host + path, scheme + "://" + host + port + path}
}
