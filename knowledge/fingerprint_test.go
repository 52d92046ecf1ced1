package knowledge_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/beacon-clinic/beacon/knowledge"
)

// What changes an answer changes the fingerprint; where a comment stands doesn't.
func TestFingerprint(t *testing.T) {
	data, err := os.ReadFile("clinic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	clinic := string(data)
	const own = "- id: own\n  asks: {en: [\"own parking\"]}\n  answer: {en: \"Yes.\", es: \"Sí.\"}\n"
	of := func(files map[string]string) string {
		t.Helper()
		dir := fstest.MapFS{}
		for name, text := range files {
			dir[name] = &fstest.MapFile{Data: []byte(text)}
		}
		b, err := knowledge.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		return b.Fingerprint()
	}
	change := func(old, new string) string {
		t.Helper()
		if !strings.Contains(clinic, old) {
			t.Fatalf("clinic.yaml has no %q", old)
		}
		return strings.Replace(clinic, old, new, 1)
	}
	same := of(nil)
	for _, test := range []struct {
		name  string
		files map[string]string
		other bool
	}{
		{name: "the same words", files: map[string]string{"clinic.yaml": clinic}},
		{name: "a comment", files: map[string]string{"clinic.yaml": "# ours\n" + clinic}},
		{
			name: "a fact", files: map[string]string{"clinic.yaml": change("name: ", "name: New ")},
			other: true,
		},
		{
			name:  "a rule of the desk",
			files: map[string]string{"clinic.yaml": change("page_minutes: 5", "page_minutes: 6")},
			other: true,
		},
		{
			name:  "the entries",
			files: map[string]string{"faq/own.yaml": own},
			other: true,
		},
	} {
		if got := of(test.files); (got != same) != test.other {
			t.Errorf("%s: %s, shipped %s; want another one: %v", test.name, got, same, test.other)
		}
	}
}

// What staff teach lies in Redis, where all bots read it: it is no part of the words by which they
// are compared, else each would be on other words until it has learnt it too.
func TestFingerprintIsWithoutWhatStaffTeach(t *testing.T) {
	b, err := knowledge.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	before := b.Fingerprint()
	b.Learn(wording(b.Entries[0].ID, "is the zqlabel sore"))
	if after := b.Fingerprint(); after != before {
		t.Errorf("%s has become %s", before, after)
	}
}
