package screen

import "fmt"

// The answers that a text can be nothing but.
const (
	Yes = "yes"
	No  = "no"
)

// bare are the texts that are nothing but a yes or a no.
type bare struct {
	answers map[string]string // text → answer
	shared  map[string]bool   // that are the same in both languages
}

func (b *bare) compile(r Rules, norm *normaliser) (faults []error) {
	b.answers, b.shared = map[string]string{}, map[string]bool{}
	langs := map[string]string{}
	for _, answer := range sortedKeys(r.Bare) {
		if answer != Yes && answer != No {
			faults = append(faults, fmt.Errorf("bare: %q is unknown; it must be yes or no", answer))
			continue
		}
		for _, lang := range sortedKeys(r.Bare[answer]) {
			for _, e := range r.Bare[answer][lang] {
				key := joined(norm.words(e))
				if was := b.answers[key]; key == "" || was != "" && was != answer {
					faults = append(faults, fmt.Errorf("bare: %s: %q has no word in it, or stands under both", answer, e))
				}
				b.shared[key] = b.shared[key] || langs[key] != "" && langs[key] != lang
				b.answers[key], langs[key] = answer, lang
			}
		}
	}
	return faults
}
