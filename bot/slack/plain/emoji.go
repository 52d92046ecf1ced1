package plain

import (
	_ "embed"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// emojiNames is Slack's own list: a line an emoji, its code points, "*" if it takes a skin tone, and
// its names; lines that begin with # say where it is from. Of emoji.json it has unified,
// skin_variations and short_names. source: https://github.com/iamcal/emoji-data
//
//go:embed emoji.txt
var emojiNames string

// emoji is one by its name: how it is written, and whether it takes a skin tone.
type emoji struct {
	text  string
	toned bool
}

// emojis holds every emoji of Slack's own by its names. Those that a workspace has added itself
// have no characters. It is read when the first is looked up: most replies have none.
var emojis = sync.OnceValue(func() map[string]emoji {
	out := map[string]emoji{}
	for line := range strings.Lines(emojiNames) {
		f := strings.Fields(line)
		if f[0] == "#" { // where it is from
			continue
		}
		points, toned := strings.CutSuffix(f[0], "*")
		for _, name := range f[1:] {
			out[name] = emoji{text: characters(points), toned: toned}
		}
	}
	return out
})

// characters returns the text of code points as Slack lists them, such as "1f44d-1f3fd"; "" if they
// are none.
func characters(points string) string {
	var b strings.Builder
	for point := range strings.SplitSeq(points, "-") {
		n, err := strconv.ParseInt(point, 16, 32)
		if err != nil {
			return ""
		}
		b.WriteRune(rune(n))
	}
	return b.String()
}

// tones are the characters of the skin tones, which Slack numbers from 2. The first two of the six
// that dermatologists tell apart share one. source: https://unicode.org/reports/tr51/#Emoji_Modifiers_Table
const tones = "🏻🏼🏽🏾🏿"

// emojiOf returns an emoji by its name, with a skin tone from 2 to 6, or 0. One that only the
// workspace has can't be sent as a character: it is said in words.
func emojiOf(name string, tone int) string {
	e, ok := emojis()[name]
	if !ok {
		return "(" + strings.NewReplacer("_", " ", "-", " ").Replace(name) + ")"
	}
	if !e.toned || tone < 2 || tone > 6 {
		return e.text
	}
	// The tone follows the first character, and stands in place of what asks for colour.
	first := []rune(e.text)
	rest := strings.TrimPrefix(string(first[1:]), "\ufe0f")
	return string(first[0]) + string([]rune(tones)[tone-2]) + rest
}

// coded matches an emoji's code with the tone that may follow it, and what stands before it: after
// a letter or a digit a colon is no code's, as in 9:30:00.
var coded = regexp.MustCompile(`(^|[^\pL\pN:]):([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?`)

// withEmoji returns a text with real emoji in place of their codes. A name that isn't Slack's own is
// left as it is: it may be no code at all.
func withEmoji(s string) string {
	replace := func(m string) string {
		f := coded.FindStringSubmatch(m)
		if _, ok := emojis()[f[2]]; !ok {
			return m
		}
		tone, _ := strconv.Atoi(f[3]) // "" is none
		return f[1] + emojiOf(f[2], tone)
	}
	// Twice: of two codes that touch, the first has used up the colon that the second needs.
	return coded.ReplaceAllStringFunc(coded.ReplaceAllStringFunc(s, replace), replace)
}
