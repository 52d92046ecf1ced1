package screen

import (
	"slices"
	"strings"
)

// Context is what is known about the writer when a text arrives.
type Context struct {
	Visit bool // a visit lies ahead
	Offer bool // a free time was offered and awaits an answer
}

// Verdict is what a text was found to be. Read returns it for a writer of whom nothing is known; In
// for others. Its exported fields are for callers, who may change a copy; the rest is what In
// starts from, and In never changes it.
type Verdict struct {
	Kind     string   // the highest kind found; "" leaves the text to the entries
	Also     []string // lower kinds found in the same text
	Lang     string   // "en", "es" or "" when it can't be told
	Rule     string   // what raised Kind: a pattern, a keyword, or the words that were learnt
	Minutes  int      // late: the minutes named, 0 if none
	Resource bool     // answer normally and add the line with 988
	Concern  bool     // maybe danger: answer, add the 988 line, have a person read it
	Asks     string   // an act that the text only looks like: it is asked back before it is done
	Bare     string   // Yes or No when the text is nothing but that, "" when it says more
	Offer    string   // to an open offer: Take, Leave, or "" if it isn't plainly either
	Entries  []Entry  // what it asks, likeliest first
	Sure     int      // how many of Entries to answer: 0, 1, or 2 for two questions
	Choices  int      // how many of Entries are near ties worth offering
	Besides  bool     // it says what Kind or Asks is, and asks Entries besides
	About    string   // of danger: AboutOther, AboutNow, or "" for the writer's own

	found  findings // by kind, whatever is known of the writer
	asks   string
	offer  string
	always bool // a pattern of danger that needs no other evidence
	both   bool // it is a keyword for yes and for start at once
}

// Entry is an entry of the base with how likely a text asks for it.
type Entry struct {
	ID         string
	Confidence float64 // calibrated on writers held out, 0 to 1
}

// Named tells whether a keyword or a pattern raised the kind, rather than what was learnt. False
// without a kind.
func (v Verdict) Named() bool { return v.Kind != "" && !strings.HasPrefix(v.Rule, v.Kind+like) }

// In returns the verdict on the same text from a writer in a context. Whether it is a crisis, an
// emergency or an opt-out never depends on the context. Without a visit ahead, what answers about
// one is no act, and nothing but an opt-out is asked back.
func (v Verdict) In(c Context) Verdict {
	found := slices.Clone(v.found)
	v.Kind, v.Rule, v.Also, v.Asks = "", "", nil, v.asks
	found.settle(c)
	if v.Offer = ""; c.Offer {
		v.Offer = v.offer
	}
	// There is no visit to ask about.
	if !c.Visit && v.Asks != "optout" {
		v.Asks = ""
	}
	if v.both && found.of("courtesy") != "" && found.of("start") != "" {
		// A bare YES is the carrier's opt-in word as well: small talk to us, but recorded.
		v.Kind, v.Rule, v.Also = "courtesy", found.of("courtesy"), []string{"start"}
		return v
	}
	for _, kind := range ranks {
		rule := found.of(kind)
		switch {
		case rule == "":
		case v.Kind == "":
			v.Kind, v.Rule = kind, rule
		case kind != "courtesy" && kind != "greeting" && kind != classChat:
			v.Also = append(v.Also, kind)
		}
	}
	// What the text plainly is comes before what it merely resembles.
	if v.Kind != "" && v.Kind != "courtesy" {
		v.Asks = ""
	}
	return v
}

// Plainly returns the verdict on a text that asks for an entry word for word: an act that it merely
// resembles is dropped.
func (v Verdict) Plainly(e Entry) Verdict {
	v.Entries, v.Sure, v.Choices, v.asks = []Entry{e}, 1, 0, ""
	return v.In(Context{})
}

// settle fits the findings to the context: without a visit ahead, nothing is confirmed, and a yes
// is a courtesy.
func (f *findings) settle(c Context) {
	if f.of("crisis") != "" {
		return // recorded as it stands, whatever the visit
	}
	yes := f.of("confirm")
	switch {
	case yes != "" && !c.Visit:
		f.drop("confirm")
		f.add("courtesy", yes)
	case yes != "" && f.of("start") == "start/exact":
		f.drop("start") // a bare YES answers about the visit
	}
	if !c.Visit {
		f.drop("decline")
		f.drop("reschedule")
		f.drop("late")
	}
}

// findings are the kinds found so far, each with what raised it. They are two or three at most, so
// that looking through them beats a map.
type findings []finding

type finding struct{ kind, rule string }

// of returns what raised a kind, "" if nothing did.
func (f findings) of(kind string) string {
	for i := range f {
		if f[i].kind == kind {
			return f[i].rule
		}
	}
	return ""
}

// danger tells whether a crisis or an emergency is among them.
func (f findings) danger() bool { return f.of("crisis") != "" || f.of("emergency") != "" }

// add adds a kind; the first rule of a kind stands.
func (f *findings) add(kind, rule string) {
	if f.of(kind) == "" {
		*f = append(*f, finding{kind, rule})
	}
}

func (f *findings) drop(kind string) {
	*f = slices.DeleteFunc(*f, func(one finding) bool { return one.kind == kind })
}

// ranks orders the kinds: the first one found is the Kind, the others go to Also. Danger comes
// first, then the law (an opt-out must be honoured, whatever else the text says), then the visit.
// Patterns of any other kind are refused by New.
var ranks = [...]string{
	"crisis", "emergency", "optout", "stop", "clinical",
	"reschedule", "decline", "late", "confirm",
	"help", "start", "basic", "detail", "person", "angry", "lost", "repeat", "waiting", "glad",
	"greeting", "courtesy", classChat,
}

// like starts the rule of a kind that no pattern raised; the words that spoke most for it follow.
const like = "/learnt: "
