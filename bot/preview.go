package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// previewCommand is `bot preview`: every text that a patient would get, for the clinic's owner to
// read and sign. It stores nothing and sends nothing.
type previewCommand struct {
	wordsFlag
	outFlag

	Number  string `arg:"" optional:"" help:"The number of a patient, like +12125550101; its visits and texts are read from Redis."`
	Type    string `help:"In place of a number: a visit type of clinic.yaml, booked now for a patient whom we never texted. In both languages; needs no Redis."`
	Days    int    `default:"14" help:"How many days ahead."`
	Visits  int    `default:"1" help:"With --type: how many visits are booked, spread over the days."`
	Consent bool   `help:"With --type: as if the patient's consent were recorded."`
	JSON    bool   `name:"json" help:"Print one JSON object."`
	HTML    bool   `name:"html" help:"Write a page to print and sign."`
}

// preview is what `bot preview --json` prints. Scripts read it, so names and types stay.
type preview struct {
	For   string        `json:"for"` // the number, masked, or the visit type
	From  time.Time     `json:"from"`
	Until time.Time     `json:"until"`
	Texts []previewText `json:"texts"` // never null
	Notes []previewNote `json:"notes"` // never null
}

// previewText is a text as it would leave.
type previewText struct {
	At       time.Time `json:"at"`
	Kind     string    `json:"kind"`
	Visit    time.Time `json:"visit"`
	Lang     string    `json:"lang"`
	If       string    `json:"if,omitempty"` // what must happen for it, if anything must
	Body     string    `json:"body"`
	Segments int       `json:"segments"`
}

// previewNote is what happens beside the texts: a task for staff, or a text that isn't sent.
type previewNote struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	Lang string    `json:"lang"`
	Task string    `json:"task,omitempty"`
	Why  string    `json:"why,omitempty"`
}

// Run prints the texts of a number, or of a visit type, until so many days from now.
func (k previewCommand) Run(w world, c *Config) error {
	switch {
	case (k.Number == "") == (k.Type == ""):
		return errors.New("want a number or --type, like: bot preview --type consult")
	case k.Days < 1 || k.Days > 400:
		return fmt.Errorf("--days=%d: want 1 to 400, like --days=14", k.Days)
	case k.Visits < 1 || k.Visits > 20:
		return fmt.Errorf("--visits=%d: want 1 to 20", k.Visits)
	case k.JSON && k.HTML, k.Out != "" && !k.HTML:
		return errors.New("want --json, or --html, to which --out FILE belongs; or none of them")
	}
	k.override(c)
	tell := k.ofType
	if k.Number != "" {
		tell = k.ofNumber
	}
	p, clinic, err := tell(w, c)
	if err != nil {
		return err
	}
	switch {
	case k.HTML:
		page, err := p.page(clinic)
		if err != nil {
			return err
		}
		return k.outFlag.write(w.out, page)
	case k.JSON:
		e := json.NewEncoder(w.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(p)
	}
	return p.write(w.out, clinic)
}

// ofNumber foresees the rows that a number has in Redis.
func (k previewCommand) ofNumber(w world, c *Config) (*preview, *settings.Clinic, error) {
	a, phone, err := wirePerson(w, c, k.Number)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = a.store.Close() }()
	if err := record(w.ctx, a.store, "bot preview", phone); err != nil {
		return nil, nil, err
	}
	p, err := a.preview(w.ctx, phone, k.Days)
	return p, a.base.Clinic, err
}

// preview foresees the rows that a number has in the store.
func (a *app) preview(ctx context.Context, phone handlers.Phone, days int) (*preview, error) {
	l, err := a.reminders.Ledger(ctx, phone)
	if err != nil {
		return nil, err
	}
	p := beginPreview("the number "+phone.String(), a.now(), days)
	p.add(a.reminders.Foresee(l.State, l.Planned(), l.Had, p.From, p.Until), "")
	return p, nil
}

// ofType foresees a visit, or several, of a type in each language, booked now for a patient whom
// nothing is known of.
func (k previewCommand) ofType(_ world, c *Config) (*preview, *settings.Clinic, error) {
	base, err := readKnowledge(c.KnowledgeDir)
	if err != nil {
		return nil, nil, err
	}
	if _, known := base.Clinic.VisitTypes[k.Type]; !known {
		return nil, nil, fmt.Errorf("--type=%s: there is no such visit type; there are %s", k.Type,
			strings.Join(base.Clinic.Types(), ", "))
	}
	phone, err := handlers.NewPhone("+12125550199") // fictional
	if err != nil {
		return nil, nil, err
	}
	rs := &reminder.Reminders{Base: base, Gate: &gate.Texter{
		Clinic: base.Clinic, Place: new(feed.Places).Of, Now: time.Now, Log: slog.Default(),
	}}
	p := beginPreview("a patient with the visit type "+k.Type, time.Now(), k.Days)
	for _, lang := range language.All() {
		s := handlers.State{Phone: phone}
		if k.Consent {
			s.Consent.Given = p.From
		}
		var rows []handlers.Outgoing
		for i, start := range k.starts(base.Clinic, p.From) {
			v := handlers.Visit{
				ID: fmt.Sprint("preview", i), Name: "Pat Example", Phone: phone, Start: start,
				Type: k.Type, Lang: lang, State: handlers.Booked,
			}
			s.Visits = append(s.Visits, v)
			for _, o := range reminder.Plan(base.Clinic, v, p.From) {
				if o.State != handlers.Skipped {
					rows = append(rows, o)
				}
			}
		}
		p.add(rs.Foresee(s, rows, nil, p.From, p.Until), lang)
		p.missed(rs, s, lang)
	}
	return p, base.Clinic, nil
}

// beginPreview returns an empty preview from now.
func beginPreview(of string, now time.Time, days int) *preview {
	return &preview{
		For: of, From: now, Until: now.AddDate(0, 0, days),
		Texts: []previewText{}, Notes: []previewNote{},
	}
}

// starts returns when the visits begin: spread over the days but the last two, which what is sent
// afterwards needs, each at a time when the clinic is open.
func (k previewCommand) starts(c *settings.Clinic, now time.Time) (out []time.Time) {
	last := max(k.Days-2, 1)
	for i := range k.Visits {
		start := k.start(c, now, max(last*(i+1)/k.Visits, 1))
		if n := len(out); n == 0 || start.After(out[n-1]) {
			out = append(out, start)
		}
	}
	return out
}

// start returns a time that a visit fits, on a day so many days from now or the last before it.
func (k previewCommand) start(c *settings.Clinic, now time.Time, day int) time.Time {
	const early = 13*60 + 30
	local := now.In(c.Location())
	for d := day; d > 0; d-- {
		for _, m := range []int{early, 10 * 60, 9 * 60, 15 * 60, 12 * 60, 8 * 60, 17 * 60} {
			if t := settings.OnDay(local, d, m); c.Fits(t, k.Type) {
				return t
			}
		}
	}
	return settings.OnDay(local, day, early)
}

// add adds what is foreseen. lang is that of the texts; "" is that of each visit.
func (p *preview) add(coming []reminder.Foreseen, lang string) {
	for _, one := range coming {
		spoken := lang
		if spoken == "" {
			spoken = language.Spoken(one.Visit.Lang)
		}
		if one.Body == "" {
			p.Notes = append(p.Notes, previewNote{
				At: one.At, Kind: one.Kind, Lang: spoken, Task: veil.Shown(one.Task, true),
				Why: veil.Shown(one.Why, true),
			})
			continue
		}
		n, _ := knowledge.Segments(one.Body)
		p.Texts = append(p.Texts, previewText{
			At: one.At, Kind: one.Kind, Visit: one.Visit.Start, Lang: spoken, Body: one.Body,
			Segments: n,
		})
	}
}

// missed adds what who doesn't come to their last visit is sent, once staff have said so an hour
// later; nothing if the clinic sends no such text.
func (p *preview) missed(rs *reminder.Reminders, s handlers.State, lang string) {
	last := &s.Visits[len(s.Visits)-1]
	last.State = handlers.Missed
	known := last.Start.Add(time.Hour)
	s.Texted = true
	n := len(p.Texts)
	rows := reminder.Missed(rs.Base.Clinic, *last, known)
	p.add(rs.Foresee(s, rows, nil, known, p.Until), lang)
	for i := range p.Texts[n:] {
		p.Texts[n+i].If = "they don't come"
	}
}

// write writes the preview as a list that somebody can sign.
func (p *preview) write(to io.Writer, c *settings.Clinic) error {
	clock := knowledge.DeskClock(c, p.From)
	var b strings.Builder
	fmt.Fprintf(&b, "%s: every text about visits that %s gets from %s to %s,\n"+
		"if nobody answers or changes anything until then. Nothing was sent or stored.\n",
		c.Name, p.For, clock.Date(p.From, "en"), clock.Date(p.Until, "en"))
	for _, lang := range language.All() {
		texts := slices.DeleteFunc(slices.Clone(p.Texts), func(t previewText) bool {
			return t.Lang != lang
		})
		if len(texts) > 0 {
			fmt.Fprintf(&b, "\n%s\n", map[string]string{"en": "English", "es": "Spanish"}[lang])
		}
		for i, t := range texts {
			fmt.Fprintf(&b, "\n%2d. %s  %s, for the visit on %s, %s\n", i+1, clock.When(t.At, "en"),
				kindIf(t), clock.When(t.Visit, "en"), counted(t.Segments))
			for _, line := range wrap(t.Body, 90) {
				fmt.Fprintf(&b, "    %s\n", line)
			}
		}
	}
	if len(p.Texts) == 0 {
		b.WriteString("\nNo text.\n")
	}
	p.writeNotes(&b, clock)
	b.WriteString("\nRead and agreed to, for the clinic:\n\n" +
		"Name: ______________________________   Date: ______________\n\n" +
		"Signature: _________________________\n")
	_, err := io.WriteString(to, b.String())
	return err
}

// writeNotes writes what happens beside the texts.
func (p *preview) writeNotes(b *strings.Builder, clock knowledge.Clock) {
	notes := p.besides()
	if len(notes) > 0 {
		b.WriteString("\nBesides:\n")
	}
	for _, n := range notes {
		line := fmt.Sprintf("  %s  %s, %s", clock.When(n.At, "en"), n.Kind, n.what())
		for i, part := range wrap(line, 94) {
			fmt.Fprintf(b, "%s%s\n", map[bool]string{true: "  ", false: "    "}[i == 0], part)
		}
	}
}

// besides returns what happens beside the texts: once, though it is the same in each language.
func (p *preview) besides() (out []previewNote) {
	for _, n := range p.Notes {
		n.Lang = ""
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// what says what happens in place of a text.
func (n previewNote) what() string {
	if n.Task != "" {
		return "task for staff: " + n.Task
	}
	return "not sent: " + n.Why
}

// kindIf names a text by its kind, and by what must happen for it.
func kindIf(t previewText) string {
	if t.If == "" {
		return t.Kind
	}
	return t.Kind + " (if " + t.If + ")"
}

// counted words a number of segments as a clinic's owner knows them.
func counted(segments int) string {
	if segments == 1 {
		return "one text"
	}
	return fmt.Sprintf("long: paid as %d texts", segments)
}
