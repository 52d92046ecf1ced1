package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// askCommand is `bot ask`: what the bot makes of a text, for whoever words the entries. It needs no
// Redis and no account.
type askCommand struct {
	wordsFlag

	Visit bool     `help:"The writer has a visit tomorrow that awaits an answer."`
	Why   bool     `help:"Say what it goes by: what raised its kind, the best entries, and the words that counted."`
	JSON  bool     `name:"json" help:"A line of JSON a text."`
	Text  []string `arg:"" optional:"" help:"The text; without it, each line of standard input."`
}

// asked is a line of `bot ask --json`. Scripts read it, so names and types stay as they are.
type asked struct {
	Text       string   `json:"text"`
	Kind       string   `json:"kind"`    // what the text was taken for: a name of package kinds
	Also       []string `json:"also"`    // other kinds that it is besides
	Entry      string   `json:"entry"`   // the nearest entry, answered or not
	Entries    []string `json:"entries"` // those that were answered or offered; never null
	Asks       string   `json:"asks"`    // the act that is asked back
	Confidence float64  `json:"confidence"`
	Reply      string   `json:"reply"` // several texts are joined by line breaks
	Lang       string   `json:"lang"`
	Why        *why     `json:"why,omitempty"` // with --why
}

// why is what led to an answer, with --why.
type why struct {
	Rule  string             `json:"rule"`  // of the screen: what raised the kind; "" if none did
	Best  map[string]float64 `json:"best"`  // the likeliest entries and how sure each is
	Words map[string]float64 `json:"words"` // what counted for the first of them, in log odds
}

// explain returns what --why shows of a text. rule is the one that the reply names.
func explain(base *knowledge.Base, text, rule string) *why {
	e, w := base.Explain(text), &why{
		Rule: rule, Best: map[string]float64{}, Words: map[string]float64{},
	}
	for _, c := range e.Best {
		w.Best[c.ID] = c.Confidence
	}
	for _, f := range e.Words[:min(mostWords, len(e.Words))] {
		w.Words[f.Feature] = f.Weight
	}
	return w
}

// mostWords is how many of the words that counted are shown: what follows weighs little, and the
// line must fit a terminal.
const mostWords = 8

// Run answers each text as if it came now from a number that nothing else is known of, so no text
// depends on the ones before it. The reply is the one that this configuration would send: live, an
// entry that awaits its review goes to a person.
func (k askCommand) Run(w world, c *Config) error {
	k.override(c)
	base, err := loadKnowledge(c.KnowledgeDir)
	if err != nil {
		return err
	}
	h := &patient.Handler{
		Base: base, Live: c.live(), Now: time.Now, Log: slog.New(slog.NewTextHandler(w.err, nil)),
	}
	var s handlers.State
	// A YES or "running late" means nothing from a number without a visit.
	if k.Visit {
		s.Visits = []handlers.Visit{{
			ID: "ask", Name: "Ana Example", Start: time.Now().AddDate(0, 0, 1),
			State: handlers.Booked, Type: base.Clinic.Types()[0],
		}}
	}
	one := func(text string) error {
		r, err := h.Ask(s, text)
		if err != nil {
			return err
		}
		return k.show(w.out, base, text, r)
	}
	if len(k.Text) > 0 { // its words needn't be quoted
		return one(strings.Join(k.Text, " "))
	}
	// Someone who forgot the text would wait for a prompt that never comes. Standard error keeps
	// the line out of what is piped.
	if f, ok := w.in.(*os.File); ok {
		if i, err := f.Stat(); err == nil && i.Mode()&os.ModeCharDevice != 0 {
			fmt.Fprintln(w.err, "Text as a patient, a line a text; Ctrl-D ends.")
		}
	}
	for text, err := range linesOf(w.ctx, w.in) {
		if err == nil {
			err = one(text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// show writes what the bot made of a text: a line of JSON, or some indented lines for people, with
// a dash for a text that gets no answer. rule, best and words are added with --why.
func (k askCommand) show(
	to io.Writer, base *knowledge.Base, text string, r handlers.Reply,
) error {
	a := asked{
		Text: text, Kind: r.Kind, Also: r.Also, Entry: r.Entry, Entries: r.Entries, Asks: r.Asks,
		Confidence: r.Confidence, Reply: strings.Join(r.Bodies, "\n"), Lang: r.Lang,
	}
	if a.Entries == nil { // null would break what iterates over it
		a.Entries = []string{}
	}
	if k.Why {
		a.Why = explain(base, text, r.Rule)
	}
	if k.JSON {
		return json.NewEncoder(to).Encode(a)
	}
	_, err := fmt.Fprintf(
		to, "%s\n  kind %s%s  lang %s%s\n  %s\n", text, a.Kind, likeness(a), a.Lang,
		note(r.Note), orDash(strings.ReplaceAll(a.Reply, "\n", "\n  ")),
	)
	if a.Why != nil && err == nil {
		_, err = fmt.Fprintf(
			to, "  rule  %s\n  best  %s\n  words %s\n", orDash(a.Why.Rule),
			ranked(a.Why.Best), ranked(a.Why.Words),
		)
	}
	return err
}

// likeness is the entry that a text came nearest to, and how sure that is where it was answered.
// Where a rule decided there is neither: its confidence of 1 says nothing of an answer.
func likeness(a asked) string {
	switch {
	case a.Entry == "":
		return ""
	case a.Kind == kinds.Choices && len(a.Entries) > 0:
		return "  offered " + strings.Join(a.Entries, ", ")
	case len(a.Entries) == 0:
		return fmt.Sprintf("  nearest entry %s, not sure enough", a.Entry)
	}
	return fmt.Sprintf("  entry %s  confidence %.2f", a.Entry, a.Confidence)
}

// ranked writes figures on one line, the highest first.
func ranked(of map[string]float64) string {
	falling := func(a, b string) int { return cmp.Compare(of[b], of[a]) }
	names := slices.SortedFunc(maps.Keys(of), falling)
	for i, n := range names {
		names[i] = fmt.Sprintf("%s %.2f", n, of[n])
	}
	return strings.Join(names, ", ")
}

// note returns s in brackets, to be put behind a line; "" if there is nothing to note.
func note(s string) string {
	if s == "" {
		return ""
	}
	return "  (" + s + ")"
}
