package knowledge

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
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

// cheaper says how to write a text so that GSM-7 has all its characters: what to put for those that
// have a plain form, such as a curly quote or an accent, and what to leave out.
func cheaper(s string) string {
	var write, out []string
	for _, r := range s {
		c := string(r)
		if _, gsm := Segments(c); gsm {
			continue
		}
		to := Plain(c)
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) {
			c = fmt.Sprintf("an invisible sign (%U)", r)
		}
		to = unaccented.Replace(to)
		if _, gsm := Segments(to); to == "" || !gsm {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		} else if how := to + " for " + c; !slices.Contains(write, how) {
			write = append(write, how)
		}
	}
	var how []string
	if len(write) > 0 {
		how = append(how, "write "+strings.Join(write, ", "))
	}
	if len(out) > 0 {
		how = append(how, "leave out "+strings.Join(out, " "))
	}
	return strings.Join(how, ", ") + " (not GSM-7)"
}

// unaccented are the accents that Spanish has and GSM-7 lacks, as they are left off.
var unaccented = strings.NewReplacer("á", "a", "í", "i", "ó", "o", "ú", "u",
	"Á", "A", "Í", "I", "Ó", "O", "Ú", "U")

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
