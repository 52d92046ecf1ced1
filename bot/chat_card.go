//go:build !live

package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// shownCard is a card as it was shown last, with its buttons in their order.
type shownCard struct {
	deskCard
	buttons []cardButton
}

// cardButton is a button of a card, or of a line in its thread.
type cardButton struct{ text, do string }

// card shows a card that is new, or what has changed of one.
func (s *screen) card(b *strings.Builder, e happened) {
	var c deskCard
	if json.Unmarshal([]byte(e.data), &c) != nil {
		return // can't happen: the sandbox writes it
	}
	was, known := s.cards[c.Thread]
	now := shownCard{c, c.buttons()}
	s.cards[c.Thread] = now
	color, who := s.place(c)
	if !known || was.Channel != c.Channel {
		s.line(b, e.at, color, who, now.whole())
	} else {
		before := strings.Split(was.Text, "\n")
		for line := range strings.SplitSeq(c.Text, "\n") {
			if !slices.Contains(before, line) {
				s.line(b, e.at, color, who, line)
			}
		}
	}
	s.thread(b, e.at, was.Replies, c)
	switch {
	case known && was.Open && !c.Open:
		s.line(b, e.at, color, who, "closed")
	case known && !was.Open && c.Open:
		s.line(b, e.at, color, who, "open again")
	case known && c.TakenBy != "" && was.TakenBy != c.TakenBy:
		s.line(b, e.at, color, who, c.TakenBy+" has this")
	}
	if known && c.Open && !slices.Equal(was.buttons, now.buttons) && len(now.buttons) > 0 {
		s.line(b, e.at, color, who, now.offered())
	}
}

// place says where a card is, and how it is to stand out.
func (s *screen) place(c deskCard) (color, who string) {
	color, who = atDesk, "Desk"
	if c.Channel == handlers.UrgentChannel {
		color, who = urgently, "!! URGENT"
		for _, a := range c.Actions {
			if a.ID == "read" { // a concern, no alarm yet
				color, who = soon, "! Please read"
			}
		}
	}
	who += ", card " + c.number()
	if len(c.Phone) > 4 {
		who += " of " + s.who(c.Phone[len(c.Phone)-4:])
	}
	return color, who
}

// thread shows what is new in a card's thread, and what has become of what staff wrote there. What
// has reached a patient's phone is seen there.
func (s *screen) thread(b *strings.Builder, at time.Time, before []deskLine, c deskCard) {
	color, who := s.place(c)
	left := slices.Clone(before)
	for _, l := range c.Replies {
		i := slices.IndexFunc(left, func(o deskLine) bool {
			return o.ID == l.ID && (l.ID != "" || o.From == l.From && o.Text == l.Text)
		})
		if i >= 0 {
			o := left[i]
			left = slices.Delete(left, i, i+1)
			if o.Text == l.Text && o.State == l.State {
				continue
			}
		}
		said := l.Text
		if l.State != "" {
			said += " (" + l.state() + ")"
		}
		switch l.State {
		case handlers.Sent, handlers.Delivered, "pending":
			if !l.Edited {
				continue
			}
		}
		s.line(b, at, color, who, l.by()+said)
	}
}

// by says who wrote a line.
func (l deskLine) by() string {
	switch l.From {
	case "":
		return ""
	case "bot":
		return "Beacon: "
	}
	return l.From + ": "
}

// state says what has become of a line that staff wrote.
func (l deskLine) state() string {
	out := l.State
	if l.Edited {
		out = "changed, " + out
	}
	if l.Why != "" {
		out += ": " + l.Why
	}
	return out
}

// number is what a card is called in a chat: its thread's.
func (c deskCard) number() string { return strings.TrimPrefix(c.Thread, "T") }

// buttons returns the buttons of a card, then those of the lines in its thread.
func (c deskCard) buttons() (out []cardButton) {
	for _, a := range c.Actions {
		out = append(out, cardButton{a.Text, a.ID})
	}
	for _, l := range c.Replies {
		for _, b := range l.Blocks {
			for _, e := range b.Elements {
				if text, ok := e.Text.(map[string]any); ok && e.Value != "" {
					out = append(out, cardButton{fmt.Sprint(text["text"]), e.Value})
				}
			}
		}
	}
	return out
}

// offered returns a card's buttons with the numbers by which they are pressed.
func (c shownCard) offered() string {
	var out []string
	for i, b := range c.buttons {
		out = append(out, button(fmt.Sprintf("%s.%d", c.number(), i+1), b.text))
	}
	return strings.Join(out, " ")
}

// button returns a button with its number, which isn't cut where a line ends.
func button(number, text string) string {
	return strings.ReplaceAll("["+number+" "+text+"]", " ", stays)
}

// whole returns what stands on a card, with its buttons.
func (c shownCard) whole() string {
	if len(c.buttons) == 0 || !c.Open {
		return c.Text
	}
	return c.Text + "\n" + c.offered()
}

// whole shows a card with its thread.
func (s *screen) whole(c deskCard) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := shownCard{c, c.buttons()}
	s.cards[c.Thread] = now
	var b strings.Builder
	color, who := s.place(c)
	text := now.Text
	for _, l := range c.Replies {
		text += "\n" + l.by() + l.Text
		if l.State != "" {
			text += " (" + l.state() + ")"
		}
	}
	if len(now.buttons) > 0 && c.Open {
		text += "\n" + now.offered()
	}
	s.line(&b, c.At, color, who, text)
	s.write(b.String())
}

// pressable returns a card's buttons as they were shown last.
func (s *screen) pressable(thread string) []cardButton {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cards[thread].buttons
}

// numbers returns the numbers of the open cards.
func (s *screen) numbers() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.cards {
		if c.Open {
			out = append(out, c.number())
		}
	}
	slices.Sort(out)
	return out
}

// presses returns the numbers of the open cards' buttons.
func (s *screen) presses() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.cards {
		for i := range c.buttons {
			if c.Open {
				out = append(out, fmt.Sprintf("%s.%d", c.number(), i+1))
			}
		}
	}
	slices.Sort(out)
	return out
}
