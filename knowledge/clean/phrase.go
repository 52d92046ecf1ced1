package clean

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// index finds the phrases that begin at a token. They are filed under each word that may come
// first; those that may begin with a slot are tried everywhere.
type index struct {
	phrases []phrase
	first   map[string][]int // by their first word
	slotted []int            // that begin with a slot
}

// phrase is a form; owner is the list it belongs to.
type phrase struct {
	elems []elem
	owner int
}

// elem is a place of a phrase: one of some words, or a slot. An optional one may be missing.
type elem struct {
	alts [][]string // a word, or what it is short for
	slot *slot
	opt  bool
}

// slot takes one to most tokens. fits tells whether a token may stand at a place in it.
type slot struct {
	most int
	fits func(t token, place int) bool
}

// builder compiles phrases and collects faults, so that an author of machines.yaml sees all of them
// at once. same holds what a short form stands for, slots what a {name} in a form may be.
type builder struct {
	same  map[string][][]string
	slots map[string]*slot
	errs  []error
}

// fail records a fault of the file.
func (b *builder) fail(format string, args ...any) {
	b.errs = append(b.errs, fmt.Errorf(format, args...))
}

func (b *builder) err() error { return errors.Join(b.errs...) }

// index compiles lists of phrases. The number of a list is the owner of its phrases; callers name
// the lists by constants or by their place, so the order of the arguments matters.
func (b *builder) index(name string, lists ...Words) *index {
	x := &index{first: map[string][]int{}}
	for owner, l := range lists {
		for _, form := range l.both(b, name) {
			x.add(b, name, form, owner)
		}
	}
	return x
}

// add files a form under every word that it may begin with, which is more than one where elements
// at its start are optional.
func (x *index) add(b *builder, name, form string, owner int) {
	p, ok := b.phrase(form, owner)
	if !ok {
		b.fail("%s: %q is no form", name, form)
		return
	}
	n := len(x.phrases)
	x.phrases = append(x.phrases, p)
	starts := map[string]bool{}
	for _, e := range p.elems {
		if e.slot != nil {
			x.slotted = append(x.slotted, n)
		}
		for _, a := range e.alts {
			starts[a[0]] = true
		}
		if !e.opt {
			break
		}
	}
	for _, s := range slices.Sorted(maps.Keys(starts)) {
		x.first[s] = append(x.first[s], n)
	}
}

// phrase compiles a form: words, a|b for one of several, a? for what may be missing, {slot}. ok is
// false if it may be empty or names an unknown slot. A form that could match nothing would match
// everywhere.
func (b *builder) phrase(form string, owner int) (p phrase, ok bool) {
	p.owner = owner
	for _, f := range strings.Fields(form) {
		e := elem{}
		f, e.opt = strings.CutSuffix(f, "?")
		if name, is := strings.CutPrefix(f, "{"); is {
			if e.slot = b.slots[strings.TrimSuffix(name, "}")]; e.slot == nil {
				return p, false
			}
		} else if strings.Contains(f, "{") {
			return p, false
		} else {
			for _, w := range strings.Split(f, "|") {
				e.alts = append(e.alts, b.word(w)...)
			}
		}
		ok = ok || !e.opt
		p.elems = append(p.elems, e)
	}
	return p, ok
}

// word folds a word of a form and adds what it is short for. Forms are folded as texts are, so
// "can't" in a form finds "cant" in a text.
func (b *builder) word(w string) (out [][]string) {
	var key []string
	for _, t := range lex(w) {
		key = append(key, t.s)
	}
	if len(key) == 0 {
		b.fail("%q: no word", w)
		return [][]string{{w}}
	}
	return append([][]string{key}, b.same[w]...)
}

// set returns the words of lists, for those that are only looked up one by one.
func (b *builder) set(name string, ws ...Words) map[string]bool {
	out := map[string]bool{}
	for _, w := range ws {
		for _, s := range w.both(b, name) {
			for _, t := range lex(s) {
				out[t.s] = true
			}
		}
	}
	return out
}

// Words are words or forms in each language. A list that one language doesn't need is empty, not
// left out.
type Words struct {
	EN []string `yaml:"en"`
	ES []string `yaml:"es"`
}

// both returns the words of all languages. Each language must have some, unless its list is empty
// on purpose ("[]").
func (w Words) both(b *builder, name string) []string {
	if w.EN == nil || w.ES == nil {
		b.fail("%s: it must have en and es", name)
	}
	return slices.Concat(w.EN, w.ES)
}

// longest returns the end and the owner of the longest phrase that begins at ts[i].
func (x *index) longest(ts []token, i int) (end, owner int, ok bool) {
	x.each(ts, i, func(e, o int) {
		if !ok || e > end {
			end, owner, ok = e, o, true
		}
	})
	return end, owner, ok
}

// each yields every end of every phrase that begins at ts[i].
func (x *index) each(ts []token, i int, yield func(end, owner int)) {
	if i >= len(ts) {
		return
	}
	for _, n := range x.first[ts[i].s] {
		p := &x.phrases[n]
		p.match(ts, i, 0, yield)
	}
	for _, n := range x.slotted {
		p := &x.phrases[n]
		if e := &p.elems[0]; e.slot == nil || e.opt || e.slot.fits(ts[i], 0) {
			p.match(ts, i, 0, yield)
		}
	}
}

// match yields the ends of the phrase from its element at on. It tries every way to fill the slots:
// phrases are short, and most bounds each slot.
func (p *phrase) match(ts []token, i, at int, yield func(end, owner int)) {
	if at == len(p.elems) {
		yield(i, p.owner)
		return
	}
	e := &p.elems[at]
	if e.opt {
		p.match(ts, i, at+1, yield)
	}
	// A slot takes as many tokens as fit, one at least.
	if e.slot != nil {
		for n := 0; n < e.slot.most && i+n < len(ts) && e.slot.fits(ts[i+n], n); n++ {
			p.match(ts, i+n+1, at+1, yield)
		}
	}
	for _, a := range e.alts {
		if starts(ts[i:], a) {
			p.match(ts, i+len(a), at+1, yield)
		}
	}
}

func starts(ts []token, words []string) bool {
	if len(ts) < len(words) {
		return false
	}
	for i, w := range words {
		if ts[i].s != w {
			return false
		}
	}
	return true
}
