// Package veil marks parts of texts for staff that may be shown only where patients' words may be:
// names, words, and what patients come for. They are marked where a text is made, and shown or
// hidden where it is read.
package veil

import "strings"

// The marks of a veiled part: where it begins, where what stands in its place begins, and where it
// ends. No phone or keyboard writes them.
const (
	veil    = "\x0e"
	instead = "\x1f"
	unveil  = "\x0f"
)

// Veiled returns a part of a text for staff that may be shown only where patients' words may be:
// what a patient wrote, is called, or comes for. Elsewhere other stands in its place. Such a text
// is stored as it is, and [Shown] makes of it what staff read: whether words may be shown is
// settled where they are, not where the text is made.
func Veiled(part, other string) string {
	plain := strings.NewReplacer(veil, "", instead, "", unveil, "")
	return veil + plain.Replace(Shown(part, true)) + instead + plain.Replace(Shown(other, false)) +
		unveil
}

// Shown returns a text for staff as they read it: with its veiled parts, or with what stands in
// their places. A part whose marks are broken isn't shown, nor is what follows it.
func Shown(text string, words bool) string {
	var b strings.Builder
	for {
		open, rest, veiled := strings.Cut(text, veil)
		b.WriteString(open)
		if !veiled {
			return b.String()
		}
		part, rest, both := strings.Cut(rest, instead)
		other, rest, ended := strings.Cut(rest, unveil)
		if !both || !ended {
			return b.String()
		}
		if words {
			b.WriteString(part)
		} else {
			b.WriteString(other)
		}
		text = rest
	}
}
