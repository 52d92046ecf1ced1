package screen

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/model"
)

// The classes of a model that aren't kinds.
const (
	// ClassEntry begins the class of an entry of the base: "faq:cost".
	ClassEntry   = "faq:"
	classOther   = "crisis:other" // a relative or friend is in danger
	ClassOutside = "outside"      // asks what no entry answers: a person
	classChat    = "chat"         // asks nothing, and nothing is wrong
	classConcern = "concern"      // may be more than it seems
)

// learnt is what Learn made of the texts: two models, the neighbours, the calibration.
type learnt struct {
	kinds   *model.Model
	langs   *model.Model
	es      int // the place of Spanish in langs
	near    *neighbours
	sure    sure
	entries []int // the places of the entries' classes
	groups  groups
	judged  [len(judged)]group // the classes that each of judged is to the model
	prior   float64            // what spanish says of no words at all
}

// sure turns what the model says into decisions. All of it was fitted on writers whose texts the
// model hadn't seen. It is stored as JSON within the model file: a new field is zero in an old
// file.
type sure struct {
	Danger [dangers]float64      `json:"danger"` // weights of the evidence of danger
	Answer [answers]float64      `json:"answer"` // of the evidence for the first entry
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

// dangers and answers are the numbers of figures in the evidence. The weights in a model file
// belong to the figures by their place, so to add, drop or reorder one asks for a new model.
const (
	dangers = 17
	answers = 12
)

// nearEvidence is the number of figures in the evidence with meaning: those without, and five more.
const nearEvidence = answers + 5

// openLearnt reads what Learn wrote: four parts, each after its length in bytes as a little-endian
// uint32. They are the calibration as JSON, the model of languages, the neighbours, the model of
// kinds. The models stay where they lie in data, which must not change.
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
	if len(l.langs.Classes()) != 2 || l.langs.Place("es") < 0 || l.langs.Place("en") < 0 {
		return nil, fmt.Errorf("screen: learnt from texts in %q: texts in English and in Spanish "+
			"are needed to tell them apart", l.langs.Classes())
	}
	l.es = l.langs.Place("es")
	l.prior = l.spanish(nil)
	for i, c := range l.kinds.Classes() {
		if strings.HasPrefix(c, ClassEntry) {
			l.entries = append(l.entries, i)
		}
	}
	l.group()
	return l, nil
}

// write is the inverse of openLearnt.
func (l *learnt) write(kinds, near, langs []byte) ([]byte, error) {
	head, err := json.Marshal(l.sure)
	var out []byte
	for _, part := range [][]byte{head, langs, near, kinds} {
		out = append(binary.LittleEndian.AppendUint32(out, uint32(len(part))), part...)
	}
	return out, err
}

// rank returns the likeliest entries, best first, at most most. The score of each is relative to
// the first's.
func (l *learnt) rank(p []float32, most int) []ranked {
	best := make([]ranked, 0, most+1)
	for _, at := range l.entries {
		v := float64(p[at])
		i := len(best)
		for ; i > 0 && best[i-1].p < v; i-- {
		}
		if i < most {
			best = slices.Insert(best, i, ranked{place: at, p: v})
			best = best[:min(len(best), most)]
		}
	}
	for i := range best {
		best[i].score = best[i].p / max(best[0].p, rare)
	}
	return best
}

// ranked is an entry with its probability.
type ranked struct {
	place int
	p     float64
	score float64 // against the first's, which is 1
}

// most is how many entries are looked at.
const most = 5

// rare keeps logarithms finite.
const rare = 1e-4

// judged are the kinds with calibrated thresholds.
var judged = [...]string{
	"clinical", "optout", "confirm", "decline", "reschedule", "late", "help",
	"start", "person", classChat,
}
