package main

import (
	"context"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// danger returns texts, one a language, that the screen must take for a crisis. No rule of a
// clinic's own may change that.
func danger() []string {
	return []string{"i want to kill myself tonight", "me quiero matar esta noche"}
}

// checkScreen reads texts of danger as if patients had written them. A screen that misses one takes
// /readyz to 503, and no live bot starts on it: the clinic's own copy of
// screen/ can be edited, and a bot that overlooks danger must not answer patients.
func (a *app) checkScreen(context.Context) []finding {
	for _, text := range danger() {
		if kind := a.base.Read(text, nil).Kind; kind != kinds.Crisis {
			what := fmt.Sprintf("it takes %q for %s, not for danger", text, orDash(kind))
			f := bad(checkScreen, what,
				"Put the shipped screen/ back, then run bot knowledge decisions.")
			f.Fatal = true
			return []finding{f}
		}
	}
	return []finding{good(checkScreen, "it finds danger, in English and Spanish")}
}

// checkKnowledge returns the check whether the words are the clinic's own, and whether their
// reviews are current. A review may run out while the bot runs.
func (a *app) checkKnowledge(live bool) func(context.Context) []finding {
	return func(context.Context) []finding {
		return []finding{a.checkReviews(time.Now()), a.checkPlaceholder(live)}
	}
}

// wholeWords is the check of every word, made by a doctor alone: it takes seconds of a processor,
// which a running bot has better use for.
func (a *app) wholeWords() probe {
	return probe{of: "words", ask: func(context.Context) []finding {
		return []finding{a.checkFaults(time.Now()), a.checkModel()}
	}}
}

// checkFaults counts what bot knowledge check would list. It only warns: the bot runs on words that
// Load has accepted.
func (a *app) checkFaults(now time.Time) finding {
	n := len(a.base.Check(now))
	if n == 0 {
		return good("words", "no fault in them")
	}
	return warn("words", fmt.Sprintf("%d faults in them", n),
		"Run bot knowledge check: it names each by file and line.")
}

// checkReviews counts the entries whose review is missing or overdue; those that are never answered
// (Outside) need none. Live such an entry goes to a person, unless answer_unreviewed says
// otherwise. The day is the clinic's.
func (a *app) checkReviews(now time.Time) finding {
	day := now.In(a.base.Clinic.Location()).Format(time.DateOnly)
	waiting, all := 0, 0
	for _, e := range a.base.All() {
		if e.Outside {
			continue
		}
		all++
		if !e.Current(day) {
			waiting++
		}
	}
	if waiting == 0 {
		return good("reviews", fmt.Sprintf("all %d entries are reviewed", all))
	}
	then := "live, who asks for one gets a person"
	if a.base.Clinic.AnswerUnreviewed {
		then = "they are sent all the same (answer_unreviewed)"
	}
	what := fmt.Sprintf("%d of %d entries have no review that holds: %s", waiting, all, then)
	f := warn("reviews", what, "Have each read by its owner, and set reviewed and review_by.")
	if a.page != nil { // the sandbox sends and marks them, so there is nothing to do
		f.Level, f.Do = fine, ""
	}
	return f
}

// checkModel warns of a model that was learnt from other words. The bot runs all the same, on the
// model with what it learns at start-up.
func (a *app) checkModel() finding {
	switch stale, err := a.base.Stale(); {
	case err != nil:
		return warn("model", err.Error(), "Mend the corpus, then run bot knowledge compile.")
	case stale:
		return warn("model", "it was learnt from other words than these: "+a.base.Model(),
			"Run bot knowledge compile, which learns all of the words as they stand.")
	}
	return good("model", a.base.Model())
}

// checkPlaceholder refuses the shipped clinic.yaml to a live bot, since every fact in it is made
// up. wireLive stops on it before any check is made, so only a doctor shows this fault.
func (a *app) checkPlaceholder(live bool) finding {
	switch {
	case !a.base.Clinic.Placeholder:
		return good("clinic.yaml", "it is the clinic's own")
	case !live:
		return good("clinic.yaml", "it is the shipped placeholder: good for the sandbox alone")
	}
	return bad("clinic.yaml", "it is the shipped placeholder: no live bot starts on it",
		"Put your clinic's facts in and delete the line placeholder: true"+
			" (KNOWLEDGE_DIR, see knowledge/README.md).")
}
