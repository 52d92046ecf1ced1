package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/beacon-clinic/beacon/bot/sandbox"
)

// editing are words that somebody edits.
type editing struct {
	words sandbox.Words
	from  int // how often what changes was to be compared from then on
}

func (e *editing) Words() sandbox.Words { return e.words }
func (e *editing) CompareFromHere()     { e.from++ }

// changed are words of which each kind of thing is otherwise.
func changed() sandbox.Words {
	return sandbox.Words{
		Dir: "/home/ana/mine", Saved: 2, Read: time.Date(2026, 12, 1, 14, 5, 9, 0, time.UTC),
		Danger: 1, Texts: 208, Doing: "Asking 2305 texts.", Done: .4,
		Answers: []sandbox.Answered{
			{
				Text: "purple <b>elephants</b>", From: "decisions.yaml", Danger: true,
				Was: sandbox.Does{What: "a person", Says: "A person gets back to you."},
				Is:  sandbox.Does{What: "fixed crisis words, staff paged", Says: "Call 988 now."},
			},
			{
				Text: "how much?", From: "you texted it here",
				Was: sandbox.Does{What: "answers: cost", Says: "It is $450."},
				Is:  sandbox.Does{What: "answers: cost", Says: "It is $475."},
			},
		},
		Sentences: []sandbox.Sentence{
			{Name: "dogs", Of: "answer", File: "faq/own.yaml", Line: 3, Lang: "es", Is: "Los perros fuera."},
			{Name: "crisis", Of: "reply", Danger: true, File: "replies/danger.yaml", Lang: "en", Was: "Call."},
		},
		MoreAnswers: 3, Standing: []sandbox.WordsFault{{File: "faq/a.yaml", Line: 2, What: "mend it"}},
		Notes: []string{"Texts are understood by the shipped model."},
	}
}

// faulted are words that can't be used yet.
func faulted() sandbox.Words {
	w := changed()
	w.Wrong = []sandbox.WordsFault{
		{File: "faq/money.yaml", Line: 12, What: "no answer in es: write one"}, {What: "feeds: missing"},
	}
	return w
}

// TestPageWords checks that the page shows what an edit changes: danger first, side by side, and with
// marks that don't need colour; then what is wrong with one.
func TestPageWords(t *testing.T) {
	edited := &editing{words: sandbox.Words{Try: []string{"make a copy", "run on it"}}}
	r := newRig(t, func(c *sandbox.Config) { c.Edited = edited })
	p := open(t, chromium(t), r.url)
	p.is("#words-try", "To edit the words and see here what each save changes: make a copy, then run on it")
	p.true(`document.querySelector("#words details").hidden`)

	r.ShowWords(changed())
	p.is("#words-said", "In use: danger is decided otherwise for 1 text, 5 questions get another "+
		"answer, 2 sentences are worded otherwise.")
	p.true(`document.querySelector("#words details").open &&
		document.querySelector("#words-try").hidden`)
	p.true(`[...document.querySelectorAll("#words-list h2")][0].textContent.includes("danger") &&
		document.querySelector("#words-list .asked").textContent.includes("“purple <b>elephants</b>”")`)
	p.true(`[...document.querySelectorAll("#words-list del")].map((e) => e.textContent).join() ===
		"A person gets back to you.,$450." &&
		getComputedStyle(document.querySelector("#words-list ins")).textDecorationLine === "underline"`)
	p.shows("#words-list .asked", "dogs: answer in Spanish, new faq/own.yaml, line 3")
	p.shows("#words-list .asked", "crisis: reply in English, gone")
	p.shows("#words-list", "And 3 more like these.")
	p.true(`/^Your save was read at .*:05:09/.test(document.querySelector("#words-read").textContent)`)

	r.ShowWords(faulted())
	p.is("#words-said", "2 faults in what was saved last: the words of before stay in use.")
	p.shows("#words-list .faults", "faq/money.yaml, line 12: no answer in es: write one")
	p.do(chromedp.Click(chromedp.CSS("#words-from")))
	p.waits("where it is compared from", `document.activeElement.tagName === "SUMMARY"`, `""`)
	if edited.from != 1 {
		t.Errorf("compared from here %d times", edited.from)
	}
}

// words has each kind of thing that an edit changes, and what is wrong with the next.
func (p tab) words(r rig) {
	p.t.Helper()
	r.ShowWords(changed())
	p.shows("#words-said", "danger is decided otherwise")
}

func (p tab) wrongWords(r rig) {
	p.t.Helper()
	r.ShowWords(faulted())
	p.shows("#words-said", "2 faults")
}

// In a story nobody edits: it speaks the words that are built in.
func TestNobodyEdits(t *testing.T) {
	r := newRig(t)
	r.want(t, "/sandbox/edited", "", http.StatusOK, "null")
	r.want(t, "/sandbox/compare", "{}", http.StatusOK, "null")
}
