package meaning

import (
	"fmt"
	"strings"
	"testing"
)

// of returns a text of n tokens.
func of(n int) string { return strings.Repeat(" the", n)[1:] }

func BenchmarkEmbed(b *testing.B) {
	e := encoder(b)
	for _, n := range []int{5, 13, 40, 128} {
		for _, vector := range []bool{true, false} {
			if vector && !e.vector {
				continue
			}
			b.Run(fmt.Sprintf("tokens=%d/vector=%v", n, vector), func(b *testing.B) {
				e := encoder(b)
				e.vector = vector
				text := of(n)
				if got := len(e.Tokens(text)); got != n {
					b.Fatalf("%d tokens", got)
				}
				for b.Loop() {
					e.Embed(text)
				}
			})
		}
	}
}

func BenchmarkTokens(b *testing.B) {
	e := encoder(b)
	for b.Loop() {
		e.Tokens("Hi, can I move my appointment from Tuesday to some time next week?")
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		encoder(b)
	}
}
