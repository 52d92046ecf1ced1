//go:build !live

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/bot/console"
)

// screen shows what happens in a chat's sandbox, as lines with who and when. It is safe for
// concurrent use.
type screen struct {
	write func(lines string)
	width func() int // of a line, in cells; 0: lines aren't cut
	color bool
	typed bool // what patients text stands on the screen already, where it was typed
	zone  *time.Location
	named func() map[string]string // who the phones are, by their last four digits

	came  sync.Mutex // guards what follows
	waits []happened // what isn't shown yet, in its order
	turns string     // how far the clock's turn is; "" if none goes on

	mu    sync.Mutex // guards what follows
	day   string     // of the last line
	names map[string]string
	texts map[string]heard // by their ids, as they were shown
	cards map[string]shownCard
}

// happened is an event of the sandbox, and when it was by its clock.
type happened struct {
	name, data string
	at         time.Time
}

// note takes an event, to be shown later; how far a turn of the clock is stands in the prompt.
func (s *screen) note(name, data string, at time.Time) {
	s.came.Lock()
	defer s.came.Unlock()
	switch name {
	case "message", "card":
		s.waits = append(s.waits, happened{name, data, at})
	case "turning":
		s.turns = s.far(data)
	case "clock":
		s.turns = ""
	}
}

// far says how far a turn of the clock is.
func (s *screen) far(data string) string {
	var t struct {
		Now  time.Time
		Sent int
	}
	_ = json.Unmarshal([]byte(data), &t) // can't fail: the sandbox writes it
	return fmt.Sprintf("%s, %d sent; Ctrl-C stops", t.Now.In(s.zone).Format("Mon Jan 2 15:04"), t.Sent)
}

// take returns the events that aren't shown yet. Texts that leave in one minute are in the order of
// their phones: where several are due at once, it is chance which leaves first.
func (s *screen) take() []happened {
	s.came.Lock()
	defer s.came.Unlock()
	out := s.waits
	s.waits = nil
	for from := 0; from < len(out); {
		to := from + 1
		minute := out[from].at.Truncate(time.Minute)
		for to < len(out) && out[to].name == out[from].name &&
			out[to].at.Truncate(time.Minute).Equal(minute) {
			to++
		}
		if out[from].name == "message" {
			slices.SortStableFunc(out[from:to], func(a, b happened) int {
				return strings.Compare(a.phone(), b.phone())
			})
		}
		from = to
	}
	return out
}

// phone returns whose a text is.
func (e happened) phone() string {
	var in struct{ Phone string }
	_ = json.Unmarshal([]byte(e.data), &in) // can't fail: the sandbox writes it
	return in.Phone
}

// show shows what has happened since the last time, and reports whether anything has that is seen.
// quiet only learns what is there, so that later changes can be told.
func (s *screen) show(quiet bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.take()
	if len(all) > 0 {
		maps.Copy(s.names, s.named()) // whose last visit is long past is still known
	}
	var b strings.Builder
	for _, e := range all {
		switch e.name {
		case "message":
			s.message(&b, e)
		case "card":
			s.card(&b, e)
		}
	}
	if b.Len() > 0 && !quiet {
		s.write(b.String())
	}
	if quiet {
		s.day = ""
	}
	return b.Len() > 0
}

// say shows a line that isn't an event.
func (s *screen) say(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, line := range console.Wrap(console.Clean(fmt.Sprintf(format, args...)), s.width()) {
		b.WriteString(line + "\n")
	}
	s.write(b.String())
}

// The colors of who does something; all of it can be read without.
const (
	byPatient = "1"
	byBot     = "36"
	byStaff   = "32"
	atDesk    = "33"
	soon      = "1;33"
	urgently  = "1;31"
)

// stars are the marks of bold words, as Slack has them.
var stars = regexp.MustCompile(`(^|[\s•])\*([^*\n]+)\*`)

// line adds what somebody did at a time: who stands out, and what follows is cut to the screen.
func (s *screen) line(b *strings.Builder, at time.Time, color, who, text string) {
	at = at.In(s.zone)
	if day := at.Format("Monday, January 2, 2006"); day != s.day {
		s.day = day
		fmt.Fprintf(b, "--- %s\n", day)
	}
	indent, cells := "      ", s.width()
	if cells > 0 {
		cells = max(cells-len(indent), 16)
	}
	lines := console.Wrap(console.Clean(who+": "+stars.ReplaceAllString(text, "$1$2")), cells)
	if s.color {
		head := min(len(who)+1, len(lines[0]))
		lines[0] = "\x1b[" + color + "m" + lines[0][:head] + "\x1b[0m" + lines[0][head:]
	}
	out := at.Format("15:04") + " " + strings.Join(lines, "\n"+indent)
	out = strings.ReplaceAll(out, "\n"+indent+"\n", "\n\n")
	b.WriteString(strings.ReplaceAll(out, stays, " ") + "\n")
}

// stays is a space at which no line ends.
const stays = "\u00a0"

// who names a phone, by its last four digits: "Ada 0101".
func (s *screen) who(last4 string) string {
	var first []string
	for name := range strings.SplitSeq(s.names[last4], ",") {
		if f := strings.Fields(name); len(f) > 0 && !strings.HasPrefix(name, "On-call") {
			first = append(first, f[0])
		} else if len(f) > 0 {
			first = append(first, name)
		}
	}
	return strings.TrimSpace(strings.Join(first, " and ") + " " + last4)
}

// message shows a text, or what has become of one.
func (s *screen) message(b *strings.Builder, e happened) {
	var in struct {
		Phone   string
		Message heard
	}
	if json.Unmarshal([]byte(e.data), &in) != nil || len(in.Phone) < 4 {
		return // can't happen: the sandbox writes it
	}
	m, whom := in.Message, s.who(in.Phone[len(in.Phone)-4:])
	was, known := s.texts[m.ID]
	s.texts[m.ID] = m
	switch {
	case known && m.Status == was.Status:
	case known && m.Why != "":
		s.line(b, e.at, atDesk, "Not delivered to "+whom, m.Why)
	case known && was.Rings:
		s.line(b, e.at, atDesk, "The call to "+whom, m.Status)
	case known:
	case m.Direction == "in" && s.typed:
	case m.Rings:
		last4 := in.Phone[len(in.Phone)-4:]
		s.line(b, e.at, byBot, "Beacon rings "+whom, m.Body+
			fmt.Sprintf("\n(/key %s 1 picks up and presses 1; /key %[1]s lets it ring)", last4))
	default:
		color, who := m.from(whom)
		s.line(b, e.at, color, who, m.Body)
	}
}

// from says who texted or called whom, and how that stands out.
func (m heard) from(whom string) (color, who string) {
	switch {
	case m.Direction == "in":
		return byPatient, whom
	case m.By != "":
		return byStaff, m.By + " to " + whom
	case m.Voice:
		return byBot, "Beacon calls " + whom
	}
	return byBot, "Beacon to " + whom
}

// past shows what a phone has had.
func (s *screen) past(last4 string, all []heard) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, m := range all {
		color, who := m.from(s.who(last4))
		s.line(&b, m.At, color, who, m.Body)
	}
	s.write(b.String())
}

// answer shows what somebody at the desk was answered.
func (s *screen) answer(at time.Time, who, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	s.line(&b, at, byStaff, who+" sees", text)
	s.write(b.String())
}

// turned says how far the turn of the clock is; "" if none goes on.
func (s *screen) turned() string {
	s.came.Lock()
	defer s.came.Unlock()
	return s.turns
}

// person names a phone.
func (s *screen) person(last4 string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return console.Clean(s.who(last4))
}

// known returns who has which phone.
func (s *screen) known() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.names)
}
