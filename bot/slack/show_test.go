package slack_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/slack/view"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// asks is an answer that asks before it does something.
func asks() answer.Answer {
	return answer.Say("Take %s off?", veil.Veiled("Ana", "them")).Add(answer.Part{
		Buttons: []answer.Button{
			{Text: "Do it", Do: `off {"sure":true}`, Style: answer.Danger},
			{Text: "Leave it", Do: "leave {}"},
		},
	})
}

// What a press comes to is shown where it was made, to whoever pressed: under a card in its thread,
// and in place of the message if only they see that.
func TestAnswerToAPress(t *testing.T) {
	bothWays(t, func(t *testing.T, r room) {
		card := mustCard(t, r)
		r.staff.pressed = asks()
		if _, err := r.fake.Press(soon(t), card, desk.ActionTake, ann); err != nil {
			t.Fatal(err)
		}
		r.Wait()
		thread := r.fake.Thread(card)
		if len(thread) != 2 || thread[1].OnlyFor != ann ||
			thread[1].Words() != "Take them off?\nDo it\nLeave it" {
			t.Fatalf("the thread has %+v", thread[1:])
		}
		r.staff.pressed = answer.Say("Off in a minute.")
		pressed := r.fake.Nurse(t, ann)
		pressed.Press(thread[1], "Do it")
		r.Wait()
		now := r.fake.Thread(card)
		if len(now) != 2 || now[1].Words() != "Off in a minute." || now[1].ID() != thread[1].ID() {
			t.Errorf("the thread has %+v", now[1:])
		}
		p := r.staff.presses[1]
		if p.Action != `off {"sure":true}` || p.Thread != card || p.User != ann || !p.FromDesk {
			t.Errorf("staff heard %+v", p)
		}
	})
}

// A press that fails leaves what was pressed, so that it can be pressed again.
func TestPressThatFails(t *testing.T) {
	r := start(t)
	r.staff.shows = new(asks())
	n := r.fake.Nurse(t, ann)
	n.Type("off 0101")
	asked := n.Sees("Do it")
	r.staff.failing(errors.New("store is away"))
	n.Press(asked, "Do it")
	r.ephemeral(t, ann, "Please try again")
	n.Sees("Do it")
}

// A card that an older build posted has the id of its case as the value of its buttons.
func TestPressOnACardOfAnOlderBuild(t *testing.T) {
	r := start(t)
	if status, _ := r.post(t, "/slack/interaction", interaction(
		t, decoded(t, read(t, "block_actions.json")),
	)); status != 200 {
		t.Fatal(status)
	}
	r.Wait()
	if len(r.staff.presses) != 1 || r.staff.presses[0].Action != desk.ActionTake {
		t.Errorf("staff heard %+v", r.staff.presses)
	}
}

// table is an answer with as many rows.
func table(rows int) *answer.Answer {
	a := answer.Rows([]string{"TIME", "WHO"}, nil)
	for i := range rows {
		a.Parts[0].Table.Rows = append(a.Parts[0].Table.Rows, []string{
			fmt.Sprint(i), answer.Person(ann),
		})
	}
	return &a
}

// A table is Slack's own. One that is longer than Slack's goes on in the next message, with the
// heading, and where Slack takes none it is laid out in characters of one width.
func TestTable(t *testing.T) {
	for _, test := range []struct {
		name  string
		rows  int
		fails int
		want  []string // what the messages' blocks hold
	}{
		{name: "one", rows: 3, want: []string{`"type":"table"`}},
		{name: "long", rows: 150, want: []string{`"type":"table"`, `"type":"table"`}},
		{name: "refused", rows: 3, fails: 1, want: []string{`"type":"rich_text_preformatted"`}},
		{name: "refused whatever it is", rows: 3, fails: 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t)
			r.staff.shows = table(test.rows)
			r.fake.Fail(test.fails, slacktest.Fault{
				Method: "response", Code: "invalid_blocks", Status: 400,
			})
			if _, err := r.fake.Command(soon(t), slacktest.Desk, ann, "today"); err != nil {
				t.Fatal(err)
			}
			r.Wait()
			all := r.fake.Messages()
			if len(all) != len(test.want) {
				t.Fatalf("%d messages, want %d; %s", len(all), len(test.want), r.log)
			}
			for i, want := range test.want {
				if blocks := string(all[i].Blocks); !strings.Contains(blocks, want) ||
					!strings.Contains(blocks, "WHO") {
					t.Errorf("message %d is %s, want %s", i, blocks, want)
				}
			}
		})
	}
}

// A file is given to whoever asked, in the conversation that they alone have with the app.
func TestFileForOnePerson(t *testing.T) {
	for _, show := range []bool{false, true} {
		r := start(t, func(c *slack.Config) { c.ShowText = show })
		r.fake.Be(ann, slacktest.Person{Name: "Ann Lee"})
		r.staff.shows = &answer.Answer{File: &answer.File{
			Name: "transcript.txt", Title: "Texts with …0101",
			Text: "9:00 patient: " + veil.Veiled("I am late", "(late)") + "\n9:01 " +
				answer.Person(ann) + ": no hurry",
		}}
		if _, err := r.fake.Command(soon(t), slacktest.Desk, ann, "transcript 0101"); err != nil {
			t.Fatal(err)
		}
		r.ephemeral(t, ann, "in your messages with Beacon")
		want := map[bool]string{false: "9:00 patient: (late)", true: "9:00 patient: I am late"}[show] +
			"\n9:01 Ann Lee: no hurry"
		files := r.fake.Files()
		if len(files) != 1 || !bytes.Equal(files[0].Content, []byte(want)) ||
			files[0].Channel != r.fake.Direct(ann) {
			t.Errorf("files %+v", files)
		}
	}
}

// A shortcut of a message is an act on its thread.
func TestShortcutOfAMessage(t *testing.T) {
	r := start(t)
	card := mustCard(t, r)
	r.staff.pressed = answer.Say("Proposed.")
	r.fake.Nurse(t, ann).ShortcutOn(r.fake.Thread(card)[0], "propose")
	r.ephemeral(t, ann, "Proposed.")
	if p := r.staff.presses[0]; p.Action != "propose {}" || p.Thread != card || !p.FromDesk {
		t.Errorf("staff heard %+v", p)
	}
}

// An answer that comes too soon after others is sent when Slack takes it.
func TestAnswerThatIsLimited(t *testing.T) {
	r := start(t)
	card := mustCard(t, r)
	r.staff.pressed = answer.Say("Done.")
	r.fake.Fail(1, slacktest.Fault{Method: "chat.postEphemeral", After: time.Second})
	if _, err := r.fake.Press(soon(t), card, desk.ActionTake, ann); err != nil {
		t.Fatal(err)
	}
	r.ephemeral(t, ann, "Done.")
}

// Every part of an answer, as Slack gets it: what Slack's own types and staff's eyes judge.
func TestEveryPart(t *testing.T) {
	parts := []answer.Part{
		{Title: "Tue Dec 1"},
		{Text: "*2 visits*, asked by " + answer.Person(ann)},
		{Small: "As of " + answer.Moment(time.Unix(1796135400, 0))},
		{Rule: true},
		{Quote: "is it <ok>?\nthanks"},
		{Table: &answer.Table{Head: []string{"TIME", "WHO"}, Rows: [][]string{
			{"10:00 AM", veil.Veiled("Ana", "A.")}, {"", answer.Person(ann)},
		}}},
		{Picture: &answer.Picture{Name: "week", Alt: "A good week", PNG: []byte("PNG")}},
		{Text: "Ana at 10:00 AM"},
		{Buttons: []answer.Button{{Text: "Open", Do: "open {}"}}},
		{Buttons: asks().Parts[1].Buttons},
	}
	for name, r := range map[string]view.Renderer{
		"answer_all": {Files: map[string]string{"week": "F0123"}}, "answer_plain": {Plain: true},
	} {
		all := r.Messages(answer.Answer{Parts: parts})
		if len(all) != 1 {
			t.Fatalf("%d messages", len(all))
		}
		golden(t, name+".json", indent(t, map[string]any{
			"text": all[0].Text, "blocks": all[0].Blocks,
		}))
	}
	r := view.Renderer{Words: true, Files: map[string]string{"week": "F0123"}}
	golden(t, "home_all.json", indent(t, r.Home(answer.Answer{Parts: parts})))
}
