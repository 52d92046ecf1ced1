package clean

import (
	"slices"
	"strings"
)

// keyword knows the keywords and what may stand around one. Twilio acts on STOP only if the text is
// nothing else, but people write "STOP please" and sign it. All the rules here say what may be
// added without the text saying anything more.
type keyword struct {
	names   []string // by owner of keys
	lone    []bool   // by owner: no please, no picture
	keys    *index
	polite  *index // owner: courtesies, pleas
	leadIns *index
	intros  *index
	smiles  string

	firsts, titles, notNames map[string]bool
}

// digitKeys are the answers to a choice. They are keywords only alone: "2 pills" is none.
const digitKeys = "123456789"

// mostKeyword is the most words in a text that is a keyword: name, greeting and thanks included.
const mostKeyword = 16

func newKeyword(b *builder, f file) *keyword {
	k := &keyword{
		polite:   b.index("courtesies, pleas", f.Courtesies, f.Pleas),
		leadIns:  b.index("lead_ins", f.LeadIns),
		intros:   b.index("name_intros", f.NameIntros),
		smiles:   f.Smiles,
		firsts:   b.set("names", f.Names),
		titles:   b.set("titles", f.Titles),
		notNames: b.set("not_names, danger", f.NotNames, f.Danger, f.When),
	}
	var lists []Words
	for _, name := range sortedKeys(f.Keywords) {
		k.names = append(k.names, name)
		k.lone = append(k.lone, slices.Contains(f.Lone, name))
		lists = append(lists, f.Keywords[name])
	}
	for _, d := range strings.Split(digitKeys, "") {
		k.names, k.lone = append(k.names, d), append(k.lone, false)
		lists = append(lists, Words{EN: []string{d}, ES: []string{d}})
	}
	k.keys = b.index("keywords", lists...)
	return k
}

func sortedKeys(m map[string]Words) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// reading is how far step has come with a text.
type reading struct {
	found  int  // the keyword's owner, -1 before it is found
	cry    bool // a please, a picture, an exclamation mark
	polite bool // the word before was a courtesy
}

// read returns the keyword that a text is, "" if it says more. The whole text must be the keyword,
// courtesies, a name or signs. HELP and PERSON are left alone when they are cried out: "help
// please!" may be a patient in need, who must not get the carrier's standard text.
func (k *keyword) read(toks []token) string {
	if len(toks) == 0 || len(toks) > 3*mostKeyword {
		return ""
	}
	r := reading{found: -1}
	for i := 0; i < len(toks); {
		next := k.step(toks, i, &r)
		if next == 0 {
			return ""
		}
		i = next
	}
	if r.found < 0 || r.cry && k.lone[r.found] {
		return ""
	}
	return k.names[r.found]
}

// step reads what stands at toks[i] and returns where the next begins, or 0 if the text is no
// keyword. A keyword may be repeated, but two different ones are no answer.
func (k *keyword) step(toks []token, i int, r *reading) int {
	t := toks[i]
	if t.class == mark {
		return k.sign(toks, i, r)
	}
	if i > 0 && !t.gap && toks[i-1].class != mark { // 2nd, c3
		return 0
	}
	// The longer reading wins: "no thank you" is a keyword, "no" a part of it.
	key, owner, isKey := k.keys.longest(toks, i)
	manner, plea, isManner := k.polite.longest(toks, i)
	switch {
	case isManner && (!isKey || manner > key):
		r.polite = true
		r.cry = r.cry || plea == 1
		return manner
	case isKey && (r.found < 0 || r.found == owner && !k.lone[owner]):
		r.found, r.polite = owner, false
		return key
	}
	if end, _, ok := k.leadIns.longest(toks, i); ok && r.found < 0 && k.keyBehind(toks, end) {
		return end
	}
	if r.found >= 0 && k.signature(toks, i, r.polite) {
		return len(toks)
	}
	return 0
}

// keyBehind tells whether a keyword stands at toks[i], or after signs there.
func (k *keyword) keyBehind(toks []token, i int) bool {
	for i < len(toks) && toks[i].class == mark {
		i++
	}
	_, _, ok := k.keys.longest(toks, i)
	return ok
}

// sign reads a sign: punctuation, or an emoji that only smiles. It returns where the next token is,
// or 0 if the sign says something: a question isn't an answer, and a broken heart isn't a yes.
func (k *keyword) sign(toks []token, i int, r *reading) int {
	s := toks[i].s
	switch {
	case strings.Contains(k.smiles, s) || s == "!":
		r.cry = true
	case strings.Contains(".,-:;()…*~_|\"“”«»'‘’¡", s):
	case s == "#" && i+1 < len(toks) && toks[i+1].class == digits:
	default: // a question, a price, a picture that says something
		return 0
	}
	return i + 1
}

// signature tells whether the rest of a text is the writer's name: "STOP - Rosa", "yes, this is
// Ana". One to three words may be, with a title before them. A name that machines.yaml doesn't list
// needs a capital and something that announces it: an introduction, a dash, a title or a courtesy
// before a single word. Words of danger and of days are never names, so that "yes Tuesday" keeps
// its day.
func (k *keyword) signature(toks []token, i int, polite bool) bool {
	end, _, intro := k.intros.longest(toks, i)
	if intro {
		i = end
	}
	dash := i > 0 && strings.Contains("-~", toks[i-1].s)
	var names []token
	for ; i < len(toks); i++ {
		switch t := toks[i]; {
		case t.class == mark && strings.Contains(".,-~'’()", t.s):
		case t.class == letters && (t.capital || k.firsts[t.s]) && !k.notNames[t.s] &&
			len(names) < 4:
			names = append(names, t)
		default:
			return false
		}
	}
	for len(names) > 0 && k.titles[names[0].s] {
		names, polite = names[1:], true
	}
	if len(names) == 0 || len(names) > 3 {
		return false
	}
	known := k.firsts[names[0].s]
	// A text in one case tells nothing by its capitals.
	if names[0].upper || !names[0].capital { // without capitals only a name that is known
		return known
	}
	alone := len(names) == 1
	switch {
	case known:
		return true
	case intro, dash:
		return len(names) <= 2
	}
	return polite && alone
}
