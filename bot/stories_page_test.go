package main_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
)

// TestStories steps through every story on the built program's page, to its end, as a reader does.
// The files are tests of `bot replay` besides (TestConversations).
func TestStories(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/conversations/story_*.txt")
	if err != nil || len(files) != 14 {
		t.Fatalf("%d stories, want 14: %v", len(files), err)
	}
	r := openPage(t)
	r.waits("the list", fmt.Sprintf(`document.querySelectorAll("#story-list li").length === %d`,
		len(files)))
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		title, why, found := strings.Cut(strings.TrimPrefix(string(text), "# "), ": ")
		if !found || !strings.HasPrefix(string(text), "# ") || len(title) > 40 || len(why) < 20 {
			t.Errorf("%s: want a first line like # Title: why it matters.", file)
		}
		r.script(`document.querySelector("#story-list").open = true`)
		r.script(fmt.Sprintf(`document.querySelectorAll("#story-list button")[%d].click()`, i))
		r.waits(title, fmt.Sprintf(`document.querySelector("#story h2").textContent === %q
			&& document.activeElement.id === "story-next"`, fmt.Sprintf("%d of 14. %s", i+1, title)))
		r.toTheEnd(title)
		r.script(`document.querySelector("#story-leave").click()`)
		r.waits("the list after "+title, `document.querySelector("#story").hidden
			&& document.activeElement.tagName === "SUMMARY"`)
	}
}

// toTheEnd presses "Next step" until there is none, and wants everything to come as written.
func (r reader) toTheEnd(title string) {
	r.t.Helper()
	for n := 1; n < 40; n++ {
		r.script(`document.querySelector("#story-next").click()`)
		r.waits(fmt.Sprintf("step %d of %s", n, title), fmt.Sprintf(
			`[...document.querySelectorAll("#story ol")].length > 0 && document
			.querySelector("#story-said").textContent.startsWith("Step %d of")`, n))
		if bad := r.text(`[...document.querySelectorAll("#story .bad")]
			.map((e) => e.textContent).join("; ")`); bad != "" {
			r.t.Fatalf("%s: came otherwise: %s", title, bad)
		}
		if r.text(`String(document.querySelector("#story-next").hidden)`) == "true" {
			return
		}
	}
	r.t.Fatalf("%s doesn't end", title)
}

// A story has a sandbox of its own; who leaves it finds theirs as it was. It plays to its end by
// itself too, phone and desk show it, its clock stands still, and it fits a narrow page.
func TestAStoryLeavesTheSandboxAsItWas(t *testing.T) {
	t.Parallel()
	r := openPage(t)
	r.do(chromedp.SendKeys(chromedp.CSS("#text"), "how much is a session?\r"))
	r.waits("an answer", `document.querySelector("#log").textContent.includes("$450")`)
	r.do(chromedp.EmulateViewport(360, 740))
	r.script(`document.querySelector("#story-list").open = true`)
	r.waits("a narrow list", `document.documentElement.scrollWidth <= 360`)
	r.script(`document.querySelectorAll("#story-list button")[1].click()`)
	r.waits("the story's patient alone", `document.querySelector("#story-next") ===
		document.activeElement && document.querySelector("#people").textContent.includes("Ana")
		&& !document.querySelector("#people").textContent.includes("Ada")`)
	r.waits("its clock", `document.querySelector("#now").textContent.startsWith("Wed, Dec 2")`)
	r.script(`document.querySelector("#story-all").click()`)
	r.waits("the end", `document.querySelector("#story-said").textContent.includes("has ended")
		&& document.activeElement.id !== "story-next"`)
	r.waits("the phone", `document.querySelector("#log").textContent.includes("ask for one at the desk")`)
	r.waits("the desk", `document.querySelector("#done").textContent.includes("gift cards")`)
	r.waits("a narrow story", `document.documentElement.scrollWidth <= 360`)
	r.script(`document.querySelector("#story-leave").click()`)
	r.waits("the sandbox as it was", `document.querySelector("#log").textContent.includes("$450")
		&& document.querySelector("#people").textContent.includes("Ada")
		&& !document.querySelector("#done").textContent.includes("gift cards")`)
}

// reader is somebody before the built program's page, in a browser.
type reader struct {
	ctx context.Context
	t   *testing.T
}

// openPage starts the built program as the sandbox, with variables besides, and opens its page.
func openPage(t *testing.T, env ...string) reader {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium on the path: the page isn't tried in a browser")
	}
	url := startSandbox(t, env...)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 800))
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	r := reader{ctx, t}
	r.do(chromedp.Navigate(url))
	r.waits("the page", `document.querySelector("[aria-current=true]") !== null`)
	return r
}

// startSandbox starts the built program as the sandbox, and returns where its page is.
func startSandbox(t *testing.T, env ...string) (url string) {
	t.Helper()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	port := redistest.FreePort(t)
	cmd := exec.CommandContext(t.Context(), bin)
	cmd.Dir = t.TempDir() // no .env
	cmd.Env = append(env, "PORT="+port, "METRICS_ADDR=localhost:0", "HOME="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	// It says where its page is once the port is bound; what comes before it serves waits.
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	return "http://localhost:" + port
}

func (r reader) do(steps ...chromedp.Action[chromedp.Void]) {
	r.t.Helper()
	if err := chromedp.Do(r.ctx, steps...); err != nil {
		r.t.Fatal(err)
	}
}

// script runs a line of JavaScript on the page.
func (r reader) script(js string) { r.t.Helper(); _ = r.text("String(void (" + js + "))") }

func (r reader) text(js string) string {
	r.t.Helper()
	text, err := chromedp.Run(r.ctx, chromedp.Evaluate[string](js))
	if err != nil {
		r.t.Fatalf("%s: %v", js, err)
	}
	return text
}

// waits polls until the expression js is true. A slow machine learns for half a minute.
func (r reader) waits(what, js string) {
	r.t.Helper()
	poll := chromedp.Poll[bool](js, chromedp.WithPollingTimeout(2*time.Minute))
	if _, err := chromedp.Run(r.ctx, poll); err != nil {
		r.t.Fatalf("%s: %v; instead: %s", what, err,
			r.text(`document.body.innerText.replace(/\s+/g, " ").slice(0, 3000)`))
	}
}
