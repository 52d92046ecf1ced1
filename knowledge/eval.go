package knowledge

import (
	"sort"
	"time"
)

// Question is a question with the entry that answers it. A nil ID marks one from outside the base.
type Question struct {
	Text string  `json:"text"`
	ID   *string `json:"id"`
}

// Figures say how well a base answers a set of questions. All shares are of 1. A set that anybody
// has learnt from measures nothing; testdata/README.md says how the shipped ones are kept.
type Figures struct {
	Questions  int     `json:"questions"`
	Answerable int     `json:"answerable"`
	Acc        float64 `json:"acc"` // share of the answerable with the right entry first
	Answered   int     `json:"answered"`
	Right      int     `json:"right"`
	Wrong      int     `json:"wrong"`
	HandedOver int     `json:"handed_over"` // choices too
	WrongRate  float64 `json:"wrong_rate"`  // wrong / answered, questions from outside included
	// CAt5 is the share of the answerable that are answered at the largest coverage with at most
	// 5 % of answers wrong.
	CAt5  float64 `json:"c_at_5"`
	P50   float64 `json:"p50_us"`
	P99   float64 `json:"p99_us"`
	Build float64 `json:"build_ms"` // of the matcher, its self-test included

	Confused []Confusion `json:"-"` // most frequent first
}

// Confusion counts the questions that got one entry instead of another: the likeliest, whether it
// was sure enough to be answered or not.
type Confusion struct {
	Want, Got string // "" is outside
	Count     int
	Answered  int // how many of them the bot would have answered so
	Example   string
}

// scored is a question that was asked: how sure its first entry was, whether that was right, and
// whether the base has an answer at all.
type scored struct {
	confidence    float64
	right, inside bool
}

// Eval measures the base on questions. A question counts as answered if the bot would answer it
// without a person. progress is called after each; it must not be nil. P50 and P99 are in
// microseconds.
func (b *Base) Eval(questions []Question, progress func(done, of int)) Figures {
	f := Figures{Questions: len(questions), Build: float64(b.Built().Microseconds()) / 1e3}
	var all []scored
	var times []float64
	confused := map[[2]string]*Confusion{}
	for i, q := range questions {
		began := time.Now()
		r := b.Read(q.Text, nil)
		times = append(times, float64(time.Since(began).Nanoseconds())/1000)
		s := scored{inside: q.ID != nil}
		got, want := "", ""
		if len(r.Entries) > 0 {
			got, s.confidence = r.Entries[0].ID, r.Entries[0].Confidence
		}
		if q.ID != nil {
			want = *q.ID
			f.Answerable++
			s.right = got == want
		}
		f.count(r.Sure > 0, s.right)
		if s.right {
			f.Acc++
		}
		all = append(all, s)
		// A question from outside that isn't answered is confused with nothing.
		if !s.right && (q.ID != nil || r.Sure > 0) {
			c := confused[[2]string{want, got}]
			if c == nil {
				c = &Confusion{Want: want, Got: got, Example: q.Text}
				confused[[2]string{want, got}] = c
			}
			c.Count++
			if r.Sure > 0 {
				c.Answered++
			}
		}
		progress(i+1, len(questions))
	}
	f.Acc /= float64(max(1, f.Answerable))
	f.WrongRate = float64(f.Wrong) / float64(max(1, f.Answered))
	f.CAt5 = coverage(all, f.Answerable)
	sort.Float64s(times)
	if n := len(times); n > 0 {
		f.P50, f.P99 = times[n/2], times[n*99/100]
	}
	for _, c := range confused {
		f.Confused = append(f.Confused, *c)
	}
	sort.Slice(f.Confused, func(i, j int) bool {
		x, y := f.Confused[i], f.Confused[j]
		return x.Count > y.Count || x.Count == y.Count && x.Want+x.Got < y.Want+y.Got
	})
	return f
}

// count adds a question. An answer to one from outside is wrong, whatever it says.
func (f *Figures) count(answered, right bool) {
	switch {
	case !answered:
		f.HandedOver++
		return
	case right:
		f.Right++
	default:
		f.Wrong++
	}
	f.Answered++
}

// coverage is C@5: it takes the most confident answers first, as many as keep at most 5 % of them
// wrong, and returns the share of the answerable among those. It doesn't depend on the threshold,
// so it compares bases that are differently strict. It sorts all.
func coverage(all []scored, answerable int) float64 {
	sort.SliceStable(all, func(i, j int) bool { return all[i].confidence > all[j].confidence })
	wrong, inside, best := 0, 0, 0
	for i, s := range all {
		if !s.right {
			wrong++
		}
		if s.inside {
			inside++
		}
		// equals stand or fall together
		last := i+1 == len(all) || all[i+1].confidence < s.confidence
		if last && float64(wrong) <= .05*float64(i+1) {
			best = inside
		}
	}
	return float64(best) / float64(max(1, answerable))
}
