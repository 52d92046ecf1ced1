package teaching

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// Propose has somebody write what the bot should learn from questions that it couldn't answer, in a
// form, and proposes that. A second person publishes it.
type Propose struct {
	Case      string            `json:"case,omitempty"`      // whose questions
	Questions []string          `json:"questions,omitempty"` // or their ids
	Entry     string            `json:"entry,omitempty"`     // that they may ask for
	Lesson    *knowledge.Lesson `json:"-"`                   // what was written
}

func (Propose) Name() string { return "propose" }

func parsePropose(_ *act.Kit, args string) (act.Act, error) { return Propose{Entry: args}, nil }

// mostProposed is how many questions a form begins with.
const mostProposed = 8

// The names of the form's fields are those of package knowledge's faults.
func (p Propose) Do(ctx context.Context, k *act.Kit, a act.Asked) (out answer.Answer, err error) {
	if p.Lesson == nil {
		if p.Case == "" && a.Thread != "" { // of a card, or of a message in its thread
			c, _, err := k.Cases.CaseIn(ctx, a.Thread)
			if err != nil {
				return out, err
			}
			p.Case = c.ID
		}
		asked, err := asked(ctx, k, p)
		if err != nil {
			return out, err
		}
		return answer.Answer{Form: proposeForm(p, asked)}, nil
	}
	is, unfit, err := k.School.Propose(ctx, a.ID, a.User, p.Case, *p.Lesson)
	if err != nil {
		return out, err
	}
	if len(unfit) > 0 { // fill has found none: somebody was quicker
		return out, act.Usage("%s", unfit[0].What)
	}
	return proposed(is), nil
}

// proposed says what becomes of a proposal next.
func proposed(p learning.Proposal) answer.Answer {
	return answer.Say("Proposed: %s. Somebody else publishes it, on the card or with "+
		"`/clinic publish %s`.", learning.Named(p.Lesson), p.ID)
}

// asked returns the questions that a proposal is about, the latest first.
func asked(ctx context.Context, k *act.Kit, p Propose) (out []handlers.Question, err error) {
	if p.Case == "" && len(p.Questions) == 0 {
		return nil, nil
	}
	all, err := k.School.Store.Questions(ctx, time.Time{})
	ids := map[string]bool{}
	for _, id := range p.Questions {
		ids[id] = true
	}
	for _, q := range all {
		if (ids[q.ID] || p.Case != "" && q.Case == p.Case) && len(out) < mostProposed {
			out = append(out, q)
		}
	}
	return out, err
}

// proposeForm returns the form, with what was asked and what staff answered. Both are veiled: where
// patients' words may not be shown, whoever proposes writes them. What staff had to answer themselves
// isn't what the nearest entry says, so it begins without a name.
func proposeForm(p Propose, asked []handlers.Question) *answer.Form {
	asks, said, near := map[string][]string{}, map[string]string{}, ""
	for _, q := range asked {
		lang := language.Spoken(q.Lang)
		asks[lang] = append(asks[lang], q.Ask)
		said[lang] = cmp.Or(said[lang], q.Said)
		near = cmp.Or(near, q.Near)
	}
	if strings.Join(slices.Collect(maps.Values(said)), "") != "" {
		near = ""
	}
	entry := cmp.Or(p.Entry, near)
	f := &answer.Form{
		Title: "Add to knowledge", Submit: "Propose", Do: act.Encode(Propose{Case: p.Case}),
		Parts: []answer.Part{{Small: "Somebody else reads it, sees what it would change, and " +
			"publishes it. Leave out whatever names a patient."}},
		Fields: []answer.Field{{
			Name: knowledge.FieldEntry, Label: "Entry", Kind: answer.Line, Value: veiled(entry),
			Hint: "One that is there gets wordings. A new name, such as wifi_password, is a new answer.",
		}},
	}
	for _, lang := range language.All() {
		f.Fields = append(f.Fields, answer.Field{
			Name: knowledge.FieldAsks + lang, Label: "Asked in " + inEnglish[lang], Kind: answer.Area,
			Hint: "How patients ask it, a wording a line.", Optional: true,
			Value: veiled(strings.Join(asks[lang], "\n")),
		})
	}
	for _, lang := range language.All() {
		f.Fields = append(f.Fields, answer.Field{
			Name: knowledge.FieldAnswer + lang, Label: "Answer in " + inEnglish[lang],
			Kind: answer.Area, Hint: "Of a new answer alone; 320 characters at most.", Optional: true,
			Value: veiled(said[lang]),
		})
	}
	return with(f, answer.Field{
		Name: knowledge.FieldClass, Label: "Then", Kind: answer.Choice, Value: knowledge.Approved,
		Options: []answer.Option{
			{Value: knowledge.Approved, Text: "The answer is all"},
			{Value: knowledge.Holding, Text: "A person gets back besides"},
		},
	})
}

// with returns a form with a field more.
func with(f *answer.Form, one answer.Field) *answer.Form {
	f.Fields = append(f.Fields, one)
	return f
}

// veiled returns a text that is shown only where patients' words may be.
func veiled(s string) string {
	if s == "" {
		return ""
	}
	return veil.Veiled(s, "")
}

// inEnglish names the languages as staff call them.
var inEnglish = map[string]string{"en": "English", "es": "Spanish"}

// Fill makes a lesson of what was written. A name that is an entry's gets wordings, and no other
// answer.
func (p Propose) Fill(k *act.Kit, values map[string]string) (act.Act, map[string]string) {
	l := knowledge.Lesson{
		Entry: strings.TrimSpace(values[knowledge.FieldEntry]), Asks: map[string][]string{},
	}
	wrong, whole := map[string]string{}, k.Base.Entry(l.Entry) == nil
	if whole {
		l.Class, l.Answer = values[knowledge.FieldClass], language.Words{}
	}
	for _, lang := range language.All() {
		for line := range strings.Lines(values[knowledge.FieldAsks+lang]) {
			if ask := strings.Join(strings.Fields(line), " "); ask != "" {
				l.Asks[lang] = append(l.Asks[lang], ask)
			}
		}
		said := strings.Join(strings.Fields(values[knowledge.FieldAnswer+lang]), " ")
		if whole {
			l.Answer[lang] = said
		} else if said != "" {
			wrong[knowledge.FieldAnswer+lang] = l.Entry + " has an answer. Leave this empty to add " +
				"wordings to it, or take a new name."
		}
	}
	for _, u := range k.Base.CheckLesson(l) {
		wrong[u.Field] = strings.TrimSpace(wrong[u.Field] + " " + u.What)
	}
	p.Lesson = &l
	return p, wrong
}
