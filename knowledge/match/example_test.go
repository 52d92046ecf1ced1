package match_test

import (
	"fmt"

	"github.com/beacon-clinic/beacon/knowledge/match"
)

func ExampleMatcher_Match() {
	m := match.Build([]match.Entry{
		{ID: "parking", Asks: []string{
			"where do i park", "is there a garage", "can i leave my car there", "parking?",
		}},
		{ID: "hours", Asks: []string{
			"when are you open", "what are your hours", "open on saturday?", "when do you close",
		}},
	}, match.Settings{})
	r := m.Match("can i leave the car somewhere near")
	fmt.Println(r.Best[0].ID)
	// Output: parking
}
