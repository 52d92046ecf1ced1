package sandbox_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/beacon-clinic/beacon/handlers"
)

// crowd lets much happen: texts from one phone and to many numbers, and cards at the desk of which
// half are done.
func (r rig) crowd(t testing.TB, texts, numbers, cards int) {
	t.Helper()
	for i := range texts {
		r.sends(t, "+12125550101", fmt.Sprint("Text ", i))
	}
	for i := range numbers {
		r.sends(t, fmt.Sprintf("+1%d55501%02d", 646+i/100, i%100), fmt.Sprint("To number ", i))
	}
	for i := range cards {
		c := handlers.Case{
			ID: fmt.Sprint("c", i), Channel: handlers.DeskChannel, Title: "Asks", Open: i%2 == 0,
			At: start().Add(time.Duration(i) * time.Second),
		}
		r.card(t, c, fmt.Sprint("T", i+1))
	}
}

func (r rig) sends(t testing.TB, to, body string) {
	t.Helper()
	o := handlers.Outgoing{ID: to + body, To: mustPhone(t, to), Kind: "staff", Body: body}
	if _, err := r.Send(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}

// However much happens, the page shows so much at a time, and the rest when it is asked for.
func TestPageStaysSmall(t *testing.T) {
	path := chromium(t)
	r := newRig(t)
	p := open(t, path, r.url)
	p.shows("#who", "Ada Moreno")
	r.crowd(t, 400, 300, 400)
	c := handlers.Case{ID: "c0", Channel: handlers.DeskChannel, Title: "Asks", Open: true, At: start()}
	for i := range 100 {
		note := handlers.Post{ID: fmt.Sprint("n", i), From: "Beacon", Text: fmt.Sprint("Note ", i)}
		if err := r.Note(t.Context(), c, note); err != nil {
			t.Fatal(err)
		}
	}
	bounded := func(when string) {
		t.Helper()
		p.shows(".bubble:last-child p", "Text 399")
		p.shows("#cards > :first-child .thread", "Note 99")
		p.shows("#cards-more", "170 more wait")
		p.shows("#done .count", "30+")
		p.shows("#more", "find them by name or number")
		p.true(`document.querySelectorAll(".bubble").length === 100`)
		p.true(`document.querySelectorAll("#cards > *, #done .card").length === 60`)
		p.true(`document.querySelectorAll("#people > li").length === 30`)
		p.true(`document.querySelectorAll("#cards > :first-child .thread > li").length === 31`)
		p.true(`document.querySelectorAll("*").length < 3000`)
		p.true(`document.querySelector("#desk-title [data-open]").textContent === "200"`)
		t.Log(when)
	}
	bounded("as it happens")
	p.shows("#more", "with new texts")
	p.do(chromedp.Navigate(r.url))
	bounded("after a reload")
	p.true(`performance.getEntriesByType("resource").length < 40`)

	click := func(selector string) {
		t.Helper()
		p.do(void(chromedp.Evaluate[any](`document.querySelector("` + selector + `").click()`)))
	}
	click("#log .small")
	p.waits("earlier texts", `document.querySelectorAll(".bubble").length === 200`, `"fewer"`)
	click("#cards-more")
	p.waits("more cards, and the focus in the first of them", `document.querySelector(
		"#cards > :nth-child(31)").contains(document.activeElement)`, `document.activeElement.outerHTML`)
	click("#done-more")
	p.waits("more that are done", `document.querySelectorAll("#done .card").length === 60`, `"fewer"`)
	click("#cards > :first-child .thread .small")
	p.shows("#cards > :first-child .thread", "Note 0")
	p.do(chromedp.SendKeys(chromedp.CSS("#number"), "(648) 555-0199\r"))
	p.shows("#log .bubble p", "To number 299")
}

// crowded has more on the page than it shows.
func (p tab) crowded(r rig) {
	r.crowd(p.t, 120, 60, 80)
	p.shows("#cards-more", "10 more wait")
	p.shows("#log .small", "Earlier texts")
	p.do(void(chromedp.Evaluate[any](`document.querySelector("#done").open = true`)))
}

// BenchmarkText reports after how many milliseconds a text that is typed is on the screen, with ten
// thousand events behind it.
func BenchmarkText(b *testing.B) {
	path := chromium(b)
	r := newRig(b)
	p := open(b, path, r.url)
	r.crowd(b, 5000, 300, 4700)
	p.shows(".bubble:last-child p", "Text 4999")
	p.shows("#done .count", "30+")
	total, worst, n := 0.0, 0.0, 0
	for b.Loop() {
		n++
		words := fmt.Sprint("Typed ", n)
		ms, err := chromedp.Run(p.ctx, chromedp.Evaluate[float64](
			fmt.Sprintf(typing, words), chromedp.EvalAwaitPromise,
		))
		if err != nil {
			b.Fatal(err)
		}
		total, worst = total+ms, max(worst, ms)
	}
	b.ReportMetric(total/float64(b.N), "ms/text")
	b.ReportMetric(worst, "ms/worst")
}

// typing sends a text as the form does, and gives how long it takes to be seen.
const typing = `new Promise((seen) => {
	const words = %q, from = performance.now(), log = document.querySelector("#log");
	const o = new MutationObserver(() => {
		if (![...log.querySelectorAll(".bubble.in p")].some((e) => e.textContent === words)) return;
		o.disconnect();
		seen(performance.now() - from);
	});
	o.observe(log, { childList: true, subtree: true });
	document.querySelector("#text").value = words;
	document.querySelector("#write").requestSubmit();
})`
