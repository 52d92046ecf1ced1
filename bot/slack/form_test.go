package slack_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// booking is a form with a field of every kind.
func booking() *answer.Answer {
	return &answer.Answer{Form: &answer.Form{
		Title: "Book a visit", Submit: "Book", Do: "book {}",
		Parts: []answer.Part{{Text: "By the clinic's clock."}},
		Fields: []answer.Field{
			{Name: "phone", Label: "Mobile number", Hint: "+1 212 555 0101", Most: 30},
			{Name: "name", Label: "Name", Value: "Ann & Co"},
			{Name: "type", Label: "Visit", Kind: answer.Choice, Options: []answer.Option{
				{Value: "consult", Text: "consultation"}, {Value: "iv_infusion", Text: "infusion"},
			}},
			{Name: "date", Label: "Date", Kind: answer.Date, Value: "2026-12-01"},
			{Name: "time", Label: "Time", Kind: answer.Time},
			{Name: "note", Label: "Note", Kind: answer.Area, Optional: true},
			{Name: "told", Label: "Told", Kind: answer.Check, Hint: "They were told by phone"},
		},
	}}
}

// form has staff open the booking form.
func form(t *testing.T, r room) slacktest.View {
	t.Helper()
	r.staff.shows = booking()
	if a, err := r.fake.Command(soon(t), slacktest.Desk, ann, "Book"); err != nil ||
		a.Status != 200 {
		t.Fatalf("%d %v", a.Status, err)
	}
	v, err := r.fake.AwaitView(soon(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	r.Wait()
	r.staff.shows = nil
	return v
}

var filledIn = map[string]string{
	"phone": " +1 (212) 555-0101 ", "name": "Ann  O'Hara & Co", "type": "consult",
	"date": "2026-12-02", "time": "14:30", "told": "yes",
}

// What is wrong in a form is shown at its fields, and the form stays. One that is right is closed,
// and its answer comes where the form was asked for.
func TestForm(t *testing.T) {
	bothWays(t, func(t *testing.T, r room) {
		v := form(t, r)
		shown := decoded(t, v.JSON)
		if metadata, _ := shown["private_metadata"].(string); !strings.HasPrefix(
			metadata, `{"do":"book {}","channel":"CDESK","url":"http`,
		) {
			t.Errorf("metadata %s", metadata)
		}
		shown["private_metadata"] = "" // the URL is another each time
		golden(t, "modal_book.json", indent(t, shown))
		r.staff.faults = map[string]string{"name": "Give a <name>."}
		a, err := r.fake.Submit(soon(t), v, filledIn)
		var got struct {
			Action string            `json:"response_action"`
			Errors map[string]string `json:"errors"`
		}
		if err1 := json.Unmarshal(a.Body, &got); err != nil || err1 != nil ||
			got.Action != "errors" || got.Errors["name"] != "Give a <name>." {
			t.Errorf("faults: %s %v", a.Body, err)
		}
		r.staff.faults, r.staff.answer = nil, "Booked."
		if a, err = r.fake.Submit(soon(t), v, filledIn); err != nil ||
			strings.TrimSpace(string(a.Body)) != `{"response_action":"clear"}` {
			t.Fatalf("%s %v", a.Body, err)
		}
		r.ephemeral(t, ann, "Booked.")
		want := handlers.Submission{
			User: ann, FromDesk: true, Do: "book {}", Values: map[string]string{
				"phone": "+1 (212) 555-0101", "name": "Ann  O'Hara & Co", "type": "consult",
				"date": "2026-12-02", "time": "14:30", "note": "", "told": "yes",
			},
		}
		last := r.staff.forms[len(r.staff.forms)-1]
		if !strings.HasPrefix(last.ID, "view:"+v.ID+":") {
			t.Errorf("id %q", last.ID)
		}
		if want.ID = last.ID; !reflect.DeepEqual(last, want) {
			t.Errorf("got %+v", last)
		}
	})
}

// Another form takes the place of the one that was submitted.
func TestFormAfterForm(t *testing.T) {
	r := start(t)
	v := form(t, r)
	next := booking()
	next.Form.Title, next.Form.Do = "The second", "move {}"
	r.staff.shows = next
	if _, err := r.fake.Submit(soon(t), v, filledIn); err != nil {
		t.Fatal(err)
	}
	views := r.fake.Views()
	if len(views) != 1 || views[0].Title() != "The second" || views[0].Closed {
		t.Fatalf("got %+v", views)
	}
	r.staff.shows = nil
	if _, err := r.fake.Submit(soon(t), views[0], filledIn); err != nil {
		t.Fatal(err)
	}
	if f := r.staff.forms; len(f) != 2 || f[0].ID == f[1].ID || f[1].Do != "move {}" {
		t.Errorf("got %+v", f)
	}
}

// A form that Slack won't open in time is said to be tried again, or typed.
func TestFormThatCannotBeOpened(t *testing.T) {
	r := start(t)
	r.staff.shows = booking()
	r.fake.Fail(1, slacktest.Fault{Method: "views.open", Code: "expired_trigger_id"})
	if _, err := r.fake.Command(soon(t), slacktest.Desk, ann, "book"); err != nil {
		t.Fatal(err)
	}
	r.ephemeral(t, ann, "couldn't be opened in time")
}

// What a form comes to is shown also where the store fails, and where it takes longer than Slack
// waits for an acknowledgement.
func TestFormThatFails(t *testing.T) {
	t.Run("the store is away", func(t *testing.T) {
		r := start(t)
		v := form(t, r)
		r.staff.failing(errors.New("store is away"))
		if _, err := r.fake.Submit(soon(t), v, filledIn); err != nil {
			t.Fatal(err)
		}
		r.ephemeral(t, ann, "Please try again")
	})
	t.Run("it takes long", func(t *testing.T) {
		r := start(t)
		v := form(t, r)
		r.staff.hold, r.staff.answer = make(chan struct{}), "Booked."
		a, err := r.fake.Submit(soon(t), v, filledIn)
		if err != nil || a.Status != 200 || len(a.Body) != 0 {
			t.Fatalf("%d %s %v", a.Status, a.Body, err)
		}
		close(r.staff.hold)
		r.ephemeral(t, ann, "Booked.")
	})
}

// A form that a shortcut opened belongs to no channel: its answer takes its place. Only who is at
// the desk is taken to be there.
func TestShortcut(t *testing.T) {
	for _, test := range []struct {
		name string
		desk bool
	}{{name: "at the desk", desk: true}, {name: "not at the desk"}} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t)
			r.fake.Change(slacktest.Desk, func(c *slacktest.Channel) { c.Members = []string{"UBO"} })
			r.fake.Change(slacktest.Urgent, func(c *slacktest.Channel) {
				if c.Members = []string{"UBO"}; test.desk {
					c.Members = append(c.Members, ann)
				}
			})
			r.staff.shows = booking()
			if _, err := r.fake.Shortcut(soon(t), "book", ann); err != nil {
				t.Fatal(err)
			}
			v, err := r.fake.AwaitView(soon(t), 1)
			if err != nil {
				t.Fatal(err)
			}
			r.Wait()
			r.staff.shows, r.staff.answer = nil, "Booked."
			if _, err := r.fake.Submit(soon(t), v, filledIn); err != nil {
				t.Fatal(err)
			}
			r.Wait()
			c, f := r.staff.commands[0], r.staff.forms[0]
			if c.Text != "book" || c.FromDesk != test.desk || f.FromDesk != test.desk {
				t.Errorf("%+v, %+v", c, f)
			}
			if v = r.fake.Views()[0]; !strings.Contains(v.Words(), "Booked.") || v.Closed {
				t.Errorf("the form shows %q", v.Words())
			}
		})
	}
}
