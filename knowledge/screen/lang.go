package screen

import (
	"math"

	"github.com/beacon-clinic/beacon/knowledge/model"
)

// lang tells English from Spanish; "" if it can't. The prior is taken off: most of the corpus is
// English, but that says nothing about this patient.
func (s *Screen) lang(ws []word, marked bool) string {
	if s.learnt == nil || len(ws) == 1 && len(ws[0].s) == 1 { // a "C" is neither
		return ""
	}
	var room [128]model.Feature // enough for most texts
	es := s.learnt.spanish(langFeatures(room[:0], ws, marked)) - s.learnt.prior
	switch {
	case es > unsure:
		return "es"
	case es < -unsure:
		return "en"
	}
	return ""
}

// spanish returns the log odds of Spanish. For no features it is the prior of the training texts.
// openLearnt has made sure that there are two languages.
func (l *learnt) spanish(fs []model.Feature) float64 {
	var p [2]float32
	l.langs.Score(fs, p[:])
	return odds(float64(p[l.es]))
}

// unsure is the evidence, in log odds, below which no language is named. Then the caller keeps the
// language that it knows the patient by.
const unsure = .5

// langFeatures appends the words and letter triples of a text's first 40 words, and whether it has
// letters that are rare in English. Numbers and emoji have no language.
func langFeatures(to []model.Feature, ws []word, marked bool) []model.Feature {
	first, triple := len(to), fnv(fnvStart, "t")
	for i := range ws[:min(len(ws), 40)] {
		w := &ws[i]
		if w.isNum || w.drawn {
			continue
		}
		to = append(to, model.Feature{Key: key("l", w.s, ""), Weight: 1})
		at := func(j int) uint64 { // a letter of the word, "_" at its ends
			if j < 0 || j == len(w.s) {
				return '_'
			}
			return uint64(w.s[j])
		}
		for j := range len(w.s) { // every word has as many triples as letters
			h := (triple ^ at(j-1)) * fnvPrime
			h = (h ^ at(j)) * fnvPrime
			h = (h ^ at(j+1)) * fnvPrime
			to = append(to, model.Feature{Key: mix(h * fnvPrime), Weight: .3})
		}
	}
	scale := float32(1 / math.Sqrt(float64(max(1, len(to)-first))))
	for i := range to[first:] {
		to[first+i].Weight *= 3 * scale
	}
	if marked {
		to = append(to, model.Feature{Key: key("marked", "", ""), Weight: 1})
	}
	return to
}

// odds turns a probability into log odds, kept finite at both ends.
func odds(p float64) float64 { return math.Log((p + 1e-4) / (1 - p + 1e-4)) }

// orEnglish returns the language to stem words in: English if none was told.
func orEnglish(told string) string {
	if told == "" {
		return "en"
	}
	return told
}
