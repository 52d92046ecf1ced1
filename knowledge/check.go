package knowledge

import (
	"bytes"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// Check returns every fault of the words on a day, sorted by file and line. Faults that make a base
// unusable are Load's; these let it run, but need somebody's hand: reviews that are overdue, texts
// that are too long, phrasings that another entry answers. It reads every phrasing, which takes
// seconds.
func (b *Base) Check(day time.Time) []Fault { return b.check(day, (*checker).phrasings) }

// CheckWords is Check without what takes seconds: it finds no phrasing that another entry answers.
func (b *Base) CheckWords(day time.Time) []Fault { return b.check(day, func(*checker) {}) }

func (b *Base) check(day time.Time, more func(*checker)) []Fault {
	c := checker{b: b, day: day.In(b.Clinic.Location()).Format(time.DateOnly)}
	c.prepare()
	for _, e := range b.Entries {
		c.entry(e)
	}
	for name, r := range b.replies {
		c.reply(name, r)
	}
	for name, t := range b.templates {
		c.template(name, t)
	}
	for _, r := range b.reviews {
		c.dates(c.of(fileReview, r), r.review)
	}
	more(&c)
	// Replies come out of a map in any order.
	sort.Slice(c.faults, func(i, j int) bool {
		x, y := c.faults[i], c.faults[j]
		return x.File < y.File || x.File == y.File &&
			(x.Line < y.Line || x.Line == y.Line && x.What < y.What)
	})
	return c.faults
}

// checker collects the faults of a base on a day ("2006-01-02", in the clinic's zone).
type checker struct {
	b      *Base
	day    string
	faults []Fault
}

func (c *checker) fault(file string, line int, format string, args ...any) {
	c.faults = append(c.faults, Fault{file, line, fmt.Sprintf(format, args...)})
}

// prepare looks for preparations that can't be meant: a patient who may still eat may drink.
func (c *checker) prepare() {
	for _, name := range c.b.Clinic.Types() {
		if p := c.b.Clinic.VisitTypes[name].Prepare; p.Solids > 0 && p.Liquids > p.Solids {
			c.fault("clinic.yaml", c.b.Clinic.Line("visit_types", name, "prepare", "liquids_hours"),
				"visit_types.%s.prepare: liquids_hours %g is longer than solids_hours %g, so who "+
					"may still eat may drink nothing: mend the one that is wrong",
				name, p.Liquids, p.Solids)
		}
	}
}

// entry checks an entry: answers and phrasings in each language, who answers for it, its dates. One
// that is outside has no answer to check.
func (c *checker) entry(e *Entry) {
	at := func(format string, args ...any) { c.fault(e.file, e.line, e.ID+": "+format, args...) }
	if e.Outside {
		if len(e.Answer) > 0 {
			at("it is outside and has an answer: take one of the two out")
		}
		return
	}
	for _, l := range language.All() {
		if e.Answer[l] == "" {
			at("no answer in %s: write one", l)
			continue
		}
		c.text(e.file, e.lineOf("answer", l), e.ID, l, e.Answer[l], longestText)
		if len(e.Asks[l]) == 0 {
			at("no phrasing in %s: write how patients ask it, ten or more", l)
		}
	}
	for lang, label := range e.Called {
		c.text(e.file, e.lineOf("label", lang), e.ID+": label", lang, label, longestLabel)
		if placeholder.MatchString(label) {
			c.fault(e.file, e.lineOf("label", lang), "%s: label: %s: it stands in a list and isn't "+
				"filled: write it without %s", e.ID, lang, placeholder.FindString(label))
		}
	}
	if w := c.b.Clinic.Indiscreet(e.Name); w != "" {
		at("its name holds %q, and is shown where what patients come for isn't: say it without, or "+
			"leave the name out", w)
	}
	if !e.Is(Holding) {
		c.promise(e.file, e.lineOf("answer", ""), e.ID, e.Promises, e.Answer)
		c.promise(e.file, e.lineOf("with_visit", ""), e.ID, e.Promises, e.WithVisit)
	}
	for _, need := range []struct{ name, value string }{
		{name: "source", value: e.Source},
		{name: "owner", value: e.Owner},
		{name: "review_by", value: e.ReviewBy},
	} {
		if need.value == "" {
			at("%s is missing", need.name)
		}
	}
	c.dates(func(key, format string, args ...any) {
		c.fault(e.file, e.lineOf(key, ""), e.ID+": "+format, args...)
	}, e.review())
}

// reply checks a sentence of replies/. What is said about consent has one segment, so that all of
// it arrives at once; what is sent unasked has MostUnasked with who writes; the rest longestText.
func (c *checker) reply(name string, r reply) {
	most := longestText
	switch {
	case strings.HasSuffix(name, familySuffix): // sent only where it fits: see RemindFamily
	case unasked(name):
		most = mostUnasked - Length(c.b.Opening(false))
	case name == replies.OptedOut, name == replies.OptedIn, name == replies.Help:
		most = 160
	}
	if name == replies.Offer || name == replies.OfferBasic {
		most -= len(" STOP: salir.") // it may be the first text that a number gets
	}
	if unasked(name) && c.b.Promises(name) {
		c.fault(r.file, r.line, "%s: an unasked text must not promise a person: nothing gives the "+
			"desk a card for it", name)
	}
	c.promise(r.file, r.line, name, r.promises, r.words)
	c.dates(c.of(name, r), r.review)
	for _, l := range language.All() {
		s := r.words[l]
		if s == "" {
			c.fault(r.file, r.line, "%s: not in %s: write it", name, l)
			continue
		}
		c.text(r.file, r.line, name, l, s, most)
		if w := c.b.Clinic.Indiscreet(s); w != "" && unasked(name) {
			c.fault(r.file, r.line, "%s: %s: an unasked text must not hold %q", name, l, w)
		}
	}
}

// text files what is wrong with a sentence that a patient can read; see unfitText.
func (c *checker) text(file string, line int, name, lang, s string, most int) {
	for _, what := range c.b.unfitText(lang, s, most) {
		c.fault(file, line, "%s: %s: %s", name, lang, what)
	}
}

// Unfit says what is wrong with a sentence that staff wrote for patients, as Check would of one in the
// files.
func (b *Base) Unfit(lang, s string) []string { return b.unfitText(lang, s, longestText) }

// unfitText says what is wrong with a sentence that a patient can read: every placeholder is known,
// it is GSM-7, it is short enough with the longest values, it has no word that opts out, no dose, no
// shared short link and no old hotline. most is in characters as GSM-7 counts them.
func (b *Base) unfitText(lang, s string, most int) (out []string) {
	at := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	full, err := b.fill(s, lang, b.longest())
	if err != nil {
		at("%s: take a name from clinic.yaml", err)
		return out
	}
	if _, gsm := Segments(full); !gsm {
		at("the text would cost double: %s", cheaper(full))
	}
	if n := Length(full); n > most {
		at("%d characters with the longest values, %d at most: shorten it", n, most)
	}
	if strings.Contains(full, "CANCEL") {
		at("never print CANCEL: texted back, it opts the patient out; write it another way")
	}
	if how := dose.FindString(full); how != "" {
		at("%q is a dose: how much of a medicine somebody takes is told by a clinician alone", how)
	}
	if short := shortened.FindString(full); short != "" {
		at("%s is a shared short link, for which carriers hold texts back: write the whole address",
			short)
	}
	for _, old := range b.Clinic.Lines.Old {
		if bytes.Contains(bare(nil, full), bare(nil, old)) {
			at("%s is an old hotline: write {{crisis.line}}", old)
		}
	}
	return out
}

var (
	// dose matches how much of a medicine there is to take.
	dose = regexp.MustCompile(
		`(?i)\b\d+(?:[.,]\d+)?\s*(?:mg|mcg|milligrams?|micrograms?|miligramos?|microgramos?)\b`)
	// shortened matches the addresses of services that shorten links for everybody.
	shortened = regexp.MustCompile(`(?i)\b(?:bit\.ly|tinyurl\.com|goo\.gl|t\.co|ow\.ly|is\.gd|` +
		`buff\.ly|cutt\.ly|rb\.gy|t\.ly|tiny\.cc|shorturl\.at)\b`)
)

// longest returns the longest real values of the placeholders that callers fill, so that a text
// which fits with them fits always. A placeholder that isn't here is unknown to Check. The days are
// as long as they can be in any language, with the name of the zone; a year stands with few.
func (b *Base) longest() Fill {
	clock := longestClock(b.Clinic, "")
	clock.Now = longestDay
	when, at := clock.When(longestDay, "es"), clock.Time(longestDay, "es")
	return Fill{
		"first": " " + First(longestName), "when": when, "time": at, "at": at, "visit.when": when,
		"visit.leave_off": "No food after " + at + ". Clear liquids until " + at +
			". No nose spray after " + at + ".",
		"opens": when, "minutes": "120", "place": " " + b.facts["address"].In("en") + ".",
		"by": "when we open " + when, "list": strings.Repeat("x", 150),
		"n": "12", "of": "12",
		"last4": "0000", "kind": "emergency", "count": "300",
		"why":  "slack: team_access_not_granted",
		"name": First(longestName), "last": when,
		"prepare": "", "until": at, "old": when,
	}
}

// longestText is the longest text in characters, three segments at most. Source: Twilio's advice
// for one message.
const longestText = 320

// longestLabel is the longest label in characters: a list of choices holds several.
const longestLabel = 40

// phrasings finds those that two entries claim, and those that another entry answers: the author
// believes that such a question gets one answer, and patients get another.
func (c *checker) phrasings() {
	// Blanks and case don't make another phrasing.
	owner := map[string]*Entry{}
	for _, e := range c.b.Entries {
		for _, l := range language.All() {
			for _, ask := range e.Asks[l] {
				key := strings.Join(strings.Fields(strings.ToLower(ask)), " ")
				if first := owner[key]; first != nil {
					c.fault(e.file, e.lineOf("asks", l),
						"%s: the phrasing %q stands in %s too (%s:%d): keep it in one", e.ID, ask,
						first.ID, first.file, first.lineOf("asks", l))
					continue
				}
				owner[key] = e
				if r := c.b.Read(ask, nil); !e.Outside && r.Sure > 0 && r.Entries[0].ID != e.ID {
					c.fault(e.file, e.lineOf("asks", l),
						"%s: the phrasing %q is answered as %s: word it another way, or move "+
							"it there",
						e.ID, ask, r.Entries[0].ID)
				}
			}
		}
	}
}
