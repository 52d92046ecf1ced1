package feed

import (
	"regexp"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
)

// The words of a column that says one thing of a visit, as whether it is cancelled. Only these and
// times say that it is so: "Not cancelled" and "Active" aren't empty either.
var (
	saysYes = regexp.MustCompile(`^(?:y|yes|true|t|1|x|on|si|sí|✓|✔|☑)$`)
	saysNo  = regexp.MustCompile(`^(?:|0|n|no|false|f|off|none|-+|never|null|nan|n/?a|unknown|` +
		`(?:not|non|never|un|in)[- ]?\pL.*)$`)
)

// flag reads a cell that says whether a visit is in a state. A date or a time says since when it is.
// known is false for what says neither.
func (t *table) flag(cell, state string) (is, known bool) {
	word := strings.ToLower(strings.Join(strings.Fields(cell), " "))
	switch {
	case saysNo.MatchString(word):
		return false, true
	case saysYes.MatchString(word):
		return true, true
	}
	if _, err := readWhen(cell, t.since); err == nil {
		return true, true
	}
	if of, known := stateOf(word); known {
		return of == state, true
	}
	return false, false
}

// flagged returns the state that a column of its own says the visit is in, "" if none does. Where
// one says neither yes nor no, the visit is held.
func (rd *reading) flagged() string {
	t, unread := rd.t, ""
	for _, i := range t.layout.gone() {
		is, known := t.flag(rd.r.fields[i], handlers.Cancelled)
		if is {
			return handlers.Cancelled
		}
		if !known {
			unread = handlers.Cancelled
		}
	}
	for _, state := range []string{handlers.Cancelled, handlers.Missed, handlers.Arrived} {
		is, known := t.flag(t.field(rd.r, state), state)
		if is {
			return state
		}
		if !known {
			unread = state
		}
	}
	if unread != "" {
		rd.doubt(unread, "the file doesn't say plainly whether it is "+unread)
	}
	return ""
}
