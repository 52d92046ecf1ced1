package knowledge

import (
	"slices"
	"strings"
)

// Segments returns how many SMS segments a text takes. GSM-7 has 160 characters alone and 153 a
// part, UCS-2 70 and 67, since each part carries a header. gsm is false if a character forces the
// text to UCS-2. It doesn't mind that an extension character can't be split between two parts.
func Segments(s string) (n int, gsm bool) {
	size, wide := 0, 0
	gsm = true
	for _, r := range s {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			size++
		case strings.ContainsRune(gsmExtended, r):
			size += 2
		default:
			gsm = false
		}
		wide++
		if r > 0xFFFF {
			wide++ // a surrogate pair
		}
	}
	if gsm {
		return parts(size, 160, 153), true
	}
	return parts(wide, 70, 67), false
}

// gsmBasic and gsmExtended are the characters of GSM 03.38's default alphabet and of its extension
// table; each of the latter counts as two.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "^{}\\[~]|€\f"
)

// parts returns the segments of a text of a size, which may be so long alone or a part.
func parts(size, alone, part int) int {
	if size <= alone {
		return 1
	}
	return (size + part - 1) / part
}

// Length returns the number of characters as GSM-7 counts them. Characters that GSM-7 lacks count
// as one.
func Length(s string) (n int) {
	for _, r := range s {
		n++
		if strings.ContainsRune(gsmExtended, r) {
			n++
		}
	}
	return n
}

// odd lists the characters of a text that GSM-7 lacks, each once, for whoever must write them
// another way.
func odd(s string) string {
	var out []string
	for _, r := range s {
		if _, gsm := Segments(string(r)); !gsm && !slices.Contains(out, string(r)) {
			out = append(out, string(r))
		}
	}
	return strings.Join(out, " ")
}

// typographic are the characters that phones and word processors write by themselves, and what they
// stand for, as Twilio's Smart Encoding has them. source:
// https://www.twilio.com/docs/messaging/services/smart-encoding-char-list
var typographic = strings.NewReplacer(
	"‘", "'", "’", "'", "‚", "'", "‛", "'", "′", "'", "`", "'", "´", "'",
	"“", `"`, "”", `"`, "„", `"`, "‟", `"`, "″", `"`, "〝", `"`, "〞", `"`, "«", `"`, "»", `"`,
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "―", "-", "−", "-", "•", "-", "◦", "-", "▪", "-",
	"…", "...", "\u00a0", " ", "\u2009", " ", "\u202f", " ", "\t", " ",
	"\u200b", "", "\ufeff", "", "\u00ad", "",
)

// Plain returns a text with typographic quotes, dashes, bullets and spaces made plain, and invisible
// characters taken out. One of them would turn the whole text to UCS-2, at 70 characters a segment.
// What means something, such as an accent or an emoji, is left.
func Plain(s string) string { return typographic.Replace(s) }
