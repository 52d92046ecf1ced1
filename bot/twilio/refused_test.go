package twilio_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// refused counts refused requests by what was wrong with them.
type refused map[string]int

func (refused) Odd(string)                        {}
func (r refused) Refused(door, because string)    { r[door+" "+because]++ }
func (r refused) only(why string, times int) bool { return maps.Equal(r, refused{why: times}) }

// hostile is a request that somebody else than Twilio makes.
type hostile struct {
	name      string
	kind      string // the content type; "" is a form's
	signature string
	body      string
	code      int
	because   string
	unread    bool // it is refused before its body is read
}

// zeroes has the form of a signature, and is of nothing.
var zeroes = base64.StdEncoding.EncodeToString(make([]byte, 20))

func hostiles() []hostile {
	var keys strings.Builder
	for i := range 8000 {
		fmt.Fprintf(&keys, "%x=&", i)
	}
	most := make([]string, 128)
	for i := range most {
		name := strings.Repeat("%F0%9F%98%80", 9)
		most[i] = fmt.Sprintf("k%s%d=%s", name, i, strings.Repeat("v", 240))
	}
	return []hostile{
		{
			name: "no signature", body: keys.String(), code: 403, because: "twilio signature",
			unread: true,
		},
		{
			name: "a signature that is no base64", signature: strings.Repeat("*", 28),
			body: keys.String(), code: 403, because: "twilio signature", unread: true,
		},
		{
			name: "a long signature", signature: strings.Repeat("A", 8000),
			body: keys.String(), code: 403, because: "twilio signature", unread: true,
		},
		{
			name: "a signature with slack bits", signature: zeroes[:26] + "B=",
			body: keys.String(), code: 403, because: "twilio signature", unread: true,
		},
		{
			name: "another content type", signature: zeroes,
			kind: "multipart/form-data; boundary=x",
			body: "--x\r\n" + keys.String(), code: 400, because: "twilio form",
			unread: true,
		},
		{
			name: "JSON", signature: zeroes, kind: "application/json",
			body: strings.Repeat("[", 40_000), code: 400, because: "twilio form", unread: true,
		},
		{
			name: "a body that says that it is too long", signature: zeroes,
			body: strings.Repeat("a", 1<<20), code: 400, because: "twilio form", unread: true,
		},
		{
			name: "8,000 fields", signature: zeroes, body: keys.String(),
			code: 400, because: "twilio form",
		},
		{
			name: "as many fields as are let in, repeated", signature: zeroes,
			body: strings.Repeat("a=1&", 127), code: 403, because: "twilio signature",
		},
		{
			name: "as many fields as are let in", signature: zeroes, body: strings.Join(most, "&"),
			code: 403, because: "twilio signature",
		},
		{
			name: "one long value", signature: zeroes, body: "Body=" + strings.Repeat("a", 49_000),
			code: 403, because: "twilio signature",
		},
		{
			name: "one long value, escaped", signature: zeroes,
			body: "Body=" + strings.Repeat("%F0", 16_000), code: 403, because: "twilio signature",
		},
		{
			name: "a malformed form", signature: zeroes,
			body: "a=%zz" + strings.Repeat("&b=%2", 120), code: 400, because: "twilio form",
		},
	}
}

// heardBody notices that it is read.
type heardBody struct {
	io.Reader
	read bool
}

func (h *heardBody) Read(p []byte) (int, error) { h.read = true; return h.Reader.Read(p) }

func (h hostile) request(body io.Reader) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/twilio/text", body)
	r.ContentLength = int64(len(h.body))
	kind := h.kind
	if kind == "" {
		kind = "application/x-www-form-urlencoded"
	}
	r.Header.Set("Content-Type", kind)
	if h.signature != "" {
		r.Header.Set("X-Twilio-Signature", h.signature)
	}
	return r
}

func TestWhatIsntTwiliosIsRefusedBeforeItCosts(t *testing.T) {
	for _, c := range hostiles() {
		t.Run(c.name, func(t *testing.T) {
			count := refused{}
			b := newBench(t, func(tc *twilio.Config) { tc.Meter = count })
			body := &heardBody{Reader: strings.NewReader(c.body)}
			w := httptest.NewRecorder()
			b.Text(w, c.request(body))
			if w.Code != c.code || !count.only(c.because, 1) || len(b.house.texts) > 0 {
				t.Errorf("HTTP %d, counted %v, heard %d", w.Code, count, len(b.house.texts))
			}
			if body.read == c.unread {
				t.Errorf("its body was read: %v", body.read)
			}
		})
	}
}

// A text with all that Twilio may send with it is within the bounds.
func TestTheLargestTextIsTaken(t *testing.T) {
	f := url.Values{
		"AccountSid": {twiliotest.AccountSID}, "MessageSid": {sid("MM", "99")},
		"From": {"whatsapp:+12125550101"}, "To": {"whatsapp:" + twiliotest.From},
		"NumMedia": {"10"}, "Body": {strings.Repeat("語", 4096)},
	}
	for i := range 10 {
		f.Set(fmt.Sprint("MediaUrl", i), "https://api.twilio.com/"+strings.Repeat("m", 140))
		f.Set(fmt.Sprint("MediaContentType", i), "image/jpeg")
	}
	for i := range 60 {
		f.Set(fmt.Sprint("Later", i), "what Twilio adds one day")
	}
	b := newBench(t, nil)
	w := httptest.NewRecorder()
	b.Text(w, signed(t, "/twilio/text", f.Encode()))
	if w.Code != http.StatusOK || len(b.house.texts) != 1 {
		t.Errorf("HTTP %d, %s", w.Code, b.log)
	}
}

// BenchmarkRefused measures what a request costs that isn't Twilio's: a millisecond at most.
func BenchmarkRefused(b *testing.B) {
	for _, c := range hostiles() {
		b.Run(strings.ReplaceAll(c.name, " ", "_"), func(b *testing.B) {
			bench := newBench(b, func(tc *twilio.Config) { tc.PreviousToken = "old" })
			for b.Loop() {
				w := httptest.NewRecorder()
				bench.Text(w, c.request(strings.NewReader(c.body)))
				if w.Code != c.code {
					b.Fatal(w.Code)
				}
				bench.log.Reset()
			}
		})
	}
}
