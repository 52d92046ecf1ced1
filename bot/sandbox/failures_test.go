package sandbox_test

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/chromedp"
)

// The page says of each failure what is broken, what then happens and what staff see, as long as it
// is switched on, and with one press all is well again.
func TestPageShowsFailures(t *testing.T) {
	r := newRig(t)
	p := open(t, chromium(t), r.url)
	var list []struct{ ID, Name, Broken, Then, Staff string }
	if _, answer := r.call(t, "/sandbox/failures", ""); json.Unmarshal([]byte(answer), &list) != nil ||
		len(list) != 8 {
		t.Fatal(answer)
	}
	p.shows("#failures", list[7].Name)
	p.true(`document.querySelector("#broken").hidden`)
	p.do(chromedp.Click(chromedp.CSS("#failures summary")))
	for _, f := range list {
		t.Run(f.ID, func(t *testing.T) {
			p := tab{p.ctx, t}
			p.do(chromedp.Click(chromedp.CSS("#fail-" + f.ID)))
			p.waits("the banner", `!document.querySelector("#broken").hidden`, `"it is hidden"`)
			for _, words := range []string{f.Name, f.Broken, f.Then} {
				p.shows("#broken", words)
			}
			p.shows("#broken", f.Staff[1:])
			p.do(chromedp.Click(chromedp.CSS("#broken button")))
			p.waits("all to be well", `document.querySelector("#broken").hidden &&
				!document.querySelector("#failures input:checked")`, `document.body.innerText`)
		})
	}
	r.want(t, "/sandbox/fail", `{"id":"moon","on":true}`, 400,
		`{"error":"id: want one of GET /sandbox/failures"}`)
}
