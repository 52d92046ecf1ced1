package screen_test

import (
	"fmt"

	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// Two patterns, read by the rules alone: nothing has been learnt.
func ExampleScreen_Read() {
	s, err := screen.New(screen.Rules{Classes: map[string]screen.Class{
		"crisis": {Patterns: []screen.Pattern{{
			Name:   "wish_to_die",
			Any:    []string{"want|wish to [just] die"},
			Unless: []string{"dont want"},
		}}},
		"confirm": {Exact: []string{"yes", "ok"}},
	}}, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	v := s.Read("ok. i just want to DIE")
	fmt.Println(v.Kind, v.Rule, v.Also)
	fmt.Println(s.Read("ok").In(screen.Context{Visit: true}).Kind)
	// Output:
	// crisis crisis/wish_to_die [confirm]
	// confirm
}
