package knowledge

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/knowledge/clean"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/match"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// Reading is what a text is: the part that the patient wrote, and what that part says. A silent one
// has an empty verdict.
type Reading struct {
	clean.Text
	screen.Verdict
}

// Silent tells whether nothing of the text is the patient's: a machine wrote it, or it only quotes
// or reacts to somebody else's words.
func (r Reading) Silent() bool { return r.Body == "" && (r.Machine || r.Quoted) }

// Read reads a text. sent are the texts that its writer was sent lately, newest first: what comes
// back of them isn't the writer's. It is pure and needs no store, so that danger is noticed even
// while Redis is away. Goroutines may call it at once. Most of its time goes into the meaning of an
// English text, where that is asked; BenchmarkReadText has the times.
func (b *Base) Read(body string, sent []string) Reading {
	r := Reading{Text: b.clean.Read(body, sent)}
	if !r.Silent() {
		said := readable(r.Text)
		r.Verdict = b.entries(b.screen.Read(said), said)
		if alarm, ok := b.percents(r); ok {
			r.Verdict = alarm
		}
		if r.Keyword != "" { // a keyword is read in English; what was written has its own language
			r.Lang = b.screen.Lang(r.Body)
		}
	}
	return r
}

// lowOxygen is the highest oxygen saturation, in percent, that is read as low. The pattern of
// screen/emergency.yaml has the same.
const lowOxygen = 91

// percents reads a text again with the bare figures of its percentages, and returns the verdict if
// that is a danger. A percentage mostly only names something ("20% off", "100% sure"), so readable
// hides it; but an oxygen saturation is one too, and its figure alone is an emergency. The sign is
// left out because the patterns and the model know saturations without it. A figure that is no low
// saturation stays hidden: "o2 sat 97%" is good news.
func (b *Base) percents(r Reading) (v screen.Verdict, danger bool) {
	percent := func(n clean.Number) bool { return n.Kind == clean.Percent && n.Value <= lowOxygen }
	if urgent(r.Verdict) || !slices.ContainsFunc(r.Numbers, percent) {
		return v, false
	}
	var body strings.Builder
	at := 0
	for _, n := range r.Numbers {
		if percent(n) {
			body.WriteString(r.Body[at:n.Start] + strconv.FormatFloat(n.Value, 'f', -1, 64))
			at = n.End
		}
	}
	said := readable(b.clean.Read(body.String()+r.Body[at:], nil))
	v = b.entries(b.screen.Read(said), said)
	return v, urgent(v)
}

// urgent tells whether a verdict is a crisis or an emergency.
func urgent(v screen.Verdict) bool { return v.Kind == kinds.Crisis || v.Kind == kinds.Emergency }

// Again returns the reading of the same text given the texts that its writer was sent: r itself,
// unless something of them comes back in it. The first reading is made before the store has
// answered, which knows what was sent.
func (b *Base) Again(r Reading, body string, sent []string) Reading {
	if len(sent) == 0 {
		return r
	}
	if t := b.clean.Read(body, sent); t.Body == r.Body {
		return r
	}
	return b.Read(body, sent)
}

// readable returns what a reader of words sees of a text: a keyword alone without courtesies around
// it, and a word in place of a number that only names something. The corpus is read through it too,
// so a change here asks for a new model.
func readable(t clean.Text) string {
	if t.Keyword != "" {
		return t.Keyword
	}
	if !slices.ContainsFunc(t.Numbers, names) {
		return t.Body
	}
	var out strings.Builder
	at := 0
	for _, n := range t.Numbers {
		if names(n) {
			out.WriteString(t.Body[at:n.Start])
			out.WriteString(" " + string(n.Kind) + "number ")
			at = n.End
		}
	}
	out.WriteString(t.Body[at:])
	return out.String()
}

// names tells whether a number only names something.
func names(n clean.Number) bool {
	switch n.Kind {
	case clean.Phone, clean.Order, clean.Price, clean.Date, clean.Percent:
		return true
	}
	return false
}

// entries fits what a text asks for to the base: it drops entries that the base doesn't have, and
// has the matcher answer what the model hasn't learnt. A phrasing word for word comes before the
// model; the matcher is heard where it ranks a changed entry first, or where the model has nothing.
func (b *Base) entries(v screen.Verdict, text string) screen.Verdict {
	v = b.known(v)
	if id := b.phrasing(text); id != "" { // word for word what its owner wrote down
		v = v.Plainly(screen.Entry{ID: id, Confidence: verbatim})
	}
	m := b.live.Load()
	if m == nil || m.matcher == nil {
		return v
	}
	r := b.inside(m, m.matcher.Match(text))
	if len(r.Best) == 0 || !m.changed[r.Best[0].ID] && len(v.Entries) > 0 {
		return v
	}
	// From here on the matcher's word alone counts.
	v.Entries, v.Sure, v.Choices = nil, 0, r.Choices
	for _, c := range r.Best {
		v.Entries = append(v.Entries, screen.Entry{ID: c.ID, Confidence: c.Confidence})
	}
	if r.Outcome == match.Answer {
		v.Sure, v.Choices = 1, 0
	}
	return v
}

// known drops entries that the base doesn't have.
func (b *Base) known(v screen.Verdict) screen.Verdict {
	lacks := func(e screen.Entry) bool { return b.byID[e.ID] == nil }
	if !slices.ContainsFunc(v.Entries, lacks) {
		return v
	}
	if i := slices.IndexFunc(v.Entries, lacks); i < max(v.Sure, v.Choices) {
		v.Sure, v.Choices = 0, 0 // it asks for what isn't here
	}
	v.Entries = slices.DeleteFunc(slices.Clone(v.Entries), lacks)
	return v
}

// verbatim is the confidence in the entry of a text that repeats a phrasing word for word.
const verbatim = .99

// inside removes the entries marked as outside from a result. Where one of them ranks first, or is
// among near ties, nobody is answered, and the confidence of the others shrinks by its share.
func (b *Base) inside(l *live, r match.Result) match.Result {
	inside := r.Best[:0:0]
	// An earlier matcher may know entries that aren't here any more: no entry of ours answers those.
	ours := func(id string) bool {
		e := b.in(l, id)
		return e != nil && !e.Outside
	}
	for i, c := range r.Best {
		switch {
		case ours(c.ID):
			inside = append(inside, c)
		case i == 0:
			r.Outcome = match.None
		case i < r.Choices:
			r.Outcome = match.None // a near tie with what isn't ours
		}
	}
	// The surer it is that nobody here answers this, the less sure is any entry.
	if len(r.Best) > 0 && !ours(r.Best[0].ID) {
		for i := range inside {
			inside[i].Confidence *= 1 - r.Best[0].Confidence
		}
	}
	r.Best = inside
	r.Choices = min(r.Choices, len(inside))
	return r
}

// Meant returns the act that an entry is about, "" if none: a patient who asks how to move a visit
// may want theirs moved.
func (b *Base) Meant(entry string) string { return b.rules.Meant[entry] }

// Ride reads a text as the answer to who drives the patient home: screen.RideArranged,
// screen.RideHelp or "". whole says that it is nothing else.
func (b *Base) Ride(text string) (kind string, whole bool) { return b.screen.Ride(text) }

// Follow reads a text as a follow-up to the answer of the entry last: "how long?" after an answer
// about the nasal spray asks how long the spray takes. It returns "" if it isn't one. The text
// itself must speak for the entry, not only the words before it; otherwise any "ok?" would be
// answered with the same again.
func (b *Base) Follow(r Reading, last string) (id string, confidence float64) {
	e := b.Entry(last)
	if e == nil || r.Kind != "" || len(strings.Fields(r.Body)) > followWords {
		return "", 0
	}
	// The first phrasing stands for what the entry is about.
	topic := e.Asks[language.Spoken(r.Lang)]
	if len(topic) == 0 {
		return "", 0
	}
	text := readable(r.Text) + " " + topic[0]
	both := b.entries(b.screen.Read(text), text)
	if both.Sure == 0 {
		return "", 0
	}
	for _, own := range r.Entries {
		if own.ID == both.Entries[0].ID {
			return own.ID, both.Entries[0].Confidence
		}
	}
	return "", 0
}

// followWords is the most words of a follow-up.
const followWords = 6

// Why is what led to an answer.
type Why struct {
	Rule  string         // what raised the kind; "" if nothing did
	Best  []screen.Entry // the likeliest entries
	Words []match.Weight // what counted for the first, in log odds, strongest first
}

// Explain says what led to the reading of a text, for staff who ask why. It may take longer than
// Read.
func (b *Base) Explain(text string) Why {
	r := b.Read(text, nil)
	w := Why{Rule: r.Rule, Best: r.Entries}
	if len(r.Entries) == 0 {
		return w
	}
	if m := b.live.Load(); m.matcher != nil && m.changed[r.Entries[0].ID] {
		w.Words = m.matcher.Explain(text).Weights
		return w
	}
	for word, weight := range b.screen.Words(readable(r.Text), screen.ClassEntry+r.Entries[0].ID) {
		w.Words = append(w.Words, match.Weight{Feature: word, Weight: weight})
	}
	slices.SortFunc(w.Words, func(a, b match.Weight) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Feature, b.Feature))
	})
	return w
}

// phrasing returns the entry whose phrasing a text is word for word, "" if it is none's.
func (b *Base) phrasing(text string) string {
	var room [256]byte
	return b.phrasings[string(bare(room[:0], text))]
}

// bare appends a text's letters and digits alone: a number is the same however it is written.
func bare(to []byte, s string) []byte {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			to = utf8.AppendRune(to, unicode.ToUpper(r))
		}
	}
	return to
}
