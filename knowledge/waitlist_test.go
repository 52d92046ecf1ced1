package knowledge_test

import (
	"testing"
	"testing/fstest"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

func TestACopyOfTheScreenWithoutOffersHasTheShippedOnes(t *testing.T) {
	b, err := knowledge.Load(fstest.MapFS{
		"faq/a.yaml": {
			Data: []byte(`[{id: hours, asks: {en: [hours]}, answer: {en: We are open.}}]`),
		},
		"screen/a.yaml": {Data: []byte("classes:\n  confirm:\n    exact: [c]\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if v := b.Read("YES", nil).In(screen.Context{Offer: true}); v.Offer != screen.Take ||
		v.Bare != screen.Yes {
		t.Errorf("%+v", v)
	}
}
