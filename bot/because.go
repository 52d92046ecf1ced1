package main

import (
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// because says in sentences why a text was answered as it was: what it was taken for, on which
// evidence, and how sure that is. It is for whoever tries the words out, not for patients.
func because(base *knowledge.Base, text string, r handlers.Reply) (out []string) {
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if grade := grades()[r.Kind]; grade != "" {
		say("%s", grade)
	}
	pattern, words, learnt := strings.Cut(r.Rule, "/learnt: ")
	class, name, named := strings.Cut(r.Rule, "/")
	switch {
	case learnt && words != "":
		say("The model has learnt it from examples of “%s”; what spoke most for it: %s.", pattern, words)
	case learnt:
		say("The model has learnt it from examples of “%s”.", pattern)
	case named && name == "exact":
		say("It is, word for word, one of the texts that mean “%s”.", class)
	case named:
		say("It matches the pattern %s of the screen for “%s”.", name, class)
	}
	switch {
	case r.Kind == kinds.Choices && len(r.Entries) > 0:
		say("It could be one of several questions, and none of them surely: %s.",
			strings.Join(questions(base, r.Entries), ", "))
	case r.Kind == kinds.Choices && r.Asks != "":
		say("It only looks like “%s”, so that is asked back before anything is done.", r.Asks)
	case len(r.Entries) > 0:
		say("The answer is that of %s, sure to %.0f %%%s.", strings.Join(questions(base, r.Entries), " and "),
			100*r.Confidence, spoke(base, text))
	case r.Entry != "" && r.Confidence > 0 && r.Confidence < .05:
		say("No question that the bot knows is near it.")
	case r.Entry != "" && r.Confidence > 0:
		say("The nearest question is %s, but only to %.0f %%: not sure enough to answer.",
			questions(base, []string{r.Entry})[0], 100*r.Confidence)
	}
	if len(r.Also) > 0 {
		say("It is also: %s.", strings.Join(r.Also, ", "))
	}
	if r.Note != "" {
		say("Of note: %s.", r.Note)
	}
	if len(r.Bodies) == 0 {
		say("It gets no answer.")
	}
	return out
}

// grades says what each kind of text means for whoever wrote it. Kinds that only name an entry's
// answer say it below.
func grades() map[string]string {
	return map[string]string{
		kinds.Crisis: "Danger: the words for it leave at once, and a person is paged until somebody " +
			"has the case.",
		kinds.Emergency: "A medical emergency: the words for it leave at once, and a person is paged " +
			"until somebody has the case.",
		kinds.Concern: "It may be more than it seems: a person reads it soon, and unread it counts as " +
			"danger.",
		kinds.Clinical:   "A question for a nurse: the bot doesn't answer it.",
		kinds.Handoff:    "A person answers.",
		kinds.OptOut:     "They want no more texts, and get none.",
		kinds.Stop:       "They want no more texts, and get none.",
		kinds.Start:      "They want texts again.",
		kinds.Confirm:    "A yes to what they were asked.",
		kinds.Decline:    "They can't come.",
		kinds.Reschedule: "They want another day.",
		kinds.Late:       "They come late.",
		kinds.Courtesy:   "It asks for nothing, and answers nothing that is open.",
		kinds.Machine:    "A phone, a carrier or a shop wrote it, or the same came over and over, as from one.",
	}
}

// spoke names the words of a text that counted for its entry.
func spoke(base *knowledge.Base, text string) string {
	var out []string
	words := base.Explain(text).Words
	for _, w := range words[:min(4, len(words))] {
		out = append(out, "“"+w.Feature+"”")
	}
	if len(out) == 0 {
		return ""
	}
	return "; what counted: " + strings.Join(out, ", ")
}

// questions returns how staff know entries: by what is asked.
func questions(base *knowledge.Base, ids []string) (out []string) {
	for _, id := range ids {
		words := id
		if e := base.Entry(id); e != nil && len(e.Asks["en"]) > 0 {
			words = e.Asks["en"][0]
		}
		out = append(out, fmt.Sprintf("“%s” (%s)", words, id))
	}
	return out
}
