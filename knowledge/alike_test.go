package knowledge_test

import (
	"slices"
	"strings"
	"testing"
)

// What is asked again in other words comes together, in both languages; what is something else
// doesn't.
func TestAlike(t *testing.T) {
	b := base(t, shipped)
	groups := [][]string{
		{
			"do you have wifi", "is there wifi in the waiting room", "whats the wifi password",
			"can i use your wifi",
		},
		{"can i bring my dog", "are dogs allowed", "is my service dog ok to bring"},
		{"tienen wifi", "cual es la clave del wifi"},
		{"do you validate parking for the garage on 5th"},
	}
	var texts []string
	for i := range groups[0] { // mixed, as they come
		for _, g := range groups {
			if i < len(g) {
				texts = append(texts, g[i])
			}
		}
	}
	got := b.Alike(texts)
	var lines []string
	for _, g := range got {
		var one []string
		for _, i := range g {
			one = append(one, texts[i])
		}
		lines = append(lines, strings.Join(one, "; "))
	}
	if !strings.Contains(lines[0], "wifi") || len(got[0]) < 4 || len(got[1]) != 3 {
		t.Errorf("groups are\n%s", strings.Join(lines, "\n"))
	}
	for _, line := range lines {
		if strings.Contains(line, "dog") == strings.Contains(line, "wifi") &&
			!strings.Contains(line, "parking") || strings.Contains(line, "parking") &&
			strings.Contains(line, ";") {
			t.Errorf("brought together: %s", line)
		}
	}
	if again := b.Alike(texts); !slices.EqualFunc(got, again, slices.Equal[[]int]) {
		t.Error("the same texts come together in another way")
	}
	if got := b.Alike(nil); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}
