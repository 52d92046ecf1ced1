package twiliotest

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Call is a call that the Fake was asked to make. No phone rings; PressKey stands for who answers.
type Call struct {
	SID      string
	From, To string
	Twiml    string // what the call says, as it was posted
	Created  time.Time
}

// call takes a call, unless a rule refuses its number.
func (f *Fake) call(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		fail(w, Fault{Status: http.StatusBadRequest, Code: 20001})
		return
	}
	c := Call{
		From: r.PostForm.Get("From"), To: r.PostForm.Get("To"), Twiml: r.PostForm.Get("Twiml"),
		Created: f.c.Now(),
	}
	// Twilio has a code for each of these. A caller that posts one has a bug, so one will do.
	if c.From == "" || !number.MatchString(c.To) || c.Twiml == "" {
		fail(w, Fault{Status: http.StatusBadRequest, Code: 21201})
		return
	}
	f.mu.Lock()
	if no, _ := f.rule(c.To); no.Code != 0 {
		f.mu.Unlock()
		fail(w, no)
		return
	}
	c.SID = fmt.Sprintf("CA%s%016x", f.prefix, len(f.calls)+1)
	f.calls = append(f.calls, c)
	f.mu.Unlock()
	answer(w, http.StatusCreated, map[string]any{
		"sid": c.SID, "account_sid": f.c.AccountSID, "to": c.To, "from": c.From, "status": "queued",
		"direction":   "outbound-api",
		"api_version": "2010-04-01", "date_created": date(c.Created),
		"date_updated": date(c.Created),
		"uri":          version + f.c.AccountSID + "/Calls/" + c.SID + ".json",
	})
}

// Calls returns the calls that were taken, oldest first.
func (f *Fake) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Call(nil), f.calls...)
}

// PressKey presses keys during a call: it posts them, signed, to the URL that the call's TwiML
// gathers keys for. It returns what the bot says back; anything but a 200 with TwiML is an error.
func (f *Fake) PressKey(ctx context.Context, c Call, digits string) (string, error) {
	var asked struct {
		Gather struct {
			Action string `xml:"action,attr"`
		} `xml:"Gather"`
	}
	if err := xml.Unmarshal([]byte(c.Twiml), &asked); err != nil {
		return "", fmt.Errorf("twiliotest: the call's TwiML: %w", err)
	}
	form := url.Values{
		"CallSid": {c.SID}, "AccountSid": {f.c.AccountSID}, "From": {c.From}, "To": {c.To},
		"CallStatus": {"in-progress"},
		"Direction":  {"outbound-api"}, "ApiVersion": {"2010-04-01"}, "Digits": {digits},
	}
	status, raw, err := f.post(ctx, asked.Gather.Action, form)
	if err != nil || status != http.StatusOK {
		return "", fmt.Errorf("twiliotest: press %s: status %d: %w", digits, status, err)
	}
	var said struct {
		Say string `xml:"Say"`
	}
	return said.Say, xml.Unmarshal(raw, &said)
}
