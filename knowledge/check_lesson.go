package knowledge

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/knowledge/clean"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// The fields of a lesson that can be wrong. Those of a language have its name behind.
const (
	FieldEntry  = "entry"
	FieldClass  = "class"
	FieldAsks   = "asks_"
	FieldAnswer = "answer_"
)

// Unfit is what is wrong with a field of a lesson, in words for whoever filled it in.
type Unfit struct{ Field, What string }

const (
	// mostWording is how long a phrasing may be, in characters: a question, not a story.
	mostWording = 160
	// mostWordings is how many phrasings a lesson may have in a language.
	mostWordings = 30
	// namesSomebody is how many digits in all may be a telephone number without its area code.
	namesSomebody = 7
)

// lessonID is what an entry may be called.
var lessonID = regexp.MustCompile(`^[a-z][a-z0-9_]{2,39}$`)

// CheckLesson returns what is wrong with a lesson that staff propose, by field: all that `bot
// knowledge check` would say of it in the files, and what only matters of words that were a
// patient's. It reads each phrasing.
func (b *Base) CheckLesson(l Lesson) (out []Unfit) {
	at := func(field, format string, args ...any) {
		out = append(out, Unfit{field, fmt.Sprintf(format, args...)})
	}
	e := b.Entry(l.Entry)
	switch {
	case l.Whole() && !lessonID.MatchString(l.Entry):
		at(FieldEntry, "Name it in small letters, digits and underscores, such as wifi_password.")
	case l.Whole() && e != nil:
		at(FieldEntry, "There is an entry %s already: add wordings to it, or take another name.",
			l.Entry)
	case !l.Whole() && (e == nil || e.Outside):
		at(FieldEntry, "There is no entry %q. /clinic ask shows the nearest ones.", l.Entry)
	}
	switch {
	case l.Whole() && l.Class != Approved && l.Class != Holding:
		at(FieldClass, "Choose whether a person gets back besides.")
	case l.Class == Approved && promises(nil, l.Answer):
		at(FieldClass, "The answer promises a person: choose that one gets back besides, so that "+
			"the desk has a card, or word it otherwise.")
	}
	count := 0
	for _, lang := range language.All() {
		if l.Whole() {
			for _, what := range b.unfitAnswer(lang, l.Answer[lang]) {
				at(FieldAnswer+lang, "%s", what)
			}
			if len(l.Asks[lang]) == 0 {
				at(FieldAsks+lang, "Write how patients ask it, a wording a line.")
			}
		}
		if len(l.Asks[lang]) > mostWordings {
			at(FieldAsks+lang, "%d wordings at most.", mostWordings)
		}
		for _, ask := range l.Asks[lang][:min(mostWordings, len(l.Asks[lang]))] {
			count++
			if what := b.unfitAsk(ask); what != "" {
				at(FieldAsks+lang, "%q: %s", ask, what)
			}
		}
	}
	if count == 0 && !l.Whole() {
		at(FieldAsks+language.All()[0], "Say the wording, in %d characters at most.", mostWording)
	}
	return out
}

// unfitAnswer says what is wrong with an answer.
func (b *Base) unfitAnswer(lang, s string) []string {
	if strings.TrimSpace(s) == "" {
		return []string{"Patients are answered in their language: write it in this one too."}
	}
	if link.MatchString(s) { // whoever reads it can't see where it leads
		return []string{"Leave the link out, or have it put into clinic.yaml as a fact and write " +
			"its name, such as {{website}}."}
	}
	return b.unfitText(lang, s, longestText)
}

// link matches an address of the web.
var link = regexp.MustCompile(`(?i)https?:|\bwww\.|\b[a-z0-9-]+\.(?:com|org|net|info|io|ly|us|gov)\b`)

// unfitAsk says what is wrong with a phrasing of an entry, "" if nothing is. A phrasing is kept for
// good and shown to all staff, so it must not name a patient: only numbers and addresses can be
// recognised. One that isn't read as a question would never get the answer, or must not.
func (b *Base) unfitAsk(ask string) string {
	if n := utf8.RuneCountInString(ask); n > mostWording || !strings.ContainsFunc(ask, unicode.IsLetter) {
		return fmt.Sprintf("Say the wording, in %d characters at most.", mostWording)
	}
	r := b.Read(ask, nil)
	kind := cmp.Or(r.Kind, r.In(screen.Context{Visit: true}).Kind)
	switch {
	// Counted wherever they stand: "5 5 5, 0101" is a number too.
	case digits(ask) >= namesSomebody, addresses.MatchString(ask), hasNumber(r, clean.Phone),
		hasNumber(r, clean.Order):
		return "Leave the number out: a wording must not hold what names a patient."
	case strings.Contains(ask, Gap):
		return "Write something general where a gap stands, or take it out."
	case r.Silent() || r.Keyword != "":
		return "It is a keyword or a machine's text, not a question."
	case kind == kinds.Crisis, kind == kinds.Emergency, kind == kinds.Concern, r.Concern,
		r.Resource:
		return "Who writes this may be in danger: a person answers it, never an entry."
	case kind == kinds.Clinical:
		return "This is for a clinician: a person answers it, never an entry."
	case kind == kinds.OptOut, kind == kinds.Stop:
		return "Who writes this wants no more texts: that is done, and no entry answers it."
	case kind == kinds.Confirm, kind == kinds.Decline, kind == kinds.Reschedule, kind == kinds.Late:
		return fmt.Sprintf("With a visit ahead the bot takes this for an act on it (%s), so no "+
			"entry would answer it.", kind)
	case kind != "":
		return fmt.Sprintf("The bot takes this for %s, so no entry would answer it.", kind)
	}
	if owner := b.asks(readable(r.Text)); owner != "" {
		return "It stands in the entry " + owner + " already."
	}
	return ""
}

// asks returns the entry whose phrasing a text is word for word, in the files or published; "" if it
// is none's.
func (b *Base) asks(text string) string {
	if l := b.live.Load(); l != nil && l.asks[string(bare(nil, text))] != "" {
		return l.asks[string(bare(nil, text))]
	}
	return b.phrasing(text)
}

// digits counts the digits of a text.
func digits(s string) (n int) {
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// hasNumber tells whether a text has a number of a kind.
func hasNumber(r Reading, kind clean.Kind) bool {
	for _, n := range r.Numbers {
		if n.Kind == kind {
			return true
		}
	}
	return false
}
