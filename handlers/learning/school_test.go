package learning_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// class wires a school to a fake store and clock, on a base of one entry.
type class struct {
	*learning.School
	*learning.Learner
	clock *handlerstest.Clock
	store *handlerstest.Store
}

func newClass(t *testing.T) *class {
	t.Helper()
	b, err := knowledge.Load(
		handlerstest.FAQ(`
- {id: hours, asks: {en: [when are you open, hours, opening times]}, answer: {en: We are open.}}
- {id: cost, asks: {en: [how much is it, price of a session]}, answer: {en: It is 400.}}
`),
	)
	if err != nil {
		t.Fatal(err)
	}
	c := &class{clock: handlerstest.NewClock(t, "2026-12-01 10:00")}
	c.store = handlerstest.NewStore(c.clock.Now)
	c.School = &learning.School{
		Base: b, Store: c.store, Desk: c.store, Cards: c.store, Now: c.clock.Now,
		Log: handlerstest.Quiet(),
	}
	c.Learner = &learning.Learner{School: c.School, Files: func() bool { return true }}
	return c
}

// look has the process look once.
func (c *class) look(t *testing.T) {
	t.Helper()
	if err := c.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// propose proposes a lesson that is fit, as U1.
func (c *class) propose(t *testing.T, l knowledge.Lesson) learning.Proposal {
	t.Helper()
	p, unfit, err := c.Propose(t.Context(), "event", "U1", "", l)
	if err != nil || len(unfit) > 0 {
		t.Fatalf("%+v %v", unfit, err)
	}
	return p
}

// put stores a proposal of U1's as if it had been made before the files had it.
func (c *class) put(t *testing.T, l knowledge.Lesson) learning.Proposal {
	t.Helper()
	p := learning.Proposal{
		ID: "put", Lesson: l, State: learning.Waiting,
		Steps: []learning.Step{{State: learning.Waiting, By: "U1", At: c.clock.Now()}},
	}
	if ok, err := c.store.SaveProposal(t.Context(), p); err != nil || !ok {
		t.Fatal(ok, err)
	}
	return p
}

// card returns what the card of a proposal says, and whether it is open.
func (c *class) card(t *testing.T, p learning.Proposal) (title string, open bool) {
	t.Helper()
	k, ok, err := c.store.Case(t.Context(), "proposal:"+p.ID)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return k.Title, k.Open
}

// state returns the state of the only proposal; "" if there is none.
func (c *class) state(t *testing.T) string { return c.stateOf(t, "") }

// stateOf returns the state of a proposal by its id, or of the first; "" if there is none.
func (c *class) stateOf(t *testing.T, id string) string {
	t.Helper()
	all, err := c.store.Proposals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if id == "" || p.ID == id {
			return p.State
		}
	}
	return ""
}

// wifi is an entry that the files don't have.
func wifi() knowledge.Lesson {
	return knowledge.Lesson{
		Entry: "wifi", Class: knowledge.Approved,
		Asks: map[string][]string{
			"en": {"is there wifi", "wifi password"}, "es": {"hay wifi", "clave del wifi"},
		},
		Answer: language.Words{"en": "Ask the desk for the password.", "es": "Pida la clave."},
	}
}

// An entry goes from proposed to answered: it is tried first, and a second person publishes it. It
// is undone by one.
func TestAnEntryIsPublished(t *testing.T) {
	c := newClass(t)
	c.store.Put(handlerstest.Phone(t, "0101"), handlers.Effects{Questions: []handlers.Question{
		{ID: "q1", Ask: "is there wifi here", At: c.clock.Now()},
	}})
	answered := func() bool {
		r := c.Base.Read("is there wifi?", nil)
		return r.Sure > 0 && r.Entries[0].ID == "wifi"
	}
	p := c.propose(t, wifi())
	if again := c.propose(t, wifi()); again.ID != p.ID || len(c.store.Queue()) != 1 {
		t.Errorf("the same event proposes twice: %v", again)
	}
	for _, step := range []struct {
		name string
		do   func(context.Context) error
		want error
	}{
		{name: "it wasn't tried", do: c.approve(p.ID, "U2"), want: learning.ErrUntried},
		{name: "the process looks", do: c.Look},
		{name: "whoever proposed", do: c.approve(p.ID, "U1"), want: learning.ErrOwn},
		{name: "somebody else", do: c.approve(p.ID, "U2")},
		{name: "the same again", do: c.approve(p.ID, "U2")},
		{name: "a third", do: c.approve(p.ID, "U3"), want: learning.ErrSettled},
		{name: "no such proposal", do: c.approve("x", "U2"), want: learning.ErrNone},
	} {
		if answered() {
			t.Fatalf("%s: it is answered before it is published and learnt", step.name)
		}
		if err := step.do(t.Context()); !errors.Is(err, step.want) {
			t.Errorf("%s: %v, want %v", step.name, err, step.want)
		}
	}
	c.look(t)
	if e := c.Base.Entry("wifi"); !answered() || !e.Current("2026-12-01") || e.Current("2027-12-02") {
		t.Errorf("published, it isn't answered: %+v", e)
	}
	if _, err := c.Undo(t.Context(), p.ID, "U1"); err != nil {
		t.Fatal(err)
	}
	if c.look(t); answered() || c.state(t) != learning.Undone {
		t.Errorf("undone, it is answered: %s", c.state(t))
	}
}

func (c *class) approve(id, by string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := c.Approve(ctx, id, by)
		return err
	}
}

// What a proposal would change is found on what patients asked; what is published meanwhile has it
// found anew.
func TestAProposalIsTried(t *testing.T) {
	c := newClass(t)
	c.store.Put(handlerstest.Phone(t, "0101"), handlers.Effects{Questions: []handlers.Question{
		{ID: "q1", Ask: "is there wifi", At: c.clock.Now()},
		{ID: "q2", Ask: "hours", Entry: "hours", At: c.clock.Now()},
	}})
	c.propose(t, wifi())
	c.look(t)
	all, err := c.store.Proposals(t.Context())
	if err != nil || all[0].Trial == nil {
		t.Fatalf("%+v %v", all, err)
	}
	got := all[0].Trial
	if len(got.Gained) != 1 || got.Gained[0] != (knowledge.Turned{Question: "q1", Is: "wifi"}) ||
		len(got.Moved)+len(got.Lost) > 0 || got.Texts != 7 {
		t.Errorf("%+v", got)
	}
	more := knowledge.Lesson{Entry: "hours", Asks: map[string][]string{"en": {"open when"}}}
	second, _, err := c.Propose(t.Context(), "second", "U1", "", more)
	if err != nil {
		t.Fatal(err)
	}
	c.look(t)
	if err := c.approve(second.ID, "U2")(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.approve(all[0].ID, "U2")(t.Context()); !errors.Is(err, learning.ErrUntried) {
		t.Errorf("tried on what was known before, it is published: %v", err)
	}
	c.look(t)
	if err := c.approve(all[0].ID, "U2")(t.Context()); err != nil {
		t.Error(err)
	}
}

// What the files have is dropped, a day after they have it; what nobody decides ends.
func TestProposalsEnd(t *testing.T) {
	inFiles := knowledge.Lesson{Entry: "hours", Asks: map[string][]string{"en": {"Hours?"}}}
	for _, c := range []struct {
		name    string
		lesson  knowledge.Lesson
		files   bool
		publish bool
		after   time.Duration
		want    []string // the states that it is in, look by look
	}{
		{
			name: "in the files", lesson: inFiles, files: true, publish: true, after: 25 * time.Hour,
			want: []string{learning.Filed, ""},
		},
		{
			name: "these files aren't current", lesson: inFiles, publish: true, after: 25 * time.Hour,
			want: []string{learning.Published, learning.Published},
		},
		{
			name: "nobody decides", lesson: wifi(), files: true, after: 31 * 24 * time.Hour,
			want: []string{learning.Waiting, learning.Rejected},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newClass(t)
			s.Files = func() bool { return c.files }
			p := s.put(t, c.lesson)
			s.look(t)
			if c.publish {
				if err := s.approve(p.ID, "U2")(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			for _, want := range c.want {
				s.look(t)
				if got := s.state(t); got != want {
					t.Errorf("%q, want %q", got, want)
				}
				s.clock.Add(c.after)
			}
		})
	}
}

// The card of a proposal says what became of it, also of one that was closed before.
func TestTheCardSaysWhatBecameOfIt(t *testing.T) {
	c := newClass(t)
	p := c.propose(t, wifi())
	c.look(t)
	for _, step := range []struct {
		name string
		do   func(context.Context) error
		says string
		open bool
	}{
		{
			name: "proposed", do: c.Look, open: true,
			says: "The bot would learn a new answer, wifi, with 4 wordings. A second person decides.",
		},
		{
			name: "published", do: c.approve(p.ID, "U2"),
			says: "The bot has learnt a new answer, wifi, with 4 wordings.",
		},
		{
			name: "taken back", do: func(ctx context.Context) error {
				_, err := c.Undo(ctx, p.ID, "U1")
				return err
			},
			says: "Taken back: the bot doesn't know a new answer, wifi, with 4 wordings any more.",
		},
	} {
		if err := step.do(t.Context()); err != nil {
			t.Fatal(step.name, err)
		}
		if says, open := c.card(t, p); says != step.says || open != step.open {
			t.Errorf("%s: %q %v", step.name, says, open)
		}
	}
}

// What was proposed while there was room for it isn't published once there is none: a second answer
// under one name would take the first one's place without a word, and wordings of nothing teach
// nothing.
func TestWhatNoLongerFitsIsNotPublished(t *testing.T) {
	c := newClass(t)
	wordings := knowledge.Lesson{Entry: "wifi", Asks: map[string][]string{"en": {"wlan code"}}}
	first := c.propose(t, wifi())
	second, _, err := c.Propose(t.Context(), "second", "U1", "", wifi())
	if err != nil {
		t.Fatal(err)
	}
	publish := func(p learning.Proposal) error {
		c.look(t)
		for range 2 { // a look tries one
			c.look(t)
		}
		return c.approve(p.ID, "U2")(t.Context())
	}
	if err := publish(first); err != nil {
		t.Fatal(err)
	}
	if err := publish(second); !errors.Is(err, learning.ErrUnfit) {
		t.Errorf("a second answer of one name: %v", err)
	}
	third, unfit, err := c.Propose(t.Context(), "third", "U1", "", wordings)
	if err != nil || len(unfit) > 0 {
		t.Fatal(unfit, err)
	}
	other := wordings
	other.Asks = map[string][]string{"en": {"can my phone go online at your place"}}
	fourth, unfit, err := c.Propose(t.Context(), "fourth", "U1", "", other)
	if err != nil || len(unfit) > 0 {
		t.Fatal(unfit, err)
	}
	if err := publish(fourth); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a press may come twice
		if _, err := c.Undo(t.Context(), first.ID, "U1"); err != nil {
			t.Fatal(err)
		}
	}
	if state := c.stateOf(t, fourth.ID); state != learning.Undone {
		t.Errorf("wordings of an answer that is taken back: %s", state)
	}
	if err := publish(third); !errors.Is(err, learning.ErrUnfit) {
		t.Errorf("wordings of an entry that is gone: %v", err)
	}
}
