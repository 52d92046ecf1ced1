package slack_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
)

func TestCommand(t *testing.T) {
	bothWays(t, func(t *testing.T, r room) {
		r.staff.answer = "*Today*: 2 < 3 <!channel>"
		if a, err := r.fake.Command(
			soon(t), slacktest.Desk, ann, "ask does it hurt & how long",
		); err != nil || a.Status != 200 || len(a.Body) != 0 {
			t.Fatalf("%d %q %v", a.Status, a.Body, err)
		}
		r.ephemeral(t, ann, "*Today*: 2 &lt; 3 &lt;!channel&gt;")
		c := r.staff.commands[0]
		if c.Text != "ask does it hurt & how long" || c.User != ann || !c.FromDesk ||
			!strings.HasPrefix(c.ID, "command:") {
			t.Errorf("got %+v", c)
		}
		if _, err := r.fake.Command(soon(t), slacktest.Lobby, ann, "help"); err != nil {
			t.Fatal(err)
		}
		r.Wait()
		if c := r.staff.commands[1]; c.FromDesk || c.ID == r.staff.commands[0].ID {
			t.Errorf("elsewhere: %+v", c)
		}
	})
}

func TestCommandIsAcknowledgedFirst(t *testing.T) {
	bothWays(t, func(t *testing.T, r room) {
		r.staff.hold = make(chan struct{})
		if a, err := r.fake.Command(soon(t), slacktest.Desk, ann, "today"); err != nil ||
			a.Status != 200 {
			t.Fatalf("%d %v", a.Status, err)
		}
		if n := len(r.fake.Messages()); n != 0 {
			t.Errorf("%d messages before the work is done", n)
		}
		close(r.staff.hold)
		r.Wait()
		if n := len(r.fake.Messages()); n != 1 {
			t.Errorf("%d messages after Wait", n)
		}
	})
}

func TestCommandThatFails(t *testing.T) {
	r := start(t)
	r.staff.failing(errors.New("store is away"))
	if _, err := r.fake.Command(soon(t), slacktest.Desk, ann, "today"); err != nil {
		t.Fatal(err)
	}
	r.ephemeral(t, ann, "Please try again")
	r.fake.Fail(1, slacktest.Fault{Method: "response"})
	if _, err := r.fake.Command(soon(t), slacktest.Desk, ann, "today"); err != nil {
		t.Fatal(err)
	}
	r.Wait()
	if log := r.log.String(); !strings.Contains(log, "store is away") ||
		!strings.Contains(log, "not delivered") || strings.Contains(log, "/response/") {
		t.Errorf("log: %s", log)
	}
}

func TestBookingModal(t *testing.T) {
	bothWays(t, func(t *testing.T, r room) {
		if a, err := r.fake.Command(soon(t), slacktest.Desk, ann, "Book"); err != nil ||
			a.Status != 200 {
			t.Fatalf("%d %v", a.Status, err)
		}
		v, err := r.fake.AwaitView(soon(t), 1)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "modal_book.json", indent(t, v.JSON))

		fields := map[string]string{
			"phone": "  ", "name": " ", "type": "consult", "date": "2026-12-01", "time": "14:30",
			"lang": "es",
		}
		a, err := r.fake.Submit(soon(t), v, fields)
		if err != nil {
			t.Fatal(err)
		}
		var faults struct {
			Action string            `json:"response_action"`
			Errors map[string]string `json:"errors"`
		}
		if err := json.Unmarshal(a.Body, &faults); err != nil || faults.Action != "errors" ||
			len(faults.Errors) != 2 ||
			faults.Errors["phone"] == "" || faults.Errors["name"] == "" {
			t.Errorf("faults: %s %v", a.Body, err)
		}
		fields["phone"], fields["name"] = "+1 (212) 555-0101", "Ann  O'Hara & Co"
		r.staff.answer = "Booked."
		if a, err = r.fake.Submit(soon(t), v, fields); err != nil || a.Status != 200 ||
			len(a.Body) != 0 {
			t.Fatalf("%d %s %v", a.Status, a.Body, err)
		}
		r.ephemeral(t, ann, "Booked.")
		want := handlers.Command{
			ID: "view:" + v.ID, User: ann, FromDesk: true,
			Text: "book +12125550101 2026-12-01 14:30 consult es Ann O'Hara & Co",
		}
		if !reflect.DeepEqual(r.staff.commands, []handlers.Command{want}) {
			t.Errorf("got %+v", r.staff.commands)
		}
	})
}

func TestBookingWithoutModal(t *testing.T) {
	for _, test := range []struct {
		name, channel string
		types         []string
		fail          int
	}{
		{name: "from elsewhere", channel: slacktest.Lobby, types: []string{"consult"}},
		{name: "nothing to book", channel: slacktest.Desk},
		{
			name: "the trigger has expired", channel: slacktest.Desk, types: []string{"consult"},
			fail: 1,
		},
	} {
		r := start(t, func(c *slack.Config) { c.VisitTypes = test.types })
		r.fake.Fail(test.fail, slacktest.Fault{Method: "views.open", Code: "expired_trigger_id"})
		if _, err := r.fake.Command(soon(t), test.channel, ann, "book"); err != nil {
			t.Fatal(err)
		}
		r.Wait()
		if len(r.fake.Views()) != 0 || len(r.staff.commands) != 1 ||
			r.staff.commands[0].Text != "book" {
			t.Errorf(
				"%s: %d modals, staff heard %+v", test.name, len(r.fake.Views()), r.staff.commands,
			)
		}
	}
}
