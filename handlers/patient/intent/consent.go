package intent

import (
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// optOut also takes the confirmation in an opt-out: "no more texts please, but I'll be there". No
// reminder will ask again, so this is the last chance to hear it.
func (k known) optOut(i Intent) Intent {
	if slices.Contains(i.Said.Also, kinds.Confirm) {
		if meant := k.meant(i.Said, kinds.Confirm); len(meant) > 0 && k.allOf(meant, i.Said) {
			i.Visits = meant
		}
	}
	return i.as(OptOut)
}

// optIn keeps apart what only looks like an opt-in of a number that never opted out. An opt-in by
// keyword, or one that the carrier has acted on, is recorded all the same.
func (k known) optIn(i Intent) Intent {
	out := k.State.Consent.Out
	switch {
	case !out && strings.EqualFold(strings.Trim(k.Text.Body, " .!"), "yes"):
		// A bare yes opts in at the carrier; here it is a yes to something else.
		return i.as(Courtesy)
	case !out && k.Text.OptOut == "" && k.Words.Keyword == "": // "sign me up" asks for something
		i.Kind = ""
		return i.as(Ask)
	}
	return i.as(OptIn)
}
