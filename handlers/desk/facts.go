package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// factsTime is how long a card waits for what is known of its patient: too little to keep anybody
// from one in danger.
const factsTime = 250 * time.Millisecond

// known returns a case with what a card says of its patient, read as the card is drawn, since a
// copy would be out of date by then. A card is shown without it if the store doesn't answer.
func (p *Poster) known(ctx context.Context, c handlers.Case) handlers.Case {
	if p.Facts == nil || c.Phone.IsZero() {
		return c
	}
	ctx, cancel := context.WithTimeout(ctx, factsTime)
	defer cancel()
	facts, err := p.Facts(ctx, c)
	if err != nil {
		p.Log.Warn("desk: a card is shown without what is known of its patient",
			"case", c.ID, "err", err)
		return c
	}
	c.Facts = facts
	return c
}

// Facts returns what a card says of its patient: who it is, which visit it is about, whether they
// may be texted, and in which language they write. Whole names and what they come for are veiled.
func Facts(b *knowledge.Base, s handlers.State, now time.Time) []handlers.Fact {
	var out []handlers.Fact
	say := func(name, text string) {
		if text != "" {
			out = append(out, handlers.Fact{Name: name, Text: text})
		}
	}
	v, ok := about(s, now)
	say("Patient", names(b, s, v))
	if ok {
		zone := knowledge.DeskClock(b.Clinic, now)
		kind := v.Type
		if t, ok := b.Clinic.VisitTypes[v.Type]; ok {
			kind = cmp.Or(t.Label["en"], kind)
		}
		say("Visit", zone.When(v.Start, "en")+veil.Veiled(", "+kind, "")+": "+
			v.Stand(b.Clinic, now).String())
	}
	say("Texts", texts(s.Consent))
	lang := map[string]string{"en": "English", "es": "Spanish"}
	say("Language", lang[cmp.Or(s.Conversation.Lang, v.Lang, "en")])
	return out
}

// about returns the visit that a number's case is likeliest about: the next one, or else the last.
func about(s handlers.State, now time.Time) (handlers.Visit, bool) {
	all := slices.Concat(s.Past, s.Visits)
	for _, v := range all {
		if v.Open(now) {
			return v, true
		}
	}
	if len(all) == 0 {
		return handlers.Visit{}, false
	}
	return all[len(all)-1], true
}

// names names the patients of a number, the one whose visit it is first.
func names(b *knowledge.Base, s handlers.State, v handlers.Visit) string {
	all := s.Household()
	slices.SortStableFunc(all, func(a, b string) int {
		first := func(name string) int {
			if handlers.SamePatient(name, v.Name) {
				return 0
			}
			return 1
		}
		return first(a) - first(b)
	})
	var out []string
	for _, name := range all {
		if name = handlers.Named(b.Clinic, name); name != "" {
			out = append(out, name)
		}
	}
	return strings.Join(out, " or ")
}

// texts says whether a number may be texted.
func texts(c handlers.Consent) string {
	switch {
	case c.Out:
		return "opted out: call"
	case c.Basic:
		return "may be texted, as discreetly as can be"
	case c.Given.IsZero():
		return "may be texted, no consent on record"
	}
	return "may be texted, consent on record"
}
