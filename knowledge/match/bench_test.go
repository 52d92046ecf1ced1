package match_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/match"
	"github.com/beacon-clinic/beacon/knowledge/meaning"
)

// invented makes a base of invented words: each entry has a few of its own, and all share the rest.
func invented(entries, asks int) ([]match.Entry, []string) {
	r := rand.New(rand.NewSource(7))
	syllables := []string{
		"ba", "co", "di", "fe", "gu", "la", "me", "no", "pi", "ra", "so", "tu", "ver", "lin",
		"tas",
	}
	name := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(syllables[r.Intn(len(syllables))])
		}
		return b.String()
	}
	shared := strings.Fields("how do i can you tell me what is the my a for when where please need want get to of and it")
	for range 150 {
		shared = append(shared, name(2+r.Intn(2)))
	}
	var base []match.Entry
	var questions []string
	for e := range entries {
		own := make([]string, 6)
		for i := range own {
			own[i] = name(2 + r.Intn(3))
		}
		phrase := func() string {
			var ws []string
			for range 4 + r.Intn(8) {
				ws = append(ws, shared[int(float64(len(shared))*r.Float64()*r.Float64())])
			}
			for range 1 + r.Intn(3) {
				ws[r.Intn(len(ws))] = own[r.Intn(len(own))]
			}
			return strings.Join(ws, " ")
		}
		x := match.Entry{ID: fmt.Sprint("entry", e), Text: phrase() + ". " + phrase()}
		for range asks {
			x.Asks = append(x.Asks, phrase())
		}
		base = append(base, x)
		questions = append(questions, phrase(), phrase())
	}
	return base, questions
}

func BenchmarkBuild(b *testing.B) {
	for _, size := range [][2]int{{300, 6}, {105, 27}, {1524, 1}, {1524, 5}} {
		base, _ := invented(size[0], size[1])
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				match.Build(base, match.Settings{})
			}
		})
	}
}

// BenchmarkBuildMeaning is a base of the size that must be built within 6 s on two cores.
func BenchmarkBuildMeaning(b *testing.B) {
	base, _ := invented(105, 20)
	for b.Loop() {
		match.Build(base, match.Settings{Embed: encoder(b)})
	}
}

func BenchmarkMatch(b *testing.B) {
	base, questions := invented(300, 6)
	for name, embed := range map[string]func(string) []float32{
		"words":   nil,
		"meaning": encoder(b),
	} {
		m := match.Build(base, match.Settings{Embed: embed})
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				m.Match(questions[i%len(questions)])
				i++
			}
		})
	}
}

// encoder is the one that the program carries.
func encoder(tb testing.TB) func(string) []float32 {
	tb.Helper()
	e, err := meaning.Shipped()
	if err != nil {
		tb.Fatal(err)
	}
	return e.Embed
}

func BenchmarkLongest(b *testing.B) {
	base, questions := invented(300, 6)
	m := match.Build(base, match.Settings{})
	text := strings.Join(questions, " ")[:1600]
	b.ReportAllocs()
	for b.Loop() {
		m.Match(text)
	}
}
