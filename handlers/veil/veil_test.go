package veil_test

import (
	"testing"

	"github.com/beacon-clinic/beacon/handlers/veil"
)

func TestShown(t *testing.T) {
	veiled := veil.Veiled
	for _, c := range []struct {
		name string
		text string
		with string // shown with words
		bare string // and without
	}{
		{name: "nothing"},
		{name: "plain", text: "as it is", with: "as it is", bare: "as it is"},
		{name: "a part", text: "Free" + veiled(", spravato", "") + ".", with: "Free, spravato.", bare: "Free."},
		{name: "all of it", text: veiled("Ana", "-"), with: "Ana", bare: "-"},
		{
			name: "two parts", text: veiled("Ana", "-") + " at 9 " + veiled("\"no\"", "(not shown)"),
			with: "Ana at 9 \"no\"", bare: "- at 9 (not shown)",
		},
		{
			name: "one in another", text: veiled("Asks of "+veiled("spravato", "something"), "Asks"),
			with: "Asks of spravato", bare: "Asks",
		},
		{
			name: "one in what stands for another", text: veiled("x", "a "+veiled("spravato", "visit")),
			with: "x", bare: "a visit",
		},
		{name: "words with marks", text: veiled("no\x1fmore\x0f", "-"), with: "nomore", bare: "-"},
		{name: "cut off in the part", text: "Free" + veiled("spravato", "")[:4], with: "Free", bare: "Free"},
		{name: "cut off after it", text: "Free\x0espravato\x1f", with: "Free", bare: "Free"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := veil.Shown(c.text, true); got != c.with {
				t.Errorf("with words %q, want %q", got, c.with)
			}
			if got := veil.Shown(c.text, false); got != c.bare {
				t.Errorf("without %q, want %q", got, c.bare)
			}
		})
	}
}
