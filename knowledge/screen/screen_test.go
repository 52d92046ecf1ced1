package screen_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// rules reads the folder's own files the way knowledge does: strictly, and with the base's
// questions as examples of what is no danger.
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
	return r
}

// shipped is the screen of the folder's files, with the model that is shipped: the last part of its
// file.
var shipped = sync.OnceValues(func() (*screen.Screen, error) {
	t := &testing.T{}
	return screen.New(rules(t), shippedModel(t), nil)
})

// shippedModel is what was learnt, without the head that says from which words.
func shippedModel(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("../model.bin")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(data, []byte("\n"))
	return rest[4+binary.LittleEndian.Uint32(rest):]
}

func shippedScreen(t testing.TB) *screen.Screen {
	t.Helper()
	s, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	awaiting = screen.Context{Visit: true}
	nothing  = screen.Context{}
)

// readRows hold one text for each manner of saying a thing.
var readRows = []struct {
	text string
	in   screen.Context
	kind string
	also []string
}{
	// crisis, however it is spelt, joked or tacked on
	{text: "988", in: awaiting, kind: "crisis"},
	{text: "I want to kill myself", in: nothing, kind: "crisis"},
	{text: "k!ll myself tonight", in: nothing, kind: "crisis"},
	{text: "thinking about su1c1de", in: nothing, kind: "crisis"},
	{text: "s*icide is on my mind", in: nothing, kind: "crisis"},
	{text: "s u i c i d e", in: nothing, kind: "crisis"},
	{text: "KMS", in: nothing, kind: "crisis"},
	{text: "k.m.s.", in: nothing, kind: "crisis"},
	{text: "i wanna dieeeee", in: nothing, kind: "crisis"},
	{text: "gonna unalive myself lol", in: nothing, kind: "crisis"},
	{text: "iwanttodie", in: nothing, kind: "crisis"},
	{
		text: "yes but i feel like dying", in: awaiting, kind: "crisis",
		also: []string{"confirm"},
	},
	{
		text: "STOP. i am going to kill myself", in: awaiting, kind: "crisis",
		also: []string{"stop"},
	},
	{text: "this traffic is killing me. also i want to die", in: awaiting, kind: "crisis"},
	{text: "my son says he wants to kill himself", in: nothing, kind: "crisis"},
	{text: "quiero matarme", in: nothing, kind: "crisis"},
	{text: "ya no kiero bivir", in: nothing, kind: "crisis"},
	{text: "cuando ya no esté cuiden a mi perro", in: nothing, kind: "crisis"},
	// emergency
	{text: "my chest hurts and my left arm is numb", in: nothing, kind: "emergency"},
	{text: "bp 190/124", in: nothing, kind: "emergency"},
	{text: "no puedo respirar", in: nothing, kind: "emergency"},
	{text: "mi esposo no despierta después de su dosis", in: nothing, kind: "emergency"},
	// clinical
	{text: "i took my klonopin this morning is that ok", in: nothing, kind: "clinical"},
	{text: "estoy embarazada, sigo con las sesiones?", in: nothing, kind: "clinical"},
	// consent: the bare word, the wording, and the visit that isn't one
	{text: "STOP", in: nothing, kind: "stop"},
	{text: "Cancel", in: awaiting, kind: "stop"},
	{text: "END", in: nothing, kind: "stop"},
	{text: "stop txting me", in: nothing, kind: "optout"},
	{text: "ya no me manden mensajes", in: nothing, kind: "optout"},
	{text: "cancel my appointment", in: awaiting, kind: "decline"},
	{text: "cancelen mi cita", in: awaiting, kind: "decline"},
	{text: "this isnt marcus's phone anymore", in: nothing, kind: "optout"},
	{text: "does someone need to take me home", in: nothing, kind: ""},
	{text: "who can take me home", in: nothing, kind: ""},
	{text: "can i get off my antidepressants", in: nothing, kind: ""},
	{text: "take off jewelry or rings?", in: nothing, kind: ""},
	{text: "if traffic makes me late do u still take me", in: nothing, kind: ""},
	{text: "no es una sustancia controlada?", in: nothing, kind: ""},
	{text: "START", in: nothing, kind: "start"},
	{text: "unstop", in: nothing, kind: "start"},
	{text: "HELP", in: nothing, kind: "help"},
	{text: "INFO", in: nothing, kind: "help"},
	{text: "BASIC", in: nothing, kind: "basic"},
	{text: "detail", in: nothing, kind: "detail"},
	{text: "can i talk to someone", in: nothing, kind: "person"},
	// answers about a visit, and what they are without one
	{text: "C", in: awaiting, kind: "confirm"},
	{text: "1", in: awaiting, kind: "confirm"},
	{text: "2", in: awaiting, kind: ""},
	{text: "3", in: awaiting, kind: ""},
	{text: "YES", in: awaiting, kind: "confirm"},
	{text: "👍🏽", in: awaiting, kind: "confirm"},
	{text: "sí, ahí estaré", in: awaiting, kind: "confirm"},
	{text: "c", in: nothing, kind: "courtesy"},
	{text: "yes", in: nothing, kind: "courtesy", also: []string{"start"}},
	{text: "i cant make it tomorrow", in: awaiting, kind: "decline"},
	{text: "i cant make it tomorrow", in: nothing, kind: ""},
	{text: "can we do friday instead", in: awaiting, kind: "reschedule"},
	{text: "running 10 min late", in: awaiting, kind: "late"},
	// what only looks like any of these
	{text: "this traffic is killing me", in: awaiting, kind: ""},
	{text: "does ketamine help with suicidal thoughts?", in: nothing, kind: ""},
	{text: "how does it help with suicidal ideation in general", in: nothing, kind: ""},
	{text: "does the crisis lifeline take texts", in: nothing, kind: ""},
	{text: "puedo tomar mis pastillas en la mañana", in: nothing, kind: ""},
	{text: "puedo tomar todas mis pastillas y no despertar", in: nothing, kind: "crisis"},
	{text: "does the suicide hotline answer, im about to do it", in: nothing, kind: "crisis"},
	{text: "what percent of people get better", in: nothing, kind: ""},
	{text: "can u write a letter for fmla", in: nothing, kind: ""},
	{text: "my laptop wont wake", in: nothing, kind: ""},
	{text: "my wife wont wake", in: nothing, kind: "emergency"},
	{text: "my grandma turned 90", in: nothing, kind: ""},
	{text: "who are you voting for", in: nothing, kind: ""},
	{text: "quien es mi doctora", in: nothing, kind: ""},
	{text: "how long until it works", in: awaiting, kind: ""},
	{text: "no suicidal thoughts in months, thank you", in: nothing, kind: ""},
	{text: "how much does a session cost", in: nothing, kind: ""},
	{text: "thanks so much", in: nothing, kind: "courtesy"},
	{text: "", in: awaiting, kind: ""},
	{text: "?!", in: awaiting, kind: ""},
}

func TestRead(t *testing.T) {
	for _, tt := range readRows {
		v := shippedScreen(t).Read(tt.text).In(tt.in)
		kind := v.Kind
		if kind == "" && v.Asks != "" {
			kind = v.Asks // asked back
		}
		if tt.kind == "" && (kind == "courtesy" || kind == "chat") ||
			tt.kind == "courtesy" && kind == "" {
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
		"an hour late sorry": 60, "llego tarde 20 minutos": 20, "running late": 0,
		"voy tarde, media hora": 30,
	} {
		if v := shippedScreen(t).Read(text).In(awaiting); v.Kind != "late" || v.Minutes != want {
			t.Errorf("Read(%q) = %q, %d minutes, want late, %d", text, v.Kind, v.Minutes, want)
		}
	}
}

func TestLang(t *testing.T) {
	for text, want := range map[string]string{
		"how much does a session cost": "en", "cuánto cuesta la sesión": "es", "quiero morir": "es",
		"i want to die": "en", "no puedo ir mañana": "es", "988": "", "👍": "",
	} {
		if v := shippedScreen(t).Read(text).In(nothing); v.Lang != want {
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
		if v := shippedScreen(t).Read(text).In(nothing); v.Resource != want {
			t.Errorf("Read(%q).Resource = %v, want %v", text, v.Resource, want)
		}
	}
}

// The context says who may answer about a visit. It never decides who is in
// danger or who wants out.
func TestDangerIgnoresContext(t *testing.T) {
	for _, text := range []string{
		"i took all my pills", "yes but i want to die", "no puedo respirar",
		"my chest hurts, cant make it", "stop texting me", "ya no me escriban",
		"see you friday", "cant come tomorrow", "how much is it",
	} {
		a, b := shippedScreen(t).Read(text).In(awaiting), shippedScreen(t).Read(text).In(nothing)
		if grave := []string{"crisis", "emergency", "optout", "stop"}; a.Kind != b.Kind &&
			(slices.Contains(grave, a.Kind) || slices.Contains(grave, b.Kind)) {
			t.Errorf("%q is %q with a visit ahead and %q without", text, a.Kind, b.Kind)
		}
	}
}

// A whole text may mean what a pattern does: who is here isn't late.
func TestWholeTextsOfAPattern(t *testing.T) {
	for text, want := range map[string]string{
		"im here": "late/arrived", "Parked": "late/arrived", "ya llegué": "late/arrived",
		"running late": "late/exact", "10 min": "late/exact",
	} {
		if v := shippedScreen(t).Read(text).In(screen.Context{Visit: true}); v.Rule != want {
			t.Errorf("%q is %q by %q, want %s", text, v.Kind, v.Rule, want)
		}
	}
}

func TestNewNamesEveryFault(t *testing.T) {
	_, err := screen.New(screen.Rules{Classes: map[string]screen.Class{
		"crisis": {
			Exact: []string{"!!"},
			Patterns: []screen.Pattern{
				{Name: "a", Any: []string{"... die", "kill <nobody>", "bp #x+"}}, {Name: "a"},
			},
		},
		"crises": {},
	}}, nil, nil)
	if err == nil {
		t.Fatal("New took rules full of faults")
	}
	for _, want := range []string{
		"... die", "<nobody>", "#x+", "crises", `"!!"`,
		"crisis/a needs a name",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the fault %s is not named in:\n%v", want, err)
		}
	}
	_, err = screen.Merge(
		screen.Rules{
			Classes: map[string]screen.Class{"stop": {}},
			Words:   screen.Words{Guarded: []string{"a"}},
		},
		screen.Rules{
			Classes: map[string]screen.Class{"stop": {}},
			Words:   screen.Words{Guarded: []string{"b"}},
		},
	)
	if err == nil || !strings.Contains(err.Error(), "stop") ||
		!strings.Contains(err.Error(), "words") {
		t.Errorf("Merge of two files with one class: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"i want to die", "k!ll", "***", "s u i c i d e", "bp 190/120", "👍🏽", "\u200b\u0301a",
		"¿quién es?", "#$%^&*", "a'b'c", "1/2/3", "s.i.",
		strings.Repeat("want to not wake up ", 80), strings.Repeat("a", 1600),
		strings.Repeat("no ", 530), strings.Repeat("k*", 800),
	} {
		f.Add(seed, true)
	}
	s := shippedScreen(f) // made before any clock starts
	f.Fuzz(func(t *testing.T, text string, visit bool) {
		if len(text) > 1600 {
			text = text[:1600]
		}
		start := time.Now()
		s.Read(text).In(screen.Context{Visit: visit})
		// No text needs a tenth of a second; the fuzzer's own instruments and a
		// machine with other work may need the rest.
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("Read took %v on %q", d, text)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	s := shippedScreen(b)
	texts := []string{
		"yes", "can we move my appointment to friday please",
		"i just dont see the point of going on anymore",
		"how much does a session cost and do you take insurance",
		"took my xanax this morning is that ok for my 1pm infusion?",
		"voy a llegar 15 minutos tarde, hay mucho trafico",
	}
	for i := 0; b.Loop(); i++ {
		s.Read(texts[i%len(texts)])
	}
}

func BenchmarkNew(b *testing.B) {
	r, model := rules(b), shippedModel(b)
	for b.Loop() {
		if _, err := screen.New(r, model, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWorst reads the longest text that is read at all.
func BenchmarkWorst(b *testing.B) {
	s, text := shippedScreen(b), strings.Repeat("i was wondering about it and then, well. ",
		40)[:1600]
	for b.Loop() {
		s.Read(text)
	}
}
