package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// appointmentsCommand groups the commands on visits. They need no running bot when REDIS_URL is
// set; without it they ask the sandbox that runs on this machine, since its Redis is inside it.
type appointmentsCommand struct {
	Import importCommand `cmd:"" help:"Import visits from an export, CSV or Excel, of another system or in Beacon's own layout: id,name,phone,start,type and, if wanted, zone,lang,status,consent."`
	Map    mapCommand    `cmd:"" help:"Propose a map of an export's columns, to be read by: see import --feed."`
	List   listCommand   `cmd:"" help:"List the visits ahead."`
	Why    whyCommand    `cmd:"" help:"Say why a number got each of its texts and offers, or didn't, and what is planned."`
}

// listCommand is `bot appointments list`.
type listCommand struct {
	Days int `default:"14" help:"How many days ahead."`
}

// Run prints a table of the visits that start from now until so many days from now, soonest first,
// those that were called off included. Of a patient it shows the first name and the last four
// digits only, because a table ends up in tickets and mails.
func (k listCommand) Run(w world, c *Config) error {
	// 0 or less is an empty range: "no visits" would be taken for an empty calendar.
	if k.Days < 1 {
		return fmt.Errorf("--days=%d: want how many days ahead, 1 or more, like --days=14", k.Days)
	}
	a, err := wireBooks(w, c)
	if err != nil {
		return err
	}
	defer func() { _ = a.store.Close() }()
	if err := record(w.ctx, a.store, "bot appointments list", handlers.Phone{}); err != nil {
		return err
	}
	visits, err := a.store.Visits(w.ctx, a.now(), a.now().AddDate(0, 0, k.Days))
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tSTART\tTYPE\tNAME\tPHONE\tSTATE")
	for _, v := range visits {
		// In the clinic's zone, whatever zone this machine or the patient is in. The words for
		// patients leave the year out, which a list of many days needs.
		start := v.Start.In(a.base.Clinic.Location())
		when := knowledge.Clock{}.When(start, "en") + start.Format(", 2006")
		name := knowledge.First(v.Name)
		fmt.Fprintf(
			t, "%s\t%s\t%s\t%s\t%s\t%s\n",
			v.ID, when, v.Type, orDash(name), v.Phone, v.Standing(),
		)
	}
	return t.Flush()
}

// whyCommand is `bot appointments why`.
type whyCommand struct {
	Number string `arg:"" help:"The last four digits of the number, or all of it."`
}

// Run prints what /clinic why answers in Slack. A number that nothing is known of is an answer, not
// an error.
func (k whyCommand) Run(w world, c *Config) error {
	if err := k.check(); err != nil {
		return err
	}
	text, err := k.ask(w, c)
	if err != nil {
		return err
	}
	// Slack's usage line and code fences mean nothing in a terminal.
	text, _, _ = strings.Cut(text, "\nUsage: `/clinic ")
	text = strings.NewReplacer("```\n", "", "```", "").Replace(text)
	_, err = fmt.Fprintln(w.out, text)
	return err
}

// check refuses what is neither four digits nor a phone number, before Redis or the sandbox is
// asked: the answer would be /clinic's usage instead of what is wrong.
func (k whyCommand) check() error {
	if len(k.Number) == 4 && strings.Trim(k.Number, "0123456789") == "" {
		return nil
	}
	if _, err := feed.ParsePhone(k.Number); err != nil {
		return fmt.Errorf(
			"%q: %w; or give its last four digits, like: bot appointments why 0101", k.Number, err,
		)
	}
	return nil
}

// ask returns the answer as it is written for Slack. FromDesk stands for the right to ask: whoever
// can read REDIS_URL could read the answer there.
func (k whyCommand) ask(w world, c *Config) (string, error) {
	a, err := wireBooks(w, c)
	if err != nil {
		return "", err
	}
	defer func() { _ = a.store.Close() }()
	said, err := a.staff.Command(w.ctx, handlers.Command{
		ID: commandID(), User: operator(), FromDesk: true, Text: "why " + k.Number,
	})
	// Whoever can read Redis and its keys sees all that is in it.
	return said.Text(true, a.base.Clinic.Location()), err
}
