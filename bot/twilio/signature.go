package twilio

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// signed reports whether Twilio signed the request: the public URL, the request URI as received,
// and the posted fields. The URL is the configured one and never comes from the request's headers,
// which anybody can write. The vendor's validator isn't used, since it rejects repeated fields and
// normalises the URL. Every token is tried (there are two during a rotation), and the URL with and
// without its port, because Twilio's back ends differ in that. The fields are put in order once for
// all of these: that is what costs, and whoever asks may not be Twilio.
func (t *Twilio) signed(requestURI string, form url.Values, mac []byte) bool {
	fields := canonical(form)
	// All are compared, in constant time each, so that the time taken doesn't tell how near a
	// forged signature came.
	ok := false
	for _, token := range t.tokens {
		for _, base := range t.public {
			h := hmac.New(sha1.New, []byte(token))
			h.Write([]byte(base + requestURI))
			h.Write(fields)
			ok = hmac.Equal(h.Sum(nil), mac) || ok
		}
	}
	return ok
}

// macOf returns the MAC that a signature holds; false if it hasn't the form of X-Twilio-Signature,
// an HMAC-SHA1 in base64.
func macOf(signature string) ([]byte, bool) {
	if len(signature) != base64.StdEncoding.EncodedLen(sha1.Size) {
		return nil, false
	}
	mac, err := base64.StdEncoding.Strict().DecodeString(signature)
	return mac, err == nil && len(mac) == sha1.Size
}

// canonical returns what X-Twilio-Signature covers after the URL: every field's name and value
// without separators, sorted by name and then value, repeated values once. source:
// https://www.twilio.com/docs/usage/security
func canonical(form url.Values) []byte {
	size := 0
	for k, values := range form {
		for _, v := range values {
			size += len(k) + len(v)
		}
	}
	out := make([]byte, 0, size)
	for _, k := range slices.SortedFunc(maps.Keys(form), byUTF16) {
		values := form[k]
		if len(values) > 1 {
			values = slices.Compact(slices.SortedFunc(slices.Values(values), byUTF16))
		}
		for _, v := range values {
			out = append(append(out, k...), v...)
		}
	}
	return out
}

// byUTF16 compares by UTF-16 units, as Twilio's helpers sort: an emoji comes before a full-width
// letter, while by bytes it would come after it. It decodes nothing, since a sort of an attacker's
// form calls it often. UTF-8 sorts as UTF-16 does, except that what UTF-16 needs two units for
// (lead bytes from 0xF0) comes before U+E000 to U+FFFF (lead bytes 0xEE and 0xEF).
func byUTF16(a, b string) int {
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		switch {
		case x == y:
		case x >= 0xF0 && (y == 0xEE || y == 0xEF):
			return -1
		case y >= 0xF0 && (x == 0xEE || x == 0xEF):
			return 1
		default:
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(len(a), len(b))
}

// ports returns the public URL without its port, and with it (or with the scheme's default one).
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
