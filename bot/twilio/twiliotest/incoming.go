package twiliotest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// The directions of a message, as Twilio names them.
const (
	Inbound = "inbound"
	Reply   = "outbound-reply" // from the TwiML of a webhook's answer
)

// Incoming is a text that a patient sent, and how its webhook was answered.
type Incoming struct {
	Message
	Statuses []int // the HTTP status of each post of the webhook; 0 is no answer
}

// Refused reports whether the bot never took the text: no post of it was answered with a 200.
func (i Incoming) Refused() bool { return !slices.Contains(i.Statuses, http.StatusOK) }

// Incoming returns the texts that patients sent, in the order they came.
func (f *Fake) Incoming() []Incoming {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.incoming)
}

// arrive stores a text that a patient sends and returns its SID. Twilio has the text whatever
// becomes of its webhook. A form with the SID of an earlier text is that text posted again.
func (f *Fake) arrive(form url.Values) (sid string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if sid = form.Get("MessageSid"); sid == "" {
		f.texts++
		// Far from the SIDs that add gives.
		sid = fmt.Sprintf("SM%s%016x", f.prefix, 1<<60+f.texts)
	}
	if slices.ContainsFunc(f.incoming, func(i Incoming) bool { return i.SID == sid }) {
		return sid
	}
	to, now := form.Get("To"), f.c.Now()
	if to == "" {
		to = From
	}
	media, _ := strconv.Atoi(form.Get("NumMedia"))
	f.incoming = append(f.incoming, Incoming{Message: Message{
		SID: sid, From: form.Get("From"), To: to, Body: form.Get("Body"), Media: media,
		Direction: Inbound, Status: "received", Created: now, Updated: now, Sent: now,
	}})
	return sid
}

// answered stores how a text's webhook was answered. Each body of the first answer with a 200
// becomes a message in the list. A later 200 adds none: only a test posts an answered text again.
func (f *Fake) answered(sid string, a Answer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	// It is there: arrive has stored it.
	i := slices.IndexFunc(f.incoming, func(i Incoming) bool { return i.SID == sid })
	in := &f.incoming[i]
	before := in.Refused()
	in.Statuses = append(in.Statuses, a.Status)
	if a.Status != http.StatusOK || !before {
		return
	}
	now := f.c.Now()
	for _, body := range a.Bodies {
		f.replies = append(f.replies, Message{
			SID:  fmt.Sprintf("SM%s%016x", f.prefix, 1<<61+len(f.replies)),
			From: in.To, To: in.From, Body: body,
			Direction: Reply, Status: "sent", Created: now, Updated: now, Sent: now,
		})
	}
}
