package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// replayed plays conversations with the built program, on the clinic's words of that directory, the
// shipped ones if it is "".
func replayed(t *testing.T, words string, files ...string) (string, error) {
	t.Helper()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), bin, append([]string{"replay"}, files...)...)
	cmd.Env = append(os.Environ(), "KNOWLEDGE_DIR="+words)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// The conversations of testdata come as they are written.
func TestConversations(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/conversations/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no conversations", err)
	}
	if out, err := replayed(t, "", files...); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A conversation that comes otherwise than written is told by file and line, and so is a line that
// can't be read.
func TestReplayTellsWhatCameOtherwise(t *testing.T) {
	t.Parallel()
	words := few(t, t.TempDir())
	for script, want := range map[string]string{
		"at 2026-12-01 10:00\n0101: hours\n0101 hears a pony\n":         ":3: came: We are open.",
		"# one\nat 2026-12-01 10:00\n0101: hours\n0101 hears a pony\n":  "2 of 3 lines came as written",
		"at 2026-12-01 10:00\nDana sings\n":                             ":2: can't read this line",
		"at 2026-12-01 10:00\nvisit a\nwait 1h\n":                       ":3: visit:",
		"at 2026-12-01 10:00\nDana asks help\nDana presses \"Do it\"\n": ":3: there is no such button",
		"at 2026-12-01 10:00\nDana asks help\nDana fills in Day = 1\n":  ":3: there is no form",
		"at 2026-12-01 10:00\nDana asks book\nDana fills in Day = 1\n":  ":3: the form doesn't ask for",
		"at 2026-12-01 10:00\nDana asks help\nDana sees no today\n":     ":3: it shows today",
		"0101: hello\n": ":1: want a first line like: at 2026-12-01 10:00",
	} {
		file := filepath.Join(t.TempDir(), "x.txt")
		if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := replayed(t, words, file); err == nil || !strings.Contains(out, want) {
			t.Errorf("%q: %v\n%s\nwant %q", script, err, out, want)
		}
	}
}
