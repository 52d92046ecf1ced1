package staff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/staff/teaching"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// proposals returns what is proposed.
func (o *office) proposals(t *testing.T) []learning.Proposal {
	t.Helper()
	all, err := o.store.Proposals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// asks reports whether a lesson has a wording, in whichever language.
func asks(l knowledge.Lesson, ask string) bool {
	return slices.Contains(slices.Concat(l.Asks["en"], l.Asks["es"]), ask)
}

func TestTeachProposesAWording(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("a qué año abre hoy, ", 8))
	for text, ask := range map[string]string{
		"teach hours when can I come":         "when can I come",
		"teach hours   at  what\ttime  is it": "at what time is it",
		"teach hours open on 12/24/26?":       "open on 12/24/26?", // six digits name nobody
		"teach hours " + long:                 long,
	} {
		t.Run(text, func(t *testing.T) {
			o := newOffice(t)
			got := command(t, o, text, true)
			all := o.proposals(t)
			if len(all) != 1 || !strings.HasPrefix(got, "Proposed: ") ||
				!strings.Contains(got, "`/clinic publish "+all[0].ID+"`") {
				t.Fatalf("%q; %+v", got, all)
			}
			l := all[0].Lesson
			if l.Entry != "hours" || !asks(l, ask) || all[0].State != learning.Waiting ||
				all[0].By() != "U1" {
				t.Errorf("%+v", all[0])
			}
			if p := o.posts(); p != "card proposal:"+all[0].ID {
				t.Errorf("the desk is shown %q", p)
			}
		})
	}
}

func TestWhatTeachRefuses(t *testing.T) {
	const (
		usage = "\nUsage: `/clinic teach ENTRY WORDING`"
		entry = ". /clinic ask shows the nearest ones." + usage
		long  = "Say the wording, in 160 characters at most." + usage
		names = "Leave the number out: a wording must not hold what names a patient." + usage
	)
	for text, want := range map[string]string{
		"teach":           `There is no entry ""` + entry,
		"teach dance how": `There is no entry "dance"` + entry,
		"teach hours":     long,
		"teach hours " + strings.Repeat("n", 161): long,
		"teach hours call me at 212-555-0101":     names,
		"teach hours I am at 5 5 5 0 1 0 1":       names,
	} {
		t.Run(text, func(t *testing.T) {
			o := newOffice(t)
			got := command(t, o, text, true)
			if !strings.HasSuffix(got, want) || len(o.proposals(t)) > 0 {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

func TestForgetAndTaught(t *testing.T) {
	o := newOffice(t)
	if got := command(t, o, "taught", true); got != "Nothing was proposed since the files were written." {
		t.Error(got)
	}
	command(t, o, "teach hours when can I come", true)
	id := o.proposals(t)[0].ID
	for _, c := range []struct{ text, want string }{
		{text: "publish x", want: `There is no proposal "x".`},
		{text: "publish " + id, want: "What it would change is being looked at"},
		{text: "taught", want: id + "  waiting  1 wording of hours  U1"},
		{text: "forget when do I come", want: `"when do I come" wasn't proposed.`},
		{text: "forget  when can   I come", want: "Forgotten: 1 wording of hours."},
		{text: "forget when can I come", want: `"when can I come" wasn't proposed.`},
		{text: "publish " + id, want: "rejected by U1"},
		{text: "taught", want: id + "  rejected  1 wording of hours  U1"},
	} {
		if got := command(t, o, c.text, true); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
	away := errors.New("away")
	o.store.Fail(away)
	for _, text := range []string{"teach hours when", "forget when", "taught", "publish x"} {
		out, err := o.Command(t.Context(), handlers.Command{ID: text, FromDesk: true, Text: text})
		if !errors.Is(err, away) || !out.Empty() {
			t.Errorf("%s: %+v, %v", text, out, err)
		}
	}
}

// What was asked and couldn't be answered comes to a form with what staff wrote; what is written
// there waits for a second person, who sees what it would change before it is published.
func TestProposeAndPublish(t *testing.T) {
	o := newOffice(t)
	o.store.Put(o.patient, handlers.Effects{Questions: []handlers.Question{
		{
			ID: "q1", Ask: "is there wifi", Lang: "en",
			Near: "hours", Case: "c", At: o.clock.Now(), Said: "Yes.",
		},
	}})
	press := func(user, do string) answer.Answer {
		t.Helper()
		out, err := o.Press(t.Context(), handlers.Press{
			ID: user + do, User: user, FromDesk: true, Action: do,
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	f := press("U1", act.Encode(teaching.Propose{Case: "c"})).Form
	values := map[string]string{}
	for _, one := range f.Fields {
		if values[one.Name] = veil.Shown(one.Value, true); veil.Shown(one.Value, false) != "" &&
			one.Name != "class" {
			t.Errorf("%s shows what a patient wrote: %q", one.Name, one.Value)
		}
	}
	if values["asks_en"] != "is there wifi" || values["answer_en"] != "Yes." {
		t.Errorf("the form begins with %q", values)
	}
	submit := func(user, do string, values map[string]string) (string, map[string]string) {
		t.Helper()
		out, wrong, err := o.Submit(t.Context(), handlers.Submission{
			ID: "submit " + user, User: user, FromDesk: true, Do: do, Values: values,
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.Text(true, time.UTC), wrong
	}
	if values["entry"] != "" {
		t.Errorf("what staff answered is taken for a wording of %q", values["entry"])
	}
	values["entry"] = "hours"
	if _, wrong := submit("U1", f.Do, values); wrong["answer_en"] == "" || len(o.proposals(t)) > 0 {
		t.Errorf("an answer is dropped without a word: %q", wrong)
	}
	values["entry"] = "wifi"
	if out, wrong := submit("U1", f.Do, values); len(wrong) != 2 || wrong["asks_es"] == "" ||
		wrong["answer_es"] == "" || out != "" || len(o.proposals(t)) > 0 {
		t.Errorf("%q, wrong is %q", out, wrong)
	}
	values["asks_es"], values["answer_es"] = "hay wifi\n\n clave  del wifi ", "Si."
	if out, wrong := submit("U1", f.Do, values); len(wrong) > 0 ||
		!strings.HasPrefix(out, "Proposed: a new answer, wifi, with 3 wordings.") {
		t.Fatalf("%q, wrong is %q", out, wrong)
	}
	p := o.proposals(t)[0]
	l := &learning.Learner{School: o.School, Files: func() bool { return true }}
	if err := l.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if out := press("U1", act.Encode(teaching.Publish{ID: p.ID})); out.Form != nil {
		t.Error("whoever proposes is offered to publish")
	}
	review := press("U2", act.Encode(teaching.Publish{ID: p.ID})).Form
	if review == nil {
		t.Fatal("no form")
	}
	text := answer.Answer{Parts: review.Parts}.Text(false, time.UTC)
	if !strings.Contains(text, "texts were asked again") || strings.Contains(text, "is there wifi here") {
		t.Error(text)
	}
	if out, _ := submit("U2", review.Do, nil); !strings.HasPrefix(out, "Published") {
		t.Error(out)
	}
	if got := o.proposals(t)[0].Approved(); got != "U2" {
		t.Errorf("approved by %q", got)
	}
	if got := command(t, o, "forget wifi password", true); !strings.Contains(got, "wasn't proposed") {
		t.Error(got)
	}
}

// What nothing answers is shown with counts, its words veiled; its button opens the form.
func TestGaps(t *testing.T) {
	o := newOffice(t)
	b, err := knowledge.Load(handlerstest.FAQ(`
- {id: hours, asks: {en: [when are you open, hours, opening times]}, answer: {en: We are open.}}
- {id: cost, asks: {en: [how much is it, price of a session]}, answer: {en: It is 400.}}
`))
	if err != nil {
		t.Fatal(err)
	}
	o.School.Base = b
	o.store.Put(o.patient, handlers.Effects{Questions: []handlers.Question{
		{ID: "q1", Ask: "can iguanas come", Near: "hours", At: o.clock.Now()},
		{ID: "q2", Ask: "can my iguana come", Near: "hours", At: o.clock.Now()},
	}})
	out, err := o.Command(t.Context(), handlers.Command{ID: "1", User: "U1", FromDesk: true, Text: "gaps"})
	if err != nil {
		t.Fatal(err)
	}
	shown, hidden := out.Text(true, time.UTC), out.Text(false, time.UTC)
	if !strings.Contains(shown, "iguana") || strings.Contains(hidden, "iguana") ||
		strings.Contains(hidden, "In words") || !strings.Contains(hidden, "hours") {
		t.Errorf("with words:\n%s\nwithout:\n%s", shown, hidden)
	}
	for _, p := range out.Parts {
		for _, b := range p.Buttons {
			if strings.Contains(b.Do, "iguana") {
				t.Errorf("a button holds a patient's words: %s", b.Do)
			}
			a, err := o.Press(t.Context(), handlers.Press{
				ID: b.Do, User: "U1", FromDesk: true, Action: b.Do,
			})
			if err != nil || a.Form == nil {
				t.Errorf("%+v %v", a, err)
			}
		}
	}
	if got := command(t, o, "digest", true); !strings.HasPrefix(got, "What the bot learnt this week") {
		t.Error(got)
	}
}

// The card of a proposal shows it; the thread of a case that a person answered begins one.
func TestCardsOfLearning(t *testing.T) {
	o := newOffice(t)
	command(t, o, "teach hours when can I come", true)
	id := "proposal:" + o.proposals(t)[0].ID
	o.store.Thread(id, "T-p")
	for _, c := range []struct{ thread, action, want string }{
		{thread: "T-p", action: "review", want: "1 wording of hours"},
		{thread: "T-c", action: "propose", want: "form"},
	} {
		a, err := o.Press(t.Context(), handlers.Press{
			ID: c.action, User: "U2", FromDesk: true, Thread: c.thread, Action: c.action,
		})
		got := a.Text(false, time.UTC)
		if a.Form != nil {
			got = "form"
		}
		if err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q %v", c.action, got, err)
		}
	}
	if _, err := o.School.Reject(t.Context(), id[len("proposal:"):], "U2"); err != nil {
		t.Fatal(err)
	}
	if k, ok, err := o.store.Case(t.Context(), id); err != nil || !ok || k.Open {
		t.Errorf("settled, its card is %+v %v", k, err)
	}
}
