package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

func TestPhoneShowsFourDigitsAtMost(t *testing.T) {
	p, err := handlers.NewPhone("+12125550101")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	l := slog.New(slog.NewTextHandler(&log, nil))
	l.Info("x", "phone", p, "in", handlers.Case{Phone: p}, "ptr", &p)
	shown := log.String()
	for _, verb := range []string{"%v", "%s", "%q", "%d", "%x", "%+v", "%#v"} {
		shown += fmt.Sprintf(verb, p) + fmt.Sprintf(verb, handlers.Outgoing{To: p}) +
			fmt.Sprintf(verb, []handlers.Phone{p})
	}
	shown += fmt.Sprint(fmt.Errorf("to %v", p))
	for _, part := range []string{"2125550", "5550", "32313235353530"} {
		if strings.Contains(shown, part) {
			t.Errorf("%q is shown in %s", part, shown)
		}
	}
	if !strings.Contains(shown, "…0101") {
		t.Error("nobody could tell which number it was")
	}
}

func TestPhoneIsKeptWhole(t *testing.T) {
	for in, ok := range map[string]bool{
		"+12125550101": true, "+34911234567": true,
		"": false, "2125550102": false, "+0125550101": false, "+1 212 555 0101": false,
		"+1212555010112345": false, "+12125550101\n": false, "12345": false,
	} {
		p, err := handlers.NewPhone(in)
		if (err == nil) != ok || ok && p.E164() != in || p.IsZero() == ok {
			t.Errorf("%q: %v %v", in, p, err)
		}
	}
	var o handlers.Outgoing
	p, _ := handlers.NewPhone("+12125550101")
	b, err := json.Marshal(handlers.Outgoing{To: p})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &o); err != nil || o.To != p {
		t.Errorf("%s: %v", b, err)
	}
	if err := json.Unmarshal([]byte(`{"to":""}`), &o); err != nil || !o.To.IsZero() {
		t.Errorf("no number: %v", err)
	}
	if (handlers.Phone{}).Last4() != "" {
		t.Error("the zero phone has digits")
	}
}

func TestVisit(t *testing.T) {
	now := time.Date(2026, 12, 1, 15, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		state        string
		in           time.Duration
		open, awaits bool
	}{
		{state: handlers.Booked, in: time.Hour, open: true, awaits: true},
		{state: handlers.Confirmed, in: time.Hour, open: true},
		{state: handlers.Reschedule, in: time.Hour, open: true},
		{state: handlers.Declined, in: time.Hour},
		{state: handlers.Booked},
		{state: handlers.Booked, in: -time.Hour},
	} {
		v := handlers.Visit{Start: now.Add(c.in), State: c.state}
		if v.Open(now) != c.open || v.Awaits(now) != c.awaits {
			t.Errorf("%s in %v: open %v awaits %v", c.state, c.in, v.Open(now), v.Awaits(now))
		}
	}
	v := handlers.Visit{ID: "v", Start: now, State: handlers.Confirmed}
	w := v
	w.State, w.Start = handlers.Booked, now.In(time.FixedZone("", 3600))
	if !v.Same(w) {
		t.Error("the answer, or the way the time is written, makes another booking")
	}
	if w.Name = "Ana"; v.Same(w) {
		t.Error("another name is no other booking")
	}
}
