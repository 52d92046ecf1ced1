package staff_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/audit"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// shut is an audit that takes nothing.
type shut struct{ err error }

func (s shut) Record(context.Context, audit.Act) error { return s.err }

func (s shut) Audit(context.Context, time.Time) ([]audit.Acted, error) { return nil, s.err }

// What can't be written down isn't done, but for what concerns a patient in danger.
func TestWhatCannotBeWrittenDownIsNotDone(t *testing.T) {
	full := errors.New("no room")
	for _, c := range []struct {
		name    string
		channel string
		act     func(o *office) error
		done    bool
	}{
		{name: "a command", act: func(o *office) error {
			_, err := o.Command(t.Context(), handlers.Command{
				ID: "C", User: "U1", FromDesk: true, Text: "say 212-555-0101 hello",
			})
			return err
		}},
		{name: "a reply", act: func(o *office) error {
			return o.Reply(t.Context(), handlers.ThreadReply{ID: "M", Thread: "T-c", User: "U1", Text: "hi"})
		}},
		{name: "a press", act: func(o *office) error {
			_, err := o.Press(t.Context(), handlers.Press{
				ID: "P", Thread: "T-c", Action: desk.ActionTake, User: "U1",
			})
			return err
		}},
		{name: "a press on an alarm", channel: handlers.UrgentChannel, done: true, act: func(o *office) error {
			_, err := o.Press(t.Context(), handlers.Press{
				ID: "P", Thread: "T-c", Action: desk.ActionTake, User: "U1",
			})
			return err
		}},
		{name: "a reply to who is in danger", channel: handlers.UrgentChannel, done: true, act: func(o *office) error {
			return o.Reply(t.Context(), handlers.ThreadReply{ID: "M", Thread: "T-c", User: "U1", Text: "hi"})
		}},
		{name: "a key of the on-call phone", channel: handlers.UrgentChannel, done: true, act: func(o *office) error {
			_, err := o.OnCall(t.Context(), "CA1", "c", "1")
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			if c.channel != "" {
				one := o.state(t).Cases[0]
				one.Channel = c.channel
				o.store.Put(o.patient, handlers.Effects{Cases: []handlers.Case{one}})
			}
			o.Audit = shut{full}
			err := c.act(o)
			done := len(o.store.Texts()) > 0 || o.state(t).Cases[0].TakenBy != ""
			if done != c.done || (err == nil) != c.done || err != nil && !errors.Is(err, full) {
				t.Errorf("done %v, %v", done, err)
			}
			o.Audit = o.store
			if err := c.act(o); err != nil || len(o.store.Acts()) != 1 {
				t.Errorf("then %v, %+v", err, o.store.Acts())
			}
		})
	}
}

// An entry says whom an act is about, and holds no words.
func TestWhatIsWrittenDown(t *testing.T) {
	for text, want := range map[string]string{
		"why 0101":                                       "command why …0101",
		"why 212-555-0101":                               "command why …0101",
		"why Ana Example":                                "command why …0101",
		"why Ana Somebody":                               "command why …",
		"say 212-555-0101 Ana, call 3105550199":          "command say …0101",
		"waitlist ADD 0101 consult":                      "command waitlist add …0101",
		"waitlist remove Ana":                            "command waitlist remove …0101",
		"book 212-555-0101 2026-12-02 14:30 consult Ana": "command book …0101",
		"retry maria":                                    "command retry …",
		"forget i am Ana":                                "command forget …",
		"TODAY":                                          "command today …",
	} {
		o := newListed(t)
		_, _ = o.Command(t.Context(), handlers.Command{ID: text, User: "U1", FromDesk: true, Text: text})
		acts := o.store.Acts()
		if len(acts) != 1 || acts[0].Event != text || acts[0].User != "U1" {
			t.Errorf("%s: %+v", text, acts)
			continue
		}
		got := strings.TrimSpace(fmt.Sprintf("%s %s %s", acts[0].Do, acts[0].Phone, acts[0].About))
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// No command that shows a patient's matters, or acts on them, goes round the audit: each is either
// not understood or not done.
func TestNoCommandGoesRoundTheAudit(t *testing.T) {
	free := map[string]bool{"help": true, "ask": true, "status": true} // they concern nobody
	give := func(o *office, text string) (string, error) {
		a, err := o.Command(t.Context(), handlers.Command{
			ID: text, User: "U1", FromDesk: true, Text: text,
		})
		return a.Text(true, time.UTC), err
	}
	help, err := give(newOffice(t), "help")
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for line := range strings.Lines(help) {
		usage, is := strings.CutPrefix(line, "/clinic ")
		name, _, _ := strings.Cut(usage, " ")
		if !is || free[name] {
			continue
		}
		for _, args := range []string{"", " 0101", " 212-555-0101 2026-12-02 14:30 consult Ana"} {
			o := newListed(t)
			o.Audit = shut{errors.New("no room")}
			told, err := give(o, name+args)
			if err == nil && !strings.Contains(told, "Usage") {
				t.Errorf("%s%s is done: %q", name, args, told)
			}
			if err != nil {
				held++
			}
		}
	}
	if held < 10 {
		t.Errorf("%d commands were held", held)
	}
}
