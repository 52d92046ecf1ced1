package screen_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// A concern stands beside the kind, and a danger takes it back.
func TestConcern(t *testing.T) {
	for _, c := range []struct {
		name, text string
		concern    bool
	}{
		{name: "worry about a relative", text: "im worried about my husband", concern: true},
		{name: "the same, in Spanish", text: "estoy muy preocupada por mi esposo", concern: true},
		{name: "a whole text", text: "Me rindo.", concern: true},
		{name: "hopeless tone", text: "perdí la esperanza", concern: true},
		{name: "not doing well", text: "not doing well lately", concern: true},
		{
			name: "a danger as well",
			text: "im worried about my husband, he says he will kill himself",
		},
		{
			name: "worried, about a practical thing",
			text: "im worried about my husband driving me home",
		},
		{name: "a visit", text: "i cant do it friday"},
		{name: "a visit, in Spanish", text: "no puedo ir mañana"},
		{name: "a question", text: "whats the point of the consult"},
		{name: "thanks", text: "thanks for everything"},
		{name: "an ordinary question", text: "how much does a session cost"},
		{name: "nothing", text: "?!"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := shippedScreen(t).Read(c.text).In(awaiting)
			if v.Concern != c.concern || v.About != "" && v.Kind != "crisis" {
				t.Errorf("%q: %+v, want concern %v", c.text, v, c.concern)
			}
		})
	}
}

func TestOfWhomADangerIs(t *testing.T) {
	for _, c := range []struct{ text, about string }{
		{text: "i want to kill myself"},
		{text: "quiero morir"},
		{text: "my husband left me and i want to die"},
		{text: "my mom said i should text you. i want to die"},
		{text: "my husband says he'll kill himself", about: screen.AboutOther},
		{text: "she told me she wants to die", about: screen.AboutOther},
		{text: "mi hijo dice que se quiere matar", about: screen.AboutOther},
		{text: "mi mama se quiere morir", about: screen.AboutOther},
		{text: "i took all my pills i want to die", about: screen.AboutNow},
		{text: "my wife took the whole bottle of ambien", about: screen.AboutNow},
		{text: "he has a gun to his head", about: screen.AboutNow},
		{text: "he is going to shoot us", about: screen.AboutNow},
		{text: "my wife won't wake up", about: screen.AboutNow},
		{text: "im cutting right now and bleeding", about: screen.AboutNow},
		{text: "mi esposo se tomo todas las pastillas", about: screen.AboutNow},
		{text: "tiene una pistola en la mano", about: screen.AboutNow},
	} {
		v := shippedScreen(t).Read(c.text).In(nothing)
		if v.Kind != "crisis" && v.Kind != "emergency" || v.About != c.about || v.Concern {
			t.Errorf("%q: %+v, want about %q", c.text, v, c.about)
		}
	}
	if v := shippedScreen(t).Read("i took my pills this morning").In(nothing); v.About != "" {
		t.Errorf("no danger, yet about %q", v.About)
	}
}

func TestFaultsOfConcerns(t *testing.T) {
	_, err := screen.New(screen.Rules{Classes: map[string]screen.Class{
		"concern": {
			Exact:    []string{"..."},
			Patterns: []screen.Pattern{{Name: "a"}, {Name: "b", Any: []string{"kill <nobody>"}}},
		},
		"crisis": {
			Patterns: []screen.Pattern{
				{Name: "c", Any: []string{"die"}, About: "them", Hint: true},
			},
		},
		"late": {
			Patterns: []screen.Pattern{{Name: "d", Any: []string{"late"}, About: screen.AboutNow}},
		},
	}}, nil, nil)
	if err == nil {
		t.Fatal("taken as they are")
	}
	for _, want := range []string{
		`concern: exact "..."`, "concern/a needs a name", "concern/b",
		`crisis/c: about: "them" is unknown`, "late/d: about: only",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v doesn't name %s", err, want)
		}
	}
}
