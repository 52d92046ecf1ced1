//go:build !live

package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

const (
	// mostTried is how many of the sandbox's last texts are asked again.
	mostTried = 200
	// mostListed bounds what the page lists of either, answers and sentences.
	mostListed = 60
	// showDone is how often the page is told how far the phrasings are.
	showDone = 500 * time.Millisecond
)

// comparison finds what words change.
type comparison struct {
	was, is  *knowledge.Base
	known    *sync.Map            // what was replies, by text
	list     *knowledge.Decisions // nil: it has faults
	page     *sandbox.Sandbox
	training *sync.Mutex // one trains at a time
	tell     func(change func(*sandbox.Words))

	faults []knowledge.Fault // what was found besides, in the end
}

// tried is a text to ask, and where it is from.
type tried struct {
	text, from string
	own        bool // it was texted in the sandbox: other words are told too, not only a decision
}

// run asks what is decided now, has what was edited learnt, and asks again with all phrasings.
func (c *comparison) run(ctx context.Context) error {
	texts := c.texts()
	if err := c.ask(ctx, texts); err != nil {
		return err
	}
	if c.is.Behind() {
		c.tell(func(w *sandbox.Words) {
			w.Done = 0
			w.Doing = "Learning the questions that were edited, for some seconds. Until then they " +
				"are understood word for word, and all others as before."
		})
		c.training.Lock()
		if ctx.Err() == nil {
			c.is.CatchUp()
		}
		c.training.Unlock()
	}
	if c.is.ReadsAs(c.was) || ctx.Err() != nil {
		return nil
	}
	if err := c.ask(ctx, append(texts, c.phrasings()...)); err != nil {
		return err
	}
	quick := c.is.CheckWords(time.Now())
	for _, f := range c.is.Check(time.Now()) {
		if !slices.Contains(quick, f) {
			c.faults = append(c.faults, f)
		}
	}
	return nil
}

// texts returns what was texted in the sandbox, the texts that every start is checked with, and
// those of decisions.yaml.
func (c *comparison) texts() (out []tried) {
	for _, t := range c.page.Texts(mostTried) {
		out = append(out, tried{t, "you texted it here", true})
	}
	for _, t := range danger() {
		out = append(out, tried{t, "every start is checked with it", false})
	}
	if c.list != nil {
		for t := range c.list.Each {
			out = append(out, tried{t.Text, knowledge.DecisionsFile, false})
		}
	}
	return out
}

// phrasings returns how the entries of both have patients ask.
func (c *comparison) phrasings() (out []tried) {
	seen := map[string]bool{}
	for _, b := range []*knowledge.Base{c.is, c.was} {
		for _, e := range b.All() {
			for _, l := range language.All() {
				for _, a := range e.Asks[l] {
					if !seen[a] {
						seen[a] = true
						out = append(out, tried{a, "a phrasing of " + e.ID, false})
					}
				}
			}
		}
	}
	return out
}

// ask asks both words the texts, and shows what they answer or decide otherwise.
func (c *comparison) ask(ctx context.Context, texts []tried) error {
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	before, now := asking(c.was, quiet), asking(c.is, quiet)
	var found []sandbox.Answered
	seen, told := map[string]bool{}, time.Now()
	for i, t := range texts {
		if ctx.Err() != nil {
			return nil // another edit came
		}
		if time.Since(told) > showDone {
			told = time.Now()
			c.tell(func(w *sandbox.Words) {
				w.Doing = fmt.Sprintf("Asking %d texts and phrasings what they get now.", len(texts))
				w.Done = float64(i) / float64(len(texts))
			})
		}
		if seen[t.text] {
			continue
		}
		seen[t.text] = true
		was, err := c.remembered(before, t.text)
		if err != nil {
			return fmt.Errorf("%q, with the words of before: %w", t.text, err)
		}
		is, err := now(t.text)
		if err != nil {
			return fmt.Errorf("%q: %w", t.text, err)
		}
		if a, differs := c.differs(t, was, is); differs {
			found = append(found, a)
		}
	}
	c.tell(func(w *sandbox.Words) { c.answered(w, found, len(seen)) })
	return nil
}

// remembered returns what the words of before reply, which don't change.
func (c *comparison) remembered(
	ask func(string) (handlers.Reply, error), text string,
) (handlers.Reply, error) {
	if r, ok := c.known.Load(text); ok {
		return r.(handlers.Reply), nil
	}
	r, err := ask(text)
	if err == nil {
		c.known.Store(text, r)
	}
	return r, err
}

// differs returns a text with what becomes of it, if that is something else than before.
func (c *comparison) differs(t tried, was, is handlers.Reply) (sandbox.Answered, bool) {
	out := sandbox.Answered{
		Text: t.text, From: t.from, Danger: grade(was.Kind) != grade(is.Kind),
		Was: sandbox.Does{
			What: does(c.was, decisionOf(was)), Says: strings.Join(was.Bodies, "\n"),
		},
		Is: sandbox.Does{What: does(c.is, decisionOf(is)), Says: strings.Join(is.Bodies, "\n")},
	}
	same := decisionOf(was).Same(decisionOf(is)) && (!t.own || out.Was.Says == out.Is.Says)
	return out, !same
}

// grade returns the kind of a danger, "" of what is none.
func grade(kind string) string {
	switch kind {
	case kinds.Crisis, kinds.Emergency, kinds.Concern:
		return kind
	}
	return ""
}

// answered puts what was found on the page: danger first, then in the order in which it was asked.
func (c *comparison) answered(w *sandbox.Words, found []sandbox.Answered, texts int) {
	slices.SortStableFunc(found, func(x, y sandbox.Answered) int {
		switch {
		case x.Danger == y.Danger:
			return 0
		case x.Danger:
			return -1
		}
		return 1
	})
	w.Danger, w.Texts = 0, texts
	for _, a := range found {
		if a.Danger {
			w.Danger++
		}
	}
	w.MoreAnswers = max(0, len(found)-mostListed)
	w.Answers = found[:len(found)-w.MoreAnswers]
}

// reword puts the sentences that are worded otherwise on the page: the words for danger first.
func (c *comparison) reword(w *sandbox.Words) {
	var danger, rest []sandbox.Sentence
	for _, s := range c.is.Reworded(c.was) {
		one := sandbox.Sentence{
			Name: s.Name, Of: s.Of, File: s.File, Line: s.Line, Lang: s.Lang, Was: s.Was, Is: s.Is,
			Danger: s.Of == knowledge.OfReply && slices.Contains(replies.Safety(), s.Name),
		}
		if one.Danger {
			danger = append(danger, one)
			continue
		}
		rest = append(rest, one)
	}
	all := append(danger, rest...)
	w.MoreSentences = max(0, len(all)-mostListed)
	w.Sentences = all[:len(all)-w.MoreSentences]
}
