package main

import (
	"strings"
	"testing"
	"time"
)

// Whatever the pace of the work, a line is written a few times a second, without a code that
// NO_COLOR forbids.
func TestProgressIsWrittenAFewTimesASecond(t *testing.T) {
	var b strings.Builder
	now := time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)
	show := counter(&b, func() time.Time { return now })
	for i := range 10_000 { // ten seconds
		show(i+1, 10_000)
		now = now.Add(time.Millisecond)
	}
	out := b.String()
	if n := strings.Count(out, " of 10000"); n != 40 {
		t.Errorf("written %d times in ten seconds", n)
	}
	if !strings.HasPrefix(out, "\r1 of 10000\r251 of 10000\r") ||
		!strings.HasSuffix(out, "\r"+strings.Repeat(" ", len("9751 of 10000"))+"\r") ||
		strings.Contains(out, "\033") {
		t.Errorf("%q", out)
	}
}
