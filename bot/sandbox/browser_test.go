package sandbox_test

import (
	"context"
	"fmt"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/beacon-clinic/beacon/handlers"
)

// TestPage goes through the page as a newcomer does, in a real browser.
func TestPage(t *testing.T) {
	path := chromium(t)
	r := newRig(t)
	r.converse(t)
	p := open(t, path, r.url)
	p.shows(`.banner`, "nothing leaves this machine")
	p.shows(`#who`, "Ada Moreno")
	p.do(chromedp.SendKeys(chromedp.CSS("#text"), "can i bring <b>my</b> dog?\r"))
	p.shows(`.bubble.in p`, "can i bring <b>my</b> dog?")
	p.shows(`.bubble:not(.in)`, "A person will answer.")
	p.shows(`.because`, "Taken as handoff.")
	p.shows(`.card blockquote`, "can i bring <b>my</b> dog?")

	p.do(
		chromedp.SendKeys(chromedp.CSS(".card textarea"), "Yes, the lobby is fine."),
		chromedp.Click(chromedp.CSS(".card form button")),
	)
	p.shows(`.card .state`, "delivered")
	p.shows(`.bubble:last-child`, "Yes, the lobby is fine.")

	p.do(chromedp.SendKeys(chromedp.CSS("#clinic"), "today\r"))
	p.shows(`#answer`, "Sam: today")

	p.do(chromedp.Click(chromedp.CSS("#tonext")))
	p.shows(`#said`, "It is now Mon, Nov 23, 10:00 AM: one thing came due")
	p.shows(`#people li:nth-child(2) .count`, "1")
	p.do(chromedp.Click(chromedp.CSS("#people li:nth-child(2) button")))
	p.shows(`.bubble`, "See you")
	p.shows(`.bubble small`, "10:00 AM · confirm · ✓✓ delivered")

	p.do(chromedp.EmulateViewport(375, 740))
	p.true(`document.documentElement.scrollWidth <= 375`)
	p.do(
		chromedp.Click(chromedp.CSS(`.tabs [data-view="desk"]`)),
		chromedp.WaitVisible(chromedp.CSS(".card")), chromedp.WaitNotVisible(chromedp.CSS("#log")),
	)
	p.true(`document.documentElement.scrollWidth <= 375`)
	// Every field and button has an accessible name.
	p.true(`[...document.querySelectorAll("input, textarea")]
		.every((e) => e.labels.length > 0 || e.ariaLabel)`)
	p.true(`[...document.querySelectorAll("button")]
		.every((e) => e.ariaLabel || e.textContent.trim())`)
}

// A turn of the clock that takes long shows how far it is, and can be stopped.
func TestPageStopsTheClock(t *testing.T) {
	path := chromium(t)
	r := newRig(t)
	stopped := make(chan struct{})
	stop := sync.OnceFunc(func() { close(stopped) })
	t.Cleanup(stop)
	r.bot.at(start().Add(time.Hour), func(context.Context) {})
	r.bot.at(start().Add(2*time.Hour), func(context.Context) { <-stopped })
	r.bot.at(start().Add(20*time.Hour), func(context.Context) { t.Error("it went on") })
	p := open(t, path, r.url)
	p.shows(`#who`, "Ada Moreno")
	p.do(chromedp.Click(chromedp.CSS(`[data-turn*="24h"]`)))
	p.waits("how far it is", `!document.querySelector("#turning").hidden &&
		getComputedStyle(document.querySelector("#turning")).visibility === "visible"`, `"nothing"`)
	p.do(chromedp.Click(chromedp.CSS("#turning button")))
	p.waits("the stop to be taken", `performance.getEntriesByType("resource")
		.some((e) => e.name.endsWith("/sandbox/clock"))`, `"the page didn't ask"`)
	stop()
	p.shows(`#said`, "It is now Mon, Nov 23, 11:00 AM: 2 things came due and were carried out; "+
		"you stopped it.")
	p.do(chromedp.WaitNotVisible(chromedp.CSS("#turning")))
}

// An alarm is seen wherever the page is scrolled to, the longest waiting comes first, and a key goes
// from card to card. Who was imported is among the patients, the clinic's own phone isn't.
func TestPageShowsWhatMatters(t *testing.T) {
	path := chromium(t)
	r := newRig(t)
	p := open(t, path, r.url)
	p.true(`document.querySelector("#alarm").hidden`)
	for range 6 {
		r.call(t, "/sandbox/text", `{"from":"2125550101","body":"a text\nof\nseveral\nlines"}`)
	}
	p.waits("the texts", `document.querySelectorAll(".bubble").length === 6`, `"fewer"`)
	for i, c := range []handlers.Case{
		{ID: "c1", Channel: handlers.DeskChannel, Title: "First", At: start(), Open: true},
		{ID: "c2", Channel: handlers.DeskChannel, Title: "Second", Open: true, At: start().Add(time.Hour)},
		{ID: "c3", Channel: handlers.UrgentChannel, Title: "Danger", Open: true, At: start().Add(2 * time.Hour)},
	} {
		r.card(t, c, fmt.Sprint("T", i+1))
	}
	p.shows("#alarm", "A patient may be in danger, and nobody has the case")
	p.waits("the last text still in sight", `(() => { const log = document.querySelector("#log");
		return log.scrollTop + log.clientHeight >= log.scrollHeight - 1; })()`,
		`document.querySelector("#log").scrollTop`)
	p.waits("the order of cards", `[...document.querySelectorAll("#cards > *")]
		.map((e) => /Danger|First|Second/.exec(e.textContent)[0]).join() === "Danger,First,Second"`,
		`document.querySelector("#cards").textContent`)
	p.true(`document.title.startsWith("(1 urgent)")`)
	inCard := func(n int) {
		t.Helper()
		p.waits("the focus in a card", fmt.Sprintf(`document.querySelector(
			"#cards > :nth-child(%d)").contains(document.activeElement)`, n),
			`document.activeElement.outerHTML`)
	}
	p.do(chromedp.Click(chromedp.CSS("#alarm button")))
	inCard(1)
	p.do(chromedp.KeyEvent(kb.ArrowDown, chromedp.KeyModifiers(chromedp.ModifierAlt)))
	inCard(2)
	p.shows("#people", "Cleo Imported")
	p.true(`!document.querySelector("#people").textContent.includes("On call")`)
	p.shows("#clinics", "On call")
	p.do(chromedp.SendKeys(chromedp.CSS("#number"), "cleo\r"))
	p.shows("#who", "Cleo Imported")
}

// converse lets the fake bot play a conversation: a question comes to the desk, what staff reply is
// sent and delivered, and another patient's text falls due an hour after the start.
func (r rig) converse(t testing.TB) {
	r.bot.reply = func(x handlers.Text) (handlers.Reply, error) {
		c := question(t)
		c.Text = x.Body
		r.bot.at(x.At, func(context.Context) { r.card(t, c, "T1") })
		return handlers.Reply{
			Bodies: []string{"A person will answer."}, Kind: "handoff", Lang: "en",
		}, nil
	}
	r.bot.staff = func(x handlers.ThreadReply) error {
		r.bot.at(start(), func(ctx context.Context) {
			if _, err := r.Send(ctx, handlers.Outgoing{
				ID: "staff", To: mustPhone(t, "+12125550101"), Kind: "staff", Body: x.Text,
			}); err != nil {
				t.Error(err)
			}
			mark := handlers.Post{Mark: x.ID, State: handlers.Delivered}
			if err := r.Mark(ctx, question(t), mark); err != nil {
				t.Error(err)
			}
		})
		return nil
	}
	r.bot.at(start().Add(time.Hour), func(ctx context.Context) {
		if _, err := r.Send(ctx, handlers.Outgoing{
			ID: "v1", To: mustPhone(t, "+12125550102"), Kind: "confirm", Body: "See you",
		}); err != nil {
			t.Error(err)
		}
	})
}

// chromium returns the path of a browser, or skips the test.
func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no chromium on the path: the page isn't tried in a browser")
	return ""
}

// tab is a browser tab that shows the page.
type tab struct {
	ctx context.Context
	t   testing.TB
}

func open(t testing.TB, path, url string) tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1280, 800),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := tab{ctx, t}
	p.do() // starts the browser
	console := chromedp.Console(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for m, err := range console {
			if err != nil {
				return
			}
			t.Errorf("the page's console: %s %s", m.Type, m.Text)
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	p.do(chromedp.Navigate(url))
	// What is typed before the page listens would be lost.
	p.waits("a patient's phone", `document.querySelector("[aria-current=true]") !== null`,
		`document.title`)
	return p
}

func (p tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// shows waits until an element that selector finds contains the text.
func (p tab) shows(selector, text string) {
	p.t.Helper()
	js := fmt.Sprintf(`[...document.querySelectorAll(%q)].some((e) => e.textContent.includes(%q))`,
		selector, text)
	p.waits(fmt.Sprintf("%s with %q", selector, text), js,
		`document.querySelector("main").innerText.replace(/\s+/g, " ")`)
}

// waits polls until the expression js is true. If it stays false, the test ends with the value of
// the expression instead.
func (p tab) waits(what, js, instead string) {
	p.t.Helper()
	poll := chromedp.Poll[bool](js, chromedp.WithPollingTimeout(5*time.Second))
	if _, err := chromedp.Run(p.ctx, poll); err != nil {
		got, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](instead))
		p.t.Fatalf("%s: %v; instead: %s", what, err, got)
	}
}

func (p tab) true(js string) {
	p.t.Helper()
	if ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](js)); err != nil || !ok {
		p.t.Errorf("%s: %v %v", js, ok, err)
	}
}
