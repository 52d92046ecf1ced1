package match

import (
	_ "embed" // the families
	"strings"
)

//go:embed families.txt
var familyLines string

// newFamilies reads families.txt: a family a line, named by its first word. Each word is filed
// under its English and its Spanish stem, since a text of one word doesn't say which it is in.
func newFamilies() families {
	m := families{}
	for line := range strings.Lines(familyLines) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		ws := strings.Fields(line)
		f := family{ws[0], hash(seed(kin), ws[0])}
		for _, w := range ws {
			for _, es := range []bool{false, true} {
				s := stem(w, es)
				if fs := m[s]; len(fs) == 0 || fs[len(fs)-1] != f {
					m[s] = append(fs, f)
				}
			}
		}
	}
	return m
}

// aloud is how many more times the families of a word count when the base doesn't have the word
// itself and nothing else speaks for it: "fee" in a base that only knows "price".
const aloud = 3
