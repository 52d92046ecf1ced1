package visits_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
)

// doubted returns what is in doubt of visits as of now: "v: why".
func doubted(t *testing.T, b *books, all ...handlers.Visit) string {
	t.Helper()
	found, err := b.Doubt(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range found {
		out = append(out, all[d.At].ID+": "+d.What)
		if !slices.Contains(all[d.At].Doubts, d.What) {
			t.Errorf("%s isn't noted in the visit", d.What)
		}
	}
	return strings.Join(out, ", ")
}

// What can hardly be right of a visit of Tuesday, Oct 20, 2026 at 14:00.
func TestDoubtOfOneVisit(t *testing.T) {
	at := func(s string) func(*handlers.Visit) {
		return func(v *handlers.Visit) { v.Start = handlerstest.At(t, s) }
	}
	called := func(s string) func(*handlers.Visit) {
		return func(v *handlers.Visit) { v.Name = s }
	}
	number := func(s string) func(*handlers.Visit) {
		return func(v *handlers.Visit) {
			p, err := handlers.NewPhone(s)
			if err != nil {
				t.Fatal(err)
			}
			v.Phone = p
		}
	}
	for _, c := range []struct {
		name   string
		change func(*handlers.Visit)
		want   string
	}{
		{name: "an ordinary one"},
		{name: "the opening minute", change: at("2026-10-20 09:00")},
		{name: "midnight", change: at("2026-10-20 00:00"), want: "at midnight"},
		{name: "at night", change: at("2026-10-20 02:30"), want: "isn't open at that hour"},
		{name: "the closing minute", change: at("2026-10-20 18:00"), want: "at that hour"},
		{name: "a Saturday", change: at("2026-10-24 14:00"), want: "is closed that day"},
		{name: "a holiday", change: at("2026-11-26 14:00"), want: "a holiday"},
		{name: "far ahead", change: at("2028-10-17 14:00"), want: "more than a year ahead"},
		{name: "in the past", change: at("2026-10-04 02:30")},
		{name: "one that is off", change: func(v *handlers.Visit) {
			v.State, v.Start = handlers.Cancelled, handlerstest.At(t, "2026-10-24 14:00")
		}},
		{name: "kept before its day", change: func(v *handlers.Visit) {
			v.State = handlers.Arrived
		}, want: "before its day"},
		{name: "missed before its day", change: func(v *handlers.Visit) {
			v.State = handlers.Missed
		}, want: "before its day"},
		{name: "kept this morning", change: func(v *handlers.Visit) {
			v.State, v.Start = handlers.Arrived, handlerstest.At(t, "2026-10-05 16:00")
		}},
		{name: "the clinic's number", change: number("+12125550100"), want: "clinic's own"},
		{name: "the urgent line", change: number("+12125550111"), want: "clinic's own"},
		{name: "the on-call phone", change: number("+12125550112"), want: "clinic's own"},
		{name: "free to call", change: number("+18885550101"), want: "hardly be a patient's"},
		{name: "a directory", change: number("+12125551212"), want: "hardly be a patient's"},
		{name: "one digit", change: number("+12122222222"), want: "hardly be a patient's"},
		{name: "from abroad", change: number("+442079460018")},
		{name: "a formula", change: called(`=HYPERLINK("https://x.example","Ana")`), want: "a formula"},
		{name: "a link", change: called("Ana www.x.example"), want: "a link"},
		{name: "a bare address", change: called("Ana evil.com"), want: "a link"},
		{name: "mail", change: called("ana@patient.example"), want: "a link"},
		{name: "an order", change: called("DO NOT CALL - Ana Example"), want: "a note to staff"},
		{name: "another", change: called("Ana (call mom first) Example"), want: "a note"},
		{name: "who is dead", change: called("Ana Example DECEASED"), want: "a note"},
		{name: "nobody", change: called("Patient, New"), want: ""},
		{name: "a test", change: called("TEST, PATIENT"), want: "nobody's"},
		{name: "a block", change: called("Blocked"), want: "nobody's"},
		{name: "a number", change: called("Ana 2125550101"), want: "a number"},
	} {
		b, v := newBooks(t, "2026-10-05 10:00"), visit(t, "2026-10-20 14:00")
		if c.change != nil {
			c.change(&v)
		}
		got := doubted(t, b, v)
		if c.want == "" && got != "" || !strings.Contains(got, c.want) || strings.Contains(got, ", ") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// What a person has agreed to is in no doubt when the same file comes again, whether reading it or
// looking at it had raised the doubt.
func TestNoDoubtOfWhatIsAgreed(t *testing.T) {
	const raised = "its status isn't one that is known here"
	b := newBooks(t, "2026-10-05 10:00")
	given := func() []handlers.Visit {
		v := visit(t, "2026-10-20 14:00")
		v.State, v.Doubts = handlers.Arrived, []string{raised}
		return []handlers.Visit{v}
	}
	for i, want := range []visits.Outcome{visits.Imported, visits.Unchanged, visits.Unchanged} {
		all := given()
		doubted(t, b, all...)
		if held := all[0].Held(); held != (i < 2) || all[0].State != handlers.Booked {
			t.Errorf("time %d: %+v", i+1, all[0])
		}
		if n, err := b.Import(t.Context(), all, quiet); err != nil || n[want] != 1 {
			t.Errorf("time %d: %v %v", i+1, n, err)
		}
		if i == 1 {
			if ok, err := b.Agree(t.Context(), "press", all[0]); !ok || err != nil {
				t.Fatal(ok, err)
			}
		}
	}
}

// Names that people have, however they are written, are in no doubt.
func TestNoDoubtOfNames(t *testing.T) {
	for _, name := range []string{
		"Ana Example", "Doe, Pat", "O'Brien, Mary Ann", "de la Cruz, José", "Mr. Pat Doe", "Cher",
		"SMITH JR., JOHN III", "Nguyễn Văn An", "Pat (Patty) Doe", "Jean-Luc", "Comer, Netta",
		"Block, Ada", "Test, Ada", "Ada Patient", "Noshowsky", "李小龍", "X Æ",
		"Donte Hold", "Ada Selectman",
	} {
		v := visit(t, "2026-10-20 14:00")
		v.Name = name
		if got := doubted(t, newBooks(t, "2026-10-05 10:00"), v); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// with returns a visit of its own id.
func with(t *testing.T, id, start, kind, name, last4 string) handlers.Visit {
	v := visit(t, start)
	v.ID, v.Type, v.Name, v.Phone = id, kind, name, handlerstest.Phone(t, last4)
	return v
}

func TestDoubtOfWhatIsThereTwice(t *testing.T) {
	const noon = "2026-10-20 12:00"
	one := with(t, "one", noon, "consult", "Ana Example", "0101")
	for _, c := range []struct {
		name  string
		other handlers.Visit
		want  string // "" for none of either
	}{
		{
			name: "the same under another id", other: with(t, "b", noon, "consult", "Example, Ana", "0101"),
			want: "two visits at that time",
		},
		{
			name: "of another type", other: with(t, "b", noon, "integration", "Ana Example", "0101"),
			want: "two visits at that time",
		},
		{
			name:  "later that day",
			other: with(t, "b", "2026-10-20 15:00", "consult", "Ana Example", "0101"),
			want:  "two visits that day",
		},
		{
			name: "before it ends", other: with(t, "b", "2026-10-20 12:50", "spravato", "Ana", "0101"),
			want: "two visits that day",
		},
		{
			name:  "another after it",
			other: with(t, "b", "2026-10-20 13:00", "spravato", "Ana Example", "0101"),
		},
		{name: "another day", other: with(t, "b", "2026-10-21 12:00", "consult", "Ana Example", "0101")},
		{name: "a child at the same time", other: with(t, "b", noon, "consult", "Ben Example", "0101")},
		{name: "who has the same name", other: with(t, "b", noon, "consult", "Ana Example", "0102")},
	} {
		got := doubted(t, newBooks(t, "2026-10-05 10:00"), one, c.other)
		n := 0
		if c.want != "" {
			n = 2
		}
		if strings.Count(got, c.want) < n || n == 0 && got != "" {
			t.Errorf("%s: %q, want %q of both", c.name, got, c.want)
		}
		// If one of the two is booked already, the other is in doubt, and it stays as it is.
		b := newBooks(t, "2026-10-05 10:00")
		b.book(t, one, visits.Imported)
		got = doubted(t, b, c.other)
		if again := doubted(t, b, one, c.other); again != got || (got == "") != (n == 0) {
			t.Errorf("%s, one booked: %q, with it %q", c.name, got, again)
		}
	}
}

func TestDoubtOfANumberOfMany(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	var all []handlers.Visit
	for i := range 5 {
		start := fmt.Sprintf("2026-10-20 1%d:00", i)
		all = append(all, with(t, fmt.Sprint(i), start, "consult", string(rune('A'+i))+"na", "0101"))
	}
	if got := doubted(t, b, slices.Clone(all[:4])...); got != "" {
		t.Errorf("a family: %s", got)
	}
	if got := doubted(t, b, all...); strings.Count(got, "that of 5 patients") != 5 {
		t.Error(got)
	}
}

// A card asks once about what is in doubt, and names rows, not patients.
func TestAsk(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	all := []handlers.Visit{
		visit(t, "2026-10-20 14:00"), with(t, "w", "2026-10-24 14:00", "consult", "Ben", "0102"),
	}
	lines := []int{2, 3}
	bring := func() int {
		t.Helper()
		if _, err := b.Doubt(t.Context(), all); err != nil {
			t.Fatal(err)
		}
		n, err := b.Ask(t.Context(), "a file", all, lines)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Import(t.Context(), all, func(int, int) {}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := bring(); n != 1 {
		t.Errorf("asked about %d", n)
	}
	open := b.store.Open(handlers.Phone{})
	if len(open) != 1 || !strings.Contains(open[0].Title, "row 3 (…0102, Sat Oct 24 at 2:00 PM): "+
		"the clinic is closed that day") || strings.Contains(open[0].Title, "Ben") ||
		len(open[0].Doubtful) != 1 {
		t.Fatalf("%+v", open)
	}
	if n := bring(); n != 0 || len(b.store.Open(handlers.Phone{})) != 1 {
		t.Errorf("the same file again asks about %d", n)
	}
	all[1].Start = all[1].Start.Add(7 * 24 * time.Hour)
	if n := bring(); n != 1 {
		t.Errorf("another Saturday: asked about %d", n)
	}
	if ok, err := b.Agree(t.Context(), "press", handlers.Visit{
		ID: "w", Start: open[0].Doubtful[0].Start,
	}); ok || err != nil {
		t.Errorf("agreed to another time than was asked about: %v %v", ok, err)
	}
}
