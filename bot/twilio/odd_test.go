package twilio_test

import (
	"cmp"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// odd counts texts by the kind of their sender.
type odd map[string]int

func (o odd) Odd(sender string) { o[sender]++ }

func (odd) Refused(string, string) {}

// with is a recorded form with some fields set, or, for nil, taken away.
func with(t *testing.T, name string, fields url.Values) string {
	t.Helper()
	f, err := url.ParseQuery(form(t, name))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range fields {
		if f[k] = v; v == nil {
			delete(f, k)
		}
	}
	return f.Encode()
}

// oddText is a text whose fields aren't as documented, and what of it is passed on.
type oddText struct {
	name   string
	fields url.Values
	want   handlers.Text // ID, From, Body and At if they are not set: those of text.form
	odd    string        // how its sender is counted
}

func oddTexts(t *testing.T) []oddText {
	t.Helper()
	return []oddText{
		{
			name: "no words and no pictures", fields: url.Values{"Body": nil, "NumMedia": nil},
			want: handlers.Text{Body: "-"},
		},
		{
			name: "bytes that aren't UTF-8", fields: url.Values{"Body": {"caf\xE9 \xF0\x9F"}},
			want: handlers.Text{Body: "caf\uFFFD \uFFFD"},
		},
		{
			name: "the longest text", fields: url.Values{"Body": {strings.Repeat("😔", 1600)}},
			want: handlers.Text{Body: strings.Repeat("😔", 1600)},
		},
		{
			name: "pictures without a number", fields: url.Values{"NumMedia": {"two"}},
		},
		{
			name: "fewer pictures than none", fields: url.Values{"NumMedia": {"-3"}},
		},
		{
			name: "no account", fields: url.Values{"AccountSid": nil},
		},
		{
			name:   "a number as people write it",
			fields: url.Values{"From": {"+1 (212) 555\u20110101"}},
		},
		{
			name: "two senders: the first counts", fields: url.Values{
				"From": {"+12125550101", "+12125550177"},
			},
		},
		{
			name: "a channel in capitals", fields: url.Values{"From": {"WhatsApp:+12125550101"}},
			want: handlers.Text{Channel: "whatsapp"},
		},
		{
			name:   "a number on a channel that we can't send on",
			fields: url.Values{"From": {"messenger:+12125550101"}},
		},
		{
			name: "a channel and nothing else", fields: url.Values{"From": {"rcs:"}},
			want: handlers.Text{Sender: "rcs:"}, odd: "unreadable",
		},
		{
			name: "digits of another script", fields: url.Values{"From": {"+١٢١٢٥٥٥٠١٠١"}},
			want: handlers.Text{Sender: "+١٢١٢٥٥٥٠١٠١", Mute: true}, odd: "unreadable",
		},
		{
			name: "a number that begins with zero", fields: url.Values{"From": {"+02125550101"}},
			want: handlers.Text{Sender: "+02125550101", Mute: true}, odd: "unreadable",
		},
	}
}

// Whatever a patient's text looks like, it is heard: to refuse it would lose it.
func TestOddTexts(t *testing.T) {
	for _, c := range oddTexts(t) {
		t.Run(c.name, func(t *testing.T) {
			counted := odd{}
			b := newBench(t, func(tc *twilio.Config) { tc.Meter = counted })
			w := httptest.NewRecorder()
			b.Text(w, signed(t, "/twilio/text", with(t, "text", c.fields)))
			want := c.want
			want.ID, want.At = sid("SM", "01"), b.now
			switch want.Body {
			case "":
				want.Body = `How much is a session? I pay by card & "HSA"`
			case "-":
				want.Body = ""
			}
			if want.Sender == "" {
				want.From = phone(t, "+12125550101")
			}
			if w.Code != http.StatusOK || !reflect.DeepEqual(b.house.texts, []handlers.Text{want}) {
				t.Errorf("HTTP %d, %+v; want %+v", w.Code, b.house.texts, want)
			}
			if c.odd == "" && len(counted) != 0 || c.odd != "" && counted[c.odd] != 1 {
				t.Errorf("counted as %v, want %q", counted, c.odd)
			}
			if strings.Contains(b.log.String(), "2125550101") {
				t.Errorf("the log holds the number:\n%s", b.log)
			}
		})
	}
}

// A text from one of our own numbers is answered with nothing, which ends it: a bot that answers
// itself would go on for ever, at a price for each text.
func TestTextFromOurselves(t *testing.T) {
	for _, c := range []struct {
		name   string
		fields url.Values
	}{
		{name: "the number that we send from", fields: url.Values{"From": {"+12125550100"}}},
		{name: "on a channel", fields: url.Values{"From": {"whatsapp:+12125550100"}}},
		{name: "the on-call phone", fields: url.Values{"From": {"+12125550112"}}},
		{
			name:   "a number of the service",
			fields: url.Values{"From": {"+12125550155"}, "To": {"rcs:+12125550155"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			counted := odd{}
			b := newBench(t, func(tc *twilio.Config) {
				tc.Meter, tc.Own = counted, []handlers.Phone{phone(t, "+12125550112")}
			})
			b.house.bodies = []string{"an answer"}
			w := httptest.NewRecorder()
			b.Text(w, signed(t, "/twilio/text", with(t, "text", c.fields)))
			empty := strings.HasSuffix(w.Body.String(), "<Response></Response>")
			if w.Code != http.StatusOK || !empty {
				t.Errorf("HTTP %d: %s", w.Code, w.Body)
			}
			if len(b.house.texts) != 0 || !reflect.DeepEqual(counted, odd{"own": 1}) {
				t.Errorf("passed on %+v, counted %v", b.house.texts, counted)
			}
		})
	}
}

// oddPost is a post that isn't made as Twilio makes one, or nearly isn't.
type oddPost struct {
	name   string
	body   string // text.form if empty
	change func(*http.Request)
	code   int
}

func oddPosts(t *testing.T) []oddPost {
	t.Helper()
	pad := func(n int) string { // a form of n bytes
		f := form(t, "text") + "&Pad="
		return f + strings.Repeat("a", n-len(f))
	}
	return []oddPost{
		{name: "as long as may be", body: pad(48 << 10), code: 200},
		{name: "a byte longer", body: pad(48<<10 + 1), code: 400},
		{
			name: "no type", code: 400,
			change: func(r *http.Request) { r.Header.Del("Content-Type") },
		},
		{
			name: "a form in parts", code: 400,
			change: func(r *http.Request) {
				r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
			},
		},
		{
			name: "in capitals", code: 200,
			change: func(r *http.Request) {
				r.Header.Set("Content-Type", "Application/X-WWW-Form-URLEncoded")
			},
		},
		{name: "PUT", code: 405, change: func(r *http.Request) { r.Method = http.MethodPut }},
		{
			name: "an id of 65 letters", code: 400,
			body: with(t, "text", url.Values{"MessageSid": {strings.Repeat("S", 65)}}),
		},
		{
			name: "a line break after the id", code: 400,
			body: with(t, "text", url.Values{"MessageSid": {"SM1\n"}}),
		},
		{
			name: "the sender in the query alone", code: 400,
			body:   with(t, "text", url.Values{"From": nil}),
			change: func(r *http.Request) { r.URL.RawQuery = "From=%2B12125550101" },
		},
	}
}

// Only what is wholly a form of Twilio's is looked at; anything else is refused by its kind.
func TestOddPosts(t *testing.T) {
	for _, c := range oddPosts(t) {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, nil)
			r := signed(t, "/twilio/text", cmp.Or(c.body, form(t, "text")))
			if c.change != nil {
				c.change(r)
			}
			w := httptest.NewRecorder()
			b.Text(w, r)
			if w.Code != c.code || len(b.house.texts) == 1 != (c.code == 200) {
				t.Errorf("HTTP %d, passed on %d; want %d", w.Code, len(b.house.texts), c.code)
			}
			if allow := w.Header().Get("Allow"); (allow == "POST") != (c.code == 405) {
				t.Errorf("HTTP %d allows %q", w.Code, allow)
			}
		})
	}
}

// oddReceipt is a receipt whose fields aren't as documented, and what is made of it.
type oddReceipt struct {
	name   string
	uri    string // the usual one if empty
	fields url.Values
	want   *gate.Receipt // nil: it is done with
	code   int
}

func oddReceipts() []oddReceipt {
	return []oddReceipt{
		{
			name:   "a code beside success says nothing",
			fields: url.Values{"MessageStatus": {"delivered"}, "ErrorCode": {"30003"}},
			want:   &gate.Receipt{ID: "1", State: "delivered", Code: 30003}, code: 204,
		},
		{
			name: "a code that is no number", fields: url.Values{"ErrorCode": {"E1"}},
			want: &gate.Receipt{
				ID: "1", State: "failed", Retry: true, After: 30 * time.Minute, Tries: 2,
				Why: "the carrier could not deliver it, and Twilio doesn't say why",
			},
			code: 204,
		},
		{
			name: "no id of ours", uri: "/twilio/receipt",
			fields: url.Values{"ErrorCode": {"30007"}},
			want: &gate.Receipt{
				State: "failed", Code: 30007, Why: "the carrier filtered the text",
			},
			code: 204,
		},
		{
			name: "to what is no number",
			fields: url.Values{
				"MessageStatus": {"sent"}, "To": {"messenger:4823199100"}, "ErrorCode": nil,
			},
			want: &gate.Receipt{ID: "1", State: "sent"}, code: 204,
		},
		{name: "read", fields: url.Values{"MessageStatus": {"read"}}, code: 204},
		{name: "scheduled", fields: url.Values{"MessageStatus": {"scheduled"}}, code: 204},
		{name: "a state in capitals", fields: url.Values{"MessageStatus": {"FAILED"}}, code: 204},
		{name: "an empty state", fields: url.Values{"MessageStatus": {""}}, code: 400},
		{name: "no SID", fields: url.Values{"MessageSid": nil}, code: 400},
		{name: "another account's", fields: url.Values{"AccountSid": {"AC1"}}, code: 403},
	}
}

func TestOddReceipts(t *testing.T) {
	for _, c := range oddReceipts() {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, nil)
			uri := cmp.Or(c.uri, "/twilio/receipt?id=1")
			w := httptest.NewRecorder()
			b.Receipt(w, signed(t, uri, with(t, "receipt-failed", c.fields)))
			var want []gate.Receipt
			if c.want != nil {
				c.want.SID, c.want.At = sid("SM", "11"), b.now
				want = append(want, *c.want)
			}
			if w.Code != c.code || !reflect.DeepEqual(b.house.receipts, want) {
				t.Errorf("HTTP %d, %+v; want %d, %+v", w.Code, b.house.receipts, c.code, want)
			}
		})
	}
}

// What wasn't stored is refused and logged, without the number; nothing else would show it, since
// Twilio posts no receipt again.
func TestReceiptNotTaken(t *testing.T) {
	b := newBench(t, nil)
	b.house.err = errors.New("redis is away")
	w := httptest.NewRecorder()
	b.Receipt(w, signed(t, "/twilio/receipt?id=row7", form(t, "receipt-failed")))
	log := b.log.String()
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "redis") {
		t.Errorf("HTTP %d: %s", w.Code, w.Body)
	}
	for _, want := range []string{"id=row7", "sid=" + sid("SM", "11"), "failed", "redis is away"} {
		if !strings.Contains(log, want) {
			t.Errorf("%q isn't in the log:\n%s", want, log)
		}
	}
	if strings.Contains(log, "2125550101") {
		t.Errorf("the log holds the number:\n%s", log)
	}
}
