package paper

import (
	"cmp"
	"io"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Preview is what somebody is to get about visits, if nobody answers or changes anything until then.
type Preview struct {
	For         string // whom it is about: "the number …0123"
	From, Until time.Time
	Texts       []Coming // soonest first
	Besides     []Beside
}

// Coming is a text as it would leave.
type Coming struct {
	At    time.Time
	Kind  string
	If    string // what must happen for it, if anything must
	Visit time.Time
	Lang  string
	Body  string
}

// Beside is what happens beside the texts: a task for staff, or why a text isn't sent.
type Beside struct {
	At         time.Time
	Kind, What string
}

// previewPage is the page of a preview.
type previewPage struct {
	head
	For, From, Until string
	Parts            []spoken
	Besides          []line
}

// spoken is the texts in a language.
type spoken struct {
	Lang, Language string
	Texts          []line
}

// line is a text, or what happens beside them, in words.
type line struct {
	When, Title, Note, Visit, Body, Size string
}

// Write writes the preview as a page to print, read and sign.
func (p Preview) Write(to io.Writer, c *settings.Clinic) error {
	h, err := newHead("What a patient is to get", c, p.From)
	if err != nil {
		return err
	}
	known, err := occasions()
	if err != nil {
		return err
	}
	called := func(kind string) string {
		return cmp.Or(known[replies.RemindPrefix+kind].title, known[kind].title, title(kind))
	}
	clock := knowledge.DeskClock(c, p.From)
	page := previewPage{
		head: h, For: p.For, From: clock.Date(p.From, "en"), Until: clock.Date(p.Until, "en"),
	}
	for _, lang := range language.All() {
		part := spoken{Lang: lang, Language: languageName(lang)}
		for _, t := range p.Texts {
			if t.Lang == lang {
				part.Texts = append(part.Texts, line{
					When: clock.When(t.At, "en"), Title: called(t.Kind), Note: t.If,
					Visit: clock.When(t.Visit, "en"), Body: t.Body, Size: size(t.Body),
				})
			}
		}
		if len(part.Texts) > 0 {
			page.Parts = append(page.Parts, part)
		}
	}
	for _, b := range p.Besides {
		page.Besides = append(page.Besides, line{
			When: clock.When(b.At, "en"), Title: known[replies.RemindPrefix+b.Kind].title,
			Note: upper(b.What),
		})
	}
	return write(to, "preview.html", page)
}
