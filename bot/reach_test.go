package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// A number that the clinic doesn't text gets nothing on any path but the fixed words in danger. The
// desk is told each time, and calls.
func TestWhatANumberGetsByItsCountry(t *testing.T) {
	for _, c := range []struct {
		name, phone string
		texted      bool
	}{
		{name: "the United States", phone: "+12125550101", texted: true},
		{name: "Puerto Rico", phone: "+17875550101", texted: true},
		{name: "Canada", phone: "+14165550101", texted: true},
		{name: "Jamaica", phone: "+18765550101"},
		{name: "Dominican Republic", phone: "+18095550101"},
		{name: "premium rate", phone: "+19005550101"},
		{name: "follow me", phone: "+15005550101"},
		{name: "France", phone: "+33612345678"},
		{name: "French premium", phone: "+33892123456"},
		{name: "German shared cost", phone: "+49180512345"},
		{name: "Iridium", phone: "+881612345678"},
		{name: "Thuraya", phone: "+88216123456"},
		{name: "an international network", phone: "+883510012345"},
		{name: "Inmarsat", phone: "+870773111632"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoors(t, "2026-12-01 10:00")
			p, err := handlers.NewPhone(c.phone)
			if err != nil {
				t.Fatal(err)
			}
			csv := "id,name,phone,start,type\nv1,Ana Example," + c.phone +
				",2026-12-04 15:00,consult\n"
			in, err := d.app.importFile(t.Context(), importing{File: []byte(csv)}, func(int, int) {})
			if err != nil || in.Imported != 1 || len(in.Faults) > 0 ||
				(len(in.Warnings) == 0) != c.texted {
				t.Fatalf("the import says %+v, %v", in, err)
			}
			got := map[string]bool{}
			d.pass(time.Hour)
			got["reminder"] = len(d.to(c.phone)) > 0
			before := len(d.to(c.phone))
			got["reply"] = len(d.text(c.phone, "what are your hours please")) > 0
			out, err := d.app.staff.Command(t.Context(), handlers.Command{
				ID: "C1", User: "U1", FromDesk: true, Text: "say " + c.phone + " we call you",
			})
			if err != nil {
				t.Fatal(err)
			}
			d.settle()
			got["say"] = len(d.to(c.phone)) > before
			said := out.Text(true, time.UTC)
			if strings.HasPrefix(said, "Not sent") == c.texted {
				t.Errorf("say answers %q", said)
			}
			before = len(d.to(c.phone))
			s, err := d.app.store.Peek(t.Context(), p)
			if err != nil || len(s.Cases) == 0 {
				t.Fatalf("nobody has a case of it: %v", err)
			}
			d.staffReplyIn(s.Cases[0].Thread)
			got["thread"] = len(d.to(c.phone)) > before
			for path, is := range got {
				if is != c.texted {
					t.Errorf("%s: %v, want %v", path, is, c.texted)
				}
			}
			if got := d.text(c.phone, "I want to kill myself"); len(got) != 1 ||
				!strings.Contains(got[0], "988") {
				t.Errorf("in danger it is answered %q", got)
			}
			if n := len(d.cards(kinds.Crisis)); n != 1 {
				t.Errorf("%d cards of danger", n)
			}
		})
	}
}

// to is what a whole number was sent.
func (d *doors) to(phone string) (out []string) {
	for _, m := range d.twilio.Messages() {
		if m.To == phone {
			out = append(out, m.Body)
		}
	}
	return out
}

// staffReplyIn is what staff write in a thread.
func (d *doors) staffReplyIn(thread string) {
	d.t.Helper()
	reply := handlers.ThreadReply{
		ID: "M1", Thread: thread, User: "U1", Text: "we have it", Case: true,
	}
	if err := d.app.staff.Reply(d.t.Context(), reply); err != nil {
		d.t.Fatal(err)
	}
	d.settle()
}

// The words in danger that were fetched go out wherever the number is; the answer to another text
// doesn't.
func TestFetchedDangerAbroadHasItsWords(t *testing.T) {
	for _, c := range []struct {
		body string
		want int
	}{
		{body: "I want to kill myself", want: 1},
		{body: "what are your hours please"},
	} {
		d := newDoors(t, "2026-12-01 10:00")
		p, err := handlers.NewPhone("+33612345678")
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.app.patient.CatchUp(t.Context(), handlers.Text{
			ID: "SM1", From: p, Body: c.body, At: d.clock.Now().Add(-time.Minute),
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		d.settle()
		if got := d.to(p.E164()); len(got) != c.want {
			t.Errorf("%s: it was sent %q", c.body, got)
		}
	}
}

// Patients over what all answers may cost have cards of their own, and are answered again when the
// hour is over.
func TestPatientsOverTheBudgetAreAPersons(t *testing.T) {
	d := tightDoors(t, "2026-12-01 10:00")
	d.app.base.Clinic.Replies.PerHour, d.app.base.Clinic.Replies.Strangers.PerHour = 3, 2
	known := many(6)
	d.book("2026-12-08 10:00", known...)
	answered := 0
	for i, last4 := range known {
		answered += len(d.text("+1212555"+last4, fmt.Sprintf("hours, number %d", i)))
	}
	x, err := d.app.store.Refused(t.Context())
	if err != nil || answered == 0 || answered > 3 || x.Count[budget.RefusedAll] == 0 {
		t.Errorf("%d answers, %+v, %v", answered, x.Count, err)
	}
	if n := len(d.cards(kinds.Handoff)); n != len(known) {
		t.Errorf("%d cards, want one for each patient", n)
	}
	if found := d.app.checkSpent(t.Context())[0]; found.Level != warned ||
		!strings.Contains(found.What, "of 3 this hour") {
		t.Errorf("/status says %+v", found)
	}
	d.pass(time.Hour)
	if got := d.text("+1212555"+known[5], "when are you open"); len(got) == 0 {
		t.Error("an hour later it isn't answered")
	}
}
