package main_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestSameAsBefore holds what this program makes of texts against what another build of it does,
// for a change that mustn't change a reading: BEACON_BEFORE is the other program, BEACON_TEXTS a
// file with a text a line. Every field that `bot ask --json` shows must be the same, to the byte.
func TestSameAsBefore(t *testing.T) {
	before, texts := os.Getenv("BEACON_BEFORE"), os.Getenv("BEACON_TEXTS")
	if before == "" || texts == "" {
		t.Skip("set BEACON_BEFORE to another build of the bot and BEACON_TEXTS to a file of texts")
	}
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	in, err := os.ReadFile(texts)
	if err != nil {
		t.Fatal(err)
	}
	for _, flags := range [][]string{{"--why"}, {"--visit"}} {
		var said [2][]string
		for i, program := range []string{before, bin} {
			args := append([]string{"ask", "--json"}, flags...)
			cmd := exec.CommandContext(t.Context(), program, args...)
			cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%s: %v", program, err)
			}
			said[i] = strings.Split(string(out), "\n")
		}
		if was, is := len(said[0]), len(said[1]); was != is || was < 2 {
			t.Fatalf("%v: %d answers, before %d", flags, is, was)
		}
		for i, was := range said[0] {
			if is := said[1][i]; is != was {
				t.Errorf("%v: before %s\nnow %s", flags, was, is)
			}
		}
	}
}
