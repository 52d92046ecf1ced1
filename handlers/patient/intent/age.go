package intent

import (
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// late reports whether the bot gives a text no answer any more: it was written too long ago, they
// have written since or were answered, a visit was booked or moved since, or the carrier doesn't
// show its words. By then an automatic answer may be wrong, or about something else. A text that
// came by webhook is never late.
func (k known) late() bool {
	if !k.Text.Fetched {
		return false
	}
	blank := strings.TrimSpace(k.Text.Body) == "" && k.Text.Media == 0
	old := k.Now.Sub(k.Text.At) > k.Base.Clinic.Stale()
	return old || blank || k.Text.Answered || k.overtaken() ||
		slices.ContainsFunc(k.ahead, k.changed)
}

// changed reports whether a visit was booked, or moved to where it is, after the text was written:
// then the text is about another time. The rows of a visit's texts are planned when it is booked or
// moved, so a row for this start that is older than the text shows that it wasn't. A visit without
// rows counts as changed.
func (k known) changed(v handlers.Visit) bool {
	return !slices.ContainsFunc(k.Rows, func(r handlers.Record) bool {
		of := r.Visit == v.ID && r.Start.Equal(v.Start)
		return of && len(r.History) > 0 && !k.since(r.History[0].At)
	})
}

// optedInSince reports whether they asked for texts again after they wrote this. The carrier, too,
// goes by the last word. BASIC and DETAIL also renew a consent, so its words are read.
func (k known) optedInSince() bool {
	c := k.State.Consent
	return !c.Out && k.since(c.At) && k.Base.Read(c.Words, nil).Kind == kinds.Start
}

// followUp is how long a question counts as following the one before.
const followUp = 15 * time.Minute

// last returns the entry that was answered within followUp; "" if none was.
func (k known) last() string {
	if k.wrote().Sub(k.State.Conversation.At) > followUp {
		return ""
	}
	return k.State.Conversation.Last
}
