package feed

import (
	"regexp"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// state returns the row's state, and whether it is to be left out. Columns of their own for one
// state beat the column of states: a visit that has a time of cancellation is off.
func (rd *reading) state() (state string, skip bool) {
	t := rd.t
	if state := rd.flagged(); state != "" {
		return state, false
	}
	word := t.field(rd.r, "status")
	for their, ours := range t.how.Feed.States {
		if strings.EqualFold(strings.TrimSpace(their), word) {
			return ours, ours == settings.FeedSkip
		}
	}
	state, known := stateOf(word)
	if !known {
		rd.doubt("status", "its status isn't one that is known here")
	}
	return state, false
}

// doubt holds the row until a person agrees to it.
func (rd *reading) doubt(field, why string) {
	rd.v.Doubts = append(rd.v.Doubts, why)
	rd.raised = append(rd.raised, visits.Doubt{Field: field, What: why})
}

// cancelledBy matches the words for a visit that is off, with who called it off, or how late.
var cancelledBy = regexp.MustCompile(`^(?:late |same day |client |patient |provider |clinic |` +
	`staff |office |practice )?(?:cancell?ed|cancell?ation|cancel)(?: (?:late|in time|by .*|` +
	`less than .*|<.*|- .*|\(.*\)))?$`)

// stateOf returns the state that another system's word means. One that isn't known, or that can
// mean two things ("rescheduled": the old time or the new one; "pending"), counts as booked, and
// known is false: then a person is asked.
func stateOf(word string) (state string, known bool) {
	word = strings.ToLower(strings.Join(strings.Fields(word), " "))
	if sign, rest, _ := strings.Cut(word, " "); len(sign) == 1 {
		// OpenEMR: the sign in front stays when a clinic renames or translates the words.
		switch sign {
		case "-", "*", "+":
			return handlers.Booked, true
		case "@", "~", "<", ">", "$":
			return handlers.Arrived, true
		case "?":
			return handlers.Missed, true
		case "%", "!":
			return handlers.Cancelled, true
		case "x":
			if rest != "" {
				return handlers.Cancelled, true
			}
		}
	}
	switch strings.Map(letters, word) {
	case "", "booked", "scheduled", "confirmed", "unconfirmed", "notconfirmed", "active", "new",
		"upcoming", "approved", "accepted", "reminded", "remindersent", "reminderdone",
		"confirmedbypatient", "confirmedbyclient", "patientconfirmed", "confirmada", "confirmado",
		"programada", "agendada":
		return handlers.Booked, true
	case "arrived", "arrivedlate", "checkedin", "checkin", "inroom", "roomed", "inexamroom",
		"insession", "inprogress", "started", "withprovider", "completed", "complete", "done",
		"checkedout", "checkout", "fulfilled", "seen", "attended", "show", "showed", "finished",
		"kept", "llego", "llegó", "atendido", "completada":
		return handlers.Arrived, true
	case "noshow", "noshowed", "missed", "didnotattend", "dna", "didnotshow", "failedtoattend",
		"noasistio", "noasistió":
		return handlers.Missed, true
	case "deleted", "void", "voided", "removed", "archived", "enteredinerror", "declined",
		"cancelada", "cancelado":
		return handlers.Cancelled, true
	}
	if cancelledBy.MatchString(word) {
		return handlers.Cancelled, true
	}
	return handlers.Booked, false
}

// letters keeps the letters of a word.
func letters(r rune) rune {
	if strings.ContainsRune(" -_./'’", r) {
		return -1
	}
	return r
}

// gone returns the columns of another system that say that a visit was removed.
func (l *layout) gone() []int {
	return l.named("archivedat deletedat isdeleted archived deleted deletedon")
}

// pauses returns the columns that say that a row is no visit but a pause.
func (l *layout) pauses() []int { return l.named("break isbreak isblock blocked isblocked") }

// named returns the columns of another system's file that have one of these names and aren't read
// as something else.
func (l *layout) named(list string) (out []int) {
	if l.own {
		return nil
	}
	for i, h := range l.names {
		if slices.Contains(strings.Fields(list), Plain(h)) {
			out = append(out, i)
		}
	}
	return out
}
