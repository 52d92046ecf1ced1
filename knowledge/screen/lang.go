package screen

import "math"

// languages tells English from Spanish by the words and letter triples of the
// curated examples (naive Bayes): a text of four words is often enough.
type languages struct{ odds map[string]float64 }

// unsure is the evidence below which no language is named.
const unsure = 0.7

func newLanguages(texts map[string][][]word) languages {
	counts := map[string]map[string]float64{"en": {}, "es": {}}
	total := map[string]float64{}
	for lang, c := range counts {
		for _, ws := range texts[lang] {
			for _, key := range langKeys(ws) {
				c[key]++
				total[lang]++
			}
		}
	}
	l := languages{odds: map[string]float64{}}
	for _, c := range counts {
		for key := range c {
			en := (counts["en"][key] + 0.5) / (total["en"] + 1)
			es := (counts["es"][key] + 0.5) / (total["es"] + 1)
			l.odds[key] = min(max(math.Log(es/en), -3), 3)
		}
	}
	return l
}

func langKeys(ws []word) []string {
	var keys []string
	for i, w := range ws {
		if i == 40 {
			break
		}
		if w.isNum || w.drawn {
			continue
		}
		keys = append(keys, w.s)
		p := "_" + w.s + "_"
		for j := 0; j+3 <= len(p); j++ {
			keys = append(keys, p[j:j+3])
		}
	}
	return keys
}

func (l languages) of(ws []word, marked bool) string {
	if len(ws) == 1 && len(ws[0].s) == 1 {
		return "" // a "C" is neither
	}
	sum := 0.0
	if marked { // ñ, ¿, ¡ and accents are rare in English
		sum += 2
	}
	for _, key := range langKeys(ws) {
		// a word counts more than its letters
		if len(key) == 3 {
			sum += 0.3 * l.odds[key]
		} else {
			sum += l.odds[key]
		}
	}
	switch {
	case sum > unsure:
		return "es"
	case sum < -unsure:
		return "en"
	}
	return ""
}
