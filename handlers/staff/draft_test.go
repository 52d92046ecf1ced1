package staff_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	what "github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// wrote has somebody write in the patient's thread.
func (o *office) wrote(t *testing.T, id, user, text string) {
	t.Helper()
	r := handlers.ThreadReply{ID: id, Thread: "T-c", User: user, Text: text}
	if err := o.Reply(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

// bodies are the texts that wait to be sent, or were.
func (o *office) bodies() string {
	var out []string
	for _, r := range o.store.Texts() {
		if r.State != handlers.Void {
			out = append(out, r.Body)
		}
	}
	return strings.Join(out, "|")
}

// clicks presses the button with a text under the last line that has it, and returns the answer.
func (o *office) clicks(t *testing.T, event, user, text string) what.Answer {
	t.Helper()
	do := ""
	for _, p := range o.store.Queue() {
		for _, b := range p.Buttons {
			if b.Text == text {
				do = b.Do
			}
		}
	}
	out, err := o.Press(t.Context(), handlers.Press{
		ID: event, Thread: "T-c", Action: do, User: user, FromDesk: true,
	})
	if err != nil {
		t.Fatalf("press %q (%s): %v", text, do, err)
	}
	return out
}

func TestNotesStayInside(t *testing.T) {
	for _, c := range []struct {
		text, sent      string // sent: what goes out when it is sent all the same; "" if it goes at once
		names, mentions bool
	}{
		{text: "can you check the chart?", names: true, sent: "can you check the chart?"},
		{text: "// she called twice", sent: "she called twice"},
		{text: "Note: she called twice", sent: "she called twice"},
		{text: "nota: llamó dos veces", sent: "llamó dos veces"},
		{text: "@sam can you look?", sent: "@sam can you look?"},
		{text: "Ask Dana at the desk.", mentions: true, sent: "Ask Dana at the desk."},
		{text: "noted, thank you"},
		{text: "See https://clinic.example // the map"},
	} {
		t.Run(c.text, func(t *testing.T) {
			o := newOffice(t)
			r := handlers.ThreadReply{
				ID: "M1", Thread: "T-c", User: "U1", Text: c.text, Names: c.names,
				Mentions: c.mentions,
			}
			for range 2 { // Slack tells it again
				if err := o.Reply(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			if c.sent == "" {
				if o.bodies() != c.text {
					t.Errorf("sent %q", o.bodies())
				}
				return
			}
			says := "note c  Stays inside: not sent to the patient."
			if c.mentions {
				says = "note c  Names a colleague, so it stays inside: not sent to the patient."
			}
			if o.bodies() != "" || o.posts() != says {
				t.Fatalf("sent %q; %s", o.bodies(), o.posts())
			}
			if s := o.state(t); s.Conversation.By != "" {
				t.Errorf("a note took the conversation: %+v", s.Conversation)
			}
			o.clicks(t, "P1", "U2", "Send it to the patient")
			late := o.clicks(t, "P2", "U3", "Send it to the patient")
			if o.bodies() != c.sent || late.Empty() {
				t.Errorf("sent %q, want %q once; told %+v", o.bodies(), c.sent, late)
			}
			if row := o.store.Texts()[0]; row.Mark != "M1" || row.By != "U2" {
				t.Errorf("%+v", row)
			}
			if !strings.Contains(o.posts(), "note c U2 had this sent to the patient.") {
				t.Errorf("the thread says %s", o.posts())
			}
		})
	}
}

// No button carries words: they are kept at the store.
func TestButtonsCarryNoWords(t *testing.T) {
	o := newOffice(t)
	o.wrote(t, "M1", "U1", "// lithium")
	for _, p := range o.store.Queue() {
		for _, b := range p.Buttons {
			if strings.Contains(b.Do, "lithium") {
				t.Errorf("%s carries the words: %s", b.Text, b.Do)
			}
		}
	}
}

func TestTwoWhoAnswerAtOnce(t *testing.T) {
	for _, c := range []struct {
		name, user string
		after      time.Duration
		urgent     bool
		waits      bool
	}{
		{name: "a colleague, 20 seconds later", user: "U2", after: 20 * time.Second, waits: true},
		{name: "the same person", user: "U1", after: 20 * time.Second},
		{name: "a colleague, minutes later", user: "U2", after: 5 * time.Minute},
		{name: "in an alarm nothing waits", user: "U2", after: 20 * time.Second, urgent: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			if c.urgent {
				alarm := o.state(t).Cases[0]
				alarm.Channel, alarm.Kind = handlers.UrgentChannel, "crisis"
				o.store.Put(o.patient, handlers.Effects{Cases: []handlers.Case{alarm}})
			}
			o.wrote(t, "M1", "U1", "Come at ten.")
			o.clock.Add(c.after)
			o.wrote(t, "M2", c.user, "Come at nine.")
			if !c.waits {
				if o.bodies() != "Come at ten.|Come at nine." {
					t.Errorf("sent %q", o.bodies())
				}
				return
			}
			want := "note c U1 texted the patient 20 seconds before this. This isn't sent yet."
			if o.bodies() != "Come at ten." || !strings.Contains(o.posts(), want) {
				t.Fatalf("sent %q; %s", o.bodies(), o.posts())
			}
			o.clicks(t, "P1", c.user, "Send mine too")
			o.clicks(t, "P2", c.user, "Don't send it")
			if o.bodies() != "Come at ten.|Come at nine." {
				t.Errorf("sent %q", o.bodies())
			}
		})
	}
}

func TestChangedAndDeletedMessages(t *testing.T) {
	for _, c := range []struct {
		name  string
		text  string // "" deletes it
		leave bool   // the first version leaves before
		sent  string
		says  string
	}{
		{name: "before it left", text: "Come at nine.", sent: "Come at nine."},
		{
			name: "deleted before it left",
			says: "mark M1 refused It was deleted before it left.",
		},
		{
			name: "after it left", text: "Come at nine.", leave: true, sent: "Come at ten.",
			says: "note c U1 changed this after it was sent: the patient has the first version.",
		},
		{
			name: "deleted after it left", leave: true, sent: "Come at ten.",
			says: "note c U1 deleted a message that was sent: the patient has it.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.wrote(t, "M1", "U1", "Come at ten.")
			if c.leave {
				o.leaves(t)
			}
			r := handlers.Revision{
				ID: "R1", Message: "M1", Thread: "T-c", User: "U1", Text: c.text, Gone: c.text == "",
			}
			for range 2 { // Slack tells of it again
				if err := o.Revise(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			if got := o.bodies(); !c.leave && got != c.sent {
				t.Errorf("to be sent is %q, want %q", got, c.sent)
			}
			if !strings.Contains(o.posts(), c.says) {
				t.Errorf("the desk is told %s, want %q", o.posts(), c.says)
			}
			if !c.leave {
				return
			}
			form := o.clicks(t, "P1", "U1", "Send a correction").Form
			if form == nil || form.Fields[0].Value != c.text {
				t.Fatalf("asked %+v", form)
			}
			submit := handlers.Submission{
				ID: "S1", User: "U1", FromDesk: true, Do: form.Do,
				Values: map[string]string{"text": "Come at nine, sorry."},
			}
			for range 2 {
				if _, wrong, err := o.Submit(t.Context(), submit); err != nil || len(wrong) > 0 {
					t.Fatal(wrong, err)
				}
			}
			if !strings.HasSuffix(o.bodies(), "|Come at nine, sorry.") ||
				strings.Count(o.bodies(), "sorry") != 1 {
				t.Errorf("sent %q", o.bodies())
			}
		})
	}
}

// leaves has the row that waits leave.
func (o *office) leaves(t *testing.T) {
	t.Helper()
	all, err := o.store.Claim(t.Context(), o.clock.Now(), 1, gate.Pace{}, time.Minute)
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v %v", all, err)
	}
	row := all[0].Outgoing
	row.State, row.At, row.Tries = handlers.Sent, o.clock.Now(), 1
	if ok, err := o.store.Settle(t.Context(), row); !ok || err != nil {
		t.Fatal(ok, err)
	}
}

// A message that stays inside can be changed as well: the button sends it as it stands.
func TestChangedNoteStaysInside(t *testing.T) {
	o := newOffice(t)
	o.wrote(t, "M1", "U1", "// call her")
	if err := o.Revise(t.Context(), handlers.Revision{
		ID: "R1", Message: "M1", Thread: "T-c", User: "U1", Text: "// call her at ten",
	}); err != nil {
		t.Fatal(err)
	}
	o.clicks(t, "P1", "U1", "Send it to the patient")
	if o.bodies() != "call her at ten" {
		t.Errorf("sent %q", o.bodies())
	}
}

func TestTranscript(t *testing.T) {
	o := newOffice(t)
	o.store.Put(o.patient, handlers.Effects{Said: []handlers.Said{
		{ID: "t1", At: o.clock.Now(), From: handlers.FromPatient, Text: "where do I park?"},
		{
			ID: "t1", At: o.clock.Now(), From: handlers.FromBot, Kind: "answer", Entry: "car_park",
			Text: "In the yard.",
		},
	}})
	o.clock.Add(time.Minute)
	o.wrote(t, "M1", "U1", "By the gate.")
	o.leaves(t)
	out, err := o.Command(t.Context(), handlers.Command{
		ID: "C1", User: "U1", FromDesk: true, Text: "transcript 0101",
	})
	if err != nil || out.File == nil {
		t.Fatalf("%+v %v", out, err)
	}
	words := out.Text(true, o.Base.Clinic.Location())
	for _, want := range []string{
		"2026-12-01 10:00  Patient: where do I park?",
		"2026-12-01 10:00  Beacon (car park): In the yard.",
		"2026-12-01 10:01  U1: By the gate. [sent 2026-12-01 10:01]",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("want %q in\n%s", want, words)
		}
	}
	hidden := out.Text(false, o.Base.Clinic.Location())
	for _, word := range []string{"park?", "yard", "gate", o.patient.E164()} {
		if strings.Contains(hidden, word) {
			t.Errorf("%q is shown where words aren't:\n%s", word, hidden)
		}
	}
	if acts := o.store.Acts(); acts[len(acts)-1].Do != "command transcript" {
		t.Errorf("written down: %+v", acts)
	}
	none, err := o.Command(t.Context(), handlers.Command{
		ID: "C2", User: "U1", FromDesk: true, Text: "transcript 212-555-0199",
	})
	if err != nil || none.File != nil || none.Empty() {
		t.Errorf("%+v %v", none, err)
	}
}

// What /clinic say texts stands in the thread, in its own words.
func TestSayShowsItsWords(t *testing.T) {
	o := newOffice(t)
	if _, err := o.Command(t.Context(), handlers.Command{
		ID: "C1", User: "U1", FromDesk: true, Text: "say 212-555-0101 Bring *ID*",
	}); err != nil {
		t.Fatal(err)
	}
	n := strings.Count(o.posts(), "note c ")
	if !strings.Contains(o.posts(), "note c U1 texted the patient: ") || n != 1 {
		t.Errorf("the thread says %s", o.posts())
	}
}
