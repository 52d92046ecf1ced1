package slack_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// day is what Home shows, on a clock that is turned.
type day struct {
	mu     sync.Mutex
	now    time.Time
	visits string
	fail   error
	drawn  int
}

func (d *day) Now() time.Time { d.mu.Lock(); defer d.mu.Unlock(); return d.now }

func (d *day) turn(by time.Duration, visits string, fail error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now, d.visits, d.fail = d.now.Add(by), visits, fail
}

func (d *day) Home(context.Context, string) (answer.Answer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drawn++
	a := answer.Say("%s", d.visits).Add(
		answer.Part{Buttons: []answer.Button{{Text: "Open", Do: "open {}"}}},
		answer.Part{Picture: &answer.Picture{Name: "week", Alt: "A good week", PNG: []byte("PNG")}},
	)
	return a, d.fail
}

// homely returns a room with a Home, which ann is shown.
func homely(t *testing.T) (room, *day) {
	t.Helper()
	d := &day{now: time.Now(), visits: "3 visits"}
	r := start(t, func(c *slack.Config) { c.Now, c.Home = d.Now, d.Home })
	if a, err := r.fake.OpenHome(soon(t), ann); err != nil || a.Status != 200 {
		t.Fatalf("%d %v", a.Status, err)
	}
	r.Wait()
	return r, d
}

// shown returns what ann's Home shows, and how often it was published.
func shown(t *testing.T, r room) (words string, published int) {
	t.Helper()
	r.Wait()
	v, ok := r.fake.Home(ann)
	if !ok {
		t.Fatalf("no Home; %s", r.log)
	}
	return v.Words(), len(r.fake.Calls("views.publish"))
}

// Home shows the day to whoever opens it, and is brought up to date while it is open: when it shows
// something else, every few seconds at most. What can't be drawn leaves what is there.
func TestHome(t *testing.T) {
	r, d := homely(t)
	for _, step := range []struct {
		name   string
		after  time.Duration
		visits string
		fail   error
		want   string
		times  int
	}{
		{name: "opened", visits: "3 visits", want: "3 visits", times: 1},
		{name: "at once", visits: "4 visits", want: "3 visits", times: 1},
		{name: "later", after: 5 * time.Second, visits: "4 visits", want: "4 visits", times: 2},
		{name: "the same", after: time.Minute, visits: "4 visits", want: "4 visits", times: 2},
		{
			name: "not drawn", after: time.Minute, visits: "5 visits", fail: errors.New("away"),
			want: "4 visits", times: 2,
		},
		{name: "left", after: time.Hour, visits: "5 visits", want: "4 visits", times: 2},
	} {
		d.turn(step.after, step.visits, step.fail)
		if err := r.Homes(t.Context()); err != nil {
			t.Fatal(err)
		}
		words, times := shown(t, r)
		if !strings.Contains(words, step.want) || times != step.times {
			t.Errorf("%s: %q, published %d times", step.name, words, times)
		}
	}
	if v, _ := r.fake.Home(ann); !strings.Contains(string(v.JSON), `"slack_file":{"id":"`) ||
		len(r.fake.Files()) != 1 {
		t.Errorf("the picture isn't shown, or was uploaded twice: %s", v.JSON)
	}
}

// Whoever isn't at the desk is shown no day.
func TestHomeIsForTheDesk(t *testing.T) {
	d := &day{now: time.Now(), visits: "3 visits"}
	r := start(t, func(c *slack.Config) { c.Now, c.Home = d.Now, d.Home })
	for _, channel := range []string{slacktest.Desk, slacktest.Urgent} {
		r.fake.Change(channel, func(c *slacktest.Channel) { c.Members = []string{"UBO"} })
	}
	if _, err := r.fake.OpenHome(soon(t), ann); err != nil {
		t.Fatal(err)
	}
	if words, _ := shown(t, r); strings.Contains(words, "visits") || d.drawn > 0 {
		t.Errorf("shown %q", words)
	}
}

// A press on Home is answered in a modal, since Home belongs to no channel, and Home is drawn anew.
// A press in that modal is answered in it.
func TestPressOnHome(t *testing.T) {
	r, d := homely(t)
	n := r.fake.Nurse(t, ann)
	home, _ := r.fake.Home(ann)
	r.staff.pressed = asks()
	d.turn(time.Second, "2 visits", nil)
	n.PressIn(home, "Open")
	r.Wait()
	views := r.fake.Views()
	if len(views) != 1 || !strings.Contains(views[0].Words(), "Take them off?") {
		t.Fatalf("views %+v; %s", views, r.log)
	}
	if words, _ := shown(t, r); !strings.Contains(words, "2 visits") {
		t.Errorf("Home shows %q", words)
	}
	r.staff.pressed = answer.Say("Off in a minute.")
	n.PressIn(views[0], "Do it")
	r.Wait()
	if views = r.fake.Views(); len(views) != 1 || !strings.Contains(views[0].Words(), "Off in a") {
		t.Errorf("views %+v; %s", views, r.log)
	}
	if p := r.staff.presses; len(p) != 2 || !p[1].FromDesk || p[1].Thread != "" ||
		p[0].ID == p[1].ID {
		t.Errorf("staff heard %+v", p)
	}
}
