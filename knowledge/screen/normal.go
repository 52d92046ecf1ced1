package screen

import (
	"strconv"
	"strings"
	"unicode"
)

// folds are letters that become plain ones, in pairs: accents, and the look-alikes (Cyrillic ones
// too) that people use to slip past a filter.
const folds = "áaàaâaäaãaåaéeèeêeëeíiìiîiïióoòoôoöoõoúuùuûuüuñnçcаaеeоoрpсcуyхxіi"

// leet are the digits and signs that stand for letters within a word, in pairs of sign and letter.
const leet = "0o1i3e4a5s7t@a$s!i|i€e+t"

// normaliser turns what people type into words that phrases can name. It errs towards words of
// danger: a disguised one must be seen, and what the rest of the text says can still speak against
// it.
type normaliser struct {
	fold  map[rune]rune
	leet  map[rune]rune
	speak map[string][]string
	emoji map[rune][]string
	// vocab holds every word that a phrase, a list or the clinic names.
	vocab   map[string]bool
	lexicon lexicon
	typos   typoIndex
}

// newNormaliser adds the guarded words to vocab and keeps it. Of an emoji only the first rune
// counts.
func newNormaliser(w Words, vocab map[string]bool, lex lexicon) *normaliser {
	n := &normaliser{
		fold: pairs(folds), leet: pairs(leet), vocab: vocab, lexicon: lex,
		speak: map[string][]string{}, emoji: map[rune][]string{},
	}
	for k, v := range w.Speak {
		n.speak[k] = strings.Fields(v)
	}
	for k, v := range w.Emoji {
		for _, r := range k {
			n.emoji[r] = strings.Fields(v)
			break // a variation selector may follow
		}
	}
	for _, g := range w.Guarded {
		vocab[g] = true
	}
	n.typos = newTypoIndex(w.Guarded)
	lex.know(n)
	return n
}

// pairs makes a map of a string whose runes are keys and values in turn.
func pairs(s string) map[rune]rune {
	m := map[rune]rune{}
	rs := []rune(s)
	for i := 0; i+1 < len(rs); i += 2 {
		m[rs[i]] = rs[i+1]
	}
	return m
}

// core appends the words of one run of letters, digits and inner signs. It tries, in order: a
// single letter, slang, a plain word, a disguise, and a split at the signs.
func (n *normaliser) core(out *[]word, s string, sent int) {
	if s = strings.Trim(s, "'-_/:.&|+"); s != "" {
		n.run(out, s, sent)
	}
}

// run is core of a run without signs around it.
func (n *normaliser) run(out *[]word, s string, sent int) {
	add := func(ws ...string) {
		for _, w := range ws {
			*out = append(*out, word{s: w, sent: sent})
		}
	}
	// joinSpaced needs the letter as it was typed, before slang makes a word of it.
	if len(s) == 1 && s[0] >= 'a' {
		add(n.plain(s)...)
		(*out)[len(*out)-1].lone = s[0]
		return
	}
	if x := n.lexicon[s]; x != nil {
		switch {
		case x.said != nil:
			add(x.said...)
			return
		case x.plain:
			*out = append(*out, word{s: x.s, lex: x, sent: sent})
			return
		}
	}
	s = strings.ReplaceAll(s, "'", "")
	letters := strings.IndexFunc(s, unicode.IsLetter) >= 0
	signs := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) >= 0
	if !signs {
		add(n.plain(s)...)
		return
	}
	if letters {
		if ws := n.disguised(s); ws != nil {
			add(ws...)
			return
		}
	}
	n.pieces(out, s, sent)
}

// disguised reads su1c1de, k!ll, s*icide, d.i.e; nil if s is none of these. Only known words come
// out of it.
func (n *normaliser) disguised(s string) []string {
	var b strings.Builder
	for _, r := range s {
		if l, ok := n.leet[r]; ok {
			b.WriteRune(l)
		} else if unicode.IsLetter(r) || r == '*' || r == '#' {
			b.WriteRune(r)
		}
	}
	d := b.String()
	if strings.ContainsAny(d, "*#") {
		if g := n.typos.censored(d); g != "" {
			return []string{g}
		}
		return nil
	}
	if ws, ok := n.speak[d]; ok {
		return ws
	}
	if n.vocab[d] && len(d) > 2 {
		return []string{d}
	}
	// 1 may be an l as well: k1ll, se1f
	alt := strings.NewReplacer("1", "l", "!", "l").Replace(s)
	if alt != s && n.vocab[alt] {
		return []string{alt}
	}
	if strings.ContainsAny(s, "0134@$!") && !strings.ContainsAny(s, "/:-") {
		return n.typo(d)
	}
	return nil
}

// pieces splits what is no disguised word: 8am, 200/120, self-harm, 10:15. A slash and a percent
// sign stay as words of their own, because patterns name them ("#180+ / #").
func (n *normaliser) pieces(out *[]word, s string, sent int) {
	start := 0
	class := func(r byte) int {
		switch {
		case r >= '0' && r <= '9' || r == '.' || r == ':':
			return 1
		case r >= 'a' && r <= 'z':
			return 2
		case r == '/' || r == '%':
			return 3
		}
		return 0
	}
	for i := 1; i <= len(s); i++ {
		if i < len(s) && class(s[i]) == class(s[start]) {
			continue
		}
		p := s[start:i]
		switch class(s[start]) {
		case 1:
			p = strings.Trim(p, ".:")
			if v, err := strconv.ParseFloat(p, 64); err == nil {
				*out = append(*out, word{s: p, sent: sent, num: v, isNum: true})
			} else if p != "" {
				*out = append(*out, word{s: p, sent: sent})
			}
		case 2:
			for _, w := range n.plain(p) {
				*out = append(*out, word{s: w, sent: sent})
			}
			if len(p) == 1 {
				(*out)[len(*out)-1].lone = p[0]
			}
		case 3:
			*out = append(*out, word{s: p, sent: sent})
		}
		start = i
	}
}

// plain turns a word of letters into known words if it can; otherwise it is returned as it is.
// Slang comes first, then known words, then guesses from the safest on: drawn-out letters, a
// dropped g, a typo, missing blanks.
func (n *normaliser) plain(s string) []string {
	if ws, ok := n.speak[s]; ok {
		return ws
	}
	if n.vocab[s] {
		return []string{s}
	}
	for _, keep := range []int{2, 1} { // soooo, diiiie
		q, shorter := squeeze(s, keep)
		if !shorter {
			continue
		}
		if ws := n.known(q); ws != nil {
			return ws
		}
	}
	if strings.HasSuffix(s, "in") && n.vocab[s+"g"] { // endin, tryin
		return []string{s + "g"}
	}
	if ws := n.typo(s); ws != nil {
		return ws
	}
	if ws := n.glued(s); ws != nil {
		return ws
	}
	return []string{s}
}

// glued splits words typed without blanks: iwanttodie. Every piece must be a known word, and the
// fewest pieces win. Fewer than three words aren't enough, since many an ordinary word is made of
// two.
func (n *normaliser) glued(s string) []string {
	if len(s) < 8 || len(s) > mostGlued || !n.tiled(s) {
		return nil
	}
	best := make([][]string, len(s)+1)
	best[0] = []string{}
	for end := 1; end <= len(s); end++ {
		for start := max(0, end-longestTile); start < end; start++ {
			p := s[start:end]
			if best[start] == nil || best[end] != nil && len(best[start])+1 >= len(best[end]) {
				continue
			}
			words := n.tile(p)
			if words == nil {
				continue
			}
			best[end] = append(best[start][:len(best[start]):len(best[start])], words...)
		}
	}
	if ws := best[len(s)]; len(ws) >= 3 {
		return ws
	}
	return nil
}

const (
	mostGlued   = 30 // letters that are split
	longestTile = 14 // letters of a piece
)

// tiled tells whether known words fill s. Few unknown words can be, so it spares most of them what
// it takes to find the fewest.
func (n *normaliser) tiled(s string) bool {
	reached := [mostGlued + 1]bool{0: true}
	for end := 1; end <= len(s); end++ {
		for start := max(0, end-longestTile); start < end && !reached[end]; start++ {
			reached[end] = reached[start] && n.tile(s[start:end]) != nil
		}
	}
	return reached[len(s)]
}

// tile returns the words that a piece of a word stands for, nil if it is no known one.
func (n *normaliser) tile(p string) []string {
	switch x := n.lexicon[p]; {
	case x == nil:
		return nil
	case p == "i" || len(p) > 1 && n.vocab[p]:
		return x.self
	case len(p) > 2 && x.said != nil: // mekieromorir; shorter ones hide in every word
		return x.said
	}
	return nil
}

// typo returns the guarded word that s is a slip of, spelt out if it is slang; nil if it is none.
func (n *normaliser) typo(s string) []string {
	if g := n.typos.nearest(s); g != "" {
		if ws, ok := n.speak[g]; ok {
			return ws
		}
		return []string{g}
	}
	return nil
}

// squeeze shortens runs of a letter to keep of it at most, and tells whether there is any.
func squeeze(s string, keep int) (string, bool) {
	var room [64]byte
	out, run := room[:0], 0
	for i := range len(s) {
		if run++; i == 0 || s[i] != s[i-1] {
			run = 1
		}
		if run <= keep {
			out = append(out, s[i])
		}
	}
	if len(out) == len(s) {
		return s, false
	}
	return string(out), true
}

// joinSpaced joins letters that stand alone: s u i c i d e, S T O P, k m s. Of three to sixteen
// letters the most that make a known word are joined; "a b c" stays.
func (n *normaliser) joinSpaced(in []word) []word {
	row, most := 0, 0
	for i := range in {
		if row++; in[i].lone == 0 {
			row = 0
		}
		most = max(most, row)
	}
	if most < 3 {
		return in
	}
	out := in[:0:0]
	for i := 0; i < len(in); {
		j := i
		for j < len(in) && j-i < 16 && in[j].lone != 0 {
			j++
		}
		end := 0
		if j-i >= 3 {
			// The longest run of letters that makes a word.
			for k := j; k-i >= 3; k-- {
				var b strings.Builder
				for _, w := range in[i:k] {
					b.WriteByte(w.lone)
				}
				if ws := n.known(b.String()); ws != nil {
					for _, w := range ws {
						out = append(out, word{s: w, sent: in[i].sent})
					}
					end = k
					break
				}
			}
		}
		if end == 0 {
			out = append(out, in[i])
			end = i + 1
		}
		i = end
	}
	return out
}

// known returns the words that s is by slang or vocabulary, nil if it is neither.
func (n *normaliser) known(s string) []string {
	if ws, ok := n.speak[s]; ok {
		return ws
	}
	if n.vocab[s] {
		return []string{s}
	}
	return nil
}
