package staff_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/staff"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
)

var base = sync.OnceValues(func() (*knowledge.Base, error) {
	return knowledge.Load(handlerstest.FAQ(`[{id: hours, asks: {en: [hours]}, answer: {en: We are open.}}]`))
})

// office is the handler with all around it, and an open case "c" in thread "T-c" of the patient …0101.
type office struct {
	*staff.Handler
	clock   *handlerstest.Clock
	store   *handlerstest.Store
	patient handlers.Phone
}

// health says what can't be used.
type health map[string]error

func (h health) Away(context.Context) map[string]error { return h }

// bot answers what it is asked.
type bot struct{}

func (bot) Ask(_ handlers.State, body string) (handlers.Reply, error) {
	return handlers.Reply{
		Kind: "answer", Entry: "hours", Confidence: .9, Lang: "en",
		Bodies: []string{"You asked " + body}, Note: "awaits review",
	}, nil
}

func newOffice(t *testing.T) *office {
	t.Helper()
	b, err := base()
	if err != nil {
		t.Fatal(err)
	}
	o := &office{clock: handlerstest.NewClock(t, "2026-12-01 10:00"), patient: handlerstest.Phone(t, "0101")}
	o.store = handlerstest.NewStore(o.clock.Now)
	say := &handlerstest.Wording{
		OnCompose: func(_ handlers.State, row handlers.Outgoing, now time.Time) handlers.Composed {
			if !row.Start.IsZero() && !row.Start.After(now) {
				return handlers.Composed{Skip: "the visit has begun"}
			}
			return handlers.Composed{Body: "See you soon."}
		},
	}
	list := &waitlist.Handler{
		Base: b, Store: o.store, Slots: o.store, Register: o.store, Now: o.clock.Now,
		Log: handlerstest.Quiet(),
	}
	texter := &gate.Texter{Clinic: b.Clinic, Wording: say, Now: o.clock.Now}
	o.Handler = &staff.Handler{
		Base: b, Store: o.store, Cases: o.store, Texts: o.store, Patients: o.store,
		Visits: &visits.Books{
			Base: b, Store: o.store, Visits: o.store, Waitlist: list, Now: o.clock.Now,
		},
		Reminders: &reminder.Reminders{
			Base: b, Store: o.store, History: o.store, Gate: texter, Now: o.clock.Now,
		},
		Waitlist: list, Gate: texter, Bot: bot{}, Health: health{"redis": nil},
		Now: o.clock.Now, Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
		Phone: func(s string) (handlers.Phone, error) {
			digits := regexp.MustCompile(`\D`).ReplaceAllString(s, "")
			if len(digits) == 10 {
				digits = "1" + digits
			}
			if len(digits) != 11 {
				return handlers.Phone{}, errors.New("no number")
			}
			return handlers.NewPhone("+" + digits)
		},
		Start: func(s string, zone *time.Location) (time.Time, error) {
			at, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
			if err != nil {
				return at, errors.New("want a time like 2026-12-01 14:30")
			}
			return at, nil
		},
	}
	o.store.Put(o.patient, handlers.Effects{Cases: []handlers.Case{{ID: "c", Channel: handlers.DeskChannel, Phone: o.patient, Kind: "handoff", Open: true, At: o.clock.Now()}}})
	o.store.Thread("c", "T-c")
	return o
}

func (o *office) state(t *testing.T) handlers.State {
	t.Helper()
	s, err := o.store.Peek(t.Context(), o.patient)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (o *office) optOut() {
	o.store.Put(o.patient, handlers.Effects{Consent: &handlers.Consent{Out: true}})
}

// posts are what waits for the desk: "card c", "note c U1 has this.", "mark M1 refused".
func (o *office) posts() string {
	var out []string
	for _, p := range o.store.Queue() {
		switch p.Do {
		case desk.PostCard:
			out = append(out, "card "+p.Case)
		case desk.PostNote:
			out = append(out, "note "+p.Case+" "+p.From+" "+p.Text)
		case desk.PostMark:
			out = append(out, "mark "+p.Mark+" "+p.State+" "+p.Why)
		}
	}
	return strings.Join(out, "; ")
}

func TestReplyGoesToThePatient(t *testing.T) {
	o := newOffice(t)
	r := handlers.ThreadReply{ID: "M1", Thread: "T-c", User: "U1", Text: "Come at ten."}
	for range 2 { // Slack tells it again
		if err := o.Reply(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	rows := o.store.Texts()
	if len(rows) != 1 || rows[0].Body != "Come at ten." || rows[0].To != o.patient || rows[0].Mark != "M1" || rows[0].Case != "c" || rows[0].Unasked || rows[0].Due.After(o.clock.Now()) {
		t.Fatalf("%+v", rows)
	}
	s := o.state(t)
	if !s.Conversation.Person(o.clock.Now()) || s.Conversation.Person(o.clock.Now().Add(4*time.Hour)) || s.Conversation.By != "U1" {
		t.Errorf("%+v: want a person for four hours", s.Conversation)
	}
	if s.Cases[0].TakenBy != "U1" || o.posts() != "card c" {
		t.Errorf("taken by %q; %s", s.Cases[0].TakenBy, o.posts())
	}
	// A second word of the same person: no new card.
	if err := o.Reply(t.Context(), handlers.ThreadReply{ID: "M2", Thread: "T-c", User: "U1", Text: "Bring ID."}); err != nil || o.posts() != "card c" {
		t.Errorf("%v; %s", err, o.posts())
	}
}

func TestReplyThatGoesNowhere(t *testing.T) {
	o := newOffice(t)
	if err := o.Reply(t.Context(), handlers.ThreadReply{ID: "M1", Thread: "elsewhere", User: "U1", Text: "lunch?"}); err != nil || len(o.store.Texts()) != 0 {
		t.Errorf("staff among themselves: %v %+v", err, o.store.Texts())
	}
	o.optOut()
	if err := o.Reply(t.Context(), handlers.ThreadReply{ID: "M2", Thread: "T-c", User: "U1", Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	if len(o.store.Texts()) != 0 || !strings.HasPrefix(o.posts(), "mark M2 refused Not sent: this number has opted out") {
		t.Errorf("to who opted out: %+v; %s", o.store.Texts(), o.posts())
	}
	if o.state(t).Conversation.Person(o.clock.Now()) {
		t.Error("a person talks, though nothing could be said")
	}
	o.store.Fail(errors.New("away"))
	if err := o.Reply(t.Context(), handlers.ThreadReply{ID: "M3", Thread: "T-c", User: "U1", Text: "hello"}); err == nil {
		t.Error("taken, though nothing could be stored")
	}
}

func TestPress(t *testing.T) {
	for _, c := range []struct {
		action  string
		open    bool
		takenBy string
		person  bool
		note    string
	}{
		{desk.ActionTake, true, "U2", true, "has this, 0 minutes after it came."},
		{desk.ActionHandBack, false, "", false, "handed back to the bot."},
		{desk.ActionDone, false, "U1", false, "closed this."},
		{"nonsense", true, "U1", true, ""},
	} {
		t.Run(c.action, func(t *testing.T) {
			o := newOffice(t)
			if err := o.Reply(t.Context(), handlers.ThreadReply{ID: "M1", Thread: "T-c", User: "U1", Text: "hello"}); err != nil {
				t.Fatal(err)
			}
			before := o.posts()
			for range 2 {
				if err := o.Press(t.Context(), handlers.Press{ID: "P1", Thread: "T-c", Action: c.action, User: "U2"}); err != nil {
					t.Fatal(err)
				}
			}
			k, _, _ := o.store.Case(t.Context(), "c")
			if k.Open != c.open || k.TakenBy != c.takenBy || o.state(t).Conversation.Person(o.clock.Now()) != c.person {
				t.Errorf("%+v, person %v", k, o.state(t).Conversation)
			}
			want := ""
			if c.note != "" {
				want = "; card c; note c U2 " + c.note
			}
			if got := strings.TrimPrefix(o.posts(), before); got != want {
				t.Errorf("posts %q, want %q", got, want)
			}
		})
	}
}

func TestPressOnWhatIsClosed(t *testing.T) {
	o := newOffice(t)
	for i, action := range []string{desk.ActionDone, desk.ActionTake} {
		if err := o.Press(t.Context(), handlers.Press{ID: fmt.Sprint("P", i), Thread: "T-c", Action: action, User: "U1"}); err != nil {
			t.Fatal(err)
		}
	}
	if k, _, _ := o.store.Case(t.Context(), "c"); k.Open || k.TakenBy != "" || o.state(t).Conversation.Person(o.clock.Now()) {
		t.Errorf("%+v: a closed case was taken", k)
	}
	// A card is posted a moment before its thread is written down: the press must come again, not be lost.
	if err := o.Press(t.Context(), handlers.Press{ID: "P9", Thread: "elsewhere", Action: desk.ActionTake}); !errors.Is(err, staff.ErrNoCase) {
		t.Error(err)
	}
}

func command(t *testing.T, o *office, text string, desk bool) string {
	t.Helper()
	out, err := o.Command(t.Context(), handlers.Command{ID: "C " + text, User: "U1", FromDesk: desk, Text: text})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}

func TestCommandsAnswer(t *testing.T) {
	for _, c := range []struct {
		text string
		desk bool
		want []string
	}{
		{"", false, []string{"/clinic help", "/clinic say PHONE TEXT", "/clinic status"}},
		{"HELP", false, []string{"/clinic today"}},
		{"dance", true, []string{`There is no command "dance"`, "/clinic help"}},
		{"today", false, []string{"give it in the desk's channel"}},
		{"say 212-555-0101 hi", false, []string{"give it in the desk's channel"}},
		{"book 212-555-0101 2026-12-02 14:30 consult Ana", false, []string{"give it in the desk's channel"}},
		{"today", true, []string{"Tue Dec 1: no visits."}},
		{"ask", false, []string{"What shall the bot be asked?", "Usage: `/clinic ask QUESTION`"}},
		{"ask when are you open", false, []string{"entry: hours, confidence: 0.90", "awaits review", "> You asked when are you open"}},
		{"say", true, []string{"Begin with the patient's number", "Usage"}},
		{"say 212-555-0101", true, []string{"Say what to text."}},
		{"say hello there", true, []string{"Begin with the patient's number"}},
		{"say (212) 555-0101 hi", true, []string{"On its way to …0101"}},
		{"say +1 212 555-0101 hi", true, []string{"On its way to …0101"}},
		{"book 212-555-0101", true, []string{"Say the date", "Usage"}},
		{"book 212-555-0101 tomorrow 14:30 consult Ana", true, []string{"want a time like"}},
		{"book 212-555-0101 2026-11-30 14:30 consult Ana", true, []string{"That time has passed."}},
		{"book 212-555-0101 2026-12-02 14:30 dance Ana", true, []string{`There is no visit type "dance"`, "consult, integration, iv_infusion, spravato"}},
		{"book 212-555-0101 2026-12-02 14:30 consult Ana Example", true, []string{"Booked: …0101, Wed Dec 2 at 2:30 PM, consult."}},
		{"status", false, []string{"waiting at the desk  1", "texts planned        0", "redis                ok"}},
	} {
		t.Run(c.text, func(t *testing.T) {
			out := command(t, newOffice(t), c.text, c.desk)
			for _, w := range c.want {
				if !strings.Contains(out, w) {
					t.Errorf("%q doesn't hold %q", out, w)
				}
			}
			if strings.Contains(out, "2125550101") || strings.Contains(out, "555-0101") && !strings.Contains(out, "like 212-555-0101") {
				t.Errorf("%q shows a whole number", out)
			}
		})
	}
}

func TestSay(t *testing.T) {
	o := newOffice(t)
	for range 2 {
		command(t, o, "say 212-555-0101 Your form is ready.", true)
	}
	rows := o.store.Texts()
	if len(rows) != 1 || rows[0].Body != "Your form is ready." || rows[0].To != o.patient || rows[0].Unasked {
		t.Fatalf("%+v", rows)
	}
	if !o.state(t).Conversation.Person(o.clock.Now()) {
		t.Error("the patient's answer would go to the bot")
	}
	p := newOffice(t)
	p.optOut()
	for range 2 { // told the same when Slack tells it twice
		if out := command(t, p, "say 212-555-0101 hi", true); !strings.Contains(out, "opted out of texts. Please call") {
			t.Error(out)
		}
	}
	if len(p.store.Texts()) != 0 {
		t.Errorf("%+v", p.store.Texts())
	}
}

func TestBook(t *testing.T) {
	const text = "book 212-555-0101 2026-12-02 14:30 consult es Ana María Example"
	o := newOffice(t)
	for _, want := range []string{"Booked: …0101", "Already booked"} {
		if out := command(t, o, text, true); !strings.HasPrefix(out, want) {
			t.Errorf("%q, want %q", out, want)
		}
	}
	all := o.state(t).Visits
	if len(all) != 1 || all[0].Name != "Ana María Example" || all[0].Lang != "es" ||
		all[0].Type != "consult" || !all[0].Start.Equal(handlerstest.At(t, "2026-12-02 14:30")) {
		t.Errorf("%+v", all)
	}
}

func TestToday(t *testing.T) {
	o := newOffice(t)
	for i, at := range []string{"2026-12-01 00:00", "2026-12-01 23:59", "2026-11-30 23:59", "2026-12-02 00:00"} {
		o.store.Put(o.patient, handlers.Effects{Visits: []handlers.Visit{{
			ID: fmt.Sprint("v", i), Name: "Ana Example", Phone: o.patient, Start: handlerstest.At(t, at), Type: "consult", State: handlers.Confirmed,
		}}})
	}
	out := command(t, o, "today", true)
	for _, want := range []string{"Tue Dec 1: 2 visits", "12:00 AM", "11:59 PM", "Ana", "…0101", "confirmed"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q doesn't hold %q", out, want)
		}
	}
	if strings.Contains(out, "Example") {
		t.Errorf("a whole name: %q", out)
	}
}

func TestStatusTellsWhatIsAway(t *testing.T) {
	o := newOffice(t)
	o.Health = health{"redis": errors.New("dial tcp: refused"), "twilio": nil}
	o.store.Fail(errors.New("away"))
	out := command(t, o, "status", false)
	for _, want := range []string{"unknown: Redis is away", "redis                not reachable", "twilio               ok"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q doesn't hold %q", out, want)
		}
	}
}

func TestCommandWhileTheStoreIsAway(t *testing.T) {
	o := newOffice(t)
	o.store.Fail(errors.New("away"))
	if _, err := o.Command(t.Context(), handlers.Command{ID: "C1", FromDesk: true, Text: "say 212-555-0101 hi"}); err == nil {
		t.Error("said to be on its way")
	}
}
