package clean_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// replies are all sentences that the bot can send, raw and filled with simple words.
func replies(t *testing.T) (out []string) {
	t.Helper()
	files, err := filepath.Glob("../replies/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no replies: %v", err)
	}
	hole := regexp.MustCompile(`\{\{[^}]*\}\}`)
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var said map[string]map[string]string
		if err := yaml.Unmarshal(data, &said); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for _, langs := range said {
			for _, s := range langs {
				if !strings.ContainsFunc(hole.ReplaceAllString(s, ""), unicode.IsUpper) {
					continue // "both": a part of sentences, which is no text by itself
				}
				out = append(out, s, hole.ReplaceAllString(s, " Ana"), hole.ReplaceAllString(s,
					"Tue Mar 3 at 9:15 AM"))
			}
		}
	}
	return out
}

// TestOursIsNeverTheirs: whatever of ours comes back, in whatever form, is not the patient's.
func TestOursIsNeverTheirs(t *testing.T) {
	c, said := shipped(t), replies(t)
	reactions := []string{
		"Liked “%”", "Loved \"%\"", "Laughed at “%”", "Emphasized «%»",
		"Removed a heart from “%”", "👍 to “%”", "❤️ to \"%\"",
		"Reacted 😂 to “%”", "Le gustó “%”", "Se rió de «%»", "Reaccionó con 👍 a “%”", "😂 a «%»",
		"Liked “%…”", "Liked “%...",
	}
	echoes := []string{
		"%", " %\n", "“%”", "\"%\"", "«%»", "> %", "Fwd: %", "RV: %",
		"%\nSent from my iPhone",
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(said).Draw(t, "said")
		other := rapid.SampledFrom(said).Draw(t, "other")
		form := rapid.SampledFrom(reactions).Draw(t, "reaction")
		// nothing cuts a text as short as that
		if len(s) < 40 && strings.HasPrefix(form, "Liked “%") {
			form = "Liked “%”"
		}
		text := strings.Replace(form, "%", s, 1)
		for _, sent := range [][]string{nil, {other}, {other, s}} {
			if got := c.Read(text, sent); got.Body != "" || !got.Quoted {
				t.Fatalf("%q: %+v", text, got)
			}
		}
		text = strings.Replace(rapid.SampledFrom(echoes).Draw(t, "echo"), "%", s, 1)
		switch rapid.IntRange(0, 2).Draw(t, "case") {
		case 1:
			text = strings.ToUpper(text)
		case 2:
			text = strings.NewReplacer("'", "’", "í", "i", " ", "  ").Replace(text)
		}
		if got := c.Read(text, []string{other, s}); got.Body != "" {
			t.Fatalf("%q: %+v", text, got)
		}
	})
}

// TestTheirsIsNeverOurs: what a patient adds to a quotation stays.
func TestTheirsIsNeverOurs(t *testing.T) {
	c, said := shipped(t), replies(t)
	theirs := []string{
		"i want to die", "my chest hurts", "me duele el pecho",
		"no puedo respirar", "call me", "what?",
	}
	rapid.Check(t, func(t *rapid.T) {
		s, own := rapid.SampledFrom(said).Draw(t, "said"), rapid.SampledFrom(theirs).Draw(t, "own")
		for _, text := range []string{
			"Liked “" + s + "” " + own, own + "\n👍 to “" + s + "”",
			"Le gustó «" + s + "»\n" + own, own + "\n" + s, s + "\n" + own,
		} {
			if got := c.Read(text, []string{s}); got.Body != own || !got.Quoted {
				t.Fatalf("%q: %+v", text, got)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"Liked “ok” but i want to die", "call 646 555 0144, bp 190/125", "C please",
		"Your code is 123456", "> a\n“b”\n\xff",
		"Edited to “Edited to \"x\"”", "On Mon 2 wrote:\n> x",
		"Fwd: Fwd: yes\nSent from my iPhone", ".5 mg $1,2 12/4/", "👍 to \"",
		"Hi Ana, your visit is booked for Tue Mar 3", "a.m. 3 p.m. 2:30:", "+1 (1-1 1",
		"ref #-1", "2025-12-04 22-year-old",
	} {
		f.Add(s, s)
	}
	c := shipped(f)
	f.Fuzz(func(t *testing.T, text, sent string) {
		got := c.Read(text, []string{sent})
		if !utf8.ValidString(got.Body) || utf8.RuneCountInString(got.Body) > 1600 ||
			got.Machine && got.Body != "" {
			t.Fatalf("%q: %+v", text, got)
		}
		end := 0
		for _, n := range got.Numbers {
			if n.Start < end || n.End <= n.Start || got.Body[n.Start:n.End] != n.Text {
				t.Fatalf("%q: %+v", text, got.Numbers)
			}
			end = n.End
		}
		if again := c.Read(got.Body, []string{sent}); !got.Machine && !got.Quoted &&
			again.Body != got.Body {
			t.Fatalf("%q: %q, then %+v", text, got.Body, again)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	words := "hi its ana, my bp was 130/85 at 2:30 and my ride cant come, " +
		"can i call you tomorrow or text? thanks"
	sent := make([]string, 5)
	for i := range sent {
		sent[i] = remind
	}
	for _, bb := range []struct{ name, text string }{
		{name: "20words", text: words},
		{name: "reaction", text: "Liked “" + remind + "”"},
		{name: "1600", text: strings.Repeat(words+" ", 16)},
		{name: "60KB", text: strings.Repeat(words+" ", 600)},
		{name: "digits", text: strings.Repeat("1 ", 800)},
		{name: "quotes", text: strings.Repeat("👍 to “ Liked “", 110)},
	} {
		c := shipped(b)
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Read(bb.text, sent)
			}
		})
	}
}
