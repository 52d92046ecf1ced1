package screen

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/model"
)

// The classes of a model that are no kinds.
const (
	// ClassEntry begins the class of an entry of the base: "faq:cost".
	ClassEntry   = "faq:"
	classOther   = "crisis:other" // a relative or friend is in danger
	ClassOutside = "outside"      // asks what no entry answers: a person
	classChat    = "chat"         // asks nothing, and nothing is wrong
	classConcern = "concern"      // may be more than it seems
)

// learnt is what Learn made of the texts.
type learnt struct {
	kinds   *model.Model
	langs   *model.Model
	near    *neighbours
	sure    sure
	entries []int // the places of the entries' classes
}

// sure turns what the model says into decisions. All of it was learnt from writers whose texts
// the model had not seen.
type sure struct {
	Danger [dangers]float64      `json:"danger"` // weights of the evidence of danger
	Answer [answers]float64      `json:"answer"` // weights of the evidence that the first entry is right
	Near   [nearEvidence]float64 `json:"near"`   // the same where the meaning of the text is known
	// From which probability on a text is an alarm, a concern, a nurse's matter, answered.
	Alarm        float64 `json:"alarm"`
	Concern      float64 `json:"concern"`
	Clinical     float64 `json:"clinical"`
	Answered     float64 `json:"answered"`
	AnsweredNear float64 `json:"answered_near"`
	// Does and Asks are, by kind, from when on an act is done, and from when on asked back.
	Does map[string]float64 `json:"does"`
	Asks map[string]float64 `json:"asks"`
}

// openLearnt reads what Learn wrote, each part behind its length: the calibration as JSON, the
// model of languages, the neighbours, the model of kinds.
func openLearnt(data []byte) (*learnt, error) {
	l := &learnt{}
	cut := func() []byte {
		if len(data) < 4 {
			return nil
		}
		n := int(binary.LittleEndian.Uint32(data))
		if n > len(data)-4 {
			return nil
		}
		part := data[4 : 4+n]
		data = data[4+n:]
		return part
	}
	if err := json.Unmarshal(cut(), &l.sure); err != nil {
		return nil, fmt.Errorf("screen: what was learnt can't be read: %w", err)
	}
	var err1, err2, err3 error
	l.langs, err1 = model.Open(cut())
	l.near, err2 = openNeighbours(cut())
	l.kinds, err3 = model.Open(cut())
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	for i, c := range l.kinds.Classes() {
		if strings.HasPrefix(c, ClassEntry) {
			l.entries = append(l.entries, i)
		}
	}
	return l, nil
}

func (l *learnt) write(kinds, near, langs []byte) ([]byte, error) {
	head, err := json.Marshal(l.sure)
	var out []byte
	for _, part := range [][]byte{head, langs, near, kinds} {
		out = append(binary.LittleEndian.AppendUint32(out, uint32(len(part))), part...)
	}
	return out, err
}

// scores is what the model makes of a text.
type scores struct {
	l     *learnt
	whole []float32   // probability of each class
	parts [][]float32 // the same for each part, none when the text has one
}

// score has the model read a text and each part of it, so that a cry for help tacked on to small
// talk is heard.
func (s *Screen) score(ws []word, lang string) scores {
	sc := scores{l: s.learnt, whole: s.classes(ws, lang)}
	for _, part := range append(parts(ws, 2), windows(ws)...) {
		sc.parts = append(sc.parts, s.classes(part, lang))
	}
	return sc
}

// A text that goes on without a full stop is read through windows as well, which overlap: "running
// late i got dizzy and passed out on the train".
const (
	windowFrom  = 9 // words from which on a text has windows
	windowWords = 6
	windowStep  = 3
	mostWindows = 12
)

func windows(ws []word) (out [][]word) {
	if len(ws) < windowFrom {
		return nil
	}
	for at := 0; at+windowStep < len(ws) && len(out) < mostWindows; at += windowStep {
		out = append(out, ws[at:min(at+windowWords, len(ws))])
	}
	return out
}

func (s *Screen) classes(ws []word, lang string) []float32 {
	p := make([]float32, len(s.learnt.kinds.Classes()))
	s.learnt.kinds.Score(s.feats.read(ws, lang), p)
	return p
}

// of is the probability of some classes together in p.
func (sc *scores) of(p []float32, classes ...string) (sum float64) {
	for _, c := range classes {
		if i := sc.l.kinds.Place(c); i >= 0 {
			sum += float64(p[i])
		}
	}
	return sum
}

// act is the probability of a kind in the whole text. What asks nothing and is most like the entry about an act means the act.
func (s *Screen) act(sc *scores, kind string, asks bool) float64 {
	p := sc.kind(kind)
	if asks {
		return p
	}
	for entry, act := range s.meant {
		if act == kind {
			p += sc.of(sc.whole, ClassEntry+entry)
		}
	}
	return p
}

// kind is the probability of a kind in the whole text.
func (sc *scores) kind(kind string) float64 {
	switch kind {
	case "crisis":
		return sc.of(sc.whole, "crisis", classOther)
	case classChat:
		return sc.of(sc.whole, classChat, "courtesy", "greeting")
	}
	return sc.of(sc.whole, kind)
}

func (sc *scores) danger(p []float32) float64 { return sc.of(p, "crisis", classOther, "emergency") }

// dangers and answers are how many figures the evidence has.
const (
	dangers = 17
	answers = 12
)

// dangerEvidence is what speaks for danger in the text or in that part of it which looks most like it, and what else that may
// be; named says that a pattern speaks for it.
func (sc *scores) dangerEvidence(ws []word, lang string, named bool) [dangers]float64 {
	p, part := sc.whole, false
	for _, q := range sc.parts {
		if sc.danger(q) > sc.danger(p) {
			p, part = q, true
		}
	}
	entry := 0.
	if best := sc.l.rank(p, 1); len(best) > 0 {
		entry = best[0].p
	}
	say := func(p float64) float64 { return math.Log(p+1e-3) / 3 }
	whole, most := odds(sc.danger(sc.whole))/3, odds(sc.danger(p))/3
	return [dangers]float64{
		1, whole, most, truth(named), truth(named) * whole, truth(part), truth(part) * most,
		say(sc.of(p, classConcern)), say(sc.of(p, "clinical")), say(sc.of(p, "emergency")),
		say(sc.of(p, acts[:]...)), say(sc.of(p, classChat, "courtesy")), say(sc.of(p, ClassOutside)), say(entry),
		math.Log(float64(len(ws))+1) - 2, truth(lang == "es"), truth(asks(ws)),
	}
}

// acts are the kinds that change a visit or consent.
var acts = [...]string{"confirm", "decline", "reschedule", "late", "optout"}

// answerEvidence is what speaks in p for the entry that ranks first.
func (sc *scores) answerEvidence(p []float32, best []ranked, ws []word, lang string, strange float64) (e [answers]float64) {
	if len(best) == 0 {
		return e
	}
	top := math.Log(best[0].p + rare)
	second, all := 0., 0.
	for i, b := range best {
		if i > 0 {
			second = max(second, b.p)
		}
		all += b.p
	}
	against := func(q float64) float64 { return (top - math.Log(q+rare)) / 3 }
	return [answers]float64{
		1, against(second), against(sc.of(p, ClassOutside)), against(sc.of(p, classChat, "courtesy", "greeting")),
		against(sc.danger(p) + sc.of(p, classConcern)), against(sc.of(p, "clinical")),
		against(sc.of(p, "confirm", "decline", "reschedule", "late", "optout", "help", "start", "person")),
		best[0].p / (all + rare), truth(asks(ws)), strange, math.Log(float64(len(ws))+1) - 2, truth(lang == "es"),
	}
}

var errNear = errors.New("screen: the neighbours are cut short")

// rare keeps a logarithm from falling without end.
const rare = 1e-4

// strange is the share of the words that no text learnt from has.
func (s *Screen) strange(ws []word, lang string) float64 {
	n := 0.
	for _, w := range ws {
		if !w.isNum && !w.hidden && !s.learnt.kinds.Knows(key("w", stem(w.s, lang), "")) {
			n++
		}
	}
	return n / float64(max(1, len(ws)))
}

// ranked is an entry and its probability.
type ranked struct {
	place int
	p     float64
	score float64 // against the first's, which is 1
}

// most is how many entries are looked at.
const most = 5

// rank gives the likeliest entries, likeliest first.
func (l *learnt) rank(p []float32, most int) []ranked {
	best := make([]ranked, 0, most+1)
	for _, at := range l.entries {
		v := float64(p[at])
		i := len(best)
		for ; i > 0 && best[i-1].p < v; i-- {
		}
		if i < most {
			best = append(best[:i], append([]ranked{{at, v, 0}}, best[i:]...)...)
			best = best[:min(len(best), most)]
		}
	}
	for i := range best {
		best[i].score = best[i].p / max(best[0].p, rare)
	}
	return best
}

func odds(p float64) float64 { return math.Log((p + 1e-4) / (1 - p + 1e-4)) }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func asks(ws []word) bool {
	for _, w := range ws {
		if w.asks {
			return true
		}
	}
	return false
}

func logistic(w, e []float64) float64 {
	var z float64
	for i := range w {
		z += w[i] * e[i]
	}
	return 1 / (1 + math.Exp(-z))
}

// lang tells English from Spanish; "" if it can't be told.
func (s *Screen) lang(ws []word, marked bool) string {
	if s.learnt == nil || len(ws) == 1 && len(ws[0].s) == 1 { // a "C" is neither
		return ""
	}
	es := s.learnt.spanish(langFeatures(ws, marked)) - s.learnt.spanish(nil)
	switch {
	case es > unsure:
		return "es"
	case es < -unsure:
		return "en"
	}
	return ""
}

// spanish is the log odds of Spanish; of nothing said, how much more often it is learnt from.
func (l *learnt) spanish(fs []model.Feature) float64 {
	p := make([]float32, 2)
	l.langs.Score(fs, p)
	return odds(float64(p[l.langs.Place("es")]))
}

// unsure is the evidence, in log odds, below which no language is named.
const unsure = .5

// langFeatures are the words and the letter triples of a text's first words, and whether it has
// letters that are rare in English.
func langFeatures(ws []word, marked bool) (out []model.Feature) {
	for i, w := range ws {
		if i == 40 {
			break
		}
		if w.isNum || w.drawn {
			continue
		}
		out = append(out, model.Feature{Key: key("l", w.s, ""), Weight: 1})
		p := "_" + w.s + "_"
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
