package patient_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// as texts as a sender that is no number.
func (f *front) as(t *testing.T, sender string, mute bool, body string) handlers.Reply {
	t.Helper()
	f.count++
	r, err := f.Receive(t.Context(), handlers.Text{
		ID: fmt.Sprint("SM", f.count), Sender: sender, Mute: mute, Body: body, At: f.clock.Now(),
	})
	if err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	f.clock.Add(time.Second)
	return r
}

// A sender that is no number is a machine, unless it is in danger: then it has the words, an alarm
// that says that nobody can text it back, and what it writes next joins that alarm.
func TestASenderThatIsNoNumber(t *testing.T) {
	for _, c := range []struct {
		name  string
		mute  bool
		title string // of the alarm, after the words that name the danger
	}{
		{
			name: "that can be answered", title: "The sender is no number but messenger:77: " +
				"they were answered there, and can't be texted back.",
		},
		{
			name: "that no answer reaches", mute: true, title: "The sender is no number but " +
				"messenger:77: no answer reaches them, and they can't be texted back.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			if r := f.as(t, "messenger:77", c.mute, "your code is 12345"); len(r.Bodies) != 0 {
				t.Errorf("a machine is answered %q", r.Bodies)
			}
			r := f.as(t, "messenger:77", c.mute, "i want to die")
			if r.Kind != kinds.Crisis || len(r.Bodies) != 1 {
				t.Errorf("%+v", r)
			}
			want := "urgent crisis May be in danger. Reach them now. " + c.title
			if got := f.told(); got != want {
				t.Errorf("the desk is told %q, want %q", got, want)
			}
			if r := f.as(t, "messenger:77", c.mute, "are you there"); len(r.Bodies) != 0 {
				t.Errorf("under the alarm: %+v", r)
			}
			if r := f.as(t, "messenger:88", c.mute, "are you there"); len(r.Bodies) != 0 {
				t.Errorf("another sender: %+v", r)
			}
			f.as(t, "messenger:88", c.mute, "i want to die")
			told := strings.TrimPrefix(f.told(), want)
			if !strings.HasPrefix(told, "; note patient are you there; urgent crisis") ||
				strings.Count(told, "note") != 1 {
				t.Errorf("then the desk is told %q", told)
			}
			s, err := f.store.Peek(t.Context(), handlers.Phone{})
			if err != nil || len(s.Cases) != 2 || s.Conversation.SameTimes != 0 {
				t.Errorf("%d cases, %+v, %v", len(s.Cases), s.Conversation, err)
			}
		})
	}
}
