package screen_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// small are texts of two entries, of danger and of small talk by five writers, so that each is held
// out once.
func small() (out []screen.Text) {
	say := map[string][]string{
		"faq:cost": {
			"how much is a session", "what does it cost", "the price please",
			"is it expensive", "what do i pay",
		},
		"faq:parking": {
			"where do i park", "is there parking", "can i leave the car there",
			"parking garage close by", "a spot for my truck",
		},
		"crisis": {
			"i want to die", "i will end my life", "i cannot go on living",
			"wish i was dead", "going to kill myself",
		},
		"emergency": {
			"my chest hurts", "i cannot breathe", "he passed out", "bleeding a lot",
			"her face is drooping",
		},
		"clinical": {
			"took a double dose of my pills", "i ate before the visit",
			"i drank last night", "ran out of my medicine", "throwing up since yesterday",
		},
		"concern": {
			"what is the point", "so tired of it all", "i am done",
			"nobody would notice", "does it ever get easier",
		},
		"outside": {
			"do you do botox", "what is the wifi code", "i left my jacket",
			"is jen back from leave", "do you hire",
		},
		"chat": {
			"nice weather", "my team won", "the dog says hi", "traffic was fine",
			"that nurse is sweet",
		},
		"confirm": {
			"i will be there", "see you then", "yes coming", "we will come",
			"count on me",
		},
		"optout": {
			"stop texting me", "no more messages", "take me off your list",
			"lose my number", "quit writing",
		},
	}
	for class, texts := range say {
		for i, text := range texts {
			for _, tail := range []string{"", " please", " today"} {
				out = append(out, screen.Text{
					Class: class, Lang: "en", Text: text + tail,
					Writer: fmt.Sprint("w", i),
				})
			}
		}
		out = append(out, screen.Text{Class: class, Lang: "es", Text: "una cosa de " + class},
			screen.Text{Class: "calm", Lang: "en", Text: "about " + class})
	}
	return out
}

func sorted(texts []screen.Text) []screen.Text {
	for i := range texts {
		for j := i; j > 0 && texts[j].Text < texts[j-1].Text; j-- {
			texts[j], texts[j-1] = texts[j-1], texts[j]
		}
	}
	return texts
}

// TestLearn: the same texts give the same bytes, and what was learnt is read back.
func TestLearn(t *testing.T) {
	r := rules(t)
	steps := 0
	data, report, err := screen.Learn(r, sorted(small()), nil,
		func(done, of int) { steps = max(steps, done*100/of) })
	if err != nil {
		t.Fatal(err)
	}
	if steps != 100 || report.Texts == 0 {
		t.Errorf("told of %d %% of the work, %d texts held out", steps, report.Texts)
	}
	again, _, err := screen.Learn(r, sorted(small()), nil, nil)
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("the same texts give other bytes (%v)", err)
	}
	s, err := screen.New(r, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"where can i park my truck": "parking",
		"what does a session cost":  "cost",
	} {
		if v := s.Read(text); len(v.Entries) == 0 || v.Entries[0].ID != want {
			t.Errorf("%q: %+v, want %s first", text, v.Entries, want)
		}
	}
	for _, broken := range [][]byte{data[:10], data[:len(data)/2], []byte("{}")} {
		if _, err := screen.New(r, broken, nil); err == nil {
			t.Errorf("took %d bytes of %d", len(broken), len(data))
		}
	}
}
