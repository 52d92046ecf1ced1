package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"
)

// The tests of the conformance_*_test.go files are judged by what others wrote: Twilio's and
// Slack's own modules for Node, and Twilio's OpenAPI document behind a proxy. The judges' scripts
// and pinned versions are in .ci/conformance.

// judges is where the scripts are.
const judges = "../.ci/conformance"

// node is a command that runs one of the judges; the test is skipped where they aren't installed,
// but in CI it fails.
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

// judge is one that runs until the test ends.
type judge struct {
	t     *testing.T
	name  string
	lines chan string // what it writes; what nobody waits for may be lost
}

// listen starts a judge that is a server, and returns it with its URL.
func listen(t *testing.T, args ...string) (*judge, string) {
	t.Helper()
	cmd := node(t, args...)
	out, write := io.Pipe()
	cmd.Stdout = write
	in, err := cmd.StdinPipe()
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
		// What follows a line too long: the judge must not be held up.
		_, _ = io.Copy(io.Discard, out)
	})
	t.Cleanup(func() {
		_ = in.Close()
		// The end of the test's context has done so already, unless it ended by itself.
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed, and says so
		_ = write.Close()
		reading.Wait()
	})
	return j, j.await(
		regexp.MustCompile(`^(?:\{"url":|.*listening on ).*(http://127\.0\.0\.1:\d+)`),
	)
}

// await waits for a line of the pattern, and returns its first group.
func (j *judge) await(pattern *regexp.Regexp) string {
	j.t.Helper()
	deadline := time.After(time.Minute)
	for {
		select {
		case line, ok := <-j.lines:
			if !ok {
				j.t.Fatalf("%s ended", j.name)
			}
			if found := pattern.FindStringSubmatch(line); found != nil {
				return found[1]
			}
		case <-deadline:
			j.t.Fatalf("%s: waited in vain for a line like %s", j.name, pattern)
		}
	}
}
