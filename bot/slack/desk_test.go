package slack_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
)

// words are a patient's that would like to do harm.
const words = "<!channel> *hi* & <https://evil.example|click>\nis it ok > 2?"

// question is an open case as it begins.
func question(t *testing.T) handlers.Case {
	return handlers.Case{
		ID: "case-1", Channel: handlers.DeskChannel, Phone: phone(t, "+12125550101"),
		Kind: "handoff", Title: "Asks something we have no answer for",
		Text: words, Source: "SM00000000000000000000000000000001",
		At: time.Date(2026, 12, 1, 14, 30, 0, 0, time.UTC), Open: true,
	}
}

// mustCard posts a case and gives its thread.
func mustCard(t *testing.T, r room) string {
	t.Helper()
	thread, err := r.Card(t.Context(), question(t), false)
	if err != nil {
		t.Fatal(err)
	}
	return thread
}

// showText has the patients' words shown.
func showText(c *slack.Config) { c.ShowText = true }

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
			c.Kind, c.Channel, c.Title, c.Source = "crisis", handlers.UrgentChannel, "May be in danger", ""
		}},
		{name: "concern", show: true, change: func(c *handlers.Case) {
			c.Kind, c.Channel, c.Title, c.Source = "concern", handlers.UrgentChannel, "May be more than it seems: please read.", ""
		}},
		{name: "undelivered", change: func(c *handlers.Case) {
			c.Kind, c.Title, c.Text, c.Source = "undelivered", "A text to <them> & theirs "+
				"wasn't delivered", "", ""
		}},
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
			if !test.show && strings.Contains(all, "click") {
				t.Errorf("the patient's words are shown: %s", all)
			}
			if test.name != "longest" {
				golden(t, "card_"+test.name+".json", pretty(t, m))
			}
		})
	}
}

// pretty is a message as a golden file keeps it.
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
		{change: func() {}, buttons: []string{"take", "done"}},
		{change: func() { c.TakenBy = ann }, buttons: []string{"hand_back", "done"}},
		{change: func() { c.Open = false }},
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

// A crash between the post and its record: the next try finds the card.
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

func TestNote(t *testing.T) {
	for _, test := range []struct {
		name string
		post handlers.Post
		show bool
		want string
	}{
		{
			name: "hidden", post: handlers.Post{From: "patient", Text: words, Words: true},
			want: "The patient wrote again. _(words not shown here)_",
		},
		{
			name: "shown", post: handlers.Post{From: "patient", Text: words, Words: true},
			show: true,
			want: "*Patient:*\n> &lt;!channel&gt; *hi* &amp; " +
				"&lt;https://evil.example|click&gt;\n> is it ok &gt; 2?",
		},
		{
			name: "bot", post: handlers.Post{From: "bot", Text: "Visit confirmed"},
			want: "*Beacon:* Visit confirmed",
		},
		{
			name: "member", post: handlers.Post{From: ann, Text: "took it"},
			want: "<@" + ann + ">: took it",
		},
		{
			name: "named", post: handlers.Post{From: "Ann & Bo", Text: "took it"},
			want: "Ann &amp; Bo: took it",
		},
		{name: "nobody", post: handlers.Post{Text: "<!here>"}, want: "&lt;!here&gt;"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t, func(c *slack.Config) { c.ShowText = test.show })
			c := question(t)
			c.Thread = mustCard(t, r)
			test.post.ID = "post-1"
			// The second one is a retry after a crash.
			for tries := range 2 {
				test.post.Tries = tries
				if err := r.Note(t.Context(), c, test.post); err != nil {
					t.Fatal(err)
				}
			}
			all := r.fake.Thread(c.Thread)
			if len(all) != 2 || all[1].Text != test.want || all[1].Words() != test.want {
				t.Errorf("got %+v", all[1:])
			}
			golden(t, "note_"+test.name+".json", pretty(t, all[1]))
		})
	}
}

func TestMark(t *testing.T) {
	const sent, delivered, failed = "hourglass_flowing_sand", "white_check_mark", "x"
	r := start(t)
	c := question(t)
	c.Thread = mustCard(t, r)
	for _, test := range []struct {
		states []string
		why    string
		want   []string
		notes  []string
	}{
		{states: []string{handlers.Sent}, want: []string{sent}},
		{
			states: []string{handlers.Sent, handlers.Sent, handlers.Delivered, handlers.Delivered},
			want:   []string{delivered},
		},
		{states: []string{handlers.Delivered}, want: []string{delivered}},
		{
			states: []string{handlers.Sent, handlers.Failed}, why: "unknown number",
			want: []string{failed}, notes: []string{":x: Not delivered: unknown number"},
		},
		{
			states: []string{desk.Refused}, why: "has <opted> out", want: []string{failed},
			notes: []string{":x: Not sent: has &lt;opted&gt; out"},
		},
	} {
		before := len(r.fake.Messages()) + 1
		id, _, err := r.fake.Reply(soon(t), c.Thread, ann, "at nine")
		if err != nil {
			t.Fatal(err)
		}
		for i, state := range test.states {
			p := handlers.Post{
				ID: fmt.Sprint(id, i), Mark: "slack:" + id, State: state, Why: test.why,
			}
			if err := r.Mark(t.Context(), c, p); err != nil {
				t.Fatal(err)
			}
		}
		all := r.fake.Messages()
		var notes []string
		for _, m := range all[before:] {
			notes = append(notes, m.Text)
		}
		if m := all[before-1]; !slices.Equal(m.Reactions, test.want) ||
			!slices.Equal(notes, test.notes) {
			t.Errorf("%v: %v, %q", test.states, m.Reactions, notes)
		}
	}
	t.Run("of a message that is gone", func(t *testing.T) {
		if err := r.Mark(
			t.Context(), c,
			handlers.Post{ID: "p", Mark: "slack:CDESK:1.1", State: handlers.Delivered},
		); err != nil {
			t.Error(err)
		}
	})
	for _, p := range []handlers.Post{
		{ID: "p", Mark: "sandbox:1", State: handlers.Sent},
		{ID: "p", Mark: "slack:CDESK:1.1", State: handlers.Planned},
	} {
		no, ok := errors.AsType[*handlers.Refusal](r.Mark(t.Context(), c, p))
		if !ok || no.Retry {
			t.Errorf("%+v can't be shown, ever; got %v", p, no)
		}
	}
}

// What Slack refuses comes back as an error that says when to try again, and nothing is posted
// twice for it.
func TestDeskFaults(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault slacktest.Fault
		after time.Duration
	}{
		{
			name: "rate limit", fault: slacktest.Fault{After: 30 * time.Second},
			after: 30 * time.Second,
		},
		{name: "server error", fault: slacktest.Fault{Status: 503}},
		{name: "refused", fault: slacktest.Fault{Code: "not_in_channel"}},
		{name: "lost", fault: slacktest.Fault{Lose: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t)
			c := question(t)
			c.At = time.Now()
			c.Thread = mustCard(t, r)
			id, _, err := r.fake.Reply(soon(t), c.Thread, ann, "at nine")
			if err != nil {
				t.Fatal(err)
			}
			fresh := c
			fresh.ID, fresh.Thread = "case-2", ""
			for what, do := range map[string]func(tries int) error{
				"post": func(tries int) error {
					_, err := r.Card(
						t.Context(), fresh, tries > 0,
					)
					return err
				},
				"update": func(int) error { _, err := r.Card(t.Context(), c, false); return err },
				"note": func(tries int) error {
					return r.Note(
						t.Context(), c, handlers.Post{ID: "n", Text: "x", Tries: tries},
					)
				},
				"mark": func(tries int) error {
					return r.Mark(
						t.Context(), c,
						handlers.Post{
							ID: "m", Mark: "slack:" + id, State: desk.Refused, Tries: tries,
						},
					)
				},
			} {
				before := len(r.fake.Messages())
				// Each call on the way fails once.
				for tries := 0; ; tries++ {
					r.fake.Fail(min(1, max(0, 2-tries)), test.fault)
					err := do(tries)
					if err == nil {
						break
					}
					no, limited := errors.AsType[*handlers.Refusal](err)
					if limited != (test.after > 0) || limited && (no.After != test.after ||
						!no.Retry) {
						t.Errorf("%s: %v", what, err)
					}
					if tries > 5 {
						t.Fatalf("%s: still %v", what, err)
					}
				}
				want := map[string]int{"post": 1, "update": 0, "note": 1, "mark": 1}[what]
				if n := len(r.fake.Messages()) - before; n != want {
					t.Errorf("%s: %d posted, want %d", what, n, want)
				}
			}
		})
	}
}

func TestNoteBeforeTheCard(t *testing.T) {
	r := start(t)
	if err := r.Note(t.Context(), question(t), handlers.Post{ID: "n", Text: "x"}); err == nil {
		t.Error("a note without a card")
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

func TestManifest(t *testing.T) {
	for name, text := range map[string]string{
		"manifest_http.json":   slack.Manifest("https://beacon.example/", false),
		"manifest_socket.json": slack.Manifest("", true),
	} {
		golden(t, name, []byte(text))
		var m struct {
			Display struct {
				Long string `json:"long_description"`
			} `json:"display_information"`
			Settings struct {
				Socket bool `json:"socket_mode_enabled"`
			} `json:"settings"`
		}
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
		if n := len(m.Display.Long); n < 174 || n > 4000 {
			t.Errorf(
				"%s: Slack wants 174 to 4,000 characters, the long description has %d", name, n,
			)
		}
		if m.Settings.Socket != strings.Contains(text, "connections:write") ||
			m.Settings.Socket == strings.Contains(text, "https://beacon.example/slack/event") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// A card that others have joined says how many, so that nobody closes them unseen.
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
