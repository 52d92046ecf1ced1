package main_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// On the built program's page the clock plays, the time line shows what leaves as it leaves, a patient
// in danger pauses it, and the figures have counted it all.
func TestADayPlays(t *testing.T) {
	t.Parallel()
	r := openPage(t)
	r.script(`document.querySelector(".tabs [data-view=day]").click()`)
	r.waits("what is planned", `document.querySelectorAll(".mark.planned").length > 10`)
	r.script(`document.querySelector("#speed").value = "3600"`)
	r.do(chromedp.Click(chromedp.CSS("#play")))
	r.waits("what has left", `document.querySelectorAll(".mark.delivered").length >= 10
		&& document.querySelector("#play").textContent.includes("Pause")`)
	r.script(`[...document.querySelectorAll(".mark.delivered")]
		.find((e) => e.textContent.includes("Booked")).click()`)
	r.waits("its words", `document.querySelector(".told .words").textContent.includes("Beacon Clinic")
		&& document.querySelector(".told").textContent.includes("when the visit is booked")`)
	// Whose visit is last has texts to come, at whatever hour the test runs.
	r.script(`[...document.querySelectorAll(".visit h3 button")].at(-1).click()`)
	r.do(chromedp.SendKeys(chromedp.CSS("#text"), "i want to kill myself\r"))
	r.waits("the alarm", `!document.querySelector("#alarm").hidden
		&& document.querySelector("#play").textContent.includes("Play")
		&& document.querySelector("#said").textContent.includes("may be in danger")`)
	r.waits("their visit", `document.querySelector(".stands.danger") !== null
		&& document.querySelectorAll(".mark.held").length > 0`)
	r.script(`document.querySelector(".tabs [data-view=figures]").click()`)
	r.waits("the figures", `/^Alarms1/m.test([...document.querySelectorAll("#figures tr")]
		.map((e) => e.textContent).join("\n")) && document.querySelectorAll("#figures img").length >= 2`)
	r.do(chromedp.EmulateViewport(360, 740))
	r.waits("a narrow page", `document.documentElement.scrollWidth <= 360`)
	r.script(`document.querySelector("#alarm button").click()`)
	r.waits("the card", `document.querySelector(".card.urgent").contains(document.activeElement)`)
}
