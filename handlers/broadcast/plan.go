package broadcast

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// Recipient is a number that a broadcast is for.
type Recipient struct {
	Phone  handlers.Phone
	Visits []handlers.Visit // of the span, soonest first
	Body   string           // what they would be texted now
	Why    string           // why they would be texted nothing; "" if they would
	Early  bool             // it would leave outside the hours for what nobody asked for
	Later  time.Time        // when it would leave; zero: at once
}

// Plan returns whom a broadcast would be for and what each would be texted, as things stand, in the
// order of their visits. A number whose visits are all off or over isn't among them.
func (h *Handler) Plan(ctx context.Context, b handlers.Broadcast) ([]Recipient, error) {
	all, err := h.Visits.Visits(ctx, b.From, b.To)
	if err != nil {
		return nil, err
	}
	now := h.Now()
	var out []Recipient
	at := map[handlers.Phone]int{}
	for _, v := range all {
		if !v.Open(now) {
			continue
		}
		i, known := at[v.Phone]
		if !known {
			i = len(out)
			at[v.Phone] = i
			out = append(out, Recipient{Phone: v.Phone})
		}
		out[i].Visits = append(out[i].Visits, v)
	}
	for i := range out {
		s, err := h.Store.Peek(ctx, out[i].Phone)
		if err != nil {
			return nil, err
		}
		h.foresee(s, b, &out[i], now)
	}
	return out, nil
}

// foresee says what a number would be texted, or why it wouldn't be.
func (h *Handler) foresee(
	s handlers.State, b handlers.Broadcast, r *Recipient, now time.Time,
) {
	switch untexted := h.Gate.Untexted(r.Phone); {
	case untexted != "":
		r.Why = "we don't text " + untexted
	case s.Consent.Out:
		r.Why = "opted out of texts"
	case s.Reach.NoTexts:
		r.Why = "no text reaches them: " + s.Reach.Why
	}
	if r.Why != "" {
		return
	}
	c := h.word(s, b, r.Visits[0], now)
	r.Body, r.Why, r.Later = c.Body, c.Skip, c.Wait
	if !c.Wait.IsZero() {
		body, err := h.body(s, b, r.Visits, now)
		if r.Body = body; err != nil {
			r.Why = err.Error()
		}
	}
	if r.Why == "" {
		r.Why = h.Gate.Unfit(r.Body)
	}
	zone := h.Base.Clinic.Zoned(r.Visits[0].Zone)
	r.Early = c.Wait.IsZero() && h.Base.Clinic.InWindow(now, zone).After(now)
}

// Faults returns what is wrong with staff's own words, by language; none if they can be sent. They are
// held to what the clinic's own sentences are held to, and nothing is filled in.
func (h *Handler) Faults(b handlers.Broadcast) map[string]string {
	out := map[string]string{}
	for lang, words := range b.Own {
		words = strings.TrimSpace(words)
		if words == "" {
			out[lang] = "say what to text"
			continue
		}
		if strings.Contains(words, "{{") {
			out[lang] = "write it out: nothing is filled in here"
			continue
		}
		faults := h.Base.Unfit(lang, words)
		body, err := h.Base.Opened(words, lang, false, true)
		if why := h.Gate.Unfit(body); err != nil {
			faults = append(faults, err.Error())
		} else if why != "" {
			faults = append(faults, why)
		}
		if len(faults) > 0 {
			out[lang] = strings.Join(faults, "; ")
		}
	}
	return out
}

// Names returns the words of staff's own that are names of those who would read them: everybody would
// read of one patient. A word counts as it is written, so "will" is nobody's name, and "Will" may be.
func Names(b handlers.Broadcast, plan []Recipient) (out []string) {
	letters := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	}
	said := map[string]bool{}
	for _, words := range b.Own {
		for _, w := range letters(words) {
			said[w] = true
		}
	}
	for _, r := range plan {
		for _, v := range r.Visits {
			for _, w := range letters(v.Name) {
				if said[w] && utf8.RuneCountInString(w) > 1 && !slices.Contains(out, w) {
					out = append(out, w)
				}
			}
		}
	}
	return out
}

// word words a broadcast to a number, about its visits of the span as they stand now. visit is the
// one that its row is about.
func (h *Handler) word(
	s handlers.State, b handlers.Broadcast, visit handlers.Visit, now time.Time,
) handlers.Composed {
	mine := h.mine(s, b, visit, now)
	switch {
	case len(mine) == 0:
		return handlers.Composed{Skip: changed}
	case s.Urgent() != nil:
		return handlers.Composed{Skip: "they may be in danger: whoever has them must say it"}
	}
	for _, v := range mine {
		if v.Held() {
			return handlers.Composed{Skip: "their visit is in doubt: " + strings.Join(v.Doubts, "; ")}
		}
	}
	if at := h.leaves(mine[0], now); at.After(now) {
		return handlers.Composed{Wait: at, Why: "it is outside the window"}
	}
	body, err := h.body(s, b, mine, now)
	if err != nil {
		return handlers.Composed{Skip: err.Error(), Unworded: true}
	}
	return handlers.Composed{Body: body, Share: handlers.Share{Above: true}}
}

// changed is why a number is texted nothing whose visit isn't what it was any more. Nobody has to
// call them for that.
const changed = "the visit has changed"

// mine returns the number's visits of the span that still stand, the row's own first if it does. If
// that one is off by now, they are told of the others.
func (h *Handler) mine(
	s handlers.State, b handlers.Broadcast, of handlers.Visit, now time.Time,
) (out []handlers.Visit) {
	for _, v := range s.Visits {
		switch {
		case !v.Open(now) || v.Start.Before(b.From) || !v.Start.Before(b.To):
		case v.ID == of.ID:
			out = append([]handlers.Visit{v}, out...)
		default:
			out = append(out, v)
		}
	}
	return out
}

// leaves returns when a text about a visit may leave. Outside the hours for what nobody asked for
// it waits for them, but not if the visit then comes too soon after: to be woken at six is better than
// to drive through the storm to a closed door. The hours of 47 CFR 64.1200(c)(1) are for
// solicitations, which this isn't; ours are a courtesy.
func (h *Handler) leaves(v handlers.Visit, now time.Time) time.Time {
	in := h.Base.Clinic.InWindow(now, h.Base.Clinic.Zoned(v.Zone))
	if v.Start.Sub(in) < inTime {
		return now
	}
	return in
}

// inTime is how long before their visit a patient should know that it doesn't take place.
const inTime = 3 * time.Hour

// body words what a number is texted about its visits.
func (h *Handler) body(
	s handlers.State, b handlers.Broadcast, visits []handlers.Visit, now time.Time,
) (string, error) {
	lang := language.Spoken(visits[0].Lang)
	words, own := b.Own[lang]
	if !own && b.Say == "" {
		words, own = b.Own["en"], true
	}
	if own {
		return h.Base.Opened(strings.TrimSpace(words), lang, s.Consent.Basic, !s.Texted)
	}
	clock := knowledge.VisitClock(h.Base.Clinic, visits[0].Type, visits[0].Zone, now)
	var starts []time.Time
	for _, v := range visits {
		starts = append(starts, v.Start)
	}
	slices.SortFunc(starts, time.Time.Compare)
	first := ""
	if len(s.Household()) == 1 && !s.Consent.Basic {
		first = h.Base.Greet(visits[0].Name)
	}
	body, err := h.Base.Reply(b.Say, lang, knowledge.Fill{
		"first": first, "when": clock.Whens(knowledge.Once(starts), lang),
	})
	if err != nil {
		return "", err
	}
	return h.Base.Opened(body, lang, s.Consent.Basic, !s.Texted)
}
