package twilio_test

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// textForm is a recorded text, and what is made of it.
type textForm struct {
	form string
	want *handlers.Text // nil: not passed on
	code int
}

func textForms(t *testing.T) []textForm {
	t.Helper()
	return []textForm{
		{
			form: "text",
			want: &handlers.Text{
				ID: sid("SM", "01"), From: phone(t, "+12125550101"),
				Body: `How much is a session? I pay by card & "HSA"`,
			},
			code: 200,
		},
		{
			form: "unicode",
			want: &handlers.Text{
				ID: sid("SM", "02"), From: phone(t, "+12125550102"),
				Body: "¿Cuánto cuesta? 😔 gracias\nJosé",
			},
			code: 200,
		},
		{
			form: "mms",
			want: &handlers.Text{ID: sid("MM", "03"), From: phone(t, "+12125550103"), Media: 2},
			code: 200,
		},
		{
			form: "stop",
			want: &handlers.Text{
				ID: sid("SM", "04"), From: phone(t, "+12125550104"), Body: "Stop", OptOut: "STOP",
			},
			code: 200,
		},
		{
			form: "rcs", code: 200,
			want: &handlers.Text{ID: sid("SM", "21"), From: phone(t, "+12125550121"), Body: "C"},
		},
		{
			form: "whatsapp", code: 200,
			want: &handlers.Text{
				ID: sid("SM", "22"), From: phone(t, "+12125550122"), Channel: "whatsapp",
				Body: "hi",
			},
		},
		{
			form: "messenger", code: 200,
			want: &handlers.Text{ID: sid("SM", "23"), Sender: "messenger:4823199100", Body: "hi"},
		},
		{form: "short-code", want: &handlers.Text{
			ID: sid("SM", "05"), Sender: "73462", Mute: true, Body: "Your code is 000000",
		}, code: 200},
		{form: "alphanumeric", want: &handlers.Text{
			ID: sid("SM", "06"), Sender: "PHARMACY", Mute: true, Body: "Your order is ready",
		}, code: 200},
		{form: "no-from", code: 400},
		{form: "no-sid", code: 400},
		{form: "bad-sid", code: 400},
		{form: "other-account", code: 403},
	}
}

func TestText(t *testing.T) {
	for _, c := range textForms(t) {
		t.Run(c.form, func(t *testing.T) {
			b := newBench(t, nil)
			b.house.bodies = []string{"an answer"}
			w := httptest.NewRecorder()
			b.Text(w, signed(t, "/twilio/text", form(t, c.form)))
			if w.Code != c.code {
				t.Errorf("HTTP %d, want %d", w.Code, c.code)
			}
			if c.want == nil {
				if len(b.house.texts) != 0 || strings.Contains(w.Body.String(), "<Message>") {
					t.Errorf("passed on: %v, answered: %s", b.house.texts, w.Body)
				}
				return
			}
			if said := strings.Contains(w.Body.String(), "<Message>"); said == c.want.Mute {
				t.Errorf("answered %v: %s", said, w.Body)
			}
			c.want.At = b.now
			if len(b.house.texts) != 1 || !reflect.DeepEqual(b.house.texts[0], *c.want) {
				t.Errorf("got %+v\nwant %+v", b.house.texts, *c.want)
			}
		})
	}
}

func sid(kind, end string) string { return kind + strings.Repeat("0", 30) + end }

func TestTextReply(t *testing.T) {
	for _, bodies := range [][]string{
		nil, {"one"}, {"one", "two"}, {`a <b> & "c" 😀 ]]>` + "\nline two"},
	} {
		b := newBench(t, nil)
		b.house.bodies = bodies
		w := httptest.NewRecorder()
		b.Text(w, signed(t, "/twilio/text", form(t, "text")))
		var got struct {
			XMLName  xml.Name `xml:"Response"`
			Messages []string `xml:"Message"`
		}
		if err := xml.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%v: %s", err, w.Body)
		}
		if !reflect.DeepEqual(got.Messages, bodies) ||
			!strings.HasPrefix(w.Header().Get("Content-Type"), "text/xml") {
			t.Errorf("got %q as %s, want %q", got.Messages, w.Header().Get("Content-Type"), bodies)
		}
	}
}

func TestTextFails(t *testing.T) {
	b := newBench(t, nil)
	b.house.bodies, b.house.err = []string{"half an answer"}, errors.New("redis is away")
	w := httptest.NewRecorder()
	b.Text(w, signed(t, "/twilio/text", form(t, "text")))
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "half") ||
		strings.Contains(w.Body.String(), "redis") {
		t.Errorf("HTTP %d %s, want a bare 503", w.Code, w.Body)
	}
	log := b.log.String()
	if strings.Count(log, "\n") != 1 || !strings.Contains(log, "redis is away") ||
		strings.Contains(log, "session") || strings.Contains(log, "2125550101") {
		t.Errorf("want one line with the error, without the body or the number:\n%s", log)
	}
}

// A patient's text is worked on to its end, but no longer than Twilio waits, even when Twilio hangs
// up.
func TestTextContext(t *testing.T) {
	b := newBench(t, nil)
	ctx, hangUp := context.WithCancel(context.Background())
	b.house.hold = hangUp
	b.Text(httptest.NewRecorder(), signed(t, "/twilio/text", form(t, "text")).WithContext(ctx))
	if b.house.ended != nil {
		t.Errorf("the work was cut off: %v", b.house.ended)
	}
	if d := b.house.deadline; d <= 0 || d > 10*time.Second {
		t.Errorf("the deadline is in %v, want at most 10 s", d)
	}
}

// forged is a post that isn't Twilio's, and how it is refused.
type forged struct {
	name   string
	change func(t *testing.T) *http.Request
	code   int
}

func forgeries() []forged {
	return []forged{
		{name: "unsigned", change: func(t *testing.T) *http.Request {
			r := signed(t, "/twilio/text", form(t, "text"))
			r.Header.Del("X-Twilio-Signature")
			return r
		}, code: 403},
		{name: "signed over another body", change: func(t *testing.T) *http.Request {
			r := signed(t, "/twilio/text", form(t, "text"))
			r.Header.Set(
				"X-Twilio-Signature",
				signed(t, "/twilio/text", form(t, "stop")).Header.Get("X-Twilio-Signature"),
			)
			return r
		}, code: 403},
		{name: "signed for another path", change: func(t *testing.T) *http.Request {
			r := signed(t, "/twilio/text", form(t, "text"))
			r.Header.Set(
				"X-Twilio-Signature",
				signed(t, "/twilio/receipt", form(t, "text")).Header.Get("X-Twilio-Signature"),
			)
			return r
		}, code: 403},
		{name: "too long", change: func(t *testing.T) *http.Request {
			return signed(t, "/twilio/text", form(t, "text")+"&Pad="+strings.Repeat("a", 64<<10))
		}, code: 400},
		{
			name: "malformed",
			change: func(t *testing.T) *http.Request {
				return signed(
					t, "/twilio/text", "Body=%zz&From=%2B12125550101",
				)
			},
			code: 400,
		},
		{name: "not a form", change: func(t *testing.T) *http.Request {
			r := signed(t, "/twilio/text", "")
			r.Header.Set("Content-Type", "application/json")
			return r
		}, code: 400},
		{name: "GET", change: func(t *testing.T) *http.Request {
			r := signed(t, "/twilio/text", "")
			r.Method = http.MethodGet
			return r
		}, code: 405},
	}
}

func TestRefusesWebhook(t *testing.T) {
	for _, c := range forgeries() {
		t.Run(c.name, func(t *testing.T) {
			for _, door := range []string{"text", "receipt"} {
				b := newBench(t, nil)
				w := httptest.NewRecorder()
				if door == "text" {
					b.Text(w, c.change(t))
				} else {
					b.Receipt(w, c.change(t))
				}
				if w.Code != c.code || len(b.house.texts)+len(b.house.receipts) != 0 {
					t.Errorf(
						"%s: HTTP %d, passed on %d; want %d and nothing", door, w.Code,
						len(b.house.texts)+len(b.house.receipts), c.code,
					)
				}
				if log := b.log.String(); strings.Contains(log, "session") ||
					strings.Contains(log, "2125550101") {
					t.Errorf("the log holds what a patient wrote or the number:\n%s", log)
				}
			}
		})
	}
}

// receiptForm is a recorded receipt, and what is made of it.
type receiptForm struct {
	form string
	want *gate.Receipt
	code int
}

func receiptForms() []receiptForm {
	return []receiptForm{
		{form: "receipt-queued", want: &gate.Receipt{State: "queued"}, code: 204},
		{form: "receipt-sending", want: &gate.Receipt{State: "sending"}, code: 204},
		{form: "receipt-sent", want: &gate.Receipt{State: "sent"}, code: 204},
		{form: "receipt-delivered", want: &gate.Receipt{State: "delivered"}, code: 204},
		{
			form: "receipt-whatsapp",
			want: &gate.Receipt{State: "delivered", Channel: "whatsapp"}, code: 204,
		},
		{
			form: "receipt-undelivered",
			want: &gate.Receipt{
				State: "undelivered", Code: 30006,
				Why: "a landline, or a carrier that takes no texts", NoTexts: true,
			},
			code: 204,
		},
		{
			form: "receipt-failed",
			want: &gate.Receipt{
				State: "failed", Code: gate.OptedOut,
				Why: "the number has opted out at the carrier",
			},
			code: 204,
		},
		{form: "receipt-accepted", code: 204},
		{form: "receipt-no-status", code: 400},
	}
}

func TestReceipt(t *testing.T) {
	for _, c := range receiptForms() {
		t.Run(c.form, func(t *testing.T) {
			b := newBench(t, nil)
			w := httptest.NewRecorder()
			b.Receipt(w, signed(t, "/twilio/receipt?id=visit%3A7%2Fconfirm+1", form(t, c.form)))
			if w.Code != c.code {
				t.Errorf("HTTP %d, want %d", w.Code, c.code)
			}
			var want []gate.Receipt
			if c.want != nil {
				c.want.ID, c.want.SID, c.want.At = "visit:7/confirm 1", sid("SM", "11"), b.now
				want = append(want, *c.want)
			}
			if !reflect.DeepEqual(b.house.receipts, want) {
				t.Errorf("got %+v, want %+v", b.house.receipts, want)
			}
		})
	}
	b := newBench(t, nil)
	b.house.err = errors.New("redis is away")
	w := httptest.NewRecorder()
	b.Receipt(w, signed(t, "/twilio/receipt?id=1", form(t, "receipt-sent")))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("HTTP %d when it wasn't taken, want 503", w.Code)
	}
	w = httptest.NewRecorder()
	r := signed(t, "/twilio/receipt?id=1", form(t, "receipt-sent"))
	r.RequestURI = "/twilio/receipt?id=2"
	if b.Receipt(w, r); w.Code != http.StatusForbidden {
		t.Errorf("HTTP %d for a query that was tampered with, want 403", w.Code)
	}
}
