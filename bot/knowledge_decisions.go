package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// decisionsCommand is `bot knowledge decisions`: the table that a clinician reads and signs, and
// that shows afterwards what an edit of the words has changed.
type decisionsCommand struct {
	wordsFlag

	Write bool `help:"Write decisions.yaml anew; a changed decision empties the signature."`
}

// decided is a text of the list with what the bot makes of it now.
type decided struct {
	*knowledge.Decided
	was, now    knowledge.Decision // as in the file, and as the bot decides
	rule, reply string             // what raised now, and what is sent; neither is signed
}

// changed reports whether the bot decides otherwise than the file says.
func (d decided) changed() bool { return !d.was.Same(d.now) }

// Run prints the texts with what the bot does with each, and marks those that the file has
// otherwise. A change is no error: the last line counts them. With --write the file is written
// anew. Decisions may be read on the words built in, but are written only to a directory.
func (k decisionsCommand) Run(w world, c *Config) error {
	k.override(c)
	words, err := k.words(c)
	if err != nil {
		return err
	}
	list, faults := knowledge.ReadDecisions(words)
	if len(faults) > 0 {
		return joined(faults)
	}
	base, err := loadKnowledge(c.KnowledgeDir)
	if err != nil {
		return err
	}
	all, err := decideAll(base, list, w.err)
	if err != nil {
		return err
	}
	if err := table(w.out, base, list, all); err != nil {
		return err
	}
	fmt.Fprintln(w.out, sum(list, all))
	if !k.Write {
		return nil
	}
	return k.write(w.out, c, list, all)
}

// words returns the directory that has the list: the clinic's own, or, to write the shipped one,
// knowledge/ in the working directory, since the one built in may be older than that. nil is the
// one built in.
func (k decisionsCommand) words(c *Config) (fs.FS, error) {
	if c.KnowledgeDir != "" || !k.Write {
		return knowledgeDir(c.KnowledgeDir)
	}
	if _, err := os.Stat(listFile(c)); err != nil {
		return nil, fmt.Errorf("no %s here: name the words with --knowledge DIR", listFile(c))
	}
	return os.DirFS(filepath.Dir(listFile(c))), nil
}

// listFile returns where the list is written.
func listFile(c *Config) string {
	return filepath.Join(cmp.Or(c.KnowledgeDir, "knowledge"), knowledge.DecisionsFile)
}

// write puts the new decisions into the list's file. If any differs, the signature is emptied,
// because nobody has signed that one, and the line that it prints says so.
func (k decisionsCommand) write(
	to io.Writer, c *Config, list *knowledge.Decisions, all []decided,
) error {
	signed := list.Signed()
	var now []knowledge.Decision
	for _, d := range all {
		now = append(now, d.now)
	}
	data, err := list.Write(now)
	if err != nil {
		return err
	}
	if err := os.WriteFile(listFile(c), data, 0o644); err != nil {
		return err
	}
	note := ""
	if signed && !list.Signed() {
		note = ": no longer signed, a clinician reads and signs it anew"
	}
	_, err = fmt.Fprintf(to, "%s written%s\n", listFile(c), note)
	return err
}

// decideAll asks the bot about each text, as written by somebody whose visit of tomorrow awaits an
// answer. Entries that await the clinic's review are answered: the table is there to be read before
// they are reviewed too.
func decideAll(b *knowledge.Base, l *knowledge.Decisions, progressTo io.Writer) ([]decided, error) {
	ask := asking(b, slog.New(slog.NewTextHandler(progressTo, nil)))
	show := progress(progressTo)
	var out []decided
	for t := range l.Each {
		r, err := ask(t.Text)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", t.Text, err)
		}
		out = append(out, decided{
			Decided: t, was: t.Decision, now: decisionOf(r),
			rule: r.Rule, reply: strings.Join(r.Bodies, " "),
		})
		show(len(out), l.Len())
	}
	return out, nil
}

// asking returns what asks a base about a text of somebody whose visit of tomorrow awaits an answer.
// The moment is fixed and in opening hours, so that the same words decide the same on every day.
func asking(b *knowledge.Base, log *slog.Logger) func(text string) (handlers.Reply, error) {
	now := time.Date(2026, 12, 1, 0, 0, 0, 0, b.Clinic.Location())
	if opens := b.Clinic.Opens(now); !opens.IsZero() {
		now = opens.Add(2 * time.Hour)
	}
	h := &patient.Handler{Base: b, Now: func() time.Time { return now }, Log: log}
	s := handlers.State{Visits: []handlers.Visit{{
		ID: "decisions", Name: "Ana Example", Start: now.Add(23 * time.Hour),
		State: handlers.Booked, Type: b.Clinic.Types()[0],
	}}}
	return func(text string) (handlers.Reply, error) { return h.Ask(s, text) }
}

// decisionOf returns what of a reply a clinician signs.
func decisionOf(r handlers.Reply) knowledge.Decision {
	return knowledge.Decision{
		Kind: r.Kind, Also: r.Also, Entries: r.Entries, Asks: r.Asks, Silent: len(r.Bodies) == 0,
	}
}

// table prints the texts under their headings, each with what the bot does, what raised that, and
// how the reply begins. A changed one has an exclamation mark and both decisions. all holds the
// texts of all groups in order.
func table(to io.Writer, b *knowledge.Base, l *knowledge.Decisions, all []decided) error {
	t := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	for _, g := range l.Groups {
		fmt.Fprintln(t, g.Heading)
		for _, d := range all[:len(g.Texts)] {
			mark, what := "  ", does(b, d.now)
			if d.changed() {
				mark, what = "! ", does(b, d.was)+" → "+what
			}
			text := strings.Join(strings.Fields(d.Text), " ")
			fmt.Fprintf(
				t, "%s%s\t%s\t%s\t%s\n", mark, text, what, orDash(d.rule), orDash(begins(d.reply)),
			)
		}
		fmt.Fprintln(t)
		all = all[len(g.Texts):]
	}
	return t.Flush()
}

// firstWords is how much of a reply is shown: enough to tell which one it is.
const firstWords = 40

// begins returns a text's first words, cut between two words and marked with an ellipsis.
func begins(text string) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) <= firstWords {
		return string(r)
	}
	cut := string(r[:firstWords])
	if at := strings.LastIndexByte(cut, ' '); at > 0 {
		cut = cut[:at]
	}
	return cut + " …"
}

// sum returns the table's last line: how many decisions changed, and since whose signature.
func sum(l *knowledge.Decisions, all []decided) string {
	changed := 0
	for _, d := range all {
		if d.changed() {
			changed++
		}
	}
	switch {
	case l.Signed() && changed == 0:
		return fmt.Sprintf("%d decisions, as signed on %s by %s", len(all), l.SignedOn, l.SignedBy)
	case l.Signed():
		return fmt.Sprintf("%d of %d decisions changed since signed on %s by %s",
			changed, len(all), l.SignedOn, l.SignedBy)
	case changed == 0:
		return fmt.Sprintf("%d decisions; nobody has signed them", len(all))
	}
	return fmt.Sprintf("%d of %d decisions changed since they were written; nobody has signed them",
		changed, len(all))
}

// inWords says of each kind what the bot does, for a clinician who has never seen their names. A
// kind that is missing shows its name.
var inWords = map[string]string{
	kinds.Crisis:     "fixed crisis words, staff paged",
	kinds.Emergency:  "fixed emergency words, staff paged",
	kinds.Concern:    "may be danger: the line with 988, a person reads it",
	kinds.Clinical:   "a nurse, today",
	kinds.OptOut:     "no more texts",
	kinds.Stop:       "no more texts: the carrier says so",
	kinds.Start:      "texts again",
	kinds.Help:       "says who we are",
	kinds.Basic:      "discreet reminders",
	kinds.Detail:     "full reminders",
	kinds.Confirm:    "confirms the visit",
	kinds.Decline:    "gives up the visit",
	kinds.Reschedule: "another time: a person",
	kinds.Late:       "late: the desk is told",
	kinds.Courtesy:   "a word back",
	kinds.Handoff:    "a person",
	kinds.Machine:    "silence",
}

// does returns a decision in plain words, its parts joined by semicolons; "new" for a text that has
// none in the file yet.
func does(b *knowledge.Base, d knowledge.Decision) string {
	said := strings.Join(d.Entries, ", ")
	var out []string
	switch {
	case d.Kind == "":
		return "new"
	case d.Asks != "":
		out = append(out, "asks back: "+d.Asks)
	case d.Kind == kinds.Choices:
		return "offers: " + said
	case d.Kind == kinds.Courtesy && d.Silent:
		return "silence"
	case d.Kind != kinds.Answer:
		out = append(out, cmp.Or(inWords[d.Kind], d.Kind))
	}
	// In danger nothing else is done but an opt-out; the rest goes to staff as a note.
	danger := d.Kind == kinds.Crisis || d.Kind == kinds.Emergency
	for _, k := range d.Also {
		if danger && k != kinds.OptOut && k != kinds.Stop {
			out = append(out, "noted: "+k)
		} else {
			out = append(out, cmp.Or(inWords[k], k))
		}
	}
	if said != "" {
		out = append(out, "answers: "+said)
	}
	if slices.ContainsFunc(d.Entries, func(id string) bool {
		e := b.Entry(id)
		return e != nil && e.Is(knowledge.Holding)
	}) {
		out = append(out, "a person gets back")
	}
	return strings.Join(out, "; ")
}

// joined returns faults as one error, a line each.
func joined(faults []knowledge.Fault) error {
	var errs []error
	for _, f := range faults {
		errs = append(errs, errors.New(f.String()))
	}
	return errors.Join(errs...)
}
