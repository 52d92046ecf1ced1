package sandbox_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
)

// The figures stand in a table with its headings, what people would rather look at in pictures that
// say in words what they show. What happens is counted at once; of nothing there is no picture.
func TestPageFigures(t *testing.T) {
	texts := 0
	r := newRig(t, func(c *sandbox.Config) {
		c.Figures = func(ctx context.Context) (sandbox.Figures, error) {
			f, err := did(ctx)
			if texts == 0 {
				f.Rows[0].Says, f.Rows[0].Picture = []string{"0", "0"}, nil
			}
			return f, err
		}
	})
	p := open(t, chromium(t), r.url)
	p.do(chromedp.Click(chromedp.CSS(`.tabs [data-view="figures"]`)))
	p.is("#figures tbody tr:first-child", "Texts that the bot answered00")
	p.true(`!document.querySelector("#figures-none").hidden`)
	texts = 1
	if _, err := r.Send(t.Context(), handlers.Outgoing{
		ID: "v1", To: mustPhone(t, "+12125550101"), Body: "See you",
	}); err != nil {
		t.Fatal(err)
	}
	p.is(`#figures tbody tr:first-child`, "Texts that the bot answered1212")
	p.is(`#figures thead tr`, "Today30 days")
	p.is(`#figures .part th[scope="row"]`, "no-shows")
	p.is("#figures figcaption", "Texts that the bot answered")
	p.waits("a picture", `document.querySelector("#figures img")?.alt === "Nov 23: 12." &&
		document.querySelector("#figures img").naturalWidth > 0`, `document.title`)
	p.true(`document.querySelector("#figures-none").hidden`)
}
