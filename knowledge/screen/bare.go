package screen

import "fmt"

// The answers that Verdict.Bare names.
const (
	Yes = "yes"
	No  = "no"
)

// bareReader knows the texts that are nothing but a yes or a no. They answer whatever was asked
// last, so nothing else may count as one. Both maps are keyed by the normalised text.
type bareReader struct {
	answers map[string]string // text → answer
	langs   map[string]string // text → its language; "" where both have it
}

// compile reads the rules of bare.yaml. A text under both answers is a fault: a patient's "no" must
// never be a yes.
func (b *bareReader) compile(r Rules, norm *normaliser) (faults []error) {
	b.answers, b.langs = map[string]string{}, map[string]string{}
	for _, answer := range sortedKeys(r.Bare) {
		if answer != Yes && answer != No {
			faults = append(faults, fmt.Errorf("bare: %q is unknown; it must be yes or no", answer))
			continue
		}
		for _, lang := range sortedKeys(r.Bare[answer]) {
			for _, e := range r.Bare[answer][lang] {
				key := joined(norm.words(nil, e))
				if was := b.answers[key]; key == "" || was != "" && was != answer {
					faults = append(faults,
						fmt.Errorf("bare: %s: %q has no word in it, or stands under both", answer,
							e))
				}
				own := lang
				if first, twice := b.langs[key]; twice && first != lang {
					own = ""
				}
				b.answers[key], b.langs[key] = answer, own
			}
		}
	}
	return faults
}
