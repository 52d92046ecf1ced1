package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// elsewhere says what Beacon can't export or forget, because it doesn't hold it.
const elsewhere = "Slack's threads, Twilio's log of messages and backups of Redis hold texts of" +
	" their own: see SECURITY.md."

type exportCommand struct {
	Number string `arg:"" optional:"" help:"The number, like +12125550101."`
	JSON   bool   `name:"json" help:"Print one JSON object."`
	All    bool   `help:"Everything that is known, as files, for a clinic that leaves."`
	Out    string `placeholder:"DIR" help:"With --all: the new directory for the files."`
}

// Run prints all that is known of a number. The number and the words are shown whole.
func (k exportCommand) Run(w world, c *Config) error {
	if (k.Number == "") != k.All || (k.Out != "") != k.All || k.All && k.JSON {
		return errors.New("want a number, like: bot export +12125550101; " +
			"or all there is, into a new directory: bot export --all --out DIR")
	}
	if k.All {
		return exportAll(w, c, k.Out)
	}
	a, phone, err := wirePerson(w, c, k.Number)
	if err != nil {
		return err
	}
	defer func() { _ = a.store.Close() }()
	if err := record(w.ctx, a.store, "bot export", phone); err != nil {
		return err
	}
	known, err := a.store.Known(w.ctx, phone)
	if err != nil {
		return err
	}
	if k.JSON {
		e := json.NewEncoder(w.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(known)
	}
	return writeKnown(w.out, known, a.base.Clinic.Location())
}

// wirePerson puts together what a command about one number needs.
func wirePerson(w world, c *Config, number string) (*app, handlers.Phone, error) {
	phone, err := feed.ParsePhone(number)
	if err != nil {
		return nil, phone, fmt.Errorf("%q: %w", number, err)
	}
	a, err := wireRecords(w, c)
	return a, phone, err
}

// writeKnown writes what is known of a number for people to read, times by the clinic's clock.
func writeKnown(to io.Writer, k redis.Known, zone *time.Location) error {
	if k.Nothing() {
		_, err := fmt.Fprintf(to, "Nothing is known of %s.\n%s\n", k.Number, elsewhere)
		return err
	}
	t := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	// A value ends with its line, so that no text shifts the columns.
	line := func(what string, when time.Time, values ...string) {
		for i, v := range values {
			values[i] = orDash(strings.Join(strings.Fields(v), " "))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", what, localTime(when, zone), strings.Join(values, "\t"))
	}
	fmt.Fprintf(t, "All that Beacon knows of %s\n\n", k.Number)
	consents := k.Consents
	if len(consents) == 0 && k.Consent.Out {
		consents = []handlers.Consent{k.Consent}
	}
	for _, c := range consents {
		line("consent", c.At, consentState(c), c.Way, c.Words)
	}
	if k.Reach.NoTexts {
		line("reach", k.Reach.At, "no texts", k.Reach.Why)
	}
	for _, v := range k.Visits {
		line("visit", v.Start, v.State, v.Type, v.Name)
	}
	for _, o := range k.Texts {
		line("text to them", o.Due, o.State, o.Kind, o.Body)
	}
	for _, said := range k.Conversation.Said {
		line("we replied", k.Conversation.At, "", "", said)
	}
	for _, wrote := range k.Conversation.Burst {
		line("they wrote", k.Conversation.At, "", "", wrote)
	}
	for _, r := range k.Replies {
		line("a reply", time.Time{}, "", r.Kind, strings.Join(r.Bodies, " / "))
	}
	for _, c := range k.Cases {
		line("case", c.At, openState(c.Open), c.Kind, veil.Shown(c.Title, true)+" "+c.Text)
	}
	for _, p := range k.Posts {
		line("for the desk", p.Due, "waits", p.Do, veil.Shown(p.Text, true))
	}
	for _, wish := range k.Wishes {
		line("waitlist", wish.At, "", wish.Type, wish.Name)
	}
	for _, s := range k.Slots {
		line("freed time", s.Start, s.State, s.Type, s.Why)
	}
	for _, o := range k.Own {
		line("phone of staff", time.Time{}, o.User)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(to, "\n%s\n", elsewhere)
	return err
}

// localTime is a moment by the clinic's clock.
func localTime(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

func consentState(c handlers.Consent) string {
	switch {
	case c.Out:
		return "opted out"
	case c.Basic && !c.Given.IsZero():
		return "has consented, discreet texts only"
	case c.Basic:
		return "discreet texts only"
	case !c.Given.IsZero():
		return "has consented"
	}
	return "may be texted"
}

func openState(open bool) string {
	if open {
		return "open"
	}
	return "closed"
}

type forgetCommand struct {
	Number string `arg:"" help:"The number, like +12125550101."`
	Yes    bool   `help:"Do it. Without it, say what would be forgotten."`
}

// Run removes all that is known of a number, or says what that would be.
func (k forgetCommand) Run(w world, c *Config) error {
	a, phone, err := wirePerson(w, c, k.Number)
	if err != nil {
		return err
	}
	defer func() { _ = a.store.Close() }()
	do := "bot forget, to see of what"
	if k.Yes {
		do = "bot forget"
	}
	if err := record(w.ctx, a.store, do, phone); err != nil {
		return err
	}
	known, err := a.store.Known(w.ctx, phone)
	if err != nil {
		return err
	}
	what := strings.Join(known.Count(), ", ")
	if what == "" {
		what = "no visits, texts or cases"
	}
	if !k.Yes {
		fmt.Fprintf(w.out, "Known of %s: %s. Nothing is forgotten yet: bot forget %s --yes.\n",
			known.Number, what, known.Number)
		_, err := fmt.Fprintln(w.out, elsewhere)
		return err
	}
	n, err := a.store.Erase(w.ctx, phone)
	if err != nil {
		return fmt.Errorf("%w; nothing was forgotten", err)
	}
	// The log has the last four digits alone.
	slog.New(slog.NewTextHandler(w.err, nil)).Info("forgot a number", "phone", phone, "keys", n)
	out := "That it opted out is kept, as a keyed hash, so that it isn't texted again.\n"
	if !known.Consent.Out {
		out = ""
	}
	_, err = fmt.Fprintf(w.out, "Forgotten of %s: %s.\n%s%s\n", phone, what, out, elsewhere)
	return err
}
