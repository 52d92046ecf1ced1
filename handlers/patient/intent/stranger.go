package intent

import (
	"regexp"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
)

// notHere is how somebody says that they, or those at their number, aren't who is named.
var notHere = regexp.MustCompile(`^(?:(?:no|sorry|perdon|lo siento|hi|hello|hola|yo) )*(?:` +
	`(?:im|i am|this is|its|it is|youre|you are) not(?: texting)?|(?:this|it) (?:isnt|aint)|` +
	`(?:theres|there is) no|no soy|(?:esta?|este|aqui|ella|el) no (?:es|esta|vive|hay)|no es|` +
	`aqui no hay)(?: (?:a|an|any|un|una|ningun|ninguna|el|la|named|called|numero de|telefono de))*` +
	` ((?:\w+ ?){1,4})$`)

// notThem reports whether the text says that its writer isn't the patient: "no soy Ana". It gives no
// visit up, whatever else it looks like. On a phone that several share a relative may say it.
func (k known) notThem() bool {
	if len(k.patients) != 1 {
		return false
	}
	m := notHere.FindStringSubmatch(strings.Join(wordsOf(k.full.Body), " "))
	if m == nil {
		return false
	}
	name := handlers.NameWords(k.patients[0])
	said := strings.Fields(m[1])
	return len(name) > 0 && said[0] == name[0] && !slices.ContainsFunc(said, func(w string) bool {
		return !slices.Contains(name, w)
	})
}
