package patient

import (
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/veil"
)

// may reports whether an entry may be sent. Live, a question whose entry's review is missing or
// overdue goes to a person, unless the clinic has set otherwise (answer_unreviewed). In the sandbox
// the entry is sent, and the reply's note says what would happen live.
func (b *builder) may(id string) bool {
	c := b.base.Clinic
	day := b.now.In(c.Location()).Format(time.DateOnly)
	e := b.base.Entry(id)
	if e == nil { // staff have just taken it back
		return false
	}
	if e.Current(day) || c.AnswerUnreviewed {
		return true
	}
	b.e.Reply.Note = "awaits the clinic's review: live, a person would answer"
	return !b.live
}

// label names an entry to a patient, in the reply's language.
func (b *builder) label(id string) string {
	if e := b.base.Entry(id); e != nil {
		return e.Label(b.in.Lang)
	}
	return strings.ReplaceAll(id, "_", " ") // staff have just taken it back
}

// asks tells staff what a patient asks: the entry's first phrasing in their language. It is veiled,
// since it says about as much as the patient's own words; the entry's name, if it has one, isn't.
func (b *builder) asks(id string) string {
	label, other := strings.ReplaceAll(id, "_", " ")+".", "something that the bot knows an answer to."
	if e := b.base.Entry(id); e != nil {
		if len(e.Asks["en"]) > 0 {
			label = strings.Trim(e.Asks["en"][0], " ?.!") + "?"
		}
		if e.Name != "" {
			other = "about: " + e.Name + "."
		}
	}
	return "Asks" + veil.Veiled(": "+label, " "+other)
}
