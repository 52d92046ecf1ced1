package slacktest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Answer is the bot's acknowledgement of a delivery. Over Socket Mode the status is 200, and the
// body is the payload of the acknowledgement.
type Answer struct {
	Status int
	Body   []byte
	sent   delivery // for Again
}

// delivery is a command, an event or an interaction on its way to the bot, in the forms of both
// ways.
type delivery struct {
	path    string          // over HTTP: the URL's path
	kind    string          // over Socket Mode: the envelope's type
	body    []byte          // over HTTP: a form, or JSON for an event
	payload json.RawMessage // over Socket Mode
	retry   int             // how often it was delivered before
}

// Sign signs a request with that body as Slack does, as of now.
func Sign(r *http.Request, body []byte) { SignAt(r, body, time.Now()) }

// SignAt is Sign as of some other time. source:
// https://docs.slack.dev/authentication/verifying-requests-from-slack/
func SignAt(r *http.Request, body []byte, at time.Time) {
	ts := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(SigningSecret))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", ts, body)
	r.Header.Set("X-Slack-Request-Timestamp", ts)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
}

// interact delivers an interaction, which over HTTP is a form with the JSON in its field payload.
func (f *Slack) interact(ctx context.Context, payload map[string]any) (Answer, error) {
	body, err := json.Marshal(payload)
	if err != nil {
		return Answer{}, err
	}
	form := url.Values{"payload": {string(body)}}
	return f.deliver(
		ctx,
		delivery{
			path: "/slack/interaction", kind: "interactive", body: []byte(form.Encode()),
			payload: body,
		},
	)
}

// Again delivers the same thing once more, with the header or field of a retry, as Slack does when
// it wasn't acknowledged in time.
func (f *Slack) Again(ctx context.Context, a Answer) (Answer, error) {
	a.sent.retry++
	return f.deliver(ctx, a.sent)
}

// deliver sends a delivery over HTTP if the bot's URL is known, and over Socket Mode otherwise.
func (f *Slack) deliver(ctx context.Context, d delivery) (Answer, error) {
	f.mu.Lock()
	bot := f.bot
	f.mu.Unlock()
	if bot == "" {
		return f.envelope(ctx, d)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, bot+d.path, bytes.NewReader(d.body))
	if err != nil {
		return Answer{}, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if d.kind == "events_api" {
		r.Header.Set("Content-Type", "application/json")
	}
	if d.retry > 0 {
		r.Header.Set("X-Slack-Retry-Num", strconv.Itoa(d.retry))
		r.Header.Set("X-Slack-Retry-Reason", "http_timeout")
	}
	Sign(r, d.body)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return Answer{sent: d}, err
	}
	body, err := io.ReadAll(resp.Body)
	return Answer{Status: resp.StatusCode, Body: body, sent: d}, errors.Join(err, resp.Body.Close())
}
