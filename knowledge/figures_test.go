package knowledge_test

import (
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// A figure of the body is a danger however it is written: no sign around it may hide it from the
// screen, as the numbers of orders and the percentages of discounts are hidden.
func TestFiguresOfTheBodyAreSeen(t *testing.T) {
	b := base(t, shipped)
	for _, c := range []struct{ name, text, kind string }{
		{name: "a pressure", text: "bp 188/124", kind: kinds.Emergency},
		{name: "behind a number sign", text: "my bp is #188/124", kind: kinds.Emergency},
		{name: "behind one apart", text: "bp #: 188/124", kind: kinds.Emergency},
		{name: "in words behind one", text: "bp # 188 over 124", kind: kinds.Emergency},
		{name: "before its word", text: "#188/124 bp", kind: kinds.Emergency},
		{name: "beside a day", text: "bp on 12/4: 188/124", kind: kinds.Emergency},
		{name: "beside a time", text: "my bp at 2:30 was 188/124", kind: kinds.Emergency},
		{name: "an oxygen saturation", text: "my oxygen is 81", kind: kinds.Emergency},
		{name: "in percent", text: "my oxygen is 81%", kind: kinds.Emergency},
		{name: "percent in words", text: "oxygen 81 percent", kind: kinds.Emergency},
		{name: "no low one", text: "o2 sat 97%"},
		{name: "no low one, in words", text: "sat at 96 percent"},
		{name: "in Spanish", text: "oxigeno en 81%", kind: kinds.Emergency},
		{name: "a good one", text: "oxygen is 98%"},
		{name: "a number that names a claim", text: "claim #188/124"},
		{name: "a share", text: "im 80% sure i can come"},
		{name: "a discount", text: "is there 20% off"},
	} {
		v := b.Read(c.text, nil).In(visit)
		danger := v.Kind == kinds.Crisis || v.Kind == kinds.Emergency
		if danger != (c.kind != "") || danger && v.Kind != c.kind {
			t.Errorf("%s: %q is %q by %q, want %q", c.name, c.text, v.Kind, v.Rule, c.kind)
		}
	}
}
