package twiliotest

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Call is a call that the Fake was asked to make. No phone rings; PressKey stands for who answers.
type Call struct {
	SID      string
	From, To string
	Twiml    string // what the call says, as it was posted
	Callback string // where its end is told; "" is nowhere
	Created  time.Time
}

// Said is what a call hears after a key.
type Said struct {
	Say  string `xml:"Say"`
	Dial Dial   `xml:"Dial"` // whom it is connected with; zero is nobody
}

// Dial is a connection with another phone.
type Dial struct {
	CallerID string `xml:"callerId,attr"`
	Record   string `xml:"record,attr"`
	Action   string `xml:"action,attr"`
	Number   struct {
		Callback string `xml:"statusCallback,attr"`
		Phone    string `xml:",chardata"`
	} `xml:"Number"`
}

// call takes a call, unless a rule refuses its number.
func (f *Fake) call(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		fail(w, Fault{Status: http.StatusBadRequest, Code: 20001})
		return
	}
	c := Call{
		From: r.PostForm.Get("From"), To: r.PostForm.Get("To"), Twiml: r.PostForm.Get("Twiml"),
		Callback: r.PostForm.Get("StatusCallback"), Created: f.c.Now(),
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
	said, err := f.Press(ctx, c, digits)
	return said.Say, err
}

// Press is PressKey for a call that may be connected with another phone. Nobody is rung: LegEnds
// stands for who answers there.
func (f *Fake) Press(ctx context.Context, c Call, digits string) (Said, error) {
	var asked struct {
		Gather struct {
			Action string `xml:"action,attr"`
		} `xml:"Gather"`
	}
	if err := xml.Unmarshal([]byte(c.Twiml), &asked); err != nil {
		return Said{}, fmt.Errorf("twiliotest: the call's TwiML: %w", err)
	}
	form := f.about(c, "in-progress")
	form.Set("Digits", digits)
	return f.tell(ctx, asked.Gather.Action, form)
}

// LegEnds tells the bot that the part to the other phone has ended in a state: completed, busy,
// no-answer, failed or canceled. It returns what is said to who listens. With hungUp nobody does,
// and the bot is told once instead of twice.
func (f *Fake) LegEnds(
	ctx context.Context, c Call, d Dial, state string, lasted time.Duration, hungUp bool,
) (Said, error) {
	seconds := strconv.Itoa(int(lasted.Seconds()))
	leg := f.about(c, state)
	leg.Set("CallSid", "CA"+f.prefix+"ffffffffffffffff")
	leg.Set("ParentCallSid", c.SID)
	leg.Set("To", d.Number.Phone)
	leg.Set("CallDuration", seconds)
	if _, err := f.tell(ctx, d.Number.Callback, leg); err != nil || hungUp {
		return Said{}, err
	}
	form := f.about(c, "in-progress")
	form.Set("DialCallStatus", state)
	form.Set("DialCallDuration", seconds)
	return f.tell(ctx, d.Action, form)
}

// Ends tells the bot that a call has ended in a state, as LegEnds has them.
func (f *Fake) Ends(ctx context.Context, c Call, state string) error {
	_, err := f.tell(ctx, c.Callback, f.about(c, state))
	return err
}

// about returns the fields of every webhook about a call.
func (f *Fake) about(c Call, state string) url.Values {
	return url.Values{
		"CallSid": {c.SID}, "AccountSid": {f.c.AccountSID}, "From": {c.From}, "To": {c.To},
		"CallStatus": {state}, "Direction": {"outbound-api"}, "ApiVersion": {"2010-04-01"},
	}
}

// tell posts a signed form about a call, and reads the TwiML that comes back.
func (f *Fake) tell(ctx context.Context, to string, form url.Values) (said Said, err error) {
	status, raw, err := f.post(ctx, to, form)
	if err != nil || status != http.StatusOK {
		return said, fmt.Errorf("twiliotest: a call's webhook: status %d: %w", status, err)
	}
	return said, xml.Unmarshal(raw, &said)
}
