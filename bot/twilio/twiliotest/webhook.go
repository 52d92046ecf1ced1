package twiliotest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// webhookTime is how long Twilio waits for a webhook's answer.
const webhookTime = 15 * time.Second

// Sign returns X-Twilio-Signature over a URL and a form, with the Fake's auth token.
func (f *Fake) Sign(url string, form url.Values) string { return Sign(f.c.AuthToken, url, form) }

// Sign returns X-Twilio-Signature: the HMAC-SHA1, in base64, of the URL followed by every field's
// name and value, sorted; a repeated value counts once. It is written apart from the bot's own, so
// that neither can hide a slip of the other. source: https://www.twilio.com/docs/usage/security
func Sign(token, url string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(url))
	for _, k := range slices.SortedFunc(maps.Keys(form), byUTF16) {
		for _, v := range slices.Compact(slices.SortedFunc(slices.Values(form[k]), byUTF16)) {
			mac.Write([]byte(k + v))
		}
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// byUTF16 compares strings by UTF-16 units, as Twilio sorts.
func byUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// Answer is what the bot answered a text's webhook with.
type Answer struct {
	Status int      // the HTTP status; 0 if there was no answer
	Bodies []string // of its TwiML's messages; nil unless Status is 200
	Raw    []byte   // the whole body
}

// PostText posts a text to the webhook at a public URL, as Twilio does when a patient writes. The
// caller sets From and Body; what the form lacks of the other fields is filled in. The text is in
// the list from then on, whatever the webhook answers. An error means that there was no answer, or
// none that is TwiML; any HTTP status but that is in the Answer.
func (f *Fake) PostText(ctx context.Context, public string, form url.Values) (Answer, error) {
	form = maps.Clone(form)
	sid := f.arrive(form)
	for k, v := range map[string]string{
		"MessageSid": sid, "AccountSid": f.c.AccountSID, "To": From, "NumMedia": "0",
		"NumSegments": "1", "SmsStatus": "received", "ApiVersion": "2010-04-01",
	} {
		if !form.Has(k) {
			form.Set(k, v)
		}
	}
	// Twilio repeats the id under its two older names.
	form["SmsMessageSid"], form["SmsSid"] = form["MessageSid"], form["MessageSid"]
	a, err := f.ask(ctx, public, form)
	f.answered(sid, a)
	return a, err
}

// ask posts a form and reads the TwiML of its answer.
func (f *Fake) ask(ctx context.Context, public string, form url.Values) (Answer, error) {
	status, raw, err := f.post(ctx, public, form)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Status: status, Raw: raw}
	if status != http.StatusOK {
		return a, nil // Twilio sends nothing for it, whatever its body is
	}
	var twiml struct {
		XMLName  xml.Name `xml:"Response"`
		Messages []string `xml:"Message"`
	}
	if err := xml.NewDecoder(bytes.NewReader(raw)).Decode(&twiml); err != nil {
		return a, fmt.Errorf("twiliotest: the answer is no TwiML: %w", err)
	}
	a.Bodies = twiml.Messages
	return a, nil
}

// post posts a form as Twilio does: signed over the public URL, and sent to the place that Route
// has for it. It returns the answer's status and body.
func (f *Fake) post(ctx context.Context, public string, form url.Values) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, webhookTime)
	defer cancel()
	to := public
	f.mu.Lock()
	for prefix, place := range f.routes {
		if rest, ok := strings.CutPrefix(public, prefix); ok {
			to = place + rest
		}
	}
	f.mu.Unlock()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, nil, fmt.Errorf("twiliotest: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	r.Header.Set("User-Agent", "TwilioProxy/1.1")
	r.Header.Set("X-Twilio-Signature", f.Sign(public, form))
	resp, err := f.client.Do(r)
	if err != nil {
		return 0, nil, fmt.Errorf("twiliotest: %w", err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return 0, nil, fmt.Errorf("twiliotest: %w", err)
	}
	return resp.StatusCode, raw, nil
}
