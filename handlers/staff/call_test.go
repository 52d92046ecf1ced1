package staff_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// told is give, for who expects no error.
func (o *office) told(t *testing.T, user, line string) string {
	t.Helper()
	told, err := o.give(t.Context(), user, line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return told
}

// rings returns the rows that ring somebody, as planned.
func (o *office) rings() (out []handlers.Outgoing) {
	for _, row := range o.store.Texts() {
		if row.Rings() {
			out = append(out, row)
		}
	}
	return out
}

// knows has the office know a nurse's phone.
func (o *office) knows(t *testing.T, user string) handlers.Phone {
	t.Helper()
	p := handlerstest.Phone(t, "0113")
	if err := o.store.SetOwnPhone(t.Context(), handlers.OwnPhone{User: user, Phone: p}); err != nil {
		t.Fatal(err)
	}
	return p
}

// A nurse presses Call: her phone rings, 1 connects her, and the thread tells of both. The row holds
// no number of the patient's but the end.
func TestCallConnects(t *testing.T) {
	o := newOffice(t)
	own := o.knows(t, "U1")
	told := o.told(t, "U1", desk.ActionCall)
	if want := "Your phone …0113 rings now: press 1 on it to be connected with …0101."; told != want {
		t.Errorf("told %q", told)
	}
	again := o.told(t, "U1", desk.ActionCall) // Slack repeats it
	rows := o.rings()
	if len(rows) != 1 || again != told {
		t.Fatalf("%d calls, told %q", len(rows), again)
	}
	row := rows[0]
	if row.To != own || row.User != "U1" || row.Case != "c" || !strings.Contains(row.Body, "0 1 0 1") ||
		strings.Contains(row.Body, o.patient.E164()) || row.Until.Sub(row.Due) != 2*time.Minute {
		t.Errorf("%+v", row)
	}
	for range 2 { // the carrier repeats it
		say, dial, err := o.CallKey(t.Context(), row.ID, "CA1", "1")
		if err != nil || say != "" || dial != o.patient {
			t.Fatalf("%q %v %v", say, dial, err)
		}
	}
	if note := "note c U1 is calling them: their own phone rings first."; o.posts() != note {
		t.Errorf("the thread has %q", o.posts())
	}
	var did []string
	for _, a := range o.store.Acts() {
		did = append(did, a.User+" "+a.Do+" "+a.Phone.String()+" "+a.About)
	}
	if got := strings.Join(did, "; "); got != "U1 command call …0101 c; U1 call connected …0101 c" {
		t.Errorf("written down %q", got)
	}
}

// What becomes of a call is told in the thread once, and to the nurse if she still listens.
func TestWhatBecomesOfACall(t *testing.T) {
	type end = handlers.CallEnd
	for _, c := range []struct {
		name string
		key  string
		ends []end
		note string
		said string // at the last
	}{
		{
			name: "talked", key: "1", note: "called them: somebody, or a voicemail, picked up, for 4 minutes.",
			ends: []end{
				{Patient: true, State: "completed", For: 4 * time.Minute},
				{Patient: true, State: "completed", For: 4 * time.Minute},
				{State: "completed"},
			},
		},
		{
			name: "nobody there", key: "1", note: "called them: nobody picked up.",
			ends: []end{{Patient: true, State: "no-answer"}}, said: "They could not be reached. Goodbye.",
		},
		{
			name: "busy", key: "1", note: "called them: the line was busy.",
			ends: []end{{Patient: true, State: "busy"}}, said: "They could not be reached. Goodbye.",
		},
		{
			name: "a wrong number", key: "1",
			note: "called them, but the call failed: is it the right number?",
			ends: []end{{Patient: true, State: "failed"}}, said: "They could not be reached. Goodbye.",
		},
		{
			name: "the nurse doesn't pick up", ends: []end{{State: "no-answer"}},
			note: "didn't pick up their own phone: the patient wasn't called.",
		},
		{
			name: "her voicemail does", key: "", ends: []end{{State: "completed"}},
			note: "picked up but didn't press 1: the patient wasn't called.",
		},
		{
			name: "another key", key: "2", ends: []end{{State: "completed"}},
			note: "picked up but didn't press 1: the patient wasn't called.",
		},
		{name: "her call's end comes first", key: "1", ends: []end{{State: "completed"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.knows(t, "U1")
			o.told(t, "U1", desk.ActionCall)
			row := o.rings()[0].ID
			_, dial, err := o.CallKey(t.Context(), row, "CA1", c.key)
			if err != nil || dial.IsZero() == (c.key == "1") {
				t.Fatalf("connected with %v, %v", dial, err)
			}
			said := ""
			for _, e := range c.ends {
				e.Row = row
				o.clock.Add(time.Second)
				if said, err = o.CallEnded(t.Context(), e); err != nil {
					t.Fatal(err)
				}
			}
			want := "note c U1 is calling them: their own phone rings first."
			if c.note != "" {
				want += "; note c U1 " + c.note
			}
			if o.posts() != want || said != c.said {
				t.Errorf("thread %q, said %q", o.posts(), said)
			}
		})
	}
}

// A key that comes once the call has ended, or for a call that nobody knows, connects nobody.
func TestAKeyThatConnectsNobody(t *testing.T) {
	o := newOffice(t)
	o.knows(t, "U1")
	o.told(t, "U1", desk.ActionCall)
	row := o.rings()[0].ID
	if _, err := o.CallEnded(t.Context(), handlers.CallEnd{Row: row, State: "completed"}); err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]string{"ended": row, "unknown": "call:x"} {
		say, dial, err := o.CallKey(t.Context(), id, "CA1", "1")
		if err != nil || !dial.IsZero() || !strings.Contains(say, "can't be connected") {
			t.Errorf("%s: %q %v %v", name, say, dial, err)
		}
	}
}

// Who can't be rung is told what to do, and a patient in danger is dialled by hand if need be.
func TestCallsThatArentMade(t *testing.T) {
	for _, c := range []struct {
		name   string
		line   string
		given  func(t *testing.T, o *office)
		told   []string
		button string
	}{
		{name: "no phone", line: "call 0101", told: []string{"Beacon doesn't know your phone", "/clinic me"}},
		{
			name: "no phone, danger", line: desk.ActionCall, button: "number {\"case\":\"c\"}",
			given: func(t *testing.T, o *office) { o.danger(t) },
			told:  []string{"Beacon doesn't know your phone"},
		},
		{
			name: "no number to call from", line: desk.ActionCall, told: []string{"TWILIO_FROM"},
			given: func(t *testing.T, o *office) {
				o.knows(t, "U1")
				o.NoCalls = "there is no number to call from (TWILIO_FROM)"
			},
		},
		{name: "nobody", line: "call ", told: []string{"Say which patient", "Usage"}},
		{name: "unknown", line: "call 9999", told: []string{"Nothing is known"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newListed(t)
			if c.given != nil {
				c.given(t, o)
			}
			p := handlers.Press{ID: "1", Thread: "T-c", Action: c.line, User: "U1"}
			out, err := o.Press(t.Context(), p)
			if c.line != desk.ActionCall {
				out, err = o.Command(t.Context(), handlers.Command{
					ID: "1", User: "U1", FromDesk: true, Text: c.line,
				})
			}
			if err != nil || len(o.rings()) > 0 {
				t.Errorf("%v, rings %v", err, o.rings())
			}
			told, button := out.Text(false, time.UTC), ""
			for _, part := range out.Parts {
				for _, b := range part.Buttons {
					button += b.Do
				}
			}
			for _, want := range c.told {
				if !strings.Contains(told, want) {
					t.Errorf("told %q, want %q", told, want)
				}
			}
			if button != c.button {
				t.Errorf("button %q", button)
			}
		})
	}
}

// A call by command is told on the patient's open card, an alarm first, or on a card of its own. An
// opt-out of texts forbids no call; a late hour is said.
func TestCallByCommand(t *testing.T) {
	o := newListed(t)
	o.knows(t, "U1")
	o.optOut()
	o.clock.Set(handlerstest.At(t, "2026-12-01 21:30"))
	told := o.told(t, "U1", "call 0101")
	if !strings.HasSuffix(told, "It is 9:30 PM where they are.") || o.rings()[0].Case != "c" {
		t.Errorf("told %q, case %q", told, o.rings()[0].Case)
	}
	one := o.state(t).Cases[0]
	one.Open = false
	o.store.Put(o.patient, handlers.Effects{Cases: []handlers.Case{one}})
	o.told(t, "U1", "call 212-555-0101")
	cases := o.state(t).Cases
	if len(cases) != 1 || cases[0].TakenBy != "U1" || cases[0].ID != o.rings()[1].Case {
		t.Errorf("%+v", cases)
	}
}

// A phone is theirs once they have pressed on it what Slack shows them. Nobody else's is: a
// stranger who is rung by mistake doesn't know the digits, and has one try.
func TestMe(t *testing.T) {
	digits := regexp.MustCompile(`\*(\d{4})\*`)
	for _, c := range []struct {
		name  string
		press func(code string) string
		after time.Duration
		known bool
	}{
		{name: "the digits", press: func(code string) string { return code }, known: true},
		{name: "none", press: func(string) string { return "" }},
		{name: "others", press: func(code string) string { return code[1:] + "x" }},
		{
			name: "too late", after: 5 * time.Minute,
			press: func(code string) string { return code },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			told := o.told(t, "U1", "me 212-555-0113")
			m := digits.FindStringSubmatch(told)
			rows := o.rings()
			if m == nil || len(rows) != 1 || rows[0].Keys != 4 || strings.Contains(rows[0].Body, m[1]) {
				t.Fatalf("told %q, %+v", told, rows)
			}
			if again := o.told(t, "U1", "me 212-555-0113"); again != told && !strings.Contains(again, "minute") {
				t.Errorf("again: %q", again)
			}
			o.clock.Add(c.after)
			for _, keys := range []string{c.press(m[1]), m[1]} { // a second try changes nothing
				if _, _, err := o.CallKey(t.Context(), rows[0].ID, "CA1", keys); err != nil {
					t.Fatal(err)
				}
			}
			told = o.told(t, "U1", "me")
			if strings.Contains(told, "…0113 rings first") != c.known {
				t.Errorf("then %q", told)
			}
			o.told(t, "U1", "me off")
			if told = o.told(t, "U1", "me "); !strings.Contains(told, "doesn't know") && c.known {
				t.Errorf("off: %q", told)
			}
		})
	}
}

// A number is shown to who asks where the clinic says so, and of a patient in danger; words where it
// says so. That they were is written down.
func TestReveal(t *testing.T) {
	const number, words = "+12125550101", "my ride fell through"
	for _, c := range []struct {
		name   string
		line   string
		given  func(t *testing.T, o *office)
		shown  bool
		hidden string // what stands in its place
	}{
		{name: "a number", line: desk.ActionNumber, hidden: "desk.reveal_numbers"},
		{name: "by command", line: "number 0101", hidden: "desk.reveal_numbers"},
		{
			name: "the clinic shows them", line: "number 0101", shown: true,
			given: func(_ *testing.T, o *office) { o.Base.Clinic.Desk.RevealNumbers = true },
		},
		{
			name: "danger", line: desk.ActionNumber, shown: true,
			given: func(t *testing.T, o *office) { o.danger(t) },
		},
		{name: "words", line: desk.ActionWords, hidden: "desk.reveal_words"},
		{
			name: "the clinic shows words", line: desk.ActionWords, shown: true,
			given: func(_ *testing.T, o *office) { o.Base.Clinic.Desk.RevealWords = true },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.Base = handlerstest.Words(t)
			one := o.state(t).Cases[0]
			one.Text = words
			o.store.Put(o.patient, handlers.Effects{Cases: []handlers.Case{one}})
			if c.given != nil {
				c.given(t, o)
			}
			told := o.told(t, "U1", c.line)
			shown := strings.Contains(told, number) || strings.Contains(told, words)
			if shown != c.shown || !strings.Contains(told, c.hidden) {
				t.Errorf("told %q", told)
			}
			if acts := o.store.Acts(); len(acts) != 1 || acts[0].User != "U1" {
				t.Errorf("%+v", acts)
			}
		})
	}
}

// The audit shows who did and saw what: of whom, by whom and on which day staff ask.
func TestAuditIsShown(t *testing.T) {
	const yesterdays = "2026-11-30 09:00  U1234567  command why  …0101"
	for line, want := range map[string]string{
		"audit": "2026-12-01 10:00  U7654321  command audit   -\n" +
			"2026-12-01 10:00  U7654321  command failed  -\n" +
			"2026-12-01 10:00  U7654321  command number  …0101\n" +
			"2026-11-30 09:00  U1234567  command why     …0101",
		"audit 0101 yesterday":   yesterdays,
		"audit @U1234567":        yesterdays,
		"audit <@U1234567|dana>": yesterdays,
		"audit 2026-11-30 0101":  yesterdays,
		"audit U1234567 today":   "Nothing was done or looked at then, as far as is written down.",
		"audit 0101 0102":        "I don't know what \"0102\" means.",
	} {
		o := newListed(t)
		o.clock.Set(handlerstest.At(t, "2026-11-30 09:00"))
		o.told(t, "U1234567", "why 0101")
		o.clock.Set(handlerstest.At(t, "2026-12-01 10:00"))
		o.told(t, "U7654321", desk.ActionNumber)
		o.told(t, "U7654321", "failed")
		got := o.told(t, "U7654321", line)
		if _, rows, ok := strings.Cut(got, "ABOUT\n"); ok {
			got = rows
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", line, got, want)
		}
	}
}
