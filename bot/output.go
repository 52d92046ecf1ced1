package main

import (
	"os"
	"strings"
)

// orDash returns s, or a dash in place of an empty s.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// paint colors a text by a level, with ANSI codes that every terminal knows: green, yellow or red.
// Without color, and for what wasn't checked, the text stays as it is.
func paint(s string, l level, color bool) string {
	code := map[level]string{fine: "32", warned: "33", faulty: "31"}[l]
	if !color || code == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// wrap splits text into lines of at most width characters, between words; its line breaks stay. A
// word that is longer, a URL say, stays whole on its line, to be copied.
func wrap(text string, width int) (lines []string) {
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
				lines, line = append(lines, line), ""
			}
			line = strings.TrimPrefix(line+" "+word, " ")
		}
		lines = append(lines, line)
	}
	return lines
}

// terminal reports whether to is a terminal, where a person watches, and not a file, a pipe or a
// test's buffer. /dev/null counts as one, which does no harm.
func terminal(to any) bool {
	f, ok := to.(*os.File)
	if !ok {
		return false
	}
	i, err := f.Stat()
	return err == nil && i.Mode()&os.ModeCharDevice != 0
}
