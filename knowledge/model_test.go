package knowledge_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/beacon-clinic/beacon/knowledge"
)

// ownWords is a clinic's own directory with a corpus of its own, small enough to be learnt at once.
func ownWords() fstest.MapFS {
	var corpus strings.Builder
	corpus.WriteString("# Written for this test.\n\n")
	for _, c := range []struct{ label, texts string }{
		{label: "faq:hours", texts: "when do you open|what are the hours|open on friday"},
		{label: "faq:gone", texts: "do you sell socks|is there a gift shop|any souvenirs"},
		{label: "crisis", texts: "i want to die|no reason to live|i will end it"},
		{label: "chat", texts: "the dog says hi|nice weather|my team won"},
		{label: "confirm", texts: "i will be there|see you then|count me in"},
	} {
		for i, text := range strings.Split(c.texts, "|") {
			for _, more := range []string{"", " today", " please"} {
				fmt.Fprintf(&corpus, "%s\ten\t-\t%s%s\n", c.label, text, more)
			}
			fmt.Fprintf(&corpus, "%s\tes\thard\tfrase %d de %s\n", c.label, i, c.label)
		}
	}
	return fstest.MapFS{
		"faq/one.yaml":    {Data: []byte(one)},
		"screen/one.yaml": {Data: []byte(screens)},
		"corpus/ann.tsv":  {Data: []byte(corpus.String())},
	}
}

// with is a copy of a directory with one file more, or another in its place.
func with(dir fstest.MapFS, name string, data []byte) fstest.MapFS {
	out := fstest.MapFS{name: {Data: data}}
	for n, f := range dir {
		if n != name {
			out[n] = f
		}
	}
	return out
}

// A clinic's own model is used for the words that it was made from, and for no others.
func TestACompiledModelBelongsToItsWords(t *testing.T) {
	dir := ownWords()
	steps := 0
	data, report, err := knowledge.Compile(dir, func(done, of int) { steps = done * 100 / of })
	if err != nil || steps != 100 {
		t.Fatalf("%d %%: %v", steps, err)
	}
	if report.Texts == 0 || !strings.Contains(report.String(), "held out by writer: ") {
		t.Errorf("nobody was held out:\n%s", report)
	}
	if again, _, err := knowledge.Compile(dir, nil); err != nil || !bytes.Equal(again, data) {
		t.Errorf("the same words give other bytes (%v)", err)
	}
	b, err := knowledge.Load(with(dir, knowledge.ModelFile, data))
	if err != nil {
		t.Fatal(err)
	}
	if stale, err := b.Stale(); stale || err != nil {
		t.Errorf("stale as it is made: %v", err)
	}
	if m := b.Model(); !strings.HasPrefix(m, "the clinic's own model ") ||
		strings.Contains(m, "beside it") || b.Built() != 0 {
		t.Errorf("%q, built in %v: the model knows the one entry", m, b.Built())
	}
	b.Learn(wording("hours", "are you there on sunday"))
	if r := b.Read("Are you there on Sunday?", nil); r.Sure != 1 || r.Entries[0].ID != "hours" {
		t.Errorf("what was taught isn't answered: %+v", r.Verdict)
	}
	if m := b.Model(); !strings.HasSuffix(m, ", and 1 entry learnt beside it") || b.Built() == 0 {
		t.Errorf("%q, built in %v", m, b.Built())
	}
	if b.Learn(nil); b.Built() != 0 {
		t.Error("with nothing taught any more, the matcher stays")
	}
}

// A model of other words, or of none, is never run on: the clinic believes that it reads by it.
func TestAFaultyModelIsRefused(t *testing.T) {
	dir := ownWords()
	data, _, err := knowledge.Compile(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, file string
		data       []byte
		want       string
	}{
		{
			name: "an entry more", file: "faq/two.yaml",
			data: []byte("- {id: two, asks: {en: [how are you]}, answer: {en: x, es: x}}\n"),
			want: "model.bin was compiled from other words than stand beside it",
		},
		{
			name: "a text more", file: "corpus/bob.tsv",
			data: []byte("late\ten\t-\trunning late\n"),
			want: "model.bin was compiled from other words",
		},
		{
			name: "another rule", file: "screen/one.yaml",
			data: []byte("classes: {crisis: {exact: ['988', 'nine eight eight']}}\n"),
			want: "model.bin was compiled from other words",
		},
		{
			name: "a corpus that can't be read", file: "corpus/bob.tsv", data: []byte("late\n"),
			want: "corpus/bob.tsv line 1: 1 fields; want label, language, note and text",
		},
		{
			name: "no model", file: knowledge.ModelFile, data: []byte("hello"),
			want: "model.bin: it is no model of this version: make it anew",
		},
		{
			name: "a head cut short", file: knowledge.ModelFile, data: data[:40],
			want: "model.bin: unexpected EOF: make it anew with bot knowledge compile",
		},
		{
			name: "cut short", file: knowledge.ModelFile, data: data[:len(data)-1],
			want: "screen: ",
		},
	} {
		own := with(with(dir, knowledge.ModelFile, data), c.file, c.data)
		if b, err := knowledge.Load(own); b != nil || err == nil ||
			!strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// A writer of the corpus learns of every line that is wrong, and nothing is learnt from the rest.
func TestFaultsOfTheCorpus(t *testing.T) {
	const faulty = "# by bob\n" +
		"late\ten\t-\trunning late\n" +
		"late\ten\trunning late\n" +
		"late\tfr\t-\ten retard\n" +
		"tardy\ten\t-\trunning late\n" +
		"faq:none+hours\ten\thard also=chat\thow long are you open\n"
	data, _, err := knowledge.Compile(with(ownWords(), "corpus/bob.tsv", []byte(faulty)), nil)
	want := []string{
		"corpus/bob.tsv line 3: 3 fields; want label, language, note and text with a tab between",
		`corpus/bob.tsv line 4: language "fr"; want en or es`,
		`corpus/bob.tsv line 5: label "tardy" is unknown; want faq:ID or one of crisis, `,
	}
	if err == nil || data != nil {
		t.Fatal("learnt from it")
	}
	got := strings.Split(err.Error(), "\n")
	if len(got) != len(want) {
		t.Fatalf("%q, want %q", got, want)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
}

// A corpus in one language can't teach to tell two apart; the clinic is told so.
func TestACorpusInOneLanguage(t *testing.T) {
	dir := with(ownWords(), "corpus/ann.tsv", []byte("late\ten\t-\trunning late\n"+
		"late\ten\t-\ti will be late\nchat\ten\t-\tnice and late\n"))
	const want = `screen: learnt from texts in ["en"]: texts in English and in Spanish are needed`
	if _, _, err := knowledge.Compile(dir, nil); err == nil ||
		!strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
