package main_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// chatted pipes lines into the built program. It returns what it printed, what it complained of,
// and its exit code.
func chatted(t *testing.T, lines string, args ...string) (out, complaint string, code int) {
	t.Helper()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), bin, append([]string{"chat"}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(lines), &stdout, &stderr
	cmd.Dir, cmd.Env = t.TempDir(), []string{}
	err = cmd.Run()
	if failed := new(exec.ExitError); err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// A day that is piped prints the same each time, with nothing that is for a terminal alone.
func TestChatFromAFile(t *testing.T) {
	t.Parallel()
	lines, err := os.ReadFile("testdata/chat/day.txt")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		out, complaint, code := chatted(t, string(lines), "--at", "2026-12-01 10:00")
		if code != 1 || complaint != "bot: lines that came otherwise than written: 1\n" {
			t.Errorf("exit code %d, %q", code, complaint)
		}
		if *update && n == 0 {
			if err := os.WriteFile("testdata/chat/day.out", []byte(out), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile("testdata/chat/day.out")
		if err != nil {
			t.Fatal(err)
		}
		if out != string(want) {
			t.Errorf("see -update; it printed\n%s", out)
		}
		if strings.ContainsAny(out, "\x1b\r") {
			t.Error("it has marks for a terminal")
		}
	}
}

// What README.md shows is what is printed.
func TestChatOfTheReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	out, _, _ := chatted(t, "how much is it\n/why\n", "--at", "2026-12-01 10:00")
	if out == "" || !strings.Contains(words(string(readme)), words(out)) {
		t.Errorf("README.md doesn't show\n%s", out)
	}
}

// Every story is a chat as well: there is one language of conversations.
func TestStoriesAreChats(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/conversations/story_*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			lines, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if out, complaint, code := chatted(t, string(lines)); code != 0 {
				t.Errorf("exit code %d: %s\n%s", code, complaint, out)
			}
		})
	}
}

// A line that can't be done ends the chat, with its number and in words that say what to do.
func TestChatSaysWhichLineItCannotDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, lines, complaint string
	}{
		{name: "an order", lines: "hours\n\n/frob\n", complaint: "line 3: there is no /frob: /help"},
		{name: "a phone", lines: "/phone nobody\n", complaint: `line 1: no phone of "nobody"`},
		{name: "two phones", lines: "/phone wal\n/phone r\n", complaint: "line 2: several may be"},
		{name: "a card", lines: "/card 7\n", complaint: `line 1: there is no card "7": /cards`},
		{name: "a card's button", lines: "/press 7.1\n", complaint: "line 1: there is no button 7.1"},
		{name: "a button", lines: "/press 2\n", complaint: `line 1: there is no button "2" in what was`},
		{name: "a form", lines: "/fill Day = 1\n", complaint: "line 1: there is no form"},
		{name: "a field", lines: "/clinic book\n/fill Dya = 1\n", complaint: "line 2: the form doesn't ask"},
		{name: "a time", lines: "/clock soon\n", complaint: "line 1: want +2h, +1d, next, or a time"},
		{name: "a day", lines: "/clock 12/4\n", complaint: "line 1: want +2h, +1d, next, or a time"},
		{name: "the past", lines: "/clock 2026-11-30 9:00\n", complaint: "line 1: "},
		{name: "a call", lines: "/key 0112 1\n", complaint: "line 1: no call rings on this phone"},
		{name: "a failure", lines: "/fail pigeons\n", complaint: "line 1: id: want one of"},
		{name: "a text that is too long", lines: strings.Repeat("x", 1601) + "\n", complaint: "line 1: body is"},
		{name: "nobody asked yet", lines: "/why\n", complaint: "line 1: nothing was texted"},
		{name: "nothing to count", lines: "/segments\n", complaint: "line 1: want a text"},
		{
			name: "a line of a conversation", lines: "at 2026-12-01 10:00\nDana sings\n",
			complaint: "line 2: can't read this line",
		},
		{name: "two times of day", lines: "hours\nat 2026-12-01 10:00\n", complaint: "line 2: the time is set"},
		{name: "what nobody wrote to", lines: "Dana writes to 0177: hi\n", complaint: "line 1: there is no card"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, complaint, code := chatted(t, c.lines, "--at", "2026-12-01 10:00")
			if code != 1 || !strings.HasPrefix(complaint, "bot: "+c.complaint) {
				t.Errorf("exit code %d, %q, want %q", code, complaint, c.complaint)
			}
		})
	}
}

// A clinic's bot has no chat, nor has a time that can't be read.
func TestChatRefuses(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"TWILIO_ACCOUNT_SID is set": {"--twilio-account-sid=AC1"}, "want a time like": {"--at=noon"},
	} {
		if out, complaint, code := chatted(t, "hours\n", args...); code != 1 || out != "" ||
			!strings.Contains(complaint, name) {
			t.Errorf("%v: exit code %d, %q, %q", args, code, out, complaint)
		}
	}
}

// A signal ends what waits for somebody to write.
func TestASignalEndsWaiting(t *testing.T) {
	t.Parallel()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	in, keep, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer keep.Close()
	defer in.Close()
	for _, command := range []string{"ask", "chat"} {
		cmd := exec.CommandContext(t.Context(), bin, command)
		cmd.Dir, cmd.Env, cmd.Stdin = t.TempDir(), []string{}, in
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := keep.WriteString("hours\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 1)); err != nil { // it has read the line, and waits
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, out); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 1 {
			t.Errorf("%s: %v", command, err)
		}
	}
}
