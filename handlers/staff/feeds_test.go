package staff_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// A press on the card of a feed that shrank is a person's word that the visits are off, once.
func TestAgreeToAFeedThatShrank(t *testing.T) {
	o := newOffice(t)
	o.store.Put(handlers.Phone{}, handlers.Effects{Cases: []handlers.Case{{
		ID: "f", Channel: handlers.DeskChannel, Kind: kinds.FeedShrunk, Open: true, At: o.clock.Now(),
	}}})
	o.store.Thread("f", "T-f")
	for range 2 {
		if _, err := o.Press(t.Context(), handlers.Press{
			ID: "P1", Thread: "T-f", Action: desk.ActionAgree, User: "U2",
		}); err != nil {
			t.Fatal(err)
		}
	}
	c, _, _ := o.store.Case(t.Context(), "f")
	if c.Open || !c.Agreed || c.TakenBy != "U2" {
		t.Errorf("%+v", c)
	}
	if posts := o.posts(); strings.Count(posts, "agreed: they are taken off") != 1 {
		t.Error(posts)
	}
	// On another card the button means nothing.
	if _, err := o.Press(t.Context(), handlers.Press{
		ID: "P2", Thread: "T-c", Action: desk.ActionAgree, User: "U2",
	}); err != nil {
		t.Fatal(err)
	}
	if c, _, _ := o.store.Case(t.Context(), "c"); !c.Open || c.Agreed {
		t.Errorf("%+v", c)
	}
}

func TestLink(t *testing.T) {
	o := newOffice(t)
	clinic := *o.Base.Clinic
	clinic.Feeds = []settings.Feed{{Name: "calendar"}}
	o.Handler.Base, o.Handler.Feeds = &knowledge.Base{Clinic: &clinic}, o.store
	for _, c := range []struct{ text, says, code, name string }{
		{
			text: "link 212 555 0101 calendar J.A.  Appointment = Jo Example",
			says: "is …0101: their visits are booked", code: "j.a. appointment", name: "Jo Example",
		},
		{
			text: "link 2125550102 Calendar Ana Example", says: "is …0102", code: "ana example",
			name: "Ana Example",
		},
		{text: "link 2125550102 calendar", says: "Say what the feed calls the patient"},
		{text: "link 2125550102 calendar X =", says: "Say what the feed calls the patient"},
		{text: "link 2125550102 other X", says: `No feed of clinic.yaml is called "other"`},
		{text: "link X calendar", says: "Begin with the patient's number"},
		{text: "link none calendar ana example", says: "is nobody's now"},
	} {
		out := o.say(t, c.text)
		if !strings.Contains(out, c.says) {
			t.Errorf("%s: %s", c.text, out)
		}
		links, _ := o.store.Links(t.Context(), "calendar")
		if c.code == "" {
			continue
		}
		if last := links[len(links)-1]; last.Code != c.code || last.Name != c.name {
			t.Errorf("%s: %+v", c.text, links)
		}
	}
	if links, _ := o.store.Links(t.Context(), "calendar"); len(links) != 1 {
		t.Errorf("%+v", links)
	}
}
