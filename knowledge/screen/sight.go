package screen

import (
	"math"
	"sync"

	"github.com/beacon-clinic/beacon/knowledge/model"
)

// sight is a text as the model sees it. A text is scored as a whole and in up to two dozen parts,
// which share nearly all of their features; so each feature is hashed and looked up in the model
// once, and each part takes its own from the tables. A sight's room is used again for other texts.
type sight struct {
	l  *learnt // nil while learning: then features are only named
	ws []word

	stems, means chain
	places       []int // by word: where it stands in the chains; at the end, where they end

	// text holds the letters of the words between blanks, starts where each word begins in it; of a
	// hidden word or a number there is nothing. runs are its runs of three, four and five letters.
	text   []byte
	starts []int
	runs   [3][]model.Feature

	fs     []model.Feature
	raised []raised
	hits   []*compiled
	room   []float32
	scored []scoredPart
}

// scoredPart is what was made of ws[from:to].
type scoredPart struct {
	from, to int
	p        []float32
}

// sights are sights that no text uses.
type sights struct{ pool sync.Pool }

// of returns the sight of words that root has seen. The caller gives it back.
func (s *sights) of(ws []word, l *learnt) *sight {
	g, ok := s.pool.Get().(*sight)
	if !ok {
		g = &sight{stems: chain{kinds: stemKeys}, means: chain{kinds: meanKeys}}
	}
	g.read(ws, l)
	return g
}

// giveBack takes a sight back. No word of the text stays in it.
func (s *sights) giveBack(g *sight) {
	clear(g.stems.names)
	clear(g.means.names)
	clear(g.text)
	g.ws = nil
	s.pool.Put(g)
}

// read fills the tables. A hidden idiom counts as one mark of its own, and a number by its size
// alone. "<" and ">" stand for the ends, so that a first word is a feature.
func (g *sight) read(ws []word, l *learnt) {
	g.l, g.ws = l, ws
	g.room, g.scored = g.room[:0], g.scored[:0]
	g.stems.names, g.means.names = append(g.stems.names[:0], "<"), append(g.means.names[:0], "<")
	g.places, g.starts, g.text = g.places[:0], g.starts[:0], append(g.text[:0], ' ')
	for i := range ws {
		w := &ws[i]
		w.at = i
		g.places, g.starts = append(g.places, len(g.stems.names)), append(g.starts, len(g.text))
		switch {
		case w.hidden:
			g.add("<idiom>", "<idiom>")
		case w.isNum:
			g.add(numberWord(w.num), numberWord(w.num))
		default:
			g.add(w.stem, w.mean)
			g.text = append(append(g.text, w.s...), ' ')
		}
		if w.asks {
			g.add("?", "?")
		}
	}
	g.places, g.starts = append(g.places, len(g.stems.names)), append(g.starts, len(g.text))
	g.add(">", ">")
	g.stems.name()
	g.means.name()
	g.letters()
	if l != nil {
		l.kinds.Look(g.stems.feats)
		l.kinds.Look(g.means.feats)
		for n := range g.runs {
			l.kinds.Look(g.runs[n])
		}
	}
}

func (g *sight) add(stem, mean string) {
	g.stems.names, g.means.names = append(g.stems.names, stem), append(g.means.names, mean)
}

// letters names the runs of three to five letters, over the ends of words too. The hash of a longer
// run goes on from that of the shorter one.
func (g *sight) letters() {
	start := fnv(fnvStart, "c")
	for n := range g.runs {
		g.runs[n] = g.runs[n][:0]
	}
	for i := range g.text {
		h := start
		for n, c := range g.text[i:min(i+5, len(g.text))] {
			if h = (h ^ uint64(c)) * fnvPrime; n >= 2 {
				g.runs[n-2] = append(g.runs[n-2], model.Feature{Key: mix(h * fnvPrime)})
			}
		}
	}
}

// see returns the features of some words of the text in a row: of the first maxWords, as if no
// others were. hits are the patterns found in them. The features stand until the next see.
func (g *sight) see(ws []word, hits []*compiled) []model.Feature {
	from, to := 0, len(ws)
	if len(ws) > 0 {
		from, to = ws[0].at, ws[0].at+len(ws)
	}
	fs := g.stems.part(g.fs[:0], g.places[from], g.places[to], wordShare)
	fs = g.means.part(fs, g.places[from], g.places[to], ideaShare)
	first, runs := len(fs), g.starts[to]-g.starts[from]+1 // with the blank before them
	for n := range g.runs {
		if i := g.starts[from] - 1; runs >= n+3 {
			fs = append(fs, g.runs[n][i:i+runs-n-2]...)
		}
	}
	weigh(fs[first:], charShare)
	for _, h := range hits {
		fs = append(fs, model.Feature{Key: h.key, Weight: hitWeight})
	}
	g.fs = fs
	return fs
}

// score returns the probability of each class for features.
func (g *sight) score(fs []model.Feature) []float32 {
	n := len(g.l.kinds.Classes())
	if len(g.room)+n > cap(g.room) { // what was given out stays where it is
		g.room = make([]float32, 0, 16*n)
	}
	p := g.room[len(g.room) : len(g.room)+n : len(g.room)+n]
	g.room = g.room[:len(g.room)+n]
	g.l.kinds.Score(fs, p)
	return p
}

// chain is the stems of a text, or their meanings, in a row. feats holds four features of each
// name: by itself, with the next, with the one after that, and with both.
type chain struct {
	kinds wordKeys
	names []string
	feats []model.Feature
}

// wordKeys are the kinds of features that the words of a text give.
type wordKeys struct{ one, pair, apart, three string }

var (
	stemKeys = wordKeys{one: "w", pair: "wb", apart: "ws"} // three stems are too rare
	meanKeys = wordKeys{one: "m", pair: "mb", apart: "ms", three: "mt"}
)

// name names the features of all names but the ends, for which there is more or less.
func (c *chain) name() {
	c.feats = c.feats[:0]
	for i := 1; i+1 < len(c.names); i++ {
		c.feats = c.begin(c.feats, c.names[i:min(i+3, len(c.names))], true)
	}
}

// begin appends the features that begin with the first of up to three names in a row.
func (c *chain) begin(to []model.Feature, names []string, one bool) []model.Feature {
	if one {
		to = append(to, model.Feature{Key: key(c.kinds.one, names[0], "")})
	}
	if len(names) > 1 {
		to = append(to, model.Feature{Key: key(c.kinds.pair, names[0], names[1])})
	}
	if len(names) > 2 {
		to = append(to, model.Feature{Key: key(c.kinds.apart, names[0], names[2])})
		if c.kinds.three != "" {
			to = append(to,
				model.Feature{Key: key3(c.kinds.three, names[0], names[1], names[2])})
		}
	}
	return to
}

// own is the feature that names[i] is by itself.
func (c *chain) own(i int) model.Feature { return c.feats[(i-1)*c.each()] }

// part appends the features of names[from:to] between the ends of a text: one for each, one for
// each pair of neighbours, each pair one apart, and, if that has a kind, each three in a row.
func (c *chain) part(fs []model.Feature, from, to int, share float64) []model.Feature {
	first, each := len(fs), c.each()
	ends := [...]string{"<", ">", ">"}
	copy(ends[1:], c.names[from:min(from+2, to)])
	fs = c.begin(fs, ends[:min(to-from+2, 3)], false)
	// Those whose three names all are of the part stand in the table.
	whole := max(from, to-2)
	fs = append(fs, c.feats[(from-1)*each:(whole-1)*each]...)
	for i := whole; i < to; i++ {
		n := copy(ends[:], c.names[i:to])
		ends[n] = ">"
		fs = c.begin(fs, ends[:n+1], true)
	}
	weigh(fs[first:], share)
	return fs
}

// each is how many features a name has in the table, where two more names follow.
func (c *chain) each() int {
	if c.kinds.three == "" {
		return 3
	}
	return 4
}

// weigh scales a group of features to one length, so that a long text isn't louder than a short
// one. Features that the model has never seen count too: a text of unknown words must not be judged
// by the two that happen to be known.
func weigh(fs []model.Feature, share float64) {
	w := float32(share / math.Sqrt(float64(max(1, len(fs)))))
	for i := range fs {
		fs[i].Weight = w
	}
}

// numberWord keeps what a number tells without the number itself: a model that knew single numbers
// would learn the corpus by heart.
func numberWord(v float64) string {
	switch {
	case v <= 12:
		return "<small>"
	case v <= 60:
		return "<tens>"
	case v < 1000:
		return "<hundreds>"
	}
	return "<big>"
}
