package main_test

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// deaf takes what the door lets in.
type deaf struct{}

func (deaf) Receive(context.Context, handlers.Text) (handlers.Reply, error) {
	return handlers.Reply{}, nil
}
func (deaf) OnCall(context.Context, string, string, string) (string, error) { return "", nil }

func (deaf) Receipt(context.Context, gate.Receipt) error { return nil }

// webhook is a call of Twilio's, and how it arrives.
type webhook struct {
	public string // PUBLIC_URL
	called string // the base that Twilio calls; public if it is empty
	uri    string // path and query, as they arrive
	form   url.Values
	token  string // the account's if it is empty
}

// url is what Twilio signs.
func (w webhook) url() string { return cmp.Or(w.called, w.public) + w.uri }

// post brings it to the bot's door, and returns whether it was let in.
func (w webhook) post(t *testing.T, signature string) bool {
	t.Helper()
	door, err := twilio.New(twilio.Config{
		AccountSID: twiliotest.AccountSID, AuthToken: twiliotest.AuthToken,
		PreviousToken: "the one before", From: twiliotest.From,
		PublicURL: w.public, Patient: deaf{}, Receipts: deaf{}, OnCall: deaf{}, Now: time.Now,
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(
		t.Context(), http.MethodPost, w.uri, strings.NewReader(w.form.Encode()),
	)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	r.Header.Set("X-Twilio-Signature", signature)
	// What a proxy adds must not count.
	r.Host = "internal.example:3000"
	r.Header.Set("X-Forwarded-Proto", "http")
	r.Header.Set("X-Forwarded-Host", "evil.example")
	answer := httptest.NewRecorder()
	if strings.HasPrefix(w.uri, "/twilio/receipt") {
		door.Receipt(answer, r)
	} else {
		door.Text(answer, r)
	}
	switch answer.Code {
	case http.StatusOK, http.StatusNoContent:
		return true
	case http.StatusForbidden:
		return false
	default:
		t.Errorf("%s: status %d", w.uri, answer.Code)
		return false
	}
}

// question is a webhook as the judge takes it.
func (w webhook) question(signature string) map[string]any {
	params := map[string]any{}
	for k, v := range w.form {
		params[k] = v
		if len(v) == 1 {
			params[k] = v[0]
		}
	}
	return map[string]any{
		"token": cmp.Or(w.token, twiliotest.AuthToken), "url": w.url(), "params": params,
		"signature": signature,
	}
}

// verdict is the judge's answer.
type verdict struct {
	Expected string
	Valid    bool
}

// form is a text's fields: those that Twilio sends always, and the given ones, names and values by
// turns.
func form(more ...string) url.Values {
	v := url.Values{
		"MessageSid": {"SM00000000000000000000000000000001"}, "AccountSid": {twiliotest.AccountSID},
		"From": {"+12125550101"},
		"To":   {twiliotest.From}, "Body": {"can i eat before?"}, "NumMedia": {"0"},
		"MessageStatus": {"delivered"},
	}
	for i := 0; i < len(more); i += 2 {
		v[more[i]] = append(v[more[i]], more[i+1])
	}
	return v
}

// webhooks are calls that Twilio may make, by what is odd about them.
func webhooks() map[string]webhook {
	const public, text = "https://beacon.example.com", "/twilio/text"
	body := func(s string) url.Values { v := form(); v.Set("Body", s); return v }
	return map[string]webhook{
		"a plain text": {public: public, uri: text, form: form()},
		"a receipt with our id": {
			public: public, uri: "/twilio/receipt?id=r%3Avisit-1%2Bprepare", form: form(),
		},
		"escapes in the query": {
			public: public, uri: text + "?a=%7e~%20+%2F/&b=%e2%82%ac", form: form(),
		},
		"an empty query":            {public: public, uri: text + "?", form: form()},
		"empty values in the query": {public: public, uri: text + "?a=&b&=c&&", form: form()},
		"quotes in the query":       {public: public, uri: text + `?q=it's|"x"`, form: form()},
		"a repeated query":          {public: public, uri: text + "?a=2&a=1&a=2", form: form()},
		"a path before ours": {
			public: public + "/clinic/", called: public + "/clinic", uri: text, form: form(),
		},
		"port 443, configured": {public: public + ":443", uri: text + "?a=1", form: form()},
		"port 443, signed only": {
			public: public, called: public + ":443", uri: text + "?a=1", form: form(),
		},
		"port 443, not signed": {
			public: public + ":443", called: public, uri: text, form: form(),
		},
		"port 8443": {public: public + ":8443", uri: text, form: form()},
		"port 8443, not signed": {
			public: public + ":8443", called: public, uri: text, form: form(),
		},
		"http and port 80": {
			public: "http://localhost", called: "http://localhost:80", uri: text, form: form(),
		},
		"an IPv6 address": {
			public: "https://[2001:db8::1]:8443", uri: text, form: form(),
		},
		"an IPv6 address, no port": {
			public: "https://[2001:db8::1]", called: "https://[2001:db8::1]:443", uri: text,
			form: form(),
		},
		"a user in the URL": {
			public: "https://twilio:pa55@beacon.example.com", uri: text, form: form(),
		},
		"Spanish": {
			public: public, uri: text, form: body("¿Cuánto cuesta? mañana, vergüenza"),
		},
		"emoji and others": {
			public: public, uri: text,
			form: body("👍🏽 👩‍⚕️ ﬁ ７ 你好 नमस्ते مرحبا \u200b\ufeff\ufffd"),
		},
		"composed and not": {
			public: public, uri: text, form: body("caf\u00e9 cafe\u0301"),
		},
		"blanks and controls": {
			public: public, uri: text, form: body(" +%20 a\tb\r\nc\x00\x1f&=;# "),
		},
		"1,600 characters": {
			public: public, uri: text, form: body(strings.Repeat("añ👍 ", 400)),
		},
		"an empty body": {public: public, uri: text, form: body("")},
		"empty fields": {
			public: public, uri: text, form: form("FromCity", "", "FromState", "", "", "x"),
		},
		"repeated fields": {
			public: public, uri: text,
			form: form("Media", "b", "Media", "a", "Media", "b", "Media", ""),
		},
		"repeated, unicode": {
			public: public, uri: text, form: form("M", "Ａ", "M", "😀", "M", "é", "M", "z"),
		},
		"names' order": {
			public: public, uri: text,
			form: form(
				"body", "1", "Body2", "2", "BODY", "3", "a_b", "4", "a-b", "5", "10", "6", "9", "7",
			),
		},
		"names in unicode": {
			public: public, uri: text, form: form("😀", "1", "Ａ", "2", "é", "3"),
		},
		"the token before": {
			public: public, uri: text, form: form(), token: "the one before",
		},
	}
}

// TestTwilioSigns: what Twilio's helper signs is let in, however it is spoilt it isn't, and what
// our fake signs the helper takes.
func TestTwilioSigns(t *testing.T) {
	t.Parallel()
	all := webhooks()
	names, questions := []string{}, []map[string]any{}
	for name, w := range all {
		names = append(names, name)
		questions = append(
			questions,
			w.question(twiliotest.Sign(cmp.Or(w.token, twiliotest.AuthToken), w.url(), w.form)),
		)
	}
	var verdicts []verdict
	ask(t, "twilio.mjs", questions, &verdicts)
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			w, v := all[name], verdicts[i]
			if !w.post(t, v.Expected) {
				t.Error("what the helper signed isn't let in")
			}
			if !v.Valid {
				t.Error("what the fake signed isn't Twilio's to the helper")
			}
			spoilt := map[string]func(*webhook){
				"another path": func(w *webhook) {
					w.uri = strings.Replace(
						w.uri, "/twilio/", "/twilio/x/", 1,
					)
				},
				"another query": func(w *webhook) { w.uri += "?" },
				"another scheme": func(w *webhook) {
					w.public = strings.NewReplacer(
						"https:", "http:", "http:", "https:",
					).Replace(w.public)
				},
				"another host": func(w *webhook) {
					w.public = strings.NewReplacer(
						"beacon", "bacon", "db8", "db9", "local", "remote",
					).Replace(w.public)
				},
				"another body": func(w *webhook) { w.form.Set("Body", w.form.Get("Body")+".") },
				"a field more": func(w *webhook) { w.form.Set("OptOutType", "STOP") },
				"a field less": func(w *webhook) { w.form.Del("NumMedia") },
				"a value more": func(w *webhook) { w.form.Add("NumMedia", "1") },
			}
			for how, spoil := range spoilt {
				bad := w
				bad.form = maps.Clone(w.form)
				for k, v := range bad.form {
					bad.form[k] = append([]string{}, v...)
				}
				spoil(&bad)
				if bad.post(t, v.Expected) {
					t.Errorf("let in with %s", how)
				}
			}
			for _, signature := range []string{
				"", "x", strings.ToLower(v.Expected), v.Expected[1:], v.Expected + "=",
				v.Expected + ", " + v.Expected,
			} {
				if w.post(t, signature) {
					t.Errorf("let in with the signature %q", signature)
				}
			}
		})
	}
}

// TestTwilioAgrees: of calls made up by chance, half of them changed after they were signed, the
// helper and the door think the same.
func TestTwilioAgrees(t *testing.T) {
	t.Parallel()
	const calls = 400
	rnd := rand.New(rand.NewPCG(20, 26))
	signs := []rune("aZ09 ~!*'()_.-+%&=?#/;:\"\\<>|\n\u00e1\u0301ñ€Ａ😀")
	word := func() string {
		b := make([]rune, rnd.IntN(6))
		for i := range b {
			b[i] = signs[rnd.IntN(len(signs))]
		}
		return string(b)
	}
	made, questions := make([]webhook, calls), make([]map[string]any, calls)
	for i := range made {
		w := webhook{
			public: "https://beacon.example.com" + []string{"", ":443", ":8443"}[rnd.IntN(3)],
			form:   form(word(), word(), "Body", word(), "B", word(), "B", word()),
		}
		w.uri = "/twilio/text?" + url.Values{word(): {word(), word()}}.Encode()
		made[i], questions[i] = w, w.question("")
	}
	var signed, judged []verdict
	ask(t, "twilio.mjs", questions, &signed)
	for i := range made {
		switch w := &made[i]; rnd.IntN(6) {
		case 0:
			w.form.Add("B", word())
		case 1:
			w.form.Set("Body", word())
		case 2:
			w.uri += url.QueryEscape(word())
		}
		questions[i] = made[i].question(signed[i].Expected)
	}
	ask(t, "twilio.mjs", questions, &judged)
	in := 0
	for i, w := range made {
		got := w.post(t, signed[i].Expected)
		if got != judged[i].Valid {
			t.Errorf("let in: %t, the helper: %t: %s %q", got, judged[i].Valid, w.url(), w.form)
		}
		if got {
			in++
		}
	}
	if in < calls/4 || in > calls*9/10 {
		t.Errorf("%d of %d let in: the calls test nothing", in, calls)
	}
	t.Logf("%d calls, %d let in", calls, in)
}
