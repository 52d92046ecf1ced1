package main_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestFailuresOnThePage switches each failure on by its box on the built program's page, texts in
// danger from a phone, lets an hour pass, and has all be well again: the words come at once and
// once, a person is told at the desk or by phone, and afterwards each thing is there once.
func TestFailuresOnThePage(t *testing.T) {
	t.Parallel()
	r := openPage(t)
	for i, c := range []struct {
		id      string
		noCard  bool   // staff see no card meanwhile
		noPhone bool   // the on-call phone isn't reached meanwhile
		stops   string // what staff who act are told meanwhile; "": they can
	}{
		{id: "twilio_refuses", noPhone: true},
		{id: "twilio_hangs"},
		{id: "twilio_away", noPhone: true},
		{id: "carrier_rejects"},
		{id: "slack_away", noCard: true, stops: "Slack is away"},
		{id: "redis_away", stops: "Redis doesn't answer"},
		{id: "redis_frozen", stops: "Redis doesn't answer"},
		{id: "webhooks_repeat"},
	} {
		end := fmt.Sprintf("01%d", 30+i)
		if !t.Run(c.id, func(t *testing.T) {
			r := reader{r.ctx, t}
			r.waits("its box", fmt.Sprintf(`document.querySelector("#fail-%s") !== null`, c.id))
			r.script(fmt.Sprintf(`document.querySelector("#fail-%s").click()`, c.id))
			r.waits("the banner", `!document.querySelector("#broken").hidden`)
			r.opens("(212) 555-" + end)
			r.do(chromedp.SendKeys(chromedp.CSS("#text"), "i want to end my life\r"))
			r.waits("the words", `document.querySelector("#log").textContent.includes("988")`)
			card := `[...document.querySelectorAll("#cards article")]
				.filter((e) => e.textContent.includes("…` + end + `")).length`
			r.waits("what staff see", fmt.Sprintf(`%s === %d`, card, map[bool]int{false: 1}[c.noCard]))
			r.acts("today", c.stops)
			r.anHour()
			told := `document.querySelector("#log").textContent.includes("` + end + `")`
			r.script(`document.querySelector("#clinics button").click()`)
			r.waits("the on-call phone", fmt.Sprintf(`%s === %t`, told, !c.noPhone))
			r.script(`document.querySelector("#broken button").click()`)
			r.waits("all to be well", `document.querySelector("#broken").hidden`)
			r.anHour()
			r.waits("the on-call phone afterwards", told)
			r.waits("one card", card+` === 1`)
			r.acts("today", "")
			r.opens("(212) 555-" + end)
			r.waits("the words once", `[...document.querySelectorAll("#log li")]
				.filter((e) => e.textContent.includes("988")).length === 1`)
			r.script(`[...document.querySelectorAll("#cards article")]
				.find((e) => e.textContent.includes("…` + end + `"))
				.querySelector("[data-action=take]").click()`)
			r.waits("somebody to have it", `document.querySelector("#alarm").hidden`)
		}) {
			return // what is left at the desk and what is broken would fail the others
		}
	}
}

// opens opens a phone by its number.
func (r reader) opens(number string) {
	r.t.Helper()
	r.script(`document.querySelector("#number").value = ""`)
	r.do(chromedp.SendKeys(chromedp.CSS("#number"), number+"\r"))
	r.waits(number, fmt.Sprintf(`document.querySelector("#who").textContent === %q`, number))
}

// acts has staff type a command; stops are the words that it is refused with, "" if it isn't.
func (r reader) acts(command, stops string) {
	r.t.Helper()
	r.script(`document.querySelector("#answer").hidden = true`)
	r.script(`document.querySelector("#wrong").hidden = true`)
	r.script(`document.querySelector("#clinic").value = ""`)
	r.do(chromedp.SendKeys(chromedp.CSS("#clinic"), command+"\r"))
	if stops != "" {
		r.waits("a refusal", fmt.Sprintf(`!document.querySelector("#wrong").hidden
			&& document.querySelector("#wrong").textContent.includes(%q)`, stops))
		return
	}
	r.waits("an answer", `!document.querySelector("#answer").hidden`)
}

// anHour turns the clock by an hour, and waits until it is there.
func (r reader) anHour() {
	r.t.Helper()
	r.script(`document.querySelector("#said").textContent = ""`)
	r.script(`document.querySelector("[data-turn*='1h']").click()`)
	r.waits("an hour to pass", `document.querySelector("#said").textContent !== ""`)
}
