package console_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/beacon-clinic/beacon/bot/console"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name  string
		text  string
		cells int
		want  []string
	}{
		{name: "nothing", cells: 5, want: []string{""}},
		{name: "what fits", text: "see you", cells: 7, want: []string{"see you"}},
		{name: "between words", text: "see you at two", cells: 8, want: []string{"see you", "at two"}},
		{name: "a long word", text: "a confirmed", cells: 5, want: []string{"a", "confi", "rmed"}},
		{name: "its own lines", text: "one\n\ntwo\n", cells: 9, want: []string{"one", "", "two"}},
		{name: "columns", text: "9:00   consult", cells: 20, want: []string{"9:00   consult"}},
		{name: "an indent", text: "    consult then", cells: 12, want: []string{"    consult", "then"}},
		{name: "never cut", text: "see you at two", want: []string{"see you at two"}},
		{name: "accents are one", text: "Begoña Núñez", cells: 6, want: []string{"Begoña", "Núñez"}},
		{name: "accents that join", text: "Begon\u0303a Ruiz", cells: 6, want: []string{"Begon\u0303a", "Ruiz"}},
		{name: "wide", text: "日本 語", cells: 4, want: []string{"日本", "語"}},
		{name: "wider than a line", text: "日本", cells: 1, want: []string{"日", "本"}},
		{name: "emoji", text: "🙂🙂 ok", cells: 4, want: []string{"🙂🙂", "ok"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := console.Wrap(c.text, c.cells); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// However a text is, no line is wider than it may be, but for a single character that is, and
// nothing but spaces is lost.
func TestWrapFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("aé日🙂 \u0303"))).Draw(t, "text")
		cells := rapid.IntRange(2, 9).Draw(t, "cells")
		left := 0
		for _, line := range console.Wrap(text, cells) {
			if console.Cells(line) > cells {
				t.Fatalf("%q has %d cells", line, console.Cells(line))
			}
			left += letters(line)
		}
		if left != letters(text) {
			t.Fatalf("%d of %d characters", left, letters(text))
		}
	})
}

func letters(s string) (n int) {
	for _, r := range s {
		if r != ' ' {
			n++
		}
	}
	return n
}

// What somebody texts, or is called, can't steer the terminal.
func TestClean(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{name: "plain", text: "¿a qué hora? 🙂", want: "¿a qué hora? 🙂"},
		{name: "lines stay", text: "one\ntwo", want: "one\ntwo"},
		{name: "a color", text: "\x1b[31mred\x1b[0m", want: "[31mred[0m"},
		{name: "back to the start", text: "no\ryes", want: "noyes"},
		{name: "a bell, a backspace", text: "a\a\bb\x7f", want: "ab"},
		{name: "one byte that begins a sequence", text: "a\u009b31mb", want: "a31mb"},
		{name: "right to left", text: "a\u202egnp.exe\u202c", want: "agnp.exe"},
		{name: "a tab", text: "a\tb", want: "a b"},
	} {
		if got := console.Clean(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
