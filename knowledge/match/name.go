package match

import (
	"regexp"
	"strings"
)

// name is what an entry's id says in words, "" if it says nothing: "cost_of_visit" does, "e17" doesn't. Who keeps a base names its entries
// for what is asked, so the name counts as one of its phrasings and is learnt from; but nobody
// texts it, so nothing is tested with it.
func name(id string) string {
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

// humps are where a new word begins in anIdLikeThis.
var humps = regexp.MustCompile(`([a-z])([A-Z])`)
