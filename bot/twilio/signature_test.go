package twilio_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// The signatures of testdata were made by Twilio's helper for Node, 6.2.0.
func TestSignature(t *testing.T) {
	b, err := os.ReadFile("testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Name, Public, URI, Body, Signature string }
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	post := func(t *testing.T, public, uri, body, signature string, header http.Header) int {
		t.Helper()
		b := newBench(t, func(c *twilio.Config) {
			c.PublicURL, c.AuthToken, c.PreviousToken = public, "new token", twiliotest.AuthToken
		})
		r := httptest.NewRequest(http.MethodPost, uri, strings.NewReader(body))
		r.Header = header.Clone()
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Twilio-Signature", signature)
		w := httptest.NewRecorder()
		b.Text(w, r)
		return w.Code
	}
	forwarded := http.Header{
		"X-Forwarded-Host": {"evil.example"}, "X-Forwarded-Proto": {"http"},
		"X-Original-Url": {"/elsewhere"}, "Forwarded": {"host=evil.example"},
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			for _, header := range []http.Header{{}, forwarded} {
				if code := post(
					t, c.Public, c.URI, c.Body, c.Signature, header,
				); code != http.StatusOK {
					t.Errorf("HTTP %d, want 200", code)
				}
			}
			for what, code := range map[string]int{
				"the body": post(
					t, c.Public, c.URI, c.Body+"&Extra=1", c.Signature, http.Header{},
				),
				"the query": post(t, c.Public, c.URI+"&x", c.Body, c.Signature, http.Header{}),
				"the host": post(
					t, "https://evil.example", c.URI, c.Body, c.Signature, http.Header{},
				),
				"the signature": post(
					t, c.Public, c.URI, c.Body, "A"+c.Signature[1:]+"=", http.Header{},
				),
			} {
				if code != http.StatusForbidden {
					t.Errorf("HTTP %d although %s was changed", code, what)
				}
			}
		})
	}
}

func TestSignatureTokens(t *testing.T) {
	body := form(t, "text")
	f, err := url.ParseQuery(body)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		previous, signer string
		code             int
	}{
		{previous: "old", signer: twiliotest.AuthToken, code: 200},
		{previous: "old", signer: "old", code: 200},
		{previous: "", signer: "old", code: 403},
		{previous: "", code: 403}, // no previous token is not an empty key
	} {
		b := newBench(t, func(tc *twilio.Config) { tc.PreviousToken = c.previous })
		r := signed(t, "/twilio/text", body)
		r.Header.Set("X-Twilio-Signature", twiliotest.Sign(c.signer, public+"/twilio/text", f))
		w := httptest.NewRecorder()
		if b.Text(w, r); w.Code != c.code {
			t.Errorf(
				"previous %q, signed with %q: HTTP %d, want %d", c.previous, c.signer, w.Code,
				c.code,
			)
		}
	}
}
