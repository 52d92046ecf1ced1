package sandbox_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// maxPage bounds what the page loads before it can be used, in bytes.
const maxPage = 150_000

// loaded is how much the page has loaded, in bytes with headers, but for the stream of events.
const loaded = `[...performance.getEntriesByType("navigation"),
	...performance.getEntriesByType("resource")].reduce((n, e) => n + e.transferSize, 0)`

// All that the page loads at first is little, and comes from the sandbox itself.
func TestPageIsLight(t *testing.T) {
	path := chromium(t)
	r := newRig(t)
	p := open(t, path, r.url)
	n, err := chromedp.Run(p.ctx, chromedp.Evaluate[int](loaded))
	if err != nil || n == 0 || n > maxPage {
		t.Errorf("the page loads %d bytes, want %d at most: %v", n, maxPage, err)
	}
	t.Logf("the page loads %d bytes", n)
	const names = `performance.getEntriesByType("resource").map((e) => e.name)`
	all, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](names))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		if !strings.HasPrefix(name, r.url) && !strings.HasPrefix(name, "data:") {
			t.Errorf("the page loads %s", name)
		}
	}
}

// BenchmarkFirstPaint reports after how many milliseconds the page shows its first words, once the
// browser runs.
func BenchmarkFirstPaint(b *testing.B) {
	path := chromium(b)
	r := newRig(b)
	p := open(b, path, r.url)
	const paint = `(performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0)`
	total, worst := 0.0, 0.0
	for b.Loop() {
		p.do(chromedp.Navigate(r.url))
		p.waits("the first paint", paint+" > 0", paint)
		ms, err := chromedp.Run(p.ctx, chromedp.Evaluate[float64](paint))
		if err != nil {
			b.Fatal(err)
		}
		total, worst = total+ms, max(worst, ms)
	}
	b.ReportMetric(total/float64(b.N), "ms/paint")
	b.ReportMetric(worst, "ms/worst")
}
