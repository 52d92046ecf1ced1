package match_test

import (
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/match"
)

// desk is a small base in the manner of the clinic's.
func desk() []match.Entry {
	return []match.Entry{
		{
			ID: "cost",
			Asks: []string{
				"How much is a session?", "what's the price", "how much do you charge",
				"what does it cost", "¿Cuánto cuesta?", "cuanto cobran por sesion",
				"precio de la sesion",
			},
			Text: "A session is 400 dollars.",
		},
		{
			ID: "parking",
			Asks: []string{
				"where do I park", "is there parking", "do you have a parking lot",
				"can I leave my car there", "¿Dónde me puedo estacionar?",
				"tienen estacionamiento",
			},
			Text: "The garage next door is free for patients.",
		},
		{
			ID: "hours",
			Asks: []string{
				"what time do you open", "when do you close", "what are your hours",
				"are you open on saturday", "¿A qué hora abren?", "cual es su horario",
			},
			Text: "We are open Monday to Friday.",
		},
		{
			ID: "session_length",
			Asks: []string{
				"how long does a session take", "how long is the visit",
				"how many hours does the infusion take", "cuanto dura la sesion",
				"cuanto tiempo tarda",
			},
			Text: "Plan two hours.",
		},
		{
			ID: "spray_length",
			Asks: []string{
				"how long does the nasal spray take", "how long is a spray visit",
				"spray treatment how many hours", "cuanto dura el spray nasal",
			},
			Text: "The spray visit is two hours.",
		},
		{
			ID: "spray",
			Asks: []string{
				"what is the nasal spray", "tell me about the spray",
				"do you have the nasal spray", "que es el spray nasal",
			},
			Text: "A spray given at the clinic.",
		},
		{
			ID: "fasting",
			Asks: []string{
				"can I eat before", "do I need to fast",
				"can I have breakfast before my infusion", "when should I stop eating",
				"puedo comer antes", "tengo que ir en ayunas",
			},
			Text: "No food for six hours.",
		},
		{
			ID: "ride",
			Asks: []string{
				"can I drive home", "do I need a ride home", "who can pick me up afterwards",
				"can I take an uber home", "puedo manejar a casa", "necesito que me lleven",
			},
			Text: "Someone must drive you home.",
		},
	}
}

func TestMatch(t *testing.T) {
	m := match.Build(desk(), match.Settings{})
	for _, c := range []struct{ name, text, want string }{
		{name: "a phrasing", text: "where do I park", want: "parking"},
		{name: "another wording", text: "is a parking spot included", want: "parking"},
		{name: "typos", text: "how mcuh do you chareg", want: "cost"},
		{name: "text-speak", text: "wat time do u open", want: "hours"},
		{name: "no apostrophe", text: "whats the price", want: "cost"},
		{name: "a word of the same family", text: "is the fee affordable", want: "cost"},
		{name: "a word of the same family in the other language", text: "tarifas", want: "cost"},
		{name: "Spanish without accents", text: "donde me estaciono", want: "parking"},
		{name: "Spanish shorthand", text: "a q hora abren", want: "hours"},
		{name: "both languages", text: "cuanto es el price de la session", want: "cost"},
		{name: "shouting", text: "CAN I DRIVE HOME???", want: "ride"},
		{name: "a curly apostrophe", text: "what’s the price", want: "cost"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := m.Match(c.text)
			if len(r.Best) == 0 || r.Best[0].ID != c.want {
				t.Fatalf("%q went to %v, want %s first", c.text, r.Best, c.want)
			}
		})
	}
}

func TestResult(t *testing.T) {
	m := match.Build(desk(), match.Settings{})
	for _, text := range []string{"where do I park", "how long", "my cat sings opera", "", "?!"} {
		r := m.Match(text)
		if len(r.Best) != 5 {
			t.Fatalf("%q has %d candidates, want 5", text, len(r.Best))
		}
		for i, c := range r.Best {
			if c.Confidence < 0 || c.Confidence > 1 ||
				i > 0 && c.Confidence > r.Best[i-1].Confidence {
				t.Errorf("%q: confidence out of order or range: %v", text, r.Best)
			}
		}
		if (r.Outcome == match.Choices) != (r.Choices > 1) || r.Choices > 3 {
			t.Errorf("%q: outcome %v with %d choices", text, r.Outcome, r.Choices)
		}
	}
	if r := m.Match("my cat sings opera"); r.Outcome == match.Answer {
		t.Errorf("a text from outside was answered with %v", r.Best[0])
	}
}

func TestExplain(t *testing.T) {
	e := match.Build(desk(), match.Settings{}).Explain("is there parking")
	if e.Best[0].ID != "parking" || len(e.Weights) == 0 || e.Weights[0].Feature != "park" {
		t.Fatalf("parking is explained by %v", e.Weights)
	}
}

func TestSmallBases(t *testing.T) {
	for name, base := range map[string][]match.Entry{
		"none":         nil,
		"one":          desk()[:1],
		"without asks": {{ID: "a"}, {ID: "b", Text: "parking is free"}},
		"empty asks": {
			{ID: "a", Asks: []string{"", "?!"}}, {ID: "b", Asks: []string{"parking"}},
		},
		"one ask each": {
			{ID: "a", Asks: []string{"cost"}}, {ID: "b", Asks: []string{"parking"}},
		},
		"the same twice": append(desk(), desk()...),
		"foreign letters": {
			{ID: "a", Asks: []string{"где парковка", "停车", "🅿️"}},
			{ID: "b", Asks: []string{"цена"}},
		},
	} {
		m := match.Build(base, match.Settings{})
		for _, text := range []string{"", "parking", "停车 где 🅿️", "a and b", "\xff\xfe"} {
			if r := m.Match(text); len(r.Best) > len(base) {
				t.Errorf("%s: %q has %d entries of %d", name, text, len(r.Best), len(base))
			}
			m.Explain(text)
		}
	}
}

func TestBuildsAreAlike(t *testing.T) {
	a, b := match.Build(desk(), match.Settings{}), match.Build(desk(), match.Settings{})
	for _, text := range []string{"where do I park", "how long", "cuanto", "mcuh"} {
		if x, y := a.Match(text), b.Match(text); !reflect.DeepEqual(x, y) {
			t.Errorf("two builds differ on %q: %v and %v", text, x, y)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	m := match.Build(desk(), match.Settings{})
	want := m.Match("where do I park")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got := m.Match("where do I park"); !reflect.DeepEqual(got, want) {
					t.Errorf("got %v, want %v", got, want)
				}
				m.Match(strings.Repeat("how long does it take ", 70))
			}
		})
	}
	wg.Wait()
}

func FuzzMatch(f *testing.F) {
	m := match.Build(desk(), match.Settings{})
	for _, s := range []string{
		"where do I park", "¿Dónde?", "", "\xff", strings.Repeat("a", 5000),
		strings.Repeat("y and ", 400), "12ab34cd", "''''", "İſK",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		begin := time.Now()
		r := m.Match(text)
		for _, c := range r.Best {
			if !(c.Confidence >= 0 && c.Confidence <= 1) {
				t.Errorf("confidence %v for %q", c.Confidence, text)
			}
		}
		m.Explain(text)
		if d := time.Since(begin); d > 2*time.Second {
			t.Errorf("%d bytes took %v", len(text), d)
		}
	})
}

// What staff have taught holds word for word, however much it is like another entry.
func TestPhrasingIsItsOwnEntry(t *testing.T) {
	m := match.Build([]match.Entry{
		{
			ID: "cost",
			Asks: []string{
				"how much is a session", "price of a session", "what does a session cost",
				"session price please",
			},
		},
		{
			ID: "length",
			Asks: []string{
				"how long is it", "how many hours does it take", "duration",
				"what is a session like in hours",
			},
		},
		{ID: "taught", Asks: []string{"do you take cash", "how much is a session in cash"}},
		{ID: "claimed", Asks: []string{"duration", "do you have a lift"}},
	}, match.Settings{})
	for text, want := range map[string]string{
		"How much is a session in cash??":          "taught",
		"hi, how much is a session in cash please": "taught",
		"what is a session like in hours":          "length",
	} {
		if r := m.Match(text); r.Outcome != match.Answer || r.Best[0].ID != want {
			t.Errorf("%q: %+v, want %s", text, r, want)
		}
	}
	if r := m.Match("duration"); r.Best[0].Confidence > .98 {
		t.Errorf("two entries claim it: %+v", r)
	}
}

func TestNearTieOffersBoth(t *testing.T) {
	asks := func(what string) []string {
		return []string{
			"can i drink " + what, "is " + what + " ok before",
			"how much " + what + " can i have", "may i have " + what, what + " the day before?",
		}
	}
	m := match.Build([]match.Entry{
		{ID: "water", Asks: asks("water")},
		{ID: "wine", Asks: asks("wine")},
		{
			ID:   "parking",
			Asks: []string{"where do i park", "is there a garage", "parking?", "is parking free"},
		},
		{
			ID: "hours",
			Asks: []string{
				"when are you open", "what are your hours", "open on sunday?",
				"until when are you there",
			},
		},
	}, match.Settings{})
	r := m.Match("can i drink something before")
	if r.Outcome != match.Choices || r.Choices != 2 || r.Best[0].ID == r.Best[1].ID ||
		r.Best[0].ID == "parking" {
		t.Errorf("%+v, want water or wine", r)
	}
	if r := m.Match("water or wine"); r.Outcome == match.Answer {
		t.Errorf("%+v", r)
	}
}

func TestCourtesyAroundAQuestionChangesNothing(t *testing.T) {
	m := match.Build([]match.Entry{
		{
			ID:   "cost",
			Asks: []string{"how much is it", "price", "what does it cost", "cuanto cuesta"},
		},
		{
			ID:   "hours",
			Asks: []string{"when are you open", "what are your hours", "hours", "a que hora abren"},
		},
		{ID: "hello", Asks: []string{"good morning", "hello there", "hi", "hey"}},
	}, match.Settings{})
	for bare, dressed := range map[string]string{
		"cuanto cuesta":       "Buenas tardes, disculpe la molestia, cuánto cuesta? gracias",
		"what are your hours": "hi! quick question, what are your hours? thanks so much",
	} {
		if a, b := m.Match(bare), m.Match(dressed); a.Best[0] != b.Best[0] {
			t.Errorf("%q %+v, %q %+v", bare, a.Best[0], dressed, b.Best[0])
		}
	}
	if r := m.Match("good morning"); r.Best[0].ID != "hello" {
		t.Errorf("a text that is only a courtesy is read as it stands: %+v", r)
	}
}
