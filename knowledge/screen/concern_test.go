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
		{"worry about a relative", "im worried about my husband", true},
		{"the same, in Spanish", "estoy muy preocupada por mi esposo", true},
		{"a whole text", "Me rindo.", true},
		{"hopeless tone", "perdí la esperanza", true},
		{"not doing well", "not doing well lately", true},
		{"a danger as well", "im worried about my husband, he says he will kill himself", false},
		{"worried, about a practical thing", "im worried about my husband driving me home", false},
		{"a visit", "i cant do it friday", false},
		{"a visit, in Spanish", "no puedo ir mañana", false},
		{"a question", "whats the point of the consult", false},
		{"thanks", "thanks for everything", false},
		{"an ordinary question", "how much does a session cost", false},
		{"nothing", "?!", false},
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
		{"i want to kill myself", ""},
		{"quiero morir", ""},
		{"my husband left me and i want to die", ""},
		{"my mom said i should text you. i want to die", ""},
		{"my husband says he'll kill himself", screen.AboutOther},
		{"she told me she wants to die", screen.AboutOther},
		{"mi hijo dice que se quiere matar", screen.AboutOther},
		{"mi mama se quiere morir", screen.AboutOther},
		{"i took all my pills i want to die", screen.AboutNow},
		{"my wife took the whole bottle of ambien", screen.AboutNow},
		{"he has a gun to his head", screen.AboutNow},
		{"he is going to shoot us", screen.AboutNow},
		{"my wife won't wake up", screen.AboutNow},
		{"im cutting right now and bleeding", screen.AboutNow},
		{"mi esposo se tomo todas las pastillas", screen.AboutNow},
		{"tiene una pistola en la mano", screen.AboutNow},
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
		"concern": {Exact: []string{"..."}, Patterns: []screen.Pattern{{Name: "a"}, {Name: "b", Any: []string{"kill <nobody>"}}}},
		"crisis":  {Patterns: []screen.Pattern{{Name: "c", Any: []string{"die"}, About: "them", Hint: true}}},
		"late":    {Patterns: []screen.Pattern{{Name: "d", Any: []string{"late"}, About: screen.AboutNow}}},
	}}, nil, nil)
	if err == nil {
		t.Fatal("taken as they are")
	}
	for _, want := range []string{`concern: exact "..."`, "concern/a needs a name", "concern/b", `crisis/c: about: "them" is unknown`, "late/d: about: only"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v doesn't name %s", err, want)
		}
	}
}
