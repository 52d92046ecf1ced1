package sandbox_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
)

// line is a fake of the books: a visit of Ada's with a text in each state, and one of Ben's.
func line(_ context.Context, q sandbox.DayQuery) (sandbox.Day, error) {
	if q.From.IsZero() {
		q.From = start()
	}
	from := q.From.Truncate(24 * time.Hour).Add(5 * time.Hour).In(start().Location())
	out := sandbox.Day{From: from, Until: from.AddDate(0, 0, q.Days), More: 2}
	for d := range q.Days {
		out.Days = append(out.Days, from.AddDate(0, 0, d))
	}
	for h := 0; q.Days == 1 && h < 24; h += 3 {
		out.Hours = append(out.Hours, from.Add(time.Duration(h)*time.Hour))
	}
	ada := sandbox.DayVisit{
		ID: "v1", Name: "Ada Moreno", Phone: "+12125550101", Start: start().Add(51 * time.Hour),
		Type: "consultation", Stands: "not asked yet",
	}
	for i, state := range []string{
		handlers.Failed, handlers.Delivered, handlers.Sent, handlers.Planned, sandbox.DayHeld,
		sandbox.DayDropped, sandbox.DayWith, sandbox.DayCheck, handlers.Skipped, sandbox.DayChecked,
	} {
		ada.Texts = append(ada.Texts, sandbox.DayText{
			ID: "row:" + state, At: start().Add(time.Duration(12*i-24) * time.Hour), Label: "Reminder",
			Is: "The last reminder", State: state, Body: "See you, " + state, Segments: 1,
			Why: []string{"By the plan."}, Rules: []string{"consent: yes"},
		})
	}
	ben := sandbox.DayVisit{
		ID: "v2", Name: "Ben Okafor", Phone: "+12125550102", Start: start().Add(200 * time.Hour),
		Type: "consultation", Stands: "confirmed", Texts: slices.Clone(ada.Texts[1:2]),
	}
	ben.Texts[0].ID = "row:ben"
	out.Visits = []sandbox.DayVisit{ada, ben}
	if !q.Phone.IsZero() {
		out.Visits = out.Visits[1:]
	}
	return out, nil
}

// The time line shows each text with its state and, pressed, its words and why; by mouse or keys. It
// shows other days, one patient alone, and what has left since.
func TestPageDay(t *testing.T) {
	left := ""
	r := newRig(t, func(c *sandbox.Config) {
		c.Day = func(ctx context.Context, q sandbox.DayQuery) (sandbox.Day, error) {
			d, err := line(ctx, q)
			if left != "" {
				d.Visits[0].Texts[3].State = left
			}
			return d, err
		}
	})
	p := open(t, chromium(t), r.url)
	p.do(chromedp.Click(chromedp.CSS(`.tabs [data-view="day"]`)))
	p.is("#day-of", "Mon, Nov 23 to Sun, Nov 29")
	p.is("#day-more", "2 more visits around these days: show fewer days, or one patient by “Why these texts?”")
	p.shows(".visit h3", "Ada Moreno Wed, Nov 25, 12:00 PM · consultation")
	const planned = `[data-text="row:planned"]`
	p.is(planned, "○ Reminder, will leave, Mon, Nov 23, 9:00 PM")
	p.true(`document.querySelector(".told") === null`)
	p.do(chromedp.Click(chromedp.CSS(planned)))
	p.shows(".told", "Mon, Nov 23, 9:00 PM: will leave · The last reminder")
	p.shows(".told .words", "See you, planned")
	p.shows(".told", "By the plan.")
	p.do(chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.Enter))
	p.shows(".told .words", "See you, held")
	p.true(`document.activeElement.getAttribute("aria-expanded") === "true"`)
	p.do(chromedp.KeyEvent(kb.ArrowDown))
	p.true(`document.activeElement.closest(".visit").textContent.includes("Ben Okafor")`)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.true(`document.querySelector(".told") === null &&
		document.activeElement.closest(".visit").textContent.includes("Ben Okafor")`)
	p.is(".days span:nth-child(2)", "Tue 24")
	choose := func(days string) {
		p.do(void(chromedp.Evaluate[any](`{ const days = document.querySelector("#day-days");
			days.value = "` + days + `"; days.dispatchEvent(new Event("change")); }`)))
	}
	choose("1")
	p.is("#day-of", "Mon, Nov 23")
	p.is(".days span:nth-child(4)", "9:00 AM")
	choose("7")
	p.is("#day-of", "Mon, Nov 23 to Sun, Nov 29")
	// No mark lies on another, none sticks out, and what is of other days stands at the edge.
	p.true(`[...document.querySelectorAll(".track")].every((t) => {
		const all = [...t.children].map((e) => e.getBoundingClientRect());
		const room = t.getBoundingClientRect();
		return all.every((a, i) => a.left >= room.left - 1 && a.right <= room.right + 1 &&
			a.bottom <= room.bottom + 1 && all.every((b, k) => i === k || a.right <= b.left ||
			b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top)); })`)
	p.true(`document.querySelectorAll(".track .early").length === 3 &&
		document.querySelectorAll(".track .late").length === 1`)
	// The present moment is nine of 168 hours along the line, and moves.
	const moment = `parseFloat(document.querySelector(".now").style.left)`
	p.true(moment + ` > 5.3 && ` + moment + ` < 5.5`)
	r.call(t, "/sandbox/clock", `{"advance":"84h"}`)
	p.waits("the moment", moment+" > 55", moment+`+""`)

	left = handlers.Delivered
	if _, err := r.Send(t.Context(), handlers.Outgoing{
		ID: "row:planned", To: mustPhone(t, "+12125550101"), Body: "Left",
	}); err != nil {
		t.Fatal(err)
	}
	p.shows(planned, "✓✓ Reminder, delivered")
	left = ""
	p.do(chromedp.Click(chromedp.CSS("#day-after")))
	p.is("#day-of", "Mon, Nov 30 to Sun, Dec 6")
	p.do(chromedp.Click(chromedp.CSS("#day-now")), chromedp.Click(chromedp.CSS("#why")))
	p.is("#day-only span", "Only Ben Okafor")
	p.do(chromedp.Click(chromedp.CSS("#day-only button")))
	p.shows(".visit", "Ada Moreno")
}

// The time line's days are days, and its number is one.
func TestDayIsAsked(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct{ name, query, error string }{
		{name: "no day", query: "from=soon", error: `{"error":"from: want a day like \"2026-12-01\""}`},
		{name: "no days", query: "days=0", error: `{"error":"days: want 1 to 31"}`},
		{name: "too many", query: "days=32", error: `{"error":"days: want 1 to 31"}`},
		{name: "no number", query: "phone=x", error: `{"error":"phone: phone: want E.164 like +12125550101"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r.want(t, "/sandbox/day?"+c.query, "", http.StatusBadRequest, c.error)
		})
	}
}

// day shows the time line, with a text that says why.
func (p tab) day(rig) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(`.tabs [data-view="day"]`)))
	p.do(chromedp.Click(chromedp.CSS(`[data-text="row:held"]`)))
	p.shows(".told", "held back")
	p.do(void(chromedp.Evaluate[any](`document.querySelector(".told details").open = true`)))
}
