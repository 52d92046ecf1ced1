// Command screenshots takes the README's pictures of the sandbox:
//
//	go run ./.ci/screenshots DIR
//
// It runs at the top of the repository, builds the program, plays a short scene through the
// sandbox's own doors, and writes sandbox.png, sandbox-dark.png and sandbox-phone.png into DIR. It
// needs chromium.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./.ci/screenshots DIR")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if err := run(ctx, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir string) (err error) {
	home, err := os.MkdirTemp("", "screenshots")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	bin := filepath.Join(home, "bot")
	build := exec.CommandContext(ctx, "go", "build", "-o", bin, "./bot")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	url, stop, err := sandbox(ctx, bin, home)
	if err != nil {
		return err
	}
	defer stop()
	if err := play(ctx, url); err != nil {
		return err
	}
	return take(ctx, url, dir)
}

// sandbox starts the program on ports that are free and without this machine's settings. It returns
// the page's address.
func sandbox(ctx context.Context, bin, home string) (url string, stop func(), err error) {
	cmd := exec.CommandContext(ctx, bin)
	cmd.Dir = home // no .env
	cmd.Env = []string{"HOME=" + home, "PORT=0", "METRICS_ADDR=127.0.0.1:0", "LOG_LEVEL=error"}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Kill() // it may be gone
		_ = cmd.Wait()
	}
	address := regexp.MustCompile(`http://localhost:\d+`)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if url = address.FindString(lines.Text()); url != "" {
			return url, stop, nil
		}
	}
	stop()
	return "", nil, errors.New("the sandbox ended before it served")
}

// play plays the scene: an answer, a question that a person answers, a visit confirmed on the day
// before, and an emergency that nobody has taken yet.
func play(ctx context.Context, url string) error {
	var cards []struct{ Thread string }
	for _, step := range []struct {
		path string
		body map[string]any // nil: it is read
		into any
	}{
		{path: "text", body: text("0101", "How much is a session?")},
		{path: "text", body: text("0101", "I left my grey umbrella at your place")},
		{path: "desk", into: &cards},
		{path: "reply", body: map[string]any{"user": "Dana", "text": "We have it at the desk. Dana"}},
		{path: "clock", body: map[string]any{"advance": "4h"}},
		{path: "text", body: text("0101", "C")},
		{path: "text", body: text("0104", "my chest hurts and I can't breathe")},
	} {
		if step.path == "reply" {
			if len(cards) == 0 {
				return errors.New("the question came to no card")
			}
			step.body["thread"] = cards[0].Thread
		}
		if err := call(ctx, url+"/sandbox/"+step.path, step.body, step.into); err != nil {
			return err
		}
	}
	return nil
}

func text(last4, body string) map[string]any {
	return map[string]any{"from": "+1212555" + last4, "body": body}
}

func call(ctx context.Context, url string, body map[string]any, into any) error {
	method, sent := http.MethodGet, []byte(nil)
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return err
		}
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(sent))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, res.Status)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(into)
}

// take photographs the page in both colour schemes, and as wide as a phone.
func take(ctx context.Context, url, dir string) error {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU)
	ctx, cancel := chromedp.NewExecAllocator(ctx, options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	for _, shot := range []struct {
		name, colours string
		width, height int64
	}{
		{name: "sandbox.png", colours: "light", width: 1280, height: 800},
		{name: "sandbox-dark.png", colours: "dark", width: 1280, height: 800},
		{name: "sandbox-phone.png", colours: "light", width: 360, height: 740},
	} {
		const ready = `document.querySelectorAll(".bubble").length > 4 &&
			document.querySelectorAll(".card").length > 1`
		poll := chromedp.Poll[bool](ready, chromedp.WithPollingTimeout(20*time.Second))
		err := chromedp.Do(ctx, chromedp.EmulateViewport(shot.width, shot.height),
			colours(shot.colours), chromedp.Navigate(url))
		if err == nil {
			_, err = chromedp.Run(ctx, poll)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", shot.name, err)
		}
		picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			return fmt.Errorf("%s: %w", shot.name, err)
		}
		small, err := quantised(picture)
		if err != nil {
			return fmt.Errorf("%s: %w", shot.name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, shot.name), small, 0o644); err != nil {
			return err
		}
		fmt.Printf("%s: %d bytes\n", filepath.Join(dir, shot.name), len(small))
	}
	return nil
}

// colours makes the browser prefer light or dark ones, and no movement.
func colours(name string) chromedp.Action[chromedp.Void] {
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
