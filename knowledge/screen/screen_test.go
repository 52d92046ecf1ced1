package screen_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// rules reads the folder's own files the way knowledge does: strictly, and with the base's questions as examples of what is no danger.
func rules(t testing.TB) screen.Rules {
	t.Helper()
	files, err := filepath.Glob("*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of rules here: %v", err)
	}
	var parts []screen.Rules
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var r screen.Rules
		d := yaml.NewDecoder(bytes.NewReader(b))
		d.KnownFields(true)
		if err := d.Decode(&r); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		parts = append(parts, r)
	}
	r, err := screen.Merge(parts...)
	if err != nil {
		t.Fatal(err)
	}
	other := r.Classes["other"]
	questions, err := filepath.Glob("../faq/*.yaml")
	if err != nil || len(questions) == 0 {
		t.Fatalf("no questions: %v", err)
	}
	for _, f := range questions {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var entries []struct {
			Class string
			Asks  map[string][]string
		}
		if err := yaml.Unmarshal(b, &entries); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for _, e := range entries {
			if !strings.Contains(e.Class, "H") {
				for lang, asks := range e.Asks {
					other.Examples[lang] = append(other.Examples[lang], asks...)
				}
			}
		}
	}
	return r
}

// shipped is the screen of the folder's files, trained once for all tests.
var shipped = sync.OnceValues(func() (*screen.Screen, error) {
	return screen.New(rules(&testing.T{}))
})

func load(t testing.TB) *screen.Screen {
	t.Helper()
	s, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	awaiting = screen.Context{Visit: true, Awaiting: true}
	nothing  = screen.Context{}
)

// TestRead holds one text for each manner of saying a thing.
func TestRead(t *testing.T) {
	for _, tt := range []struct {
		text string
		in   screen.Context
		kind string
		also []string
	}{
		// crisis, however it is spelt, joked or tacked on
		{"988", awaiting, "crisis", nil},
		{"I want to kill myself", nothing, "crisis", nil},
		{"k!ll myself tonight", nothing, "crisis", nil},
		{"thinking about su1c1de", nothing, "crisis", nil},
		{"s*icide is on my mind", nothing, "crisis", nil},
		{"s u i c i d e", nothing, "crisis", nil},
		{"KMS", nothing, "crisis", nil},
		{"k.m.s.", nothing, "crisis", nil},
		{"i wanna dieeeee", nothing, "crisis", nil},
		{"gonna unalive myself lol", nothing, "crisis", nil},
		{"iwanttodie", nothing, "crisis", nil},
		{"yes but i feel like dying", awaiting, "crisis", []string{"confirm"}},
		{"STOP. i am going to kill myself", awaiting, "crisis", []string{"optout"}},
		{"this traffic is killing me. also i want to die", awaiting, "crisis", nil},
		{"my son says he wants to kill himself", nothing, "crisis", nil},
		{"quiero matarme", nothing, "crisis", nil},
		{"ya no kiero bivir", nothing, "crisis", nil},
		{"cuando ya no esté cuiden a mi perro", nothing, "crisis", nil},
		// emergency
		{"my chest hurts and my left arm is numb", nothing, "emergency", nil},
		{"bp 190/124", nothing, "emergency", nil},
		{"no puedo respirar", nothing, "emergency", nil},
		{"mi esposo no despierta después de su dosis", nothing, "emergency", nil},
		// clinical
		{"i took my klonopin this morning is that ok", nothing, "clinical", nil},
		{"estoy embarazada, sigo con las sesiones?", nothing, "clinical", nil},
		// consent: the bare word, the wording, and the visit that isn't one
		{"STOP", nothing, "stop", nil},
		{"Cancel", awaiting, "stop", nil},
		{"END", nothing, "stop", nil},
		{"stop txting me", nothing, "optout", nil},
		{"ya no me manden mensajes", nothing, "optout", nil},
		{"cancel my appointment", awaiting, "decline", nil},
		{"cancelen mi cita", awaiting, "decline", nil},
		{"this isnt marcus's phone anymore", nothing, "optout", nil},
		{"does someone need to take me home", nothing, "", nil},
		{"who can take me home", nothing, "", nil},
		{"can i get off my antidepressants", nothing, "", nil},
		{"take off jewelry or rings?", nothing, "", nil},
		{"if traffic makes me late do u still take me", nothing, "", nil},
		{"no es una sustancia controlada?", nothing, "", nil},
		{"START", nothing, "start", nil},
		{"unstop", nothing, "start", nil},
		{"HELP", nothing, "help", nil},
		{"INFO", nothing, "help", nil},
		{"BASIC", nothing, "basic", nil},
		{"detail", nothing, "detail", nil},
		{"can i talk to someone", nothing, "person", nil},
		// answers about a visit, and what they are without one
		{"C", awaiting, "confirm", nil},
		{"1", awaiting, "confirm", nil},
		{"2", awaiting, "", nil},
		{"3", awaiting, "", nil},
		{"YES", awaiting, "confirm", nil},
		{"👍🏽", awaiting, "confirm", nil},
		{"sí, ahí estaré", awaiting, "confirm", nil},
		{"c", nothing, "courtesy", nil},
		{"yes", nothing, "courtesy", []string{"start"}},
		{"i cant make it tomorrow", awaiting, "decline", nil},
		{"i cant make it tomorrow", nothing, "", nil},
		{"can we do friday instead", awaiting, "reschedule", nil},
		{"running 10 min late", awaiting, "late", nil},
		// what only looks like any of these
		{"this traffic is killing me", awaiting, "", nil},
		{"does ketamine help with suicidal thoughts?", nothing, "", nil},
		{"how does it help with suicidal ideation in general", nothing, "", nil},
		{"does the crisis lifeline take texts", nothing, "", nil},
		{"puedo tomar mis pastillas en la mañana", nothing, "", nil},
		{"puedo tomar todas mis pastillas y no despertar", nothing, "crisis", nil},
		{"does the suicide hotline answer, im about to do it", nothing, "crisis", nil},
		{"what percent of people get better", nothing, "", nil},
		{"can u write a letter for fmla", nothing, "", nil},
		{"my laptop wont wake", nothing, "", nil},
		{"my wife wont wake", nothing, "emergency", nil},
		{"my grandma turned 90", nothing, "", nil},
		{"who are you voting for", nothing, "", nil},
		{"quien es mi doctora", nothing, "", nil},
		{"how long until it works", awaiting, "", nil},
		{"no suicidal thoughts in months, thank you", nothing, "", nil},
		{"how much does a session cost", nothing, "", nil},
		{"thanks so much", nothing, "courtesy", nil},
		{"", awaiting, "", nil},
		{"?!", awaiting, "", nil},
	} {
		v := load(t).Read(tt.text, tt.in)
		kind := v.Kind
		if tt.kind == "" && kind == "courtesy" || tt.kind == "courtesy" && kind == "" {
			kind = tt.kind // both leave the text to others
		}
		if kind != tt.kind {
			t.Errorf("Read(%q) = %q by %q, want %q", tt.text, v.Kind, v.Rule, tt.kind)
		}
		for _, a := range tt.also {
			if !slices.Contains(v.Also, a) {
				t.Errorf("Read(%q).Also = %v, want %q in it", tt.text, v.Also, a)
			}
		}
		if v.Kind != "" && v.Rule == "" {
			t.Errorf("Read(%q) is %q by no rule", tt.text, v.Kind)
		}
	}
}

func TestMinutes(t *testing.T) {
	for text, want := range map[string]int{
		"running 10 min late": 10, "be there in 15": 15, "im gonna be half an hour late": 30,
		"an hour late sorry": 60, "llego tarde 20 minutos": 20, "running late": 0, "voy tarde, media hora": 30,
	} {
		if v := load(t).Read(text, awaiting); v.Kind != "late" || v.Minutes != want {
			t.Errorf("Read(%q) = %q, %d minutes, want late, %d", text, v.Kind, v.Minutes, want)
		}
	}
}

func TestLang(t *testing.T) {
	for text, want := range map[string]string{
		"how much does a session cost": "en", "cuánto cuesta la sesión": "es", "quiero morir": "es",
		"i want to die": "en", "no puedo ir mañana": "es", "988": "", "👍": "",
	} {
		if v := load(t).Read(text, nothing); v.Lang != want {
			t.Errorf("Read(%q).Lang = %q, want %q", text, v.Lang, want)
		}
	}
}

func TestResource(t *testing.T) {
	for text, want := range map[string]bool{
		"does ketamine help with suicidal thoughts?": true,
		"does the crisis lifeline take texts":        true,
		"my dad passed away last month":              true,
		"how much does a session cost":               false,
		"i want to kill myself":                      false, // the crisis text carries 988 itself
	} {
		if v := load(t).Read(text, nothing); v.Resource != want {
			t.Errorf("Read(%q).Resource = %v, want %v", text, v.Resource, want)
		}
	}
}

// The context says who may answer about a visit. It never decides who is in
// danger or who wants out.
func TestDangerIgnoresContext(t *testing.T) {
	for _, kind := range []string{"crisis", "emergency", "optout"} {
		for lang, list := range rules(t).Classes[kind].Examples {
			for i := 0; i < len(list); i += 7 {
				a, b := load(t).Read(list[i], awaiting), load(t).Read(list[i], nothing)
				if grave := []string{"crisis", "emergency", "optout", "stop"}; a.Kind != b.Kind && (slices.Contains(grave, a.Kind) || slices.Contains(grave, b.Kind)) {
					t.Errorf("%s: %q is %q with a visit ahead and %q without", lang, list[i], a.Kind, b.Kind)
				}
			}
		}
	}
}

func TestNewNamesEveryFault(t *testing.T) {
	_, err := screen.New(screen.Rules{Classes: map[string]screen.Class{
		"crisis": {
			Exact:    []string{"!!"},
			Patterns: []screen.Pattern{{Name: "a", Any: []string{"... die", "kill <nobody>", "bp #x+"}}, {Name: "a"}},
			Examples: map[string][]string{"fr": {"bonjour"}, "en": {"..."}},
		},
		"crises": {},
	}})
	if err == nil {
		t.Fatal("New took rules full of faults")
	}
	for _, want := range []string{"... die", "<nobody>", "#x+", "crises", `"!!"`, `"fr"`, `"..."`, "crisis/a needs a name"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the fault %s is not named in:\n%v", want, err)
		}
	}
	_, err = screen.Merge(
		screen.Rules{Classes: map[string]screen.Class{"stop": {}}, Words: screen.Words{Guarded: []string{"a"}}},
		screen.Rules{Classes: map[string]screen.Class{"stop": {}}, Words: screen.Words{Guarded: []string{"b"}}},
	)
	if err == nil || !strings.Contains(err.Error(), "stop") || !strings.Contains(err.Error(), "words") {
		t.Errorf("Merge of two files with one class: %v", err)
	}
}

// The same files must always make the same screen: an audit is read months later.
func TestSameFilesSameScreen(t *testing.T) {
	other, err := screen.New(rules(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"i dont see a point in going on", "yes and my chest hurts", "move it to friday", "quien es"} {
		if a, b := load(t).Read(text, awaiting), other.Read(text, awaiting); !reflect.DeepEqual(a, b) {
			t.Errorf("Read(%q) differs between two screens of the same files: %+v, %+v", text, a, b)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"i want to die", "k!ll", "***", "s u i c i d e", "bp 190/120", "👍🏽", "\u200b\u0301a", "¿quién es?", "#$%^&*", "a'b'c", "1/2/3", "s.i.",
		strings.Repeat("want to not wake up ", 80), strings.Repeat("a", 1600), strings.Repeat("no ", 530), strings.Repeat("k*", 800),
	} {
		f.Add(seed, true)
	}
	s := load(f) // made before any clock starts
	f.Fuzz(func(t *testing.T, text string, visit bool) {
		if len(text) > 1600 {
			text = text[:1600]
		}
		start := time.Now()
		s.Read(text, screen.Context{Visit: visit})
		// No text needs a tenth of a second; the fuzzer's own instruments and a
		// machine with other work may need the rest.
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("Read took %v on %q", d, text)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	s := load(b)
	texts := []string{
		"yes", "can we move my appointment to friday please", "i just dont see the point of going on anymore", "how much does a session cost and do you take insurance",
		"took my xanax this morning is that ok for my 1pm infusion?", "voy a llegar 15 minutos tarde, hay mucho trafico",
	}
	for i := 0; b.Loop(); i++ {
		s.Read(texts[i%len(texts)], awaiting)
	}
}

func BenchmarkNew(b *testing.B) {
	r := rules(b)
	for b.Loop() {
		if _, err := screen.New(r); err != nil {
			b.Fatal(err)
		}
	}
}
