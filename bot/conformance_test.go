package main_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// The tests of the conformance_*_test.go files are judged by what others wrote: Twilio's and Slack's own modules for Node, and
// Twilio's OpenAPI document behind a proxy. The judges' scripts and pinned versions are in .ci/conformance.

// judges is where the scripts are.
const judges = "../.ci/conformance"

// node is a command that runs one of the judges; the test is skipped where they aren't installed, but in CI it fails.
func node(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	_, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(judges, "node_modules"))
	}
	if err != nil {
		missing := "skipped: needs node, and `npm ci` in .ci/conformance"
		if os.Getenv("BEACON_CONFORMANCE") != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Dir, cmd.Stderr, cmd.WaitDelay = judges, t.Output(), 10*time.Second
	return cmd
}

// ask gives a judge its question and reads its answer.
func ask(t *testing.T, script string, question, answer any) {
	t.Helper()
	cmd := node(t, script)
	in, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatalf("%s: %v: %s", script, err, out)
	}
}

// judge is a judge that runs until the test ends.
type judge struct {
	t     *testing.T
	name  string
	lines chan string // what it writes; a line that nobody waits for may be lost
}

// run starts a judge and returns it with the URL that it says it listens on.
func run(t *testing.T, args ...string) (*judge, string) {
	t.Helper()
	cmd := node(t, args...)
	out, write := io.Pipe()
	cmd.Stdout = write
	in, err := cmd.StdinPipe() // it ends with its stdin, even when this process is killed
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	j := &judge{t: t, name: filepath.Base(args[0]), lines: make(chan string, 1000)}
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(j.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			select {
			case j.lines <- s.Text():
			default:
			}
		}
		_, _ = io.Copy(io.Discard, out) // after a line too long, so that the judge isn't held up
	})
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Process.Kill() // it may have gone by itself
		_ = cmd.Wait()         // killed, that is what it says
		_ = write.Close()
		reading.Wait()
	})
	return j, j.await(regexp.MustCompile(`http://127\.0\.0\.1:\d+$|http://127\.0\.0\.1:\d+`), "listening", `"url"`)
}

// await waits for a line that has one of the words, and returns what the pattern finds in it.
func (j *judge) await(pattern *regexp.Regexp, words ...string) string {
	j.t.Helper()
	deadline := time.After(time.Minute)
	for {
		select {
		case line, ok := <-j.lines:
			if !ok {
				j.t.Fatalf("%s ended", j.name)
			}
			for _, word := range words {
				if found := pattern.FindString(line); strings.Contains(line, word) && found != "" {
					return found
				}
			}
		case <-deadline:
			j.t.Fatalf("%s: waited in vain for %s", j.name, cmp.Or(words...))
		}
	}
}
