package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// checkCommand is `bot knowledge check`.
type checkCommand struct {
	wordsFlag
}

// Run prints every fault of the words, a line each with file and line, and fails if there is one,
// so that it can guard a clinic's own repository in CI. A review that is missing is no fault but is
// counted. Words that no bot would start on aren't checked further: the error names what is wrong.
func (k checkCommand) Run(w world, c *Config) error {
	k.override(c)
	base, err := loadKnowledge(c.KnowledgeDir)
	if err != nil {
		return err
	}
	dir, err := knowledgeDir(c.KnowledgeDir)
	if err != nil {
		return err
	}
	decisions, bad := knowledge.ReadDecisions(dir)
	faults := append(base.Check(time.Now()), bad...)
	for _, f := range faults {
		fmt.Fprintln(w.out, f)
	}
	// A missing signature isn't a fault: it takes a clinician, not a change of words.
	if decisions != nil && !decisions.Signed() {
		fmt.Fprintf(
			w.out, "note: %s: nobody clinical has signed it: see bot knowledge decisions\n",
			knowledge.DecisionsFile,
		)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%d faults", len(faults))
	}
	waiting, answers := 0, 0
	for _, e := range base.Entries {
		if e.Outside { // never sent, so nobody reviews it
			continue
		}
		answers++
		if e.Reviewed == "" {
			waiting++
		}
	}
	_, err = fmt.Fprintf(
		w.out, "%d entries, no fault; %d await the clinic's review\n", answers, waiting,
	)
	if n := unreviewed(base); n > 0 {
		fmt.Fprintf(w.out, "note: %d sentences of replies/ and templates.yaml await it too, and are "+
			"sent meanwhile\n", n)
	}
	if c.RedisURL != "" {
		fmt.Fprintf(w.out, "note: published at the desk: %s\n", publishedBeside(w, c, base))
	}
	return err
}

// unreviewed returns how many sentences nobody has reviewed.
func unreviewed(base *knowledge.Base) (n int) {
	for _, s := range append(base.Sentences(), base.TemplateSentences()...) {
		if s.Reviewed == "" {
			n++
		}
	}
	return n
}

// publishedBeside says what staff have published that these files don't have. It is no fault of the
// files, and neither is a Redis that can't be asked.
func publishedBeside(w world, c *Config, base *knowledge.Base) string {
	a, err := wireBooks(w, c)
	if err != nil {
		return "not known: " + err.Error()
	}
	defer a.closeStore()
	a.base = base
	found := a.checkLearnt(w.ctx)[0]
	return strings.TrimSpace(found.What + ". " + found.Do)
}
