package knowledge

import (
	"regexp"
	"sync"

	"github.com/beacon-clinic/beacon/knowledge/language"
)

// promise matches a sentence by which a person will do something, or by which one is told, in
// either language. What nobody is bound by is left out: "we'll text you when another time opens" is
// the bot's own.
var promise = regexp.MustCompile(`(?i)` +
	`\b(?:person|nurse|doctor|clinician|somebody|someone|team|desk|we)\b[^.!?;:]{0,60}` +
	`\b(?:gets? back|calls? you|writes? to you|answers? you|helps? you|looks? (?:for|at)|` +
	`look and|reads? this|explains? it|takes? care|contacts? you|follows? up|be in touch)\b` +
	`|\bwe'll (?:get back|call|be in touch|pass it on)\b|\bhear from us\b` +
	`|\b(?:desk|someone|somebody)\b[^.!?;:]{0,40}\b(?:been|being) told\b` +
	`|\b(?:persona|enfermera|doctora?|alguien|equipo)\b[^.!?;:]{0,60}` +
	`\b(?:respond|llam|escrib|comunic|contact|ayud|explic|revis|busc|atend|l[ae]e\b|leer|ver[aá]\b)` +
	`|\ble (?:respondemos|llamamos|llamaremos)\b|\bnoticias nuestras\b|\bse lo decimos al equipo\b` +
	`|\bya (?:lo )?sabe la recepcion\b|\bavisa(?:ndo|mos) a alguien\b`)

// Promising reports whether a text promises, by its words, that a person will act or answer.
func Promising(text string) bool { return promise.MatchString(text) }

// Promises reports whether a sentence of replies/ promises a person, so that staff must have a card
// when it is sent: as its file says, or else by its words.
func (b *Base) Promises(name string) bool {
	r, ok := b.replies[name]
	return ok && r.promising()
}

// Promising reports whether the entry's answer promises a person, likewise. A holding one does.
func (e *Entry) Promising() bool {
	return e.Is(Holding) || e.promising()
}

// promising returns promises of some words, which it reads once, when they are first sent: that takes
// longer than storing a text.
func promising(said *bool, all ...language.Words) func() bool {
	return sync.OnceValue(func() bool { return promises(said, all...) })
}

// promises reports what was said of words, or else what they say themselves, in either language.
func promises(said *bool, all ...language.Words) bool {
	if said != nil {
		return *said
	}
	for _, words := range all {
		for _, l := range language.All() {
			if Promising(words[l]) {
				return true
			}
		}
	}
	return false
}

// promise checks that a sentence which promises a person in either language says so: staff get a card
// for it. One that only seems to says "promises: false".
func (c *checker) promise(file string, line int, name string, said *bool, words language.Words) {
	if said != nil {
		return
	}
	for _, l := range language.All() {
		if Promising(words[l]) {
			c.fault(file, line, "%s: %s: it seems to promise that a person answers or acts: say "+
				"promises: true, so that the desk gets a card, or promises: false", name, l)
			return
		}
	}
}
