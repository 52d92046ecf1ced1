package intent

import (
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// known is what is known as a text is read. Its methods only read it; what they find out they put
// into the Intent that they return.
type known struct {
	Input
	ahead  []handlers.Visit // visits that stand and haven't begun, and that nobody doubts
	offers []*handlers.Slot // slots that were on offer to the number when the text was written
	// patients are the names of those whose visits and offers are the number's: several if a family
	// shares the phone. Then whose is whom of them the text names.
	patients []string
	whose    whose
	full     knowledge.Reading // the text with the names in it; Words has the answer alone
}

// know gathers what the readings of a text share. A sender that is no number has no state of its
// own: of the desk's cases only its own are known.
func know(in Input) known {
	k := known{Input: in}
	// Words were read before it was known what the number had been sent.
	k.Words = k.Base.Again(in.Words, in.Text.Body, k.sent())
	if sender := in.Text.Sender; sender != "" {
		others := func(c handlers.Case) bool { return c.Sender != sender }
		k.State = handlers.State{
			Cases:        slices.DeleteFunc(slices.Clone(in.State.Cases), others),
			Conversation: in.State.Conversation,
		}
	}
	k.full = k.Words
	if k.patients = k.State.Patients(); k.shared() {
		k.whose = readWhose(k.Words.Body, k.patients)
		if k.whose.plain && k.whose.says != "" { // "C for Ada" answers as C does
			k.Words = k.Base.Read(k.whose.says, nil)
		}
	}
	for _, v := range k.State.Visits {
		if v.Open(k.Now) && !v.Held() {
			k.ahead = append(k.ahead, v)
		}
	}
	k.offers = waitlist.Open(k.State, k.Now, k.written())
	return k
}

// sent returns the texts that the number got lately: the bot's replies, newest first, then those of
// the ledger. What comes back of them isn't the patient's.
func (k known) sent() []string {
	out := slices.Clone(k.State.Conversation.Said)
	for _, r := range k.Rows {
		if r.Body != "" {
			out = append(out, r.Body)
		}
	}
	return out
}

// wrote returns when the text was written: by the carrier's list if it was fetched, otherwise now.
func (k known) wrote() time.Time {
	if k.Text.Fetched {
		return k.Text.At
	}
	return k.Now
}

// written returns when a fetched text was written; zero for one that came by webhook, as package
// waitlist takes it.
func (k known) written() time.Time {
	if k.Text.Fetched {
		return k.Text.At
	}
	return time.Time{}
}

// since reports whether something happened after the text was written: it can't be what the text is
// about.
func (k known) since(at time.Time) bool { return k.Text.Fetched && at.After(k.Text.At) }

// overtaken reports whether a text that was written later was handled before this one.
func (k known) overtaken() bool { return k.since(k.State.Conversation.At) }

// number returns the number, 1 to 9, that the text is and nothing else, courtesies aside; 0 if it
// is none. "2 thanks" is one, "see you at 2" isn't: it must give up no visit.
func (k known) number() int {
	if w := k.Words.Keyword; len(w) == 1 && w[0] >= '1' && w[0] <= '9' {
		return int(w[0] - '0')
	}
	return 0
}

// Waiting reports whether a question of a number's waits for a person at the desk.
func Waiting(s handlers.State) bool {
	return slices.ContainsFunc(s.Cases, func(c handlers.Case) bool {
		return c.Channel == handlers.DeskChannel && c.Kind == kinds.Handoff
	})
}

// InDanger reports whether a text reads as danger: a crisis or an emergency.
func InDanger(v screen.Verdict) bool {
	return v.Kind == kinds.Crisis || v.Kind == kinds.Emergency
}

// Stands reports whether a text is danger whatever was asked before: a pattern names it, or it says
// more than an answer would.
func Stands(v screen.Verdict, text string) bool {
	return InDanger(v) && (v.Named() || !few(text))
}

// fewWords is the most words of a text that may be a choice ("the second one please") rather than a
// new question.
const fewWords = 4

// few reports whether a text is that short.
func few(text string) bool { return len(strings.Fields(text)) <= fewWords }
