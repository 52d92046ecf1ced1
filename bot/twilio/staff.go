package twilio

import (
	"context"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// StaffPath is the path of the webhook for calls to members of staff: keys that they press, and what
// became of a call.
const StaffPath = "/twilio/staff"

// The steps of a call, as they stand in the webhook's URL.
const (
	stepKey     = "key"     // keys were pressed
	stepPatient = "patient" // the part to the patient has ended, and the member of staff listens
	stepLeg     = "leg"     // the same, told apart from their call
	stepEnded   = "ended"   // the call has ended
)

const (
	// ringTime is how long a phone rings, in seconds. Most voicemails begin later.
	ringTime = 25
	// longestTalk is how long staff and patient may talk, in seconds. A line that was left open
	// costs by the minute.
	longestTalk = 2 * 60 * 60
)

// Staff handles calls that ring a member of staff first, and then perhaps a patient.
type Staff interface {
	// CallKey takes the keys that were pressed in a call, by its row and SID. It returns what to
	// say, and whom to connect then; the zero Phone is nobody. After an error Twilio says that an
	// error occurred and hangs up.
	CallKey(
		ctx context.Context, row, call, digits string,
	) (say string, dial handlers.Phone, err error)
	// CallEnded takes what became of a call, or of its part to the patient. It may be told several
	// times. It returns what to say to the member of staff, if they still listen. An error refuses
	// the webhook.
	CallEnded(ctx context.Context, c handlers.CallEnd) (say string, err error)
}

// dial is TwiML that connects the call with another phone, which sees the clinic's number. Nothing
// is recorded. source: https://www.twilio.com/docs/voice/twiml/dial
type dial struct {
	CallerID string `xml:"callerId,attr"`
	Timeout  int    `xml:"timeout,attr"`
	Limit    int    `xml:"timeLimit,attr"`
	Record   string `xml:"record,attr"`
	Action   string `xml:"action,attr"`
	Number   leg
}

// leg is whom to dial. Its callback comes also if the member of staff hangs up first. source:
// https://www.twilio.com/docs/voice/twiml/number
type leg struct {
	XMLName  xml.Name `xml:"Number"`
	Callback string   `xml:"statusCallback,attr"`
	Event    string   `xml:"statusCallbackEvent,attr"`
	Phone    string   `xml:",chardata"`
}

// staffURL returns the URL of a step of a row's call.
func (t *Twilio) staffURL(row, step string) string {
	return t.c.PublicURL + StaffPath + "?" + url.Values{"id": {row}, "step": {step}}.Encode()
}

// Staff serves the webhook for calls to members of staff. The signature covers the row and the step
// in the URL.
func (t *Twilio) Staff(w http.ResponseWriter, r *http.Request) {
	if t.c.Staff == nil {
		http.NotFound(w, r)
		return
	}
	form, ok := t.form(w, r, "CallSid")
	if !ok {
		return
	}
	ctx, cancel := t.context(r)
	defer cancel()
	row, step := r.URL.Query().Get("id"), r.URL.Query().Get("step")
	if step == stepKey {
		t.key(ctx, w, row, form)
		return
	}
	c := handlers.CallEnd{Row: row, Patient: step != stepEnded, State: form.Get("CallStatus")}
	lasted := form.Get("CallDuration")
	if step == stepPatient {
		c.State, lasted = form.Get("DialCallStatus"), form.Get("DialCallDuration")
	}
	seconds, _ := strconv.Atoi(lasted) // none, if it isn't a number
	c.For = time.Duration(max(0, seconds)) * time.Second
	say, err := t.c.Staff.CallEnded(ctx, c)
	if err != nil {
		t.c.Log.Error("call: its end isn't taken", "id", row, "step", step, "err", err)
		http.Error(w, "try again", http.StatusServiceUnavailable)
		return
	}
	t.speak(w, voice{Say: say})
}

// key answers keys that a member of staff pressed.
func (t *Twilio) key(ctx context.Context, w http.ResponseWriter, row string, form url.Values) {
	say, to, err := t.c.Staff.CallKey(ctx, row, form.Get("CallSid"), form.Get("Digits"))
	if err != nil {
		t.c.Log.Error("call: keys not taken", "id", row, "err", err)
		http.Error(w, "try again", http.StatusServiceUnavailable)
		return
	}
	v := voice{Say: say}
	if !to.IsZero() {
		v.Dial = &dial{
			CallerID: t.c.From, Timeout: ringTime, Limit: longestTalk, Record: "do-not-record",
			Action: t.staffURL(row, stepPatient),
			Number: leg{
				Callback: t.staffURL(row, stepLeg), Event: "completed", Phone: to.E164(),
			},
		}
	}
	t.speak(w, v)
}
