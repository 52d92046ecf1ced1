package slack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

func TestCard(t *testing.T) {
	tests := []struct {
		name   string
		show   bool
		change func(*handlers.Case)
	}{
		{name: "question", change: func(*handlers.Case) {}},
		{name: "question_shown", show: true, change: func(*handlers.Case) {}},
		{name: "taken", change: func(c *handlers.Case) { c.TakenBy = ann }},
		{name: "done", change: func(c *handlers.Case) { c.TakenBy, c.Open = "Ann <@ll>", false }},
		{name: "opted_out", change: func(c *handlers.Case) { c.OptOut = true }},
		{name: "crisis", show: true, change: func(c *handlers.Case) {
			c.Kind, c.Channel, c.Source = "crisis", handlers.UrgentChannel, ""
			c.Title = "May be in danger"
		}},
		{name: "concern", show: true, change: func(c *handlers.Case) {
			c.Kind, c.Channel, c.Source = "concern", handlers.UrgentChannel, ""
			c.Title = "May be more than it seems: please read."
		}},
		{name: "undelivered", change: func(c *handlers.Case) {
			c.Kind, c.Title, c.Text, c.Source = "undelivered", "A text to <them> & theirs "+
				"wasn't delivered", "", ""
		}},
		{name: "known", change: known},
		{name: "known_shown", show: true, change: known},
		{name: "no_log", change: func(c *handlers.Case) { c.Source = "sandbox-1" }},
		{name: "longest", show: true, change: func(c *handlers.Case) {
			c.ID, c.Kind = strings.Repeat("i", 3000), strings.Repeat("k", 300)
			c.Title, c.Text = strings.Repeat("&", 4000), strings.Repeat("<\n😀", 2000)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := start(t, func(c *slack.Config) { c.ShowText = test.show })
			c := question(t)
			test.change(&c)
			thread, err := r.Card(t.Context(), c, false)
			if err != nil {
				t.Fatal(err)
			}
			m := r.fake.Thread(thread)[0]
			want := slacktest.Desk
			if c.Channel == handlers.UrgentChannel {
				want = slacktest.Urgent
			}
			if m.Channel != want {
				t.Errorf("posted in %s", m.Channel)
			}
			all := m.Text + string(m.Blocks)
			if strings.Contains(all, "<!channel>") || strings.Contains(all, "2125550101") ||
				strings.Contains(m.Text, "evil") {
				t.Errorf("a ping, a number or words where they don't belong: %s", all)
			}
			if !test.show && (strings.Contains(all, "click") || strings.Contains(all, "Ana")) {
				t.Errorf("the patient's words are shown: %s", all)
			}
			if test.name != "longest" {
				golden(t, "card_"+test.name+".json", pretty(t, m))
			}
		})
	}
}

// known adds to a case what is known of its patient.
func known(c *handlers.Case) {
	c.Facts = []handlers.Fact{
		{Name: "Patient", Text: veil.Veiled("Ana <Diaz>", "A. D.")},
		{Name: "Visit", Text: "Thu Dec 3 at 10:00 AM" + veil.Veiled(", consultation", "")},
	}
}

// pretty returns a message in the form of a golden file.
func pretty(t *testing.T, m slacktest.Message) []byte {
	t.Helper()
	return indent(t, map[string]any{"text": m.Text, "blocks": m.Blocks, "metadata": m.Metadata})
}

func TestCardIsUpdatedInPlace(t *testing.T) {
	r := start(t)
	c := question(t)
	var err error
	for _, step := range []struct {
		change  func()
		buttons []string
	}{
		{change: func() {}, buttons: []string{"take", "done", "snooze", "call", "number", "words"}},
		{change: func() { c.TakenBy = ann }, buttons: []string{"hand_back", "done", "snooze", "call", "number", "words"}},
		{change: func() { c.Open = false }, buttons: []string{"propose"}},
	} {
		step.change()
		if c.Thread, err = r.Card(t.Context(), c, false); err != nil {
			t.Fatal(err)
		}
		all := r.fake.Messages()
		if len(all) != 1 || all[0].ID() != c.Thread ||
			!slices.Equal(all[0].Buttons(), step.buttons) {
			t.Errorf("got %+v", all)
		}
	}
	if m := r.fake.Messages()[0]; m.Updates != 2 {
		t.Errorf("%d updates", m.Updates)
	}
}

func TestCardThatSomebodyDeleted(t *testing.T) {
	r := start(t)
	c := question(t)
	c.Thread = mustCard(t, r)
	r.fake.Delete(c.Thread)
	thread, err := r.Card(t.Context(), c, false)
	if err != nil || thread == c.Thread || len(r.fake.Messages()) != 1 {
		t.Errorf("an open case isn't shown anew: %q %v", thread, err)
	}
	r.fake.Delete(thread)
	c.Thread, c.Open = thread, false
	if again, err := r.Card(t.Context(), c, false); err != nil || again != thread ||
		len(r.fake.Messages()) != 0 {
		t.Errorf("a closed case: %q %v", again, err)
	}
	if err := r.Note(t.Context(), c, handlers.Post{ID: "p1", Text: "x"}); err != nil {
		t.Errorf("a note to nowhere: %v", err)
	}
}

// If the process crashes after a card was posted and before its thread was stored, the next try
// finds the card.
func TestCardIsNotDoubled(t *testing.T) {
	r := start(t)
	c := question(t)
	c.At = time.Now()
	for i := range 250 { // more than one page of others
		o := c
		o.ID = fmt.Sprintf("other-%d", i)
		if _, err := r.Card(t.Context(), o, false); err != nil {
			t.Fatal(err)
		}
		if i == 20 {
			r.fake.Fail(1, slacktest.Fault{Method: "chat.postMessage", Lose: true})
			if _, err := r.Card(t.Context(), c, false); err == nil {
				t.Fatal("a lost answer isn't an error")
			}
		}
	}
	before := len(r.fake.Messages())
	thread, err := r.Card(t.Context(), c, true)
	if err != nil {
		t.Fatal(err)
	}
	if all := r.fake.Messages(); len(all) != before || all[21].ID() != thread {
		t.Errorf("%d cards, thread %s", len(all), thread)
	}
	c.ID = "case-2"
	if _, err := r.Card(t.Context(), c, true); err != nil || len(r.fake.Messages()) != before+1 {
		t.Errorf("a card that wasn't posted: %v", err)
	}
}

func TestNothingIsUnfurled(t *testing.T) {
	r := start(t, showText)
	c := question(t)
	c.Thread = mustCard(t, r)
	if err := r.Note(t.Context(), c, handlers.Post{ID: "n", Text: words, Words: true}); err != nil {
		t.Fatal(err)
	}
	for _, call := range r.fake.Calls("chat.postMessage") {
		if call.Form.Get("unfurl_links") != "false" || call.Form.Get("unfurl_media") != "false" {
			t.Errorf("unfurls: %v", call.Form)
		}
	}
}

// What was asked since stands on the card, its veiled parts only where they may, and above Slack's
// limit nowhere.
func TestWhatJoinedACase(t *testing.T) {
	for _, words := range []bool{false, true} {
		r := start(t, func(c *slack.Config) { c.ShowText = words })
		c := question(t)
		for range handlers.MostJoined {
			c.Joined = append(c.Joined, handlers.Request{
				Title: "Asks: " + veil.Veiled("MARKED", "something") + strings.Repeat(" long", 200), At: c.At,
			})
		}
		c.More = handlers.MostJoined
		thread, err := r.Card(t.Context(), c, false)
		if err != nil {
			t.Fatal(err)
		}
		card := r.fake.Thread(thread)[0].Words()
		if strings.Contains(card, "MARKED") != words || strings.Contains(card, "more in the thread") ||
			strings.Count(card, "• Asks") != handlers.MostJoined {
			t.Errorf("words %v: %s", words, card)
		}
	}
}

// A card says how many more joined its case, so that nobody closes them unseen.
func TestMoreInTheThread(t *testing.T) {
	r := start(t)
	c := question(t)
	c.More = 2
	thread, err := r.Card(t.Context(), c, false)
	if err != nil {
		t.Fatal(err)
	}
	if words := r.fake.Thread(thread)[0].Words(); !strings.Contains(
		words, "nobody has this yet · *2 more in the thread*",
	) {
		t.Error(words)
	}
}

// The card says who has a case, so that two people don't answer it, and it isn't left to nobody.
func TestHolder(t *testing.T) {
	at := question(t).At
	for _, test := range []struct {
		want string
		c    handlers.Case
	}{
		{want: "nobody has this yet", c: handlers.Case{Open: true}},
		{want: "nobody has read this yet", c: handlers.Case{Open: true, Kind: kinds.Concern}},
		{want: "done", c: handlers.Case{}},
		{want: "done, <@U2147483697> had it", c: handlers.Case{TakenBy: ann}},
		{
			want: "done, <@U2147483697> read it",
			c:    handlers.Case{Kind: kinds.Concern, TakenBy: ann},
		},
		{
			want: "Ann &lt;!here&gt; has this, 7 min after it came",
			c: handlers.Case{
				Open: true, TakenBy: "Ann <!here>", TakenAt: at.Add(7*time.Minute + 59*time.Second),
			},
		},
		{
			want: "<@U2147483697> has this, 2 min after it came",
			c: handlers.Case{
				Open: true, Kind: kinds.Crisis, Alarmed: at.Add(15 * time.Minute), TakenBy: ann,
				TakenAt: at.Add(17 * time.Minute),
			},
		},
	} {
		r := start(t)
		test.c.ID, test.c.Channel, test.c.At = "c1", handlers.UrgentChannel, at
		thread, err := r.Card(t.Context(), test.c, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.fake.Thread(thread)[0].Words(); !strings.Contains(
			got+"\n", "UTC> · "+test.want+"\n",
		) {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestKindsInWords(t *testing.T) {
	r := start(t)
	for kind, want := range map[string]string{
		"crisis": "CRISIS", "emergency": "EMERGENCY", "clinical": "Clinical question",
		"choices": "Question", "confirm": "Visit confirmed",
		"decline": "Can't come", "reschedule": "Wants another day", "late": "Running late",
		"stop":        "Opted out of texts",
		"undelivered": "Text not delivered", "unprepared": "To be told how to prepare",
		"ride": "Ride home", "": "Case", "lost_ride": "Lost ride",
	} {
		c := question(t)
		c.Kind = kind
		thread, err := r.Card(t.Context(), c, false)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, _ := strings.Cut(r.fake.Thread(thread)[0].Words(), "\n"); got != want+" …0101" {
			t.Errorf("%q: the header says %q", kind, got)
		}
	}
}
