package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// TestPagePhone checks that the phone says how long a text is while it is typed, why each was
// answered so, open for the last alone, and how far each of the clinic's got.
func TestPagePhone(t *testing.T) {
	r := newRig(t)
	p := open(t, chromium(t), r.url)
	p.do(chromedp.SendKeys(chromedp.CSS("#text"), "h€"))
	p.is("#size", "3 characters · 1 segment · GSM-7")
	p.do(void(chromedp.Evaluate[any](`{ // a letter that the keyboard of chromedp lacks
		document.querySelector("#text").value = "h€ł";
		document.querySelector("#text").dispatchEvent(new Event("input"));
	}`)))
	p.is("#size", "4 characters · 1 segment · UCS-2")
	said := []string{"What was said."}
	for _, kind := range []string{"handoff", "answer"} {
		r.bot.reply = func(handlers.Text) (handlers.Reply, error) {
			return handlers.Reply{Kind: kind, Bodies: said}, nil
		}
		p.do(chromedp.SendKeys(chromedp.CSS("#text"), "so?\r"))
		p.is(".because[open] span", "Taken as "+kind+".")
	}
	p.is("#size", "")
	p.true(`document.querySelectorAll(".because").length === 2 &&
		document.querySelectorAll(".because[open]").length === 1`)
	p.shows(".bubble:not(.in) small", "answer · ✓✓ delivered")

	p.do(chromedp.SendKeys(chromedp.CSS("#number"), "+12125550197\r"))
	p.shows("#who", "(212) 555-0197")
	if _, err := r.Send(t.Context(), handlers.Outgoing{
		ID: "v1", To: mustPhone(t, "+12125550197"), Kind: "confirm", Body: "See you",
	}); err != nil {
		t.Fatal(err)
	}
	p.shows(".bubble small", "confirm · ✓ sent")
	if err := r.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.shows(".bubble.bad small", "confirm · ✗ undelivered: unreachable (30003)")
	p.true(`document.querySelector(".bubble small .tick").ariaHidden === "true"`)
}

// TestPageDrawsMarks checks that the page formats a command's answer as Slack does: without the
// marks of bold, code and quotations, and with columns aligned.
func TestPageDrawsMarks(t *testing.T) {
	path := chromium(t)
	answer := ""
	r := newRig(t, func(c *sandbox.Config) { c.Staff = answering{c.Staff, &answer} })
	p := open(t, path, r.url)
	for _, c := range []struct {
		name, answer string
		html         string
	}{
		{
			name:   "columns",
			answer: "…0101\n```\nVISIT  TEXT\nMon    booked\n```\nThat is all.",
			html: `…0101<pre tabindex="0">VISIT  TEXT` + "\n" +
				`Mon    booked</pre>That is all.`,
		},
		{name: "only columns", answer: "```\na  b\n```", html: `<pre tabindex="0">a  b</pre>`},
		{
			name: "code", answer: "Usage: `/clinic off LAST4|PHONE`",
			html: `Usage: <code>/clinic off LAST4|PHONE</code>`,
		},
		{
			name:   "a quotation",
			answer: "kind: answer\n> It is $450.\n> Or less.\n- cost 1.00\n- dose",
			html:   "kind: answer<blockquote>It is $450.\nOr less.</blockquote>- cost 1.00\n- dose",
		},
		{
			name: "bold, italic, struck", answer: "*Ada* is _late_, ~not~ here",
			html: "<strong>Ada</strong> is <em>late</em>, <s>not</s> here",
		},
		{
			name: "no marks", answer: "cancellation_policy and no_show, 2 * 3 * 4, ` alone, ~5",
			html: "cancellation_policy and no_show, 2 * 3 * 4, ` alone, ~5",
		},
		{name: "an open block", answer: "a ``` b", html: "a ``` b"},
		{
			name: "markup", answer: "`<b>x</b>` & <i>",
			html: "<code>&lt;b&gt;x&lt;/b&gt;</code> &amp; &lt;i&gt;",
		},
	} {
		answer = c.answer
		p.do(chromedp.SendKeys(chromedp.CSS("#clinic"), "x\r"))
		const html = `document.querySelector("#answer .words")?.innerHTML`
		p.waits(c.name, html+" === "+quoted(c.html), html)
	}
	answer = "```\nVISIT  TEXT\n```"
	p.do(chromedp.SendKeys(chromedp.CSS("#clinic"), "x\r"))
	p.is("#answer pre", "VISIT  TEXT")
	const style = `getComputedStyle(document.querySelector("#answer pre"))`
	p.waits("a fixed width", style+`.fontFamily.includes("monospace")`, style+`.fontFamily`)
	p.true(style + `.whiteSpace === "pre"`)
}

// answering is a Staff that gives every command the same answer.
type answering struct {
	sandbox.Staff
	answer *string
}

func (a answering) Command(context.Context, handlers.Command) (answer.Answer, error) {
	return answer.Say("%s", *a.answer), nil
}

// scheme makes the browser prefer light or dark colours.
func scheme(name string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: name},
				{Name: "prefers-reduced-motion", Value: "reduce"},
			},
		})
		return chromedp.Void{}, err
	}
}

// void is an action whose result doesn't matter.
func void[T any](a chromedp.Action[T]) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := a(ctx, t)
		return chromedp.Void{}, err
	}
}

// is waits until the first element that selector finds contains the text and nothing else.
func (p tab) is(selector, text string) {
	p.t.Helper()
	got := fmt.Sprintf(`document.querySelector(%s)?.textContent`, quoted(selector))
	p.waits(selector, got+" === "+quoted(text), got)
}

// quoted returns a string as a literal of JavaScript.
func quoted(s string) string {
	b, _ := json.Marshal(s) // a string can always be written
	return string(b)
}

// However much stands above it, there is room to write a text, and nothing below the page.
func TestPageKeepsRoomToWrite(t *testing.T) {
	r := newRig(t, func(c *sandbox.Config) { c.Stories = &telling{} })
	p := open(t, chromium(t), r.url)
	p.stories(r)
	p.do(void(chromedp.Evaluate[any](`document.querySelector("#story-list ol").style.minHeight = "400px"`)))
	p.true(`(() => {
		const write = document.querySelector("#write").getBoundingClientRect();
		const phone = document.querySelector(".phone").getBoundingClientRect();
		const main = document.querySelector("main").getBoundingClientRect();
		return write.bottom <= phone.bottom + 1 && phone.height > 400 &&
			document.documentElement.scrollHeight <= Math.ceil(main.bottom + scrollY);
	})()`)
}
