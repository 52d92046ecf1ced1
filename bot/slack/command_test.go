package slack_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
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

// A colleague whom a command names is known by their id; a patient who is told of them gets the name.
func TestCommandNamesAColleague(t *testing.T) {
	r := start(t)
	for text, want := range map[string]string{
		"audit <@U2147483697|sam> today":         "audit @U2147483697 today",
		"Say 0101 ask <@U2147483697|sam> &amp;c": "Say 0101 ask sam &c",
	} {
		r.staff.commands = nil
		acts["command"](t, r, func(form map[string]any) { form["text"] = text })
		r.Wait()
		if got := r.staff.commands[0].Text; got != want {
			t.Errorf("%s: %q", text, got)
		}
	}
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
