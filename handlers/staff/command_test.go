package staff_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

func command(t *testing.T, o *office, text string, desk bool) string {
	t.Helper()
	out, err := o.Command(t.Context(), handlers.Command{
		ID: "C " + text, User: "U1", FromDesk: desk, Text: text,
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out.Text(true, time.UTC)
}

// commands are commands and parts of their answers.
var commands = []struct {
	text string
	desk bool
	want []string
}{
	{want: []string{"/clinic help", "/clinic say WHO TEXT", "/clinic status"}},
	{text: "HELP", want: []string{"/clinic today"}},
	{text: "dance", desk: true, want: []string{`There is no command "dance"`, "/clinic help"}},
	{text: "today", want: []string{"give it in the desk's channel"}},
	{text: "say 212-555-0101 hi", want: []string{"give it in the desk's channel"}},
	{
		text: "book 212-555-0101 2026-12-02 14:30 consult Ana",
		want: []string{"give it in the desk's channel"},
	},
	{text: "today", desk: true, want: []string{"Tue Dec 1: no visits."}},
	{
		text: "ask",
		want: []string{"What shall the bot be asked?", "Usage: `/clinic ask QUESTION`"},
	},
	{
		text: "ask when are you open",
		want: []string{
			"entry: hours, confidence: 0.90", "awaits review", "> You asked when are you open",
		},
	},
	{text: "say", desk: true, want: []string{"Say whom, and what to text.", "Usage"}},
	{text: "say 212-555-0101", desk: true, want: []string{"Say what to text."}},
	{text: "say hello there", desk: true, want: []string{"Nobody of that name"}},
	{text: "say (212) 555-0101 hi", desk: true, want: []string{"On its way to …0101"}},
	{text: "say +1 212 555-0101 hi", desk: true, want: []string{"On its way to …0101"}},
	{text: "book 212-555-0101 fri", desk: true, want: []string{"Say the time too", "Usage"}},
	{
		text: "book 212-555-0101 whenever consult Ana", desk: true,
		want: []string{"Say whom and when"},
	},
	{
		text: "book 212-555-0101 2026-11-30 14:30 consult Ana", desk: true,
		want: []string{"Mon Nov 30 at 2:30 PM has passed. Do you mean:"},
	},
	{
		text: "book 212-555-0101 2026-12-02 14:30 dance Ana", desk: true,
		want: []string{
			`There is no visit type "dance"`, "consult, integration, iv_infusion, spravato",
		},
	},
	{
		text: "book 212-555-0101 2026-12-02 14:30 consult Ana Example", desk: true,
		want: []string{"Booked: Ana …0101, Wed Dec 2 at 2:30 PM, consult."},
	},
	{
		text: "status",
		want: []string{
			"waiting at the desk  1", "texts planned        0", "redis                ok",
		},
	},
}

func TestCommandsAnswer(t *testing.T) {
	for _, c := range commands {
		t.Run(c.text, func(t *testing.T) {
			out := command(t, newOffice(t), c.text, c.desk)
			for _, w := range c.want {
				if !strings.Contains(out, w) {
					t.Errorf("%q doesn't hold %q", out, w)
				}
			}
			if strings.Contains(out, "2125550101") ||
				strings.Contains(out, "555-0101") && !strings.Contains(out, "like: book 212-555-0101") {
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
	if len(rows) != 1 || rows[0].Body != "Your form is ready." || rows[0].To != o.patient ||
		rows[0].Unasked {
		t.Fatalf("%+v", rows)
	}
	if !o.state(t).Conversation.Person(o.clock.Now()) {
		t.Error("the patient's answer would go to the bot")
	}
	p := newOffice(t)
	p.optOut()
	for range 2 { // told the same when Slack tells it twice
		out := command(t, p, "say 212-555-0101 hi", true)
		if !strings.Contains(out, "opted out of texts. Please call") {
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
	for _, want := range []string{"Booked: Ana …0101", "Already booked"} {
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

// The same booking with another name or type is the same visit, changed.
func TestBookAgainChangesTheVisit(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct{ args, want string }{
		{args: "consult Ana", want: "Booked: Ana …0101, Wed Dec 2 at 2:30 PM, consult."},
		{args: "consult Ana Example", want: "Changed: Ana …0101, Wed Dec 2 at 2:30 PM, consult."},
		{args: "spravato Ana Example", want: "Changed: Ana …0101, Wed Dec 2 at 2:30 PM, spravato."},
		{args: "spravato es Ana Example", want: "Changed: Ana …0101, Wed Dec 2 at 2:30 PM, spravato."},
		{args: "spravato es Ana Example", want: "Already booked: Ana …0101, Wed Dec 2 at 2:30 PM, s"},
	} {
		o.clock.Add(time.Second)
		got := command(t, o, "book (212) 555-0101 2026-12-02 14:30 "+c.args, true)
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.args, got, c.want)
		}
	}
	all := o.state(t).Visits
	if len(all) != 1 || all[0].Name != "Ana Example" || all[0].Lang != "es" {
		t.Errorf("%+v", all)
	}
}

// says is a bot that gives one answer.
type says struct {
	reply handlers.Reply
	err   error
}

func (a says) Ask(handlers.State, string) (handlers.Reply, error) { return a.reply, a.err }

func TestAskShowsWhatLedToTheAnswer(t *testing.T) {
	o := newOffice(t)
	o.Bot = says{reply: handlers.Reply{
		Kind: "crisis", Confidence: 1, Lang: "es", Rule: "pattern 3", Bodies: []string{"a", "b"},
	}}
	got := command(t, o, "ask hours", false)
	const want = "kind: crisis, entry: none, confidence: 1.00, language: es\n" +
		"raised by: pattern 3\n> a\n> b\n"
	if !strings.HasPrefix(got, want) || !strings.Contains(got, "\n- hours ") ||
		!strings.Contains(got, "\nwhat counted: ") {
		t.Errorf("%q, want it to begin with %q", got, want)
	}
	o.Bot = says{reply: handlers.Reply{Kind: "silence", Lang: "en"}}
	if got := command(t, o, "ask ok", false); !strings.HasPrefix(
		got, "kind: silence, entry: none, confidence: 0.00, language: en\n(silence)",
	) {
		t.Error(got)
	}
	o.Bot = says{err: errors.New("no words")}
	c := handlers.Command{ID: "C", Text: "ask hours"}
	if out, err := o.Command(t.Context(), c); err == nil || !out.Empty() {
		t.Errorf("%q, %v", out.Text(true, time.UTC), err)
	}
}

func TestToday(t *testing.T) {
	o := newOffice(t)
	for i, at := range []string{
		"2026-12-01 00:00", "2026-12-01 23:59", "2026-11-30 23:59", "2026-12-02 00:00",
	} {
		o.store.Put(o.patient, handlers.Effects{Visits: []handlers.Visit{{
			ID: fmt.Sprint("v", i), Name: "Ana Example", Phone: o.patient,
			Start: handlerstest.At(t, at), Type: "consult", State: handlers.Confirmed,
		}}})
	}
	out := command(t, o, "today", true)
	for _, want := range []string{
		"Tue Dec 1: 2 visits", "12:00 AM", "11:59 PM", "Ana", "…0101", "confirmed",
	} {
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
	o.Health = health{
		"redis": errors.New("dial tcp: refused"), "twilio": nil, "bots": errors.New("other words"),
	}
	o.store.Fail(errors.New("away"))
	out := command(t, o, "status", false)
	for _, want := range []string{
		"unknown: Redis is away", "redis                not reachable", "twilio               ok",
		"bots                 other words",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q doesn't hold %q", out, want)
		}
	}
}

func TestCommandWhileTheStoreIsAway(t *testing.T) {
	o := newOffice(t)
	o.store.Fail(errors.New("away"))
	if _, err := o.Command(t.Context(), handlers.Command{
		ID: "C1", FromDesk: true, Text: "say 212-555-0101 hi",
	}); err == nil {
		t.Error("said to be on its way")
	}
}
