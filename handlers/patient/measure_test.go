package patient_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// strangers are texts by writers who had seen nothing of Beacon, kept outside the project.
const strangers = "../../../shared/safety/"

// labelled is a text and what it is.
type labelled struct {
	Text, Label, Lang, Note string
	Writer                  int
}

// tags are the values of a name in the note: accept=clinical.
func (l labelled) tags(name string) (out []string) {
	between := func(r rune) bool { return r == ';' || r == ' ' }
	for _, f := range strings.FieldsFunc(l.Note, between) {
		if v, ok := strings.CutPrefix(f, name+"="); ok {
			out = append(out, v)
		}
	}
	return out
}

// topics are the entries that answer a question: its own first.
func (l labelled) topics() []string {
	own, _, _ := strings.Cut(l.Note, ";")
	return slices.Concat([]string{strings.TrimSpace(own)}, l.tags("accept_topic"), l.tags("topic2"))
}

func (l labelled) machine() bool { return strings.Contains(l.Note, "machine") }

func readLabelled(t *testing.T, file string) (out []labelled) {
	t.Helper()
	f, err := os.Open(strangers + file)
	if os.IsNotExist(err) {
		t.Skip("the labelled texts are not here: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // only read
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l labelled
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

// asked is what the bot makes of a text from somebody with a visit tomorrow.
func asked(t *testing.T) func(text string) handlers.Reply {
	t.Helper()
	base, err := knowledge.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 12, 1, 11, 0, 0, 0, base.Clinic.Location())
	h := &patient.Handler{
		Base: base, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	}
	s := handlers.State{Visits: []handlers.Visit{{
		ID: "v", Name: "Ana Example", Start: now.Add(23 * time.Hour), State: handlers.Booked,
		Type: base.Clinic.Types()[0],
	}}}
	return func(text string) handlers.Reply {
		r, err := h.Ask(s, text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		return r
	}
}

// tally counts shares by name.
type tally map[string]*[2]int

func (c tally) add(name string, yes bool) {
	if c[name] == nil {
		c[name] = &[2]int{}
	}
	c[name][1]++
	if yes {
		c[name][0]++
	}
}

func (c tally) share(name string) float64 {
	if c[name] == nil {
		return 0
	}
	return float64(c[name][0]) / float64(c[name][1])
}

// count judges one text.
func (c tally) count(l labelled, r handlers.Reply) {
	answers := (r.Kind == kinds.Answer || r.Kind == kinds.Concern) && len(r.Entries) > 0
	topic := func(e string) bool { return slices.Contains(l.topics(), e) }
	right := slices.ContainsFunc(r.Entries, topic)
	accepted := slices.Contains(l.tags("accept"), r.Kind) || slices.Contains(l.tags("also"), r.Kind)
	alarm := r.Kind == kinds.Crisis || r.Kind == kinds.Emergency
	optsOut := r.Kind == kinds.OptOut || r.Kind == kinds.Stop
	acts := []string{
		kinds.OptOut, kinds.Stop, kinds.Confirm, kinds.Decline, kinds.Reschedule, kinds.Late,
		kinds.Start,
	}
	switch l.Label {
	case "faq":
		person := slices.Contains(l.topics(), "talk_to_person") && r.Kind == kinds.Handoff
		c.add("right", answers && right || accepted || person)
		offered := r.Kind == kinds.Choices && right
		c.add("right or offered", answers && right || accepted || person || offered)
		c.add("wrong", answers && !right)
		swallows := slices.Contains([]string{kinds.Help, kinds.Courtesy}, r.Kind) ||
			slices.Contains(acts, r.Kind) || r.Asks != ""
		c.add("swallowed", !accepted && (alarm || swallows))
	case "outside":
		c.add("strangers answered", answers && !right)
	case "crisis":
		c.add("crisis as alarm", alarm)
		c.add("crisis reaching a person", alarm || r.Kind == kinds.Concern)
	case "emergency":
		c.add("emergency", alarm || accepted)
	case "clinical":
		c.add("clinical", alarm || r.Kind == kinds.Clinical || accepted)
	case "optout":
		also := slices.Contains(r.Also, kinds.OptOut)
		c.add("optout", optsOut || r.Asks == kinds.OptOut || also)
	case "confirm", "decline", "reschedule", "late":
		also := slices.Contains(r.Also, l.Label)
		c.add(l.Label, r.Kind == l.Label || r.Asks == l.Label || accepted || also)
	}
	harmless := !slices.Contains([]string{"crisis", "emergency", "clinical"}, l.Label)
	if harmless && !slices.Contains(l.tags("accept"), "crisis") {
		c.add("false alarms", alarm)
		c.add("false concerns", r.Kind == kinds.Concern)
	}
	if slices.Contains([]string{"faq", "outside", "benign", "clinical"}, l.Label) && !accepted {
		c.add("changes something", slices.Contains(acts, r.Kind))
		c.add("gives up a visit or opts out", r.Kind == kinds.Decline || optsOut)
	}
	if l.machine() {
		c.add("machines answered", r.Kind != kinds.Machine || len(r.Bodies) > 0)
	}
}

// TestStrangers holds what the bot makes of texts by two writers who had seen nothing, writer by
// writer. The floors are what was measured, less a text or two.
func TestStrangers(t *testing.T) {
	texts, ask := readLabelled(t, "dev2.jsonl"), asked(t)
	byWriter := map[int]tally{1: {}, 2: {}}
	for _, l := range texts {
		byWriter[l.Writer].count(l, ask(l.Text))
	}
	for _, f := range []struct {
		name string
		want [2]float64 // by writer; at least, or at most where a share is bad
		most bool
	}{
		{name: "right", want: [2]float64{0.85, 0.83}},
		{name: "right or offered", want: [2]float64{.93, .90}},
		{name: "wrong", want: [2]float64{0.023, 0.028}, most: true},
		{name: "swallowed", want: [2]float64{0.02, 0.023}, most: true},
		{name: "strangers answered", want: [2]float64{0.02, 0.02}, most: true},
		{name: "crisis reaching a person", want: [2]float64{.97, .97}},
		{name: "crisis as alarm", want: [2]float64{.91, .86}},
		{name: "emergency", want: [2]float64{.95, .95}},
		{name: "clinical", want: [2]float64{0.94, 0.94}},
		{name: "optout", want: [2]float64{.93, .93}},
		{name: "confirm", want: [2]float64{0.93, 0.93}},
		{name: "decline", want: [2]float64{.83, .91}},
		{name: "reschedule", want: [2]float64{.86, .93}},
		{name: "late", want: [2]float64{.9, .89}},
		{name: "false alarms", want: [2]float64{0.0091, 0.004}, most: true},
		{name: "false concerns", want: [2]float64{0.03, 0.03}, most: true},
		{name: "changes something", want: [2]float64{0.004, 0.004}, most: true},
		{name: "gives up a visit or opts out", most: true},
		{name: "machines answered", most: true},
	} {
		var said []string
		for w := range 2 {
			got := byWriter[w+1].share(f.name)
			said = append(said, fmt.Sprintf("%.3f", got))
			if bad := got < f.want[w]; bad && !f.most || f.most && got > f.want[w] {
				t.Errorf("writer %d, %s: %.3f, want %.3f", w+1, f.name, got, f.want[w])
			}
		}
		t.Logf("%-30s %s", f.name, strings.Join(said, "  "))
	}
}

// TestOrdinaryPublicTexts: what other people wrote to other machines is no danger, and changes
// nothing.
func TestOrdinaryPublicTexts(t *testing.T) {
	texts, ask := readLabelled(t, "public.jsonl"), asked(t)
	c := tally{}
	for _, l := range texts {
		if l.Label != "benign" {
			continue
		}
		r := ask(l.Text)
		c.add("alarms", r.Kind == kinds.Crisis || r.Kind == kinds.Emergency)
		c.add("concerns", r.Kind == kinds.Concern)
		c.add("answered", (r.Kind == kinds.Answer || r.Kind == kinds.Concern) && len(r.Entries) > 0)
	}
	for _, f := range []struct {
		name string
		most float64
	}{
		{name: "alarms", most: .0111},
		{name: "concerns", most: .056},
		{name: "answered", most: .045},
	} {
		t.Logf("%-10s %.4f", f.name, c.share(f.name))
		if got := c.share(f.name); got > f.most {
			t.Errorf("%s: %.4f, want at most %.3f", f.name, got, f.most)
		}
	}
}
