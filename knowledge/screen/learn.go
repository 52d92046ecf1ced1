package screen

import (
	"slices"
	"strings"
	"sync"

	"github.com/beacon-clinic/beacon/knowledge/model"
)

// Learn trains what New needs to read texts that no rule names: the weights of the features, and
// the calibration, found on held-out writers. It takes minutes on two processors. progress is
// called after each step, from one goroutine at a time; nil if nobody listens.
//
// It trains rounds+1 models of kinds. Each of the first ones leaves a third of the named writers
// out, and the calibration is fitted on what it makes of their texts. The last one learns from
// everybody and is the one that is written. The same rules and texts give the same bytes.
func Learn(
	r Rules, texts []Text, embed Embed, progress func(done, of int),
) ([]byte, Report, error) {
	s, err := New(r, nil, embed)
	if err != nil {
		return nil, Report{}, err
	}
	t := &teacher{rules: r, reader: s, texts: texts, embed: embed}
	t.prepare()
	var step sync.Mutex
	done := 0
	tell := func() {
		step.Lock()
		defer step.Unlock()
		if done++; progress != nil {
			progress(done, (rounds+1)*epochs)
		}
	}
	if t.langs, err = t.learnLangs(); err != nil {
		return nil, Report{}, err
	}
	var evidence []heard
	kinds := make([][]byte, rounds+1)
	errs := make([]error, rounds+1)
	var wg sync.WaitGroup
	queue := make(chan int)
	for range 2 {
		wg.Go(func() {
			for k := range queue {
				kinds[k], errs[k] = t.learnKinds(k, tell)
			}
		})
	}
	for k := range rounds + 1 {
		queue <- k
	}
	close(queue)
	wg.Wait()
	for k := range rounds {
		if errs[k] != nil {
			return nil, Report{}, errs[k]
		}
		h, err := t.hear(k, kinds[k])
		if err != nil {
			return nil, Report{}, err
		}
		evidence = append(evidence, h...)
	}
	l := &learnt{}
	report := l.sure.calibrate(evidence)
	if errs[rounds] != nil {
		return nil, report, errs[rounds]
	}
	data, err := l.write(kinds[rounds], t.neighbours(rounds).bytes(), t.langs)
	return data, report, err
}

// The settings of training. Found on held-out writers; each stands on a plateau.
const (
	epochs     = 10
	rounds     = 3
	freshWorth = 5  // how much a text by a named writer counts against the others
	hardWorth  = 2  // what one counts that was made to trip
	graveWorth = 2  // what a danger by the others counts
	noises     = 10 // texts of noise for every hundred calm ones
	langEpochs = 8
)

// teacher prepares the texts once for all the models that are trained on them. Its slices run
// parallel to texts; noise appends samples and folds for texts that aren't there.
type teacher struct {
	rules   Rules
	reader  *Screen
	texts   []Text
	words   [][]word
	fold    []int // by text; none for those always learnt from
	samples []model.Example
	embed   Embed
	meant   [][]float32 // by text: its meaning, of neighbours and held-out texts
	langs   []byte
}

const none = -1

// prepare reads every text into features, and sets its fold, its class and its weight. A crisis of
// the founders' doesn't say whose it is, so it teaches that one of the two classes is right.
func (t *teacher) prepare() {
	writers := map[string]int{}
	for i := range t.texts {
		x := &t.texts[i]
		ws := t.reader.words(x.Text)
		t.reader.feats.root(ws, x.Lang)
		t.words = append(t.words, ws)
		f, weight := none, float32(1)
		if x.Writer != "" {
			if _, ok := writers[x.Writer]; !ok {
				writers[x.Writer] = len(writers)
			}
			f, weight = writers[x.Writer]%rounds, freshWorth
		}
		switch {
		case x.Hard:
			weight = hardWorth
		case f == none && (x.Class == "crisis" || x.Class == "emergency"):
			weight = graveWorth
		}
		t.fold = append(t.fold, f)
		class := x.Class
		switch {
		case class == "crisis" && x.Other:
			class = classOther
		case class == "crisis" && x.Writer == "":
			class = "danger" // whose isn't said
		}
		t.samples = append(t.samples,
			model.Example{Features: t.see(ws), Class: class, Weight: weight})
	}
	t.meant = embedAll(t.texts, func(i int) bool { return t.fold[i] != none || t.texts[i].Curated },
		t.embed)
	t.noise()
}

// see returns the features of a text, named and not looked up.
func (t *teacher) see(ws []word) []model.Feature {
	g := t.reader.sights.of(ws, nil)
	defer t.reader.sights.giveBack(g)
	ws = ws[:min(len(ws), maxWords)]
	return slices.Clone(g.see(ws, hits(t.reader.raises(ws))))
}

// noise adds texts of ordinary words in random order. They teach that "i", "you" and "not" prove
// nothing by themselves, however often a crisis has them. The generator is seeded, so that the
// model comes out alike.
func (t *teacher) noise() {
	seed := uint32(7)
	next := func(n int) int {
		seed = seed*1664525 + 1013904223
		return int(seed>>8) % n
	}
	for _, lang := range []string{"en", "es"} {
		var calm []int
		for i, x := range t.texts {
			if x.Lang == lang && !grave(x.Class) && t.fold[i] == none && len(t.words[i]) > 0 {
				calm = append(calm, i)
			}
		}
		for range noises * len(calm) / 100 {
			var ws []word
			for range 4 + next(14) {
				from := t.words[calm[next(len(calm))]]
				w := from[next(len(from))]
				w.sent, w.asks = 0, false
				ws = append(ws, w)
			}
			t.fold = append(t.fold, none)
			t.samples = append(t.samples,
				model.Example{Features: t.see(ws), Class: "calm", Weight: 1})
		}
	}
}

// embedAll embeds the English texts that use accepts, on two goroutines.
func embedAll(texts []Text, use func(i int) bool, embed Embed) [][]float32 {
	out := make([][]float32, len(texts))
	if embed == nil {
		return out
	}
	var wg sync.WaitGroup
	for half := range 2 {
		wg.Go(func() {
			for i := half; i < len(texts); i += 2 {
				if texts[i].Lang == "en" && use(i) {
					out[i] = embed(texts[i].Text)
				}
			}
		})
	}
	wg.Wait()
	return out
}

// learnLangs trains the model that tells English from Spanish, on all texts.
func (t *teacher) learnLangs() ([]byte, error) {
	var xs []model.Example
	for i, x := range t.texts {
		xs = append(xs, model.Example{
			Features: langFeatures(nil, t.words[i], hasMarks(x.Text)), Class: x.Lang, Weight: 1,
		})
	}
	return model.Train(xs, model.Settings{Epochs: langEpochs}).Compile()
}

// learnKinds trains on all texts but those of a fold; the fold after the last leaves none out.
// "calm" teaches that a text is harmless, whichever of the calm classes it is.
func (t *teacher) learnKinds(fold int, done func()) ([]byte, error) {
	var xs []model.Example
	for i := range t.samples {
		if t.fold[i] != fold {
			xs = append(xs, t.samples[i])
		}
	}
	return model.Train(xs, model.Settings{
		Epochs: epochs,
		Sets: map[string]func(string) bool{
			"calm": func(c string) bool {
				return strings.HasPrefix(c, ClassEntry) || c == ClassOutside || c == classChat
			},
			"danger": func(c string) bool { return c == "crisis" || c == classOther },
		},
		Progress: func(int, int) { done() },
	}).Compile()
}

// hear reads the texts of a fold with the model that was trained without them. Evidence is gathered
// by the same functions as in Read: what is fitted must be what is asked later.
func (t *teacher) hear(fold int, kinds []byte) ([]heard, error) {
	l := &learnt{}
	data, err := l.write(kinds, t.neighbours(fold).bytes(), t.langs)
	if err != nil {
		return nil, err
	}
	s, err := New(t.rules, data, t.embed)
	if err != nil {
		return nil, err
	}
	var out []heard
	for i := range t.texts {
		if t.fold[i] != fold || len(t.words[i]) == 0 {
			continue
		}
		x := &t.texts[i]
		ws := t.words[i]
		g := s.sights.of(ws, s.learnt)
		sc := s.scoreText(g, hits(s.raises(ws)))
		h := heard{
			text: x, kinds: map[string]float64{},
			about:  t.rules.Meant[strings.TrimPrefix(x.Class, ClassEntry)],
			danger: sc.dangerEvidence(ws, x.Lang, s.namesDanger(ws)),
		}
		if best := s.learnt.rank(sc.whole, most); len(best) > 0 {
			h.answer = sc.answerEvidence(sc.whole, best, ws, x.Lang, g.strange(ws))
			h.entry = s.learnt.kinds.Classes()[best[0].place]
		}
		if t.meant[i] != nil {
			best, near := s.byMeaning(g, &sc, t.meant[i], ws, x.Lang)
			h.near, h.nearEntry = near[:], s.learnt.kinds.Classes()[best[0].place]
		}
		for place, k := range judged {
			h.kinds[k] = s.act(&sc, place, asks(ws))
		}
		s.sights.giveBack(g)
		out = append(out, h)
	}
	return out, nil
}

// neighbours returns the neighbours from named writers and phrasings, without those of a fold.
func (t *teacher) neighbours(fold int) *neighbours {
	n := &neighbours{of: map[string][]int8{}}
	for i, x := range t.texts {
		if t.meant[i] != nil && t.fold[i] != fold && neighbourly(x.Class) {
			n.add(x.Class, t.meant[i])
		}
	}
	return n
}
