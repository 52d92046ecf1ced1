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
	es := s.learnt.spanish(langFeatures(ws, marked)) - s.learnt.prior
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
	p := make([]float32, 2)
	l.langs.Score(fs, p)
	return odds(float64(p[l.langs.Place("es")]))
}

// unsure is the evidence, in log odds, below which no language is named. Then the caller keeps the
// language that it knows the patient by.
const unsure = .5

// langFeatures returns the words and letter triples of a text's first 40 words, and whether it has
// letters that are rare in English. Numbers and emoji have no language.
func langFeatures(ws []word, marked bool) []model.Feature {
	out := make([]model.Feature, 0, 8*len(ws)) // a word has a feature, and one for each letter
	for i, w := range ws {
		if i == 40 {
			break
		}
		if w.isNum || w.drawn {
			continue
		}
		p := "_" + w.s + "_"
		out = append(out, model.Feature{Key: key("l", w.s, ""), Weight: 1})
		for j := 0; j+3 <= len(p); j++ {
			out = append(out, model.Feature{Key: key("t", p[j:j+3], ""), Weight: .3})
		}
	}
	scale := float32(1 / math.Sqrt(float64(max(1, len(out)))))
	for i := range out {
		out[i].Weight *= 3 * scale
	}
	if marked {
		out = append(out, model.Feature{Key: key("marked", "", ""), Weight: 1})
	}
	return out
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
