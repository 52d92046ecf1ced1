package clean

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Shipped returns the Cleaner of the forms that come with the program.
func Shipped() (*Cleaner, error) { return New(machines) }

//go:embed machines.yaml
var machines []byte

// New compiles the forms of a file like machines.yaml; the error names every fault. The result
// depends on data alone.
func New(data []byte) (*Cleaner, error) {
	var f file
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("machines: %w", err)
	}
	b := &builder{same: map[string][][]string{}}
	for _, s := range f.Same.both(b, "same") {
		short, long, ok := strings.Cut(s, "=")
		if !ok {
			b.fail("same: %q needs a =", s)
		}
		b.same[short] = append(b.same[short], strings.Fields(long))
	}
	b.slots = f.slots(b)
	c := &Cleaner{
		reactions:  b.index("reactions", f.Reactions),
		objects:    b.index("objects", f.Objects),
		edits:      b.index("edits", f.Edits),
		prefixes:   b.index("prefixes", f.Prefixes),
		mail:       b.index("headers, banners", f.Headers, f.Banners),
		signatures: b.index("signatures", f.Signatures),
		machine:    newMachine(b, f),
		keyword:    newKeyword(b, f),
		numbers:    newNumbers(b, f.Numbers),
	}
	if err := b.err(); err != nil {
		return nil, fmt.Errorf("machines: %w", err)
	}
	return c, nil
}

// slots returns what a form may leave open, by name. Each is kept narrow, so that no sentence of a
// person fits in.
func (f file) slots(b *builder) map[string]*slot {
	in := func(name string, w Words) func(token, int) bool {
		set := b.set(name, w)
		return func(t token, _ int) bool { return set[t.s] }
	}
	digit := func(t token, _ int) bool { return t.class == digits }
	when := in("when", f.When)
	return map[string]*slot{
		"n":      {most: 1, fits: digit},
		"phone":  {most: 4, fits: digit},
		"name":   {most: 3, fits: func(t token, _ int) bool { return t.capital || t.upper }},
		"when":   {most: 8, fits: func(t token, i int) bool { return digit(t, i) || when(t, i) }},
		"device": {most: 7, fits: in("devices", f.Devices)},
		"effect": {most: 3, fits: in("effects", f.Effects)},
		"any":    {most: 24, fits: func(token, int) bool { return true }},
		"pic":    {most: 8, fits: func(t token, _ int) bool { return picture(t) }},
		"link":   {most: 40, fits: link},
	}
}

// link tells whether a token may stand in a web address.
func link(t token, place int) bool {
	if place > 0 {
		return !t.gap
	}
	return t.s == "http" || t.s == "https" || t.s == "www"
}
