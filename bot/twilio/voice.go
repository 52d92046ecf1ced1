package twilio

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/beacon-clinic/beacon/handlers"
)

// VoicePath is the path of the webhook for keys pressed during a call.
const VoicePath = "/twilio/voice"

// OnCall handles the keys that the on-call phone pressed.
type OnCall interface {
	// OnCall takes the digits pressed during a call about a case, and returns what to say back.
	// call is the call's SID. An error refuses the webhook: Twilio then says that an error
	// occurred, and the case stays open.
	OnCall(ctx context.Context, call, caseID, digits string) (say string, err error)
}

// voice is TwiML that speaks: with Gather while it waits for a key, with Say otherwise. source:
// https://www.twilio.com/docs/voice/twiml/gather
type voice struct {
	XMLName xml.Name `xml:"Response"`
	Gather  *gather  `xml:"Gather,omitempty"`
	Say     string   `xml:"Say,omitempty"`
	Dial    *dial    `xml:"Dial,omitempty"`
}

// gather waits for keys and posts them to Action. If none is pressed, the call ends and the case
// stays open: the next round of paging rings again.
type gather struct {
	Digits  int    `xml:"numDigits,attr"`
	Timeout int    `xml:"timeout,attr"`
	Action  string `xml:"action,attr"`
	Say     string `xml:"Say"`
}

// keyTime is how long the one who is rung has to press a key after the words, in seconds.
const keyTime = 15

// Call rings a phone, speaks o's body and returns the call's SID. What is pressed comes to
// [Twilio.Voice] with o's case in the URL, and in a call to a member of staff to [Twilio.Staff] with
// the row's id, as does how it ended. Refusals and unknown outcomes are as with [Twilio.Send],
// except that a refusal never has NoTexts. Calls need Config.From; a messaging service can't call.
func (t *Twilio) Call(ctx context.Context, o handlers.Outgoing) (string, error) {
	if t.c.From == "" {
		no := &handlers.Refusal{Retry: true, Why: whyNoFrom, Mend: mendNoFrom}
		return "", fmt.Errorf("call: %w", no)
	}
	answer := t.c.PublicURL + VoicePath + "?case=" + url.QueryEscape(o.Case)
	p := (&api.CreateCallParams{}).SetTo(o.To.E164()).SetFrom(t.c.From)
	if o.Rings() {
		answer = t.staffURL(o.ID, stepKey)
		p.SetTimeout(ringTime)
		// One that ends without a key has reached nobody.
		p.SetStatusCallback(t.staffURL(o.ID, stepEnded))
	}
	say, err := xml.Marshal(voice{Gather: &gather{max(1, o.Keys), keyTime, answer, o.Body}})
	if err != nil {
		return "", fmt.Errorf("call: %w", err)
	}
	c, err := t.messages(ctx).CreateCall(p.SetTwiml(string(say)))
	if err != nil {
		if no, ok := errors.AsType[*handlers.Refusal](err); ok {
			no.NoTexts = false // says nothing of texts: the phone may be a landline
		}
		return "", fmt.Errorf("call: %w", err)
	}
	if c.Sid == nil || *c.Sid == "" {
		return "", errors.New("call: twilio's answer has no SID")
	}
	return *c.Sid, nil
}

// Voice serves the webhook for keys that the on-call phone pressed, and answers with TwiML that
// speaks. The signature covers the case in the URL.
func (t *Twilio) Voice(w http.ResponseWriter, r *http.Request) {
	form, ok := t.form(w, r, "CallSid")
	if !ok {
		return
	}
	ctx, cancel := t.context(r)
	defer cancel()
	say, err := t.c.OnCall.OnCall(
		ctx, form.Get("CallSid"), r.URL.Query().Get("case"), form.Get("Digits"),
	)
	if err != nil {
		t.c.Log.Error("on-call key: not taken", "case", r.URL.Query().Get("case"), "err", err)
		http.Error(w, "try again", http.StatusServiceUnavailable)
		return
	}
	t.speak(w, voice{Say: say})
}

// speak answers a webhook with TwiML that is spoken.
func (t *Twilio) speak(w http.ResponseWriter, v voice) {
	b, err := xml.Marshal(v)
	if err != nil {
		t.c.Log.Error("twilio: a call isn't answered", "err", err)
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = w.Write(b) // an error means that Twilio hung up; what it told has been handled
}
