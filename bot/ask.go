package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient"
)

type askCommand struct {
	Visit     bool     `help:"The writer has a visit tomorrow that awaits an answer."`
	JSON      bool     `name:"json" help:"A line of JSON a text."`
	Knowledge string   `name:"knowledge" placeholder:"DIR" help:"Another knowledge directory; one with only faq/ will do."`
	Text      []string `arg:"" optional:"" help:"The text; without it, each line of standard input."`
}

// asked is a line of `bot ask --json`.
type asked struct {
	Text       string   `json:"text"`
	Kind       string   `json:"kind"`
	Also       []string `json:"also"`
	Entry      string   `json:"entry"`
	Confidence float64  `json:"confidence"`
	Reply      string   `json:"reply"`
	Lang       string   `json:"lang"`
}

// Run answers each text as if it came now from a number that nothing else is known of.
func (k askCommand) Run(w world, c *Config) error {
	if k.Knowledge != "" {
		c.KnowledgeDir = k.Knowledge
	}
	base, err := loadKnowledge(c)
	if err != nil {
		return err
	}
	h := &patient.Handler{Base: base, Live: c.live(), Now: time.Now, Log: slog.New(slog.NewTextHandler(w.err, nil))}
	var s handlers.State
	if k.Visit {
		s.Visits = []handlers.Visit{{ID: "ask", Name: "Ana Example", Start: time.Now().AddDate(0, 0, 1), State: handlers.Booked, Type: base.Clinic.Types()[0]}}
	}
	one := func(text string) error {
		r, err := h.Ask(s, text)
		if err != nil {
			return err
		}
		a := asked{text, r.Kind, r.Also, r.Entry, r.Confidence, strings.Join(r.Bodies, "\n"), r.Lang}
		if k.JSON {
			return json.NewEncoder(w.out).Encode(a)
		}
		_, err = fmt.Fprintf(w.out, "%s\n  kind %s  entry %s  confidence %.2f  lang %s%s\n  %s\n", text, a.Kind, orDash(a.Entry), a.Confidence, a.Lang,
			note(r.Note), orDash(strings.ReplaceAll(a.Reply, "\n", "\n  ")))
		return err
	}
	if len(k.Text) > 0 {
		return one(strings.Join(k.Text, " "))
	}
	if f, ok := w.in.(*os.File); ok {
		if i, err := f.Stat(); err == nil && i.Mode()&os.ModeCharDevice != 0 {
			fmt.Fprintln(w.err, "Text as a patient, a line a text; Ctrl-D ends.")
		}
	}
	lines := bufio.NewScanner(w.in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if err := one(lines.Text()); err != nil {
			return err
		}
	}
	return lines.Err()
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func note(s string) string {
	if s == "" {
		return ""
	}
	return "  (" + s + ")"
}
