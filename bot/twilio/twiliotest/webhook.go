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

// Sign is X-Twilio-Signature over a URL and a form, under the fake's auth token.
func (f *Fake) Sign(url string, form url.Values) string { return Sign(f.c.AuthToken, url, form) }

// Sign is X-Twilio-Signature: the URL, then every field's name and value, sorted; a value that is
// repeated counts once.
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

// byUTF16 sorts as Twilio does.
func byUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// Answer is what the bot answered a text with.
type Answer struct {
	Status int
	Bodies []string // of its TwiML's messages
	Raw    []byte
}

// PostText posts a text to the webhook at that public URL, as Twilio does when a patient writes.
// From and Body are the caller's; what the form lacks of the rest is filled in. The text is in the
// list from then on, whatever the webhook answers.
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
	form["SmsMessageSid"], form["SmsSid"] = form["MessageSid"], form["MessageSid"]
	a, err := f.ask(ctx, public, form)
	f.answered(sid, a)
	return a, err
}

func (f *Fake) ask(ctx context.Context, public string, form url.Values) (Answer, error) {
	status, raw, err := f.post(ctx, public, form)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Status: status, Raw: raw}
	if status != http.StatusOK {
		return a, nil
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

// post posts a form as Twilio does: to a URL as it is known to Twilio, signed over that, at the
// place it is routed to.
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
