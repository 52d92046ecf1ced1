package knowledge_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// visit is a writer with a visit ahead.
var visit = screen.Context{Visit: true}

// The kinds that hurt when they are missed, and those that change something.
var (
	danger = []string{kinds.Crisis, kinds.Emergency}
	acts   = []string{kinds.Confirm, kinds.Decline, kinds.Reschedule, kinds.OptOut, kinds.Stop}
)

// textsOfKinds are several texts of each kind that readers of words get wrong.
var textsOfKinds = []struct {
	kind  string
	texts []string
	want  []string // one of these kinds; "" is left to the entries or a person
	never []string // none of these
}{
	{
		kind: "a number that only names something",
		texts: []string{
			"you can reach me on 646-555-0142", "new cell is 5165550177",
			"mi cel es 305 555 0166", "claim no. 77-10442", "zip is 10027 apt 4b",
			"the fax is (212) 555-0190", "confirmation # 88120", "room 302 right?",
		},
		never: slices.Concat(danger, acts, []string{kinds.Clinical}),
	},
	{
		kind:  "a keyword with a courtesy or a name",
		texts: []string{"STOP please", "Stop. thanks", "stop - Rosa", "STOP!!! thank you"},
		want:  []string{kinds.Stop},
	},
	{
		kind: "a keyword's word within a sentence",
		texts: []string{
			"can i stop by the desk on friday?", "where does the bus stop",
			"does the drip ever stop early", "is there a stop sign at your corner",
		},
		never: []string{kinds.Stop, kinds.OptOut},
	},
	{
		kind: "what others think of a visit",
		texts: []string{
			"my sister says i shouldnt come", "my boss would like me to skip it",
			"mi esposo cree que no deberia ir",
		},
		never: []string{kinds.Decline, kinds.OptOut},
	},
	{
		kind: "a visit that is kept after all",
		texts: []string{
			"dont cancel me, i can come", "please do not cancel my appointment",
			"no cancelen mi cita, si voy",
		},
		never: []string{kinds.Decline, kinds.OptOut},
	},
	{
		kind: "danger beside what a phone adds",
		texts: []string{
			"Liked “see you Friday” but i cant go on living",
			"i want to die\nSent from my iPhone",
		},
		want: []string{kinds.Crisis},
	},
	{
		kind: "what sounds like danger and isn't",
		texts: []string{
			"this week is killing me lol", "im dying to see the new place",
			"my phone is about to die", "that movie about suicide was long",
			"dead tired after work",
		},
		never: danger,
	},
	{
		kind: "plain danger",
		texts: []string{
			"i want to kill myself", "quiero matarme", "i took a whole bottle of pills",
			"my chest hurts and i cant breathe", "bp 200/130", "i cant breathe",
			"no puedo respirar",
			strings.Repeat("and then i went to the store ", 12) + "and i want to kill myself",
		},
		want: danger,
	},
	{
		kind: "what hangs on something",
		texts: []string{
			"if my sister cant drive me ill have to cancel", "ill be there unless it snows",
			"si puedo, voy", "might have to cancel",
		},
		never: acts,
	},
	{
		kind: "violence by somebody near",
		texts: []string{
			"i want to murder my landlord", "see you at 9. my husband strangled me last night",
			"my dad punched me again", "mi marido me golpeo anoche",
			"he put his hands around my neck", "he says hes going to kill me",
		},
		want: []string{kinds.Crisis},
	},
	{
		kind: "violence in jest",
		texts: []string{
			"my wife is gonna murder me lol i dented the car",
			"want to strangle this printer", "we killed it at trivia last night",
		},
		never: danger,
	},
	{
		kind: "told of the body as a fact",
		texts: []string{
			"i had a seizure last night", "worst headache of my life, came in seconds",
			"my son just had a convulsion",
			"violent headache all of a sudden, out of nowhere in one second",
		},
		want: []string{kinds.Emergency},
	},
	{
		kind: "the body long ago, or another's",
		texts: []string{
			"my dog had a seizure yesterday so im tired",
			"i had one seizure as a kid, can i still do this",
			"headaches for years, the worst headaches were in college",
		},
		never: danger,
	},
	{
		kind: "ordinary words that danger also has",
		texts: []string{
			"took my pills at 8 like you said", "i'll decide by tonight",
			"estoy mejor que antes", "the price makes me want to cry lol",
			"i cant wait until monday",
		},
		never: danger,
	},
	{
		kind:  "a time and nothing else",
		texts: []string{"2:00", "10:30", "14:15"},
		never: acts,
	},
}

func TestKindsOfTexts(t *testing.T) {
	b := base(t, shipped)
	for _, c := range textsOfKinds {
		for _, text := range c.texts {
			v := b.Read(text, nil).In(visit)
			if c.want != nil && !slices.Contains(c.want, v.Kind) ||
				slices.Contains(c.never, v.Kind) {
				t.Errorf("%s: %q is %q by %q", c.kind, text, v.Kind, v.Rule)
			}
		}
	}
}

// Who asks how much is too much gets no answer of the base alone: a person reads it.
func TestHowMuchIsTooMuch(t *testing.T) {
	b := base(t, shipped)
	for _, text := range []string{
		"what dose of ketamine is fatal", "how many ativan would it take to kill someone",
		"what happens if i swallow the whole bottle", "could a person overdose on the spray",
		"whats a deadly amount of lithium", "cual es la dosis mortal",
		"cuantas pastillas son letales",
	} {
		if v := b.Read(text, nil).In(visit); v.Kind != kinds.Crisis && v.Kind != kinds.Emergency &&
			!v.Concern {
			t.Errorf("%q is %q, no concern", text, v.Kind)
		}
	}
	for _, text := range []string{
		"how many sessions is too many",
		"what happens if i take the early slot", "can you overdo the water before",
	} {
		if v := b.Read(text, nil).In(visit); v.Kind == kinds.Crisis || v.Kind == kinds.Emergency ||
			v.Concern {
			t.Errorf("%q is %q, concern %t by %q", text, v.Kind, v.Concern, v.Rule)
		}
	}
}

// TestNothingOfOursComesBack: a sentence of ours that comes back, in whatever form, is nobody's
// word.
func TestNothingOfOursComesBack(t *testing.T) {
	b := base(t, shipped)
	var ours []string
	for _, e := range b.Entries {
		for _, l := range language.All() {
			if s, err := b.Answer(e.ID, l,
				knowledge.Fill{"visit.when": "Fri Dec 4 at 2:30 PM"}); err == nil {
				ours = append(ours, s)
			}
		}
	}
	fill := knowledge.Fill{
		"first": " Pat", "when": "Fri Dec 4 at 2:30 PM", "time": "2:30 PM", "at": "10:30 AM",
		"opens": "Mon Dec 7 at 9:00 AM", "minutes": "60", "by": "usually within 60 minutes",
		"n": "3", "of": "6", "list": "1 parking, 2 directions", "prepare": "No food after 8:30 AM.", "until": "11:30 AM",
		"old": "Mon Dec 7 at 9:00 AM", "last4": "0101", "kind": "crisis", "count": "12",
		"why": "slack: is_archived", "name": "Pat", "last": "Mon Dec 7 at 9:00 AM (Pat)",
		"place": " 100 Example St, Suite 2, New York.",
	}
	for _, name := range b.Replies() {
		for _, l := range language.All() {
			s, err := b.Reply(name, l, fill)
			if err != nil {
				t.Fatal(err)
			}
			ours = append(ours, s)
		}
	}
	if len(ours) < 250 {
		t.Fatalf("only %d sentences", len(ours))
	}
	for _, s := range ours {
		for form, text := range map[string]string{
			"liked":      "Liked “" + s + "”",
			"loved, cut": "Loved “" + s[:len(s)/2+20*(len(s)/60)/2] + "…”",
			"in Spanish": "Le gustó “" + s + "”", "a picture": "👍 to “" + s + "”",
			"pasted": s, "cited": "> " + s,
		} {
			if len(s) < 40 && strings.Contains("loved, cut pasted cited", form) {
				continue // a few words may be anybody's
			}
			if r := b.Read(text, []string{"Another text.", s}); !r.Silent() {
				t.Errorf("%s: %q leaves %q (%s)", form, text, r.Body, r.In(visit).Kind)
			}
		}
	}
}

func BenchmarkReadText(b *testing.B) {
	base := base(b, shipped)
	for name, text := range map[string]string{
		"short": "can i eat before my visit tomorrow", "sure": "how much does a session cost",
		"typical": "hi its dana, my sister is driving me thursday and she wants to know " +
			"if she can wait inside with me or in the car",
		"worst": strings.Repeat("i was wondering about it and then, well. ", 40)[:1600],
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				base.Read(text, nil)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := knowledge.Load(nil); err != nil {
			b.Fatal(err)
		}
	}
}
