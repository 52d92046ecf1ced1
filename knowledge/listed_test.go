package knowledge_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// What is recorded of a file of sentences holds for each, but for what a sentence says itself.
func TestSentencesHaveAReview(t *testing.T) {
	file := func(text string) fstest.MapFS {
		return fstest.MapFS{"templates.yaml": {Data: []byte(text)}}
	}
	for _, c := range []struct{ file, want, fault string }{
		{
			file: "review: {owner: desk, source: a, reviewed: 2026-01-01, review_by: 2027-01-01}\n" +
				"one: {en: a, es: b}\ntwo: {en: a, es: b, owner: nurse, review_by: 2028-01-01}",
			want: "one desk a 2026-01-01 2027-01-01, two nurse a  2028-01-01",
		},
		{file: "one: {en: a, es: b}", want: "one    "},
		{ // a text of that name
			file: "review: {en: Please review us, es: b}", want: "review    ",
		},
		{file: "review: {owner: [a]}\none: {en: a, es: b}", fault: "line 1: review: owner: want a text"},
		{file: "review: [a]\none: {en: a, es: b}", fault: "line 1: review: want source, owner"},
		{file: "one: {en: a, es: b, source: {}}", fault: "line 1: one: source: want a text"},
	} {
		base, err := knowledge.Read(file(c.file))
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: %v, want %s", c.file, err, c.fault)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		var got []string
		for _, s := range base.TemplateSentences() {
			got = append(got, strings.Join(
				[]string{s.Name, s.Owner, s.Source, s.Reviewed, s.ReviewBy}, " "))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", c.file, got, c.want)
		}
	}
}

// A review of sentences that is overdue is a fault: of a file once, not of each of its sentences.
func TestCheckFindsReviewsOfSentences(t *testing.T) {
	base, err := knowledge.Load(fstest.MapFS{
		"templates.yaml": {Data: []byte("review: {owner: desk, review_by: 2026-01-01}\n" +
			"one: {en: a, es: b}\ntwo: {en: a, es: b, reviewed: soon, review_by: 2028-01-01}")},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range base.Check(time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)) {
		got = append(got, f.String())
	}
	const want = "templates.yaml:1: review: the review is overdue since 2026-01-01: have desk read it, " +
		"then set reviewed and review_by\n" +
		`templates.yaml:3: two: reviewed: "soon": want a date like 2027-05-31`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}
