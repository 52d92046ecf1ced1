package sandbox_test

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/beacon-clinic/beacon/bot/paper"
	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// printing has the sandbox make the real pages for paper.
func printing(t *testing.T) func(c *sandbox.Config) {
	t.Helper()
	base, err := knowledge.Read(nil)
	if err != nil {
		t.Fatal(err)
	}
	return func(c *sandbox.Config) {
		c.Words = func(context.Context) ([]byte, error) {
			var out bytes.Buffer
			err := paper.Words(&out, base, start())
			return out.Bytes(), err
		}
		c.Preview = func(_ context.Context, p handlers.Phone) ([]byte, error) {
			var out bytes.Buffer
			at := start().AddDate(0, 0, 1)
			err := paper.Preview{
				For: "the number " + p.String(), From: start(), Until: start().AddDate(0, 0, 14),
				Texts: []paper.Coming{{
					At: at, Kind: "booked", Visit: at, Lang: "es", Body: "Hola <b>&amp;",
				}},
				Besides: []paper.Beside{{At: at, Kind: "ride", What: "task for staff: call them"}},
			}.Write(&out, base.Clinic)
			return out.Bytes(), err
		}
	}
}

// TestPaperIsAccessible runs axe on the pages for paper as they are on a screen, and prints one.
func TestPaperIsAccessible(t *testing.T) {
	path, source := chromium(t), checker(t)
	r := newRig(t, printing(t))
	for _, at := range []string{"/sandbox/words", "/sandbox/preview?number=2125550101"} {
		for _, as := range []struct {
			width   int64
			colours string
		}{
			{width: 1280, colours: "light"},
			{width: 768, colours: "dark"}, // paper is light: the page must be so whatever is asked for
			{width: 360, colours: "light"},
		} {
			p := open(t, path, r.url) // a large page: each time has a minute of its own
			p.do(chromedp.EmulateViewport(as.width, 800), scheme(as.colours))
			p.do(chromedp.Navigate(r.url+at), void(chromedp.Evaluate[any](source)))
			where := fmt.Sprintf("%s, %d, %s", at, as.width, as.colours)
			for _, fault := range p.judged() {
				p.t.Errorf("%s: %s", where, fault)
			}
			p.fits(as.width, where)
		}
	}
}

// TestPaperIsFoundOnThePage goes the way of somebody who wants to print what a patient is to get.
func TestPaperIsFoundOnThePage(t *testing.T) {
	path := chromium(t)
	r := newRig(t, printing(t))
	p := open(t, path, r.url)
	p.waits("the link beside the phone",
		`document.querySelector("#coming").href.endsWith("/sandbox/preview?number=%2B12125550101")`,
		`document.querySelector("#coming").href`)
	for _, link := range []string{".paper a", "#coming"} {
		p.do(chromedp.Navigate(r.url))
		p.waits("a link", fmt.Sprintf(`document.querySelector(%q).checkVisibility()`, link), `""`)
		href := fmt.Sprintf(`document.querySelector(%q).href`, link)
		to, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](href))
		if err != nil {
			t.Fatal(err)
		}
		p.do(chromedp.Navigate(to))
		p.waits("a page to print", `document.querySelector(".sign") !== null`, `document.title`)
	}
}

// TestWordsArePrinted makes the sheets that a printer makes of the words.
func TestWordsArePrinted(t *testing.T) {
	path := chromium(t)
	p := open(t, path, newRig(t, printing(t)).url)
	here, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`location.href`))
	if err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.Navigate(here + "sandbox/words"))
	pdf, err := chromedp.Run(p.ctx, chromedp.PrintToPDF())
	if err != nil {
		t.Fatal(err)
	}
	// Texts that are split, or each on a sheet of its own, would make other numbers.
	if n := len(sheets.FindAll(pdf, -1)); n < 30 || n > 70 {
		t.Errorf("%d sheets, want some 50", n)
	}
}

// sheets finds the sheets of a PDF.
var sheets = regexp.MustCompile(`/Type\s*/Page\b`)
