package handlers_test

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

var (
	opened  = time.Date(2026, 12, 1, 15, 0, 0, 0, time.UTC)
	alarmed = opened.Add(time.Hour)
)

// urgent is an open alarm that nobody has been shown, changed.
func urgent(change func(c *handlers.Case)) handlers.Case {
	c := handlers.Case{
		Channel: handlers.UrgentChannel, Kind: kinds.Crisis, At: opened, Open: true,
	}
	change(&c)
	return c
}

// cases are cases, and what they count as.
var cases = map[string]struct {
	c       handlers.Case
	concern bool
	untaken bool
	seen    bool
	began   time.Time
}{
	"an alarm": {c: urgent(func(*handlers.Case) {}), untaken: true, began: opened},
	"an alarm with a card": {
		c:       urgent(func(c *handlers.Case) { c.Thread = "T" }),
		untaken: true, seen: true, began: opened,
	},
	"an alarm that is taken": {
		c:    urgent(func(c *handlers.Case) { c.TakenBy = "U1" }),
		seen: true, began: opened,
	},
	"an alarm that is cleared": {
		c: urgent(func(c *handlers.Case) { c.Open = false }), began: opened,
	},
	"a concern": {
		c:       urgent(func(c *handlers.Case) { c.Kind, c.Thread = kinds.Concern, "T" }),
		concern: true, seen: true, began: opened,
	},
	"a concern that became an alarm": {
		c:       urgent(func(c *handlers.Case) { c.Thread, c.Alarmed = "T", alarmed }),
		untaken: true, began: alarmed, // its card pinged nobody
	},
	"and has paged": {
		c: urgent(func(c *handlers.Case) {
			c.Thread, c.Alarmed, c.Pages = "T", alarmed, 1
		}),
		untaken: true, seen: true, began: alarmed,
	},
	"a handoff": {
		c: urgent(func(c *handlers.Case) {
			c.Channel, c.Kind = handlers.DeskChannel, "handoff"
		}),
		began: opened,
	},
	"a concern's kind at the desk": {
		c: urgent(func(c *handlers.Case) {
			c.Channel, c.Kind = handlers.DeskChannel, kinds.Concern
		}),
		began: opened,
	},
}

// What kind of case it is decides who is pinged, what is paused and what is paged.
func TestCase(t *testing.T) {
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if c.c.Concern() != c.concern || c.c.Untaken() != c.untaken || c.c.Seen() != c.seen ||
				!c.c.Began().Equal(c.began) {
				t.Errorf("concern %v, untaken %v, seen %v, began %v", c.c.Concern(),
					c.c.Untaken(), c.c.Seen(), c.c.Began())
			}
			s := handlers.State{Cases: []handlers.Case{{Open: true}, c.c}}
			alarm := c.c.Open && c.c.Channel == handlers.UrgentChannel && !c.concern
			if (s.Urgent() != nil) != alarm || (s.Concern() != nil) != c.concern {
				t.Errorf("urgent %+v, concern %+v", s.Urgent(), s.Concern())
			}
		})
	}
}

// Staff see four characters of whoever a case is about, whatever it is that names them.
func TestCaseEnds(t *testing.T) {
	p, err := handlers.NewPhone("+12125550101")
	if err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]handlers.Case{
		"0101": {Phone: p, Sender: "whatsapp:+13105550199"},
		"r:77": {Sender: "messenger:77"},
		"andú": {Sender: "El ñandú"}, // characters, not bytes
		"77":   {Sender: "77"},
		"":     {},
	} {
		if got := c.Ends(); got != want {
			t.Errorf("%+v: %q, want %q", c, got, want)
		}
	}
}

// An answer goes out on the channel of the patient's last text for as long as that takes one:
// 24 hours, less five minutes for the send. After that it is an SMS.
func TestOn(t *testing.T) {
	at := time.Date(2026, 12, 1, 15, 0, 0, 0, time.UTC)
	for after, want := range map[time.Duration]string{
		0:                                 "whatsapp",
		23*time.Hour + 55*time.Minute - 1: "whatsapp",
		23*time.Hour + 55*time.Minute:     "",
		24 * time.Hour:                    "",
		-time.Minute:                      "whatsapp",
	} {
		c := handlers.Conversation{Channel: "whatsapp", At: at}
		if got := c.On(at.Add(after)); got != want {
			t.Errorf("%v later: %q, want %q", after, got, want)
		}
	}
	talk := handlers.Conversation{Taken: at}
	if !talk.Person(at.Add(-1)) || talk.Person(at) || (handlers.Conversation{}).Person(at) {
		t.Error("a person has the conversation until Taken, not from then on")
	}
}

// The row of a text that is retried may fail again, and that is another event.
func TestRowsOfTheLedger(t *testing.T) {
	at := time.Date(2026, 12, 1, 15, 0, 0, 0, time.UTC)
	o := handlers.Outgoing{ID: "visit:v:1:0101:0:confirm", Until: at}
	again := o
	again.Round = 2
	if got := o.Event("said"); got != "said:visit:v:1:0101:0:confirm" {
		t.Error(got)
	}
	if got := again.Event("said"); got != "said:visit:v:1:0101:0:confirm#2" {
		t.Error(got)
	}
	if len(o.Code()) != 5 || o.Code() != again.Code() ||
		o.Code() == (handlers.Outgoing{ID: "visit:v:1:0101:1:confirm"}).Code() {
		t.Errorf("codes %q, %q", o.Code(), again.Code())
	}
	if o.Stale(at) || !o.Stale(at.Add(1)) || (handlers.Outgoing{}).Stale(at) {
		t.Error("a row is stale after Until, and never without")
	}
	for want, r := range map[string]*handlers.Refusal{
		"carrier refused: filtered (30007)": {Code: 30007, Why: "filtered"},
		"carrier refused: no answer":        {Why: "no answer"},
	} {
		if r.Error() != want {
			t.Errorf("%q, want %q", r.Error(), want)
		}
	}
}
