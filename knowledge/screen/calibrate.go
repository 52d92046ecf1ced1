package screen

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// calibrate fits the evidence and sets every threshold on texts of held-out writers: none of hs was
// read by a model that had learnt from its writer. Thresholds follow from how often a mistake may
// happen, so they move with the corpus, and nobody sets one by hand.
func (c *sure) calibrate(hs []heard) (r Report) {
	c.Does, c.Asks = map[string]float64{}, map[string]float64{}
	c.fitDanger(hs, &r)
	c.fitAnswers(hs, &r)
	r.Kinds = map[string][2]float64{}
	for _, k := range judged {
		var others, own []float64
		for _, h := range hs {
			switch {
			case h.text.Class == k:
				own = append(own, h.kinds[k])
			case slices.Contains(h.text.Also, k) || h.text.Class == "crisis" ||
				h.text.Class == "emergency":
			// Either way a person reads it.
			case k == "clinical" && h.text.Class == classConcern:
			// A question about an act is no mistake for it.
			case h.about == k:
			case k == classChat && h.text.Class == "courtesy":
			default:
				others = append(others, h.kinds[k])
			}
		}
		switch k {
		case "clinical":
			c.Clinical = above(others, falseNurse)
			c.Does[k], c.Asks[k] = c.Clinical, c.Clinical
		case classChat:
			c.Does[k] = above(others, falseChat)
			c.Asks[k] = c.Does[k]
		default:
			c.Does[k], c.Asks[k] = above(others, falseDone), above(others, falseAsked)
		}
		r.Kinds[k] = [2]float64{reach(own, c.Does[k]), reach(own, c.Asks[k])}
	}
	r.Texts = len(hs)
	return r
}

// Report says how the calibration stands on held-out writers.
type Report struct {
	Texts                      int
	Crises, Alarms, Reached    int     // dangers; those that alarm; those that reach a person
	FalseAlarms, FalseConcerns float64 // of harmless texts
	Right, Wrong, Strangers    float64 // of questions; of questions from outside
	// RightNear, WrongNear and StrangersNear are the same with the meaning, of English ones.
	RightNear, WrongNear, StrangersNear float64
	RightEnglish                        float64               // by the words alone, of English ones
	Kinds                               map[string][2]float64 // by kind: done, done or asked back
}

// String returns the report as a table.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "held out by writer: %d texts\n", r.Texts)
	fmt.Fprintf(&b, "danger       %d, as alarm %.3f, reaching a person %.3f\n", r.Crises,
		float64(r.Alarms)/float64(max(1, r.Crises)), float64(r.Reached)/float64(max(1, r.Crises)))
	fmt.Fprintf(&b, "false        alarms %.4f, concerns %.4f\n", r.FalseAlarms, r.FalseConcerns)
	fmt.Fprintf(&b, "questions    right %.3f, wrong %.3f, strangers answered %.3f\n", r.Right,
		r.Wrong, r.Strangers)
	fmt.Fprintf(&b, "  of English ones, right by words alone %.3f\n", r.RightEnglish)
	fmt.Fprintf(&b, "  with meaning right %.3f, wrong %.3f, strangers answered %.3f\n", r.RightNear,
		r.WrongNear, r.StrangersNear)
	for _, k := range sortedKeys(r.Kinds) {
		fmt.Fprintf(&b, "%-12s done %.3f, done or asked back %.3f\n", k, r.Kinds[k][0],
			r.Kinds[k][1])
	}
	return b.String()
}

// The shares of held-out texts that may go wrong; the thresholds follow from them.
const (
	// Harmless texts that alarm, and that are a concern besides: a person is called, or reads them.
	falseAlarms   = .0085
	falseConcerns = .038
	// Texts of other kinds that are taken for a nurse's matter.
	falseNurse = .02
	// Texts of other kinds whose act is done, and is asked back: a visit given up by mistake is
	// lost, a question too many costs a text.
	falseDone  = .001
	falseAsked = .008
	// Texts that want something and are taken for small talk: they get no answer.
	falseChat = .01
	// Questions that get another entry's answer; questions from outside that get any.
	wrongAnswers = .02
	strangers    = .03
)

// fitDanger fits the evidence of danger, and sets from which probability on a text is an alarm or a
// concern: the lowest at which few enough harmless texts are taken for one. Texts written to trip
// the screen count half there as well, by leaving out every other one.
func (c *sure) fitDanger(hs []heard, r *Report) {
	var ts []trial
	for i := range hs {
		class := hs[i].text.Class
		if class == "clinical" || class == classConcern {
			continue // neither plain danger nor harmless
		}
		grave := class == "crisis" || class == "emergency"
		ts = append(ts, trial{x: hs[i].danger[:], yes: grave, weight: hs[i].worth()})
	}
	copy(c.Danger[:], fit(ts, dangers, 1))
	var calm, danger []float64
	for i, t := range ts {
		p := logistic(c.Danger[:], t.x)
		switch {
		case t.yes:
			danger = append(danger, p)
		case t.weight == 1 || i%2 == 0:
			calm = append(calm, p)
		}
	}
	c.Alarm, c.Concern = above(calm, falseAlarms), above(calm, falseAlarms+falseConcerns)
	r.Crises = len(danger)
	r.Alarms = int(reach(danger, c.Alarm)*float64(len(danger)) + .5)
	r.Reached = int(reach(danger, c.Concern)*float64(len(danger)) + .5)
	r.FalseAlarms = reach(calm, c.Alarm)
	r.FalseConcerns = reach(calm, c.Concern) - r.FalseAlarms
}

// fitAnswers fits the confidence in the first entry, by words alone and with meaning, and sets from
// when on it is answered. Meaning is judged on the English texts that were embedded.
func (c *sure) fitAnswers(hs []heard, r *Report) {
	var words, english, near []judgement
	for i := range hs {
		h := &hs[i]
		words = append(words, h.judge(h.entry, h.answer[:]))
		if h.near != nil {
			near = append(near, h.judge(h.nearEntry, h.near))
			english = append(english, h.judge(h.entry, h.answer[:]))
		}
	}
	copy(c.Answer[:], fitJudgements(words, answers))
	c.Answered, r.Right, r.Wrong, r.Strangers = answerFrom(words, c.Answer[:])
	if len(near) > 0 {
		_, r.RightEnglish, _, _ = answerFrom(english, c.Answer[:])
		copy(c.Near[:], fitJudgements(near, nearEvidence))
		c.AnsweredNear, r.RightNear, r.WrongNear, r.StrangersNear = answerFrom(near, c.Near[:])
	}
}

// judgement is the first entry of a held-out text: whether it is right, and the evidence for it. A
// danger or a nurse's matter is skipped, because the screen reads it before an entry is answered.
type judgement struct {
	x                         []float64
	right, question, stranger bool
	skip                      bool // it is read before an answer is looked for
	worth                     float64
}

// judge compares the first entry with what the text was labelled as.
func (h *heard) judge(entry string, x []float64) judgement {
	j := judgement{x: x, worth: h.worth()}
	j.right = h.text.Class == entry || slices.Contains(h.text.Also, entry)
	j.question = strings.HasPrefix(h.text.Class, ClassEntry)
	j.stranger = h.text.Class == ClassOutside
	j.skip = !j.right && grave(h.text.Class)
	return j
}

// fitJudgements returns the n weights that turn evidence into a confidence.
func fitJudgements(js []judgement, n int) []float64 {
	var ts []trial
	for _, j := range js {
		if !j.skip {
			ts = append(ts, trial{x: j.x, yes: j.right, weight: j.worth})
		}
	}
	return fit(ts, n, 1)
}

// answerFrom returns the lowest confidence down to which few enough answers are wrong and few
// enough questions from outside are answered, with the resulting shares: of questions answered
// right and wrong, of strangers answered. It goes down from the surest and stops at the first that
// would break either bound.
func answerFrom(js []judgement, w []float64) (least, right, wrong, strange float64) {
	var asked []judgement
	questions, outside := 0., 0.
	for _, j := range js {
		if j.question || j.stranger {
			asked = append(asked, j)
			questions += j.worth * truth(j.question)
			outside += j.worth * truth(j.stranger)
		}
	}
	slices.SortStableFunc(asked, func(a, b judgement) int {
		return cmp.Compare(logistic(w, b.x), logistic(w, a.x))
	})
	least = 1
	var r, f, o float64
	for _, j := range asked {
		r, f, o = r+j.worth*truth(j.right), f+j.worth*truth(!j.right && j.question),
			o+j.worth*truth(!j.right && j.stranger)
		if f > wrongAnswers*questions || o > strangers*outside {
			break
		}
		least, right, wrong, strange = logistic(w, j.x), r/max(1, questions), f/max(1, questions),
			o/max(1, outside)
	}
	return least, right, wrong, strange
}

// reach returns the share of the values that are least or more.
func reach(values []float64, least float64) float64 {
	n := 0
	for _, v := range values {
		if v >= least {
			n++
		}
	}
	return float64(n) / float64(max(1, len(values)))
}

// heard is what a model made of a text that it wasn't trained on: the evidence for danger and for
// the first entry, and the probability of each judged kind.
type heard struct {
	text      *Text
	danger    [dangers]float64
	answer    [answers]float64
	entry     string
	near      []float64 // with meaning; nil where it isn't known
	nearEntry string
	about     string // the act that its own entry is about
	kinds     map[string]float64
}

// worth is the weight of a text in the calibration. Texts written to trip the screen are far more
// common in the corpus than in real traffic, so they count half.
func (h *heard) worth() float64 {
	if h.text.Hard {
		return .5
	}
	return 1
}
