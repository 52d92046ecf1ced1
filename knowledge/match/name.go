package match

import (
	"regexp"
	"strings"
)

// humps are the places where a new word begins in anIdLikeThis.
var humps = regexp.MustCompile(`([a-z])([A-Z])`)

// nameOf returns what an entry's id says in words, "" if it says nothing: "cost_of_visit" does,
// "e17" doesn't. Authors name entries after what is asked, so the name is trained on like a
// phrasing; it isn't tested with, because nobody texts it.
func nameOf(id string) string {
	var words []string
	for _, w := range strings.Fields(fold(humps.ReplaceAllString(id, "$1 $2"))) {
		for _, w := range split(nil, w) {
			if len(w) > 1 && !digit(w[0]) {
				words = append(words, w)
			}
		}
	}
	return strings.Join(words, " ")
}
