package sandbox_test

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// axe is the path of Deque's accessibility checker, whose version .ci/conformance pins.
const axe = "../../.ci/conformance/node_modules/axe-core/axe.min.js"

// checker returns the source of axe, or skips the test where a developer hasn't installed it.
func checker(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile(axe)
	if err != nil {
		if os.Getenv("BEACON_CONFORMANCE") != "" {
			t.Fatal(err)
		}
		t.Skip("skipped: needs `npm ci` in .ci/conformance")
	}
	return string(source)
}

// TestPageIsAccessible runs axe, with all its rules, on the page in each of its states: at three
// widths, in both colour schemes, and with both of its halves where there is no room for two. Nor
// may the page be scrolled sideways.
func TestPageIsAccessible(t *testing.T) {
	path, source := chromium(t), checker(t)
	for _, state := range []struct {
		name string
		make func(tab, rig)
		half string // what is looked at where there is room for one alone; "": phone and desk
	}{
		{name: "empty", make: func(tab, rig) {}},
		{name: "a conversation", make: tab.conversation},
		{name: "an alarm with cards", make: tab.alarmed},
		{name: "a form", make: tab.form},
		{name: "Home", make: tab.home},
		{name: "an answer with a table", make: tab.answered},
		{name: "more than is shown", make: tab.crowded},
		{name: "the day", make: tab.day, half: "day"},
		{name: "the figures", make: tab.figures, half: "figures"},
		{name: "a clock that plays", make: tab.plays},
		{name: "the stories", make: tab.stories},
		{name: "a story", make: tab.story},
		{name: "imports and faults", make: tab.faulty},
		{name: "words that were edited", make: tab.words},
		{name: "words with faults", make: tab.wrongWords},
	} {
		t.Run(state.name, func(t *testing.T) {
			r := newRig(t, func(c *sandbox.Config) {
				staff := showing{c.Staff}
				c.Staff, c.Home, c.Stories = staff, staff.home, &telling{}
			})
			p := open(t, path, r.url)
			state.make(p, r)
			p.do(void(chromedp.Evaluate[any](source)))
			for _, width := range []int64{1280, 768, 360} {
				for _, colours := range []string{"light", "dark"} {
					p.do(chromedp.EmulateViewport(width, 800), scheme(colours))
					p.accessible(width, fmt.Sprintf("%d, %s", width, colours), state.half)
				}
			}
		})
	}
}

// figures shows what the front desk did.
func (p tab) figures(rig) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(`.tabs [data-view="figures"]`)))
	p.shows("#figures td", "12")
}

// plays lets the clock play on.
func (p tab) plays(rig) {
	p.do(chromedp.Click(chromedp.CSS("#play")))
	p.shows("#play", "Pause")
	p.shows("#said", "The clock plays")
}

// stories unfolds the list of stories.
func (p tab) stories(rig) {
	p.do(void(chromedp.Evaluate[any](`document.querySelector("#story-list").open = true`)))
	p.shows("#story-list", "Since.")
}

// story begins a story that has had a step.
func (p tab) story(r rig) {
	p.stories(r)
	p.do(void(chromedp.Evaluate[any](`document.querySelector("#story-list button").click()`)))
	p.shows("#story-said", "Step 1 of 2: 1 came otherwise than written.")
	p.do(void(chromedp.Evaluate[any](`document.querySelector("#story details").open = true`)))
	p.waits("a patient's phone", `document.querySelector("[aria-current=true]") !== null`,
		`document.title`)
}

// accessible judges what the page shows at this width: the halves one by one where only one of them
// is shown.
func (p tab) accessible(width int64, where, half string) {
	p.t.Helper()
	halves := []string{"phone", "desk"}
	switch {
	case half != "":
		halves = []string{half}
	case width >= 960:
		halves = halves[:1]
	}
	for _, half := range halves {
		// By script: under a form that is open nothing else can be clicked.
		show := fmt.Sprintf(`document.querySelector(".tabs [data-view=%s]").click()`, half)
		p.do(void(chromedp.Evaluate[any](show)))
		for _, fault := range p.judged() {
			p.t.Errorf("%s, the %s: %s", where, half, fault)
		}
		p.fits(width, where+", the "+half)
	}
}

// fits fails the test, naming what sticks out, if the page can be scrolled sideways. What it
// scrolls within itself may be as wide as it likes.
func (p tab) fits(width int64, where string) {
	p.t.Helper()
	const out = `document.documentElement.scrollWidth <= innerWidth ? [] :
		[document.documentElement.scrollWidth + " pixels", ...[...document.querySelectorAll("body *")]
			.filter((e) => e.getBoundingClientRect().right > innerWidth || e.scrollWidth > innerWidth)
			.map((e) => e.outerHTML.slice(0, 90))]`
	sideways, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](out))
	if err != nil || len(sideways) > 0 {
		p.t.Errorf("%s: %d wide, but it takes %q %v", where, width, sideways, err)
	}
}

// judged runs axe and returns each violation with the elements that have it.
func (p tab) judged() []string {
	p.t.Helper()
	const run = `axe.run().then((r) => r.violations.map((v) =>
		v.id + ": " + v.help + "\n" + v.nodes.map((n) => "  " + n.html).join("\n")))`
	faults, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](run, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatal(err)
	}
	return faults
}

// conversation has each kind of bubble, an unread count, and why a text was answered unfolded.
func (p tab) conversation(r rig) {
	p.t.Helper()
	r.converse(p.t)
	p.do(chromedp.SendKeys(chromedp.CSS("#text"), "may my dog come?\r"))
	p.shows(".bubble:not(.in)", "A person will answer.")
	p.do(
		chromedp.SendKeys(chromedp.CSS(".card textarea"), "The lobby is fine."),
		chromedp.Click(chromedp.CSS(".card form button")),
	)
	p.shows(".card .state", "delivered")
	refused := handlers.Outgoing{
		ID: "refused", To: mustPhone(p.t, "+12125550197"), Kind: "booked", Body: "See you",
	}
	if _, err := r.Send(p.t.Context(), refused); err != nil {
		p.t.Fatal(err)
	}
	r.call(p.t, "/sandbox/text", `{"from":"2125550102","body":"hi again"}`)
	p.shows("#people .count", "1")
	p.unfold()
}

// alarmed has a patient in danger whom nobody has, a question, what a patient added, and what is done.
func (p tab) alarmed(r rig) {
	p.t.Helper()
	urgent, done := question(p.t), question(p.t)
	urgent.ID, urgent.Channel, urgent.Title = "c2", handlers.UrgentChannel, "Danger"
	done.ID, done.Open = "c3", false
	r.card(p.t, question(p.t), "T1")
	r.card(p.t, urgent, "T2")
	r.card(p.t, done, "T3")
	note := handlers.Post{ID: "p1", From: "patient", Text: "hello?"}
	if err := r.Note(p.t.Context(), urgent, note); err != nil {
		p.t.Fatal(err)
	}
	p.shows("#alarm", "A patient may be in danger")
	p.shows(".thread", "hello?")
	p.shows("#done .count", "1")
	p.unfold()
}

// form is open, with each kind of field, and says what is wrong with what was filled in.
func (p tab) form(rig) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS("#book")))
	p.shows("#modal h2", "Book a visit")
	p.do(chromedp.Click(chromedp.CSS("#modal .main")))
	p.shows("#modal .fault", "Give a name.")
}

func (p tab) home(rig) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS("#home summary")))
	p.shows("#home h3", "Mon Nov 23")
}

func (p tab) answered(rig) {
	p.t.Helper()
	p.do(chromedp.SendKeys(chromedp.CSS("#clinic"), "today\r"))
	p.shows("#answer td", "Ada")
	p.shows("#answer blockquote", "quoted")
}

// faulty has an import's result, and what the page says when something is wrong.
func (p tab) faulty(rig) {
	p.t.Helper()
	p.unfold()
	p.do(chromedp.SendKeys(chromedp.CSS("#csv"), "a\n"))
	p.do(chromedp.Click(chromedp.CSS("#import button")))
	p.shows("#imported", "1 imported")
	p.do(void(chromedp.Evaluate[any](`{
		const wrong = document.querySelector("#wrong");
		wrong.textContent = "The sandbox doesn't answer.";
		wrong.hidden = false;
	}`)))
}

func (p tab) unfold() {
	p.t.Helper()
	const unfold = `document.querySelectorAll("details").forEach((e) => e.open = true)`
	p.do(void(chromedp.Evaluate[any](unfold)))
}

// showing is a Staff whose answers, form and Home have one of each thing that can be shown.
type showing struct{ sandbox.Staff }

func (showing) Command(_ context.Context, c handlers.Command) (answer.Answer, error) {
	if c.Text != "book" {
		return parts(), nil
	}
	return answer.Answer{Form: &answer.Form{
		Title: "Book a visit", Submit: "Book", Do: `book {}`, Parts: []answer.Part{{Text: "For *Ada*."}},
		Fields: []answer.Field{
			{Name: "name", Label: "Name", Kind: answer.Line, Optional: true, Hint: "As she has it."},
			{Name: "type", Label: "Type", Kind: answer.Choice, Options: []answer.Option{
				{Value: "consult", Text: "Consultation"}, {Value: "iv", Text: "Infusion"},
			}, Value: "consult"},
			{Name: "day", Label: "Day", Kind: answer.Date, Value: "2026-12-01"},
			{Name: "time", Label: "Time", Kind: answer.Time, Value: "14:30"},
			{Name: "note", Label: "Note", Kind: answer.Area, Optional: true},
			{
				Name: "closed", Label: "A closed day", Kind: answer.Check, Optional: true,
				Options: []answer.Option{{Value: "yes", Text: "Book it all the same"}},
			},
		},
	}}, nil
}

// parts are one of each part of an answer.
func parts() answer.Answer {
	wide := "```\n" + strings.Repeat("VISIT  ", 60) + "\n```\n> quoted `code`"
	row := []string{"Ada Moreno", "9:00 AM", "Ketamine infusion", "confirmed, ride known, prep told"}
	return answer.Rows([]string{"WHO", "WHEN", "WHAT", "HOW IT STANDS"}, [][]string{row, row}).Add(
		answer.Part{Text: wide}, answer.Part{Rule: true}, answer.Part{Small: "Seen by Sam."},
		answer.Part{Quote: "Can I eat before?"},
		answer.Part{Buttons: []answer.Button{
			{Text: "Do it", Do: `off {"sure":true}`, Style: answer.Danger},
			{Text: "Book", Do: `book {}`, Style: answer.Primary},
			{Text: "Another", Do: `why {}`},
		}},
	)
}

func (showing) home(context.Context, string) (answer.Answer, error) {
	var bars strings.Builder
	if err := png.Encode(&bars, image.NewGray(image.Rect(0, 0, 800, 200))); err != nil {
		return answer.Answer{}, err
	}
	picture := &answer.Picture{Name: "seen", Alt: "12 answered", PNG: []byte(bars.String())}
	day := answer.Answer{Parts: []answer.Part{{Title: "Mon Nov 23"}, {Picture: picture}}}
	return day.Add(parts().Parts...), nil
}
