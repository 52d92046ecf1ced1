package slack_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

func TestNote(t *testing.T) {
	for _, test := range []struct {
		name string
		post handlers.Post
		show bool
		want string
		text string // of the notification, if it isn't want
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
			text: "The patient wrote again.",
		},
		{
			name: "veiled", post: handlers.Post{Text: "put on" + veil.Veiled(" for spravato", "")},
			want: "put on",
		},
		{
			name: "unveiled", show: true,
			post: handlers.Post{Text: "put on" + veil.Veiled(" for spravato", "")},
			want: "put on for spravato", text: "put on",
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
			// The second try stands for a retry after a crash.
			for tries := range 2 {
				test.post.Tries = tries
				if err := r.Note(t.Context(), c, test.post); err != nil {
					t.Fatal(err)
				}
			}
			all := r.fake.Thread(c.Thread)
			text := cmp.Or(test.text, test.want)
			if len(all) != 2 || all[1].Text != text || all[1].Words() != test.want {
				t.Errorf("got %+v", all[1:])
			}
			golden(t, "note_"+test.name+".json", pretty(t, all[1]))
		})
	}
}

func TestNoteBeforeTheCard(t *testing.T) {
	r := start(t)
	if err := r.Note(t.Context(), question(t), handlers.Post{ID: "n", Text: "x"}); err == nil {
		t.Error("a note without a card")
	}
}

func TestMark(t *testing.T) {
	const sent, delivered, failed = "hourglass_flowing_sand", "white_check_mark", "x"
	at := time.Date(2026, 12, 1, 19, 3, 0, 0, time.UTC)
	arrived := "✓✓ Delivered to the patient's phone " +
		"<!date^1796151780^{date_short_pretty} {time} ({ago})|2026-12-01 19:03 UTC>"
	r := start(t)
	c := question(t)
	c.Thread = mustCard(t, r)
	for _, test := range []struct {
		states []string
		why    string
		want   []string
		notes  []string
	}{
		{
			states: []string{handlers.Sent}, want: []string{sent},
			notes: []string{"✓ Sent to the patient"},
		},
		{
			states: []string{handlers.Sent, handlers.Sent, handlers.Delivered, handlers.Delivered},
			want:   []string{delivered}, notes: []string{arrived},
		},
		{
			states: []string{handlers.Delivered}, want: []string{delivered},
			notes: []string{arrived},
		},
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
				ID: fmt.Sprint(id, i), Mark: "slack:" + id, State: state, Why: test.why, Due: at,
			}
			if i > 0 && test.states[i-1] == state { // it is tried again
				p.Tries = 1
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
}

// A mark on a message that somebody deleted is done with; one that can't be shown is refused for
// good.
func TestMarkThatCannotBeShown(t *testing.T) {
	r := start(t)
	c := question(t)
	c.Thread = mustCard(t, r)
	for _, test := range []struct {
		mark, state string
		refused     bool
	}{
		{mark: "slack:CDESK:1.1", state: handlers.Delivered},
		{mark: "sandbox:1", state: handlers.Sent, refused: true},
		{mark: "slack:CDESK", state: handlers.Sent, refused: true},
		{mark: "slack:CDESK:1.1", state: handlers.Planned, refused: true},
	} {
		err := r.Mark(t.Context(), c, handlers.Post{ID: "p", Mark: test.mark, State: test.state})
		no, refused := errors.AsType[*handlers.Refusal](err)
		if refused != test.refused || refused && no.Retry || !refused && err != nil {
			t.Errorf("%s %s: %v", test.mark, test.state, err)
		}
	}
}
