package sandbox_test

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/beacon-clinic/beacon/handlers"
)

// The clock plays by itself: what happens arrives, and it is paused by its button, by a turn, and by
// an alarm, whether the clock brings it or somebody texts.
func TestPagePlays(t *testing.T) {
	danger := func(id string, at time.Time) handlers.Case {
		return handlers.Case{
			ID: id, Kind: "crisis", Channel: handlers.UrgentChannel, At: at, Open: true, Title: "Danger",
		}
	}
	r := newRig(t)
	p := open(t, chromium(t), r.url)
	r.bot.at(start().Add(2*time.Hour), func(ctx context.Context) {
		if _, err := r.Send(ctx, handlers.Outgoing{
			ID: "v1", To: mustPhone(t, "+12125550101"), Kind: "confirm", Body: "See you",
		}); err != nil {
			t.Error(err)
		}
	})
	r.bot.at(start().Add(5*time.Hour), func(context.Context) {
		r.card(t, danger("c1", r.Now()), "T1")
	})
	r.bot.at(start().Add(100*time.Hour), func(context.Context) { t.Error("it went on") })
	p.do(void(chromedp.Evaluate[any](`document.querySelector("#speed").value = "3600"`)))
	p.do(chromedp.Focus(chromedp.CSS("#play")), chromedp.KeyEvent(kb.Enter))
	p.is("#play", "❚❚ Pause")
	p.shows(".bubble", "See you")
	p.is("#said", "The clock was paused on Mon, Nov 23 at 2:00 PM: a patient may be in danger.")
	p.is("#play", "▶ Play")
	p.shows("#alarm", "A patient may be in danger, and nobody has the case")
	p.true(`document.querySelector("#now").textContent.startsWith("Mon, Nov 23, 2:00:0") &&
		document.activeElement.id === "play"`)

	// Who plays on knows of it; another alarm pauses it again.
	p.do(void(chromedp.Evaluate[any](`document.querySelector("#speed").value = "60"`)))
	p.do(chromedp.KeyEvent(" "))
	p.is("#said", "The clock plays: all that happens is shown as it comes.")
	r.card(t, danger("c2", r.Now()), "T2")
	p.shows("#said", "The clock was paused on Mon, Nov 23 at 2:0")
	p.shows("#said", ": a patient may be in danger.")

	p.do(chromedp.Click(chromedp.CSS("#play")))
	p.is("#play", "❚❚ Pause")
	// What somebody did wrong stays to be read, whatever the page does meanwhile.
	p.do(void(chromedp.Evaluate[any](`document.querySelector("#wrong").hidden = false; window.at = document.querySelector("#now").dateTime`)))
	p.waits("the clock to go on", `Date.parse(document.querySelector("#now").dateTime) >
		Date.parse(window.at) + 60000`, `document.querySelector("#now").dateTime`)
	p.true(`!document.querySelector("#wrong").hidden`)
	p.do(chromedp.Click(chromedp.CSS("#play")))
	p.is("#play", "▶ Play")
	p.shows("#said", "The clock was paused on Mon, Nov 23, 2:0")
	p.do(chromedp.Click(chromedp.CSS("#play")), chromedp.Click(chromedp.CSS(".turns [data-turn]")))
	p.shows("#said", "It is now Mon, Nov 23, 3:0")
	p.is("#play", "▶ Play")
}
