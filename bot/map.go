package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"go.yaml.in/yaml/v3"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// mapCommand is `bot appointments map`. It reads an export and says which column it takes for what,
// as a table to say yes to, and as the lines of clinic.yaml that make it so. It asks neither Redis
// nor the sandbox.
type mapCommand struct {
	File     string `arg:"" help:"The export, as CSV or Excel."`
	Feed     string `default:"ehr" help:"What to call the feed: a short name that stays."`
	Dates    string `help:"How dates like 3/4/2026 are written." enum:",mdy,dmy,ymd" default:""`
	Patients string `help:"A second file, which has the patients' phones." placeholder:"FILE"`
	Out      string `short:"o" help:"Write the lines of the map into this file." placeholder:"FILE"`
	Yes      bool   `short:"y" help:"Put the map into the clinic.yaml of KNOWLEDGE_DIR."`
}

// Run prints the table and the map. It ends in an error as long as the map lacks what a visit
// needs, so that nobody goes on with half a map unawares.
func (k mapCommand) Run(w world, c *Config) error {
	base, err := readKnowledge(c.KnowledgeDir)
	if err != nil {
		return err
	}
	in, err := importCommand{File: k.File, Patients: k.Patients, Dates: k.Dates}.read(w.in)
	if err != nil {
		return err
	}
	how := feed.How{Dates: k.Dates, Patients: in.Patients}
	how.Feed.Name, how.Feed.Kind = k.Feed, settings.FeedFile
	p, err := feed.Propose(in.File, how, rulesOf(base, nil))
	if err != nil {
		return fmt.Errorf("%s: %w", k.File, err)
	}
	if p.Own {
		_, err := fmt.Fprintln(w.out, "The file is in Beacon's own layout: it needs no map.")
		return err
	}
	lines, lacks := mapLines(p, base.Clinic.Types())
	if err := showMap(w.out, p); err != nil {
		return err
	}
	fmt.Fprintf(w.out, "\nFor clinic.yaml:\n\n%s\n", lines)
	if lacks != nil {
		return fmt.Errorf("the map isn't whole yet: %s", strings.Join(lacks, "; "))
	}
	if k.Out != "" {
		if err := os.WriteFile(k.Out, []byte(lines), 0o600); err != nil {
			return err
		}
	}
	if k.Yes {
		return putMap(w.out, c.KnowledgeDir, k.Feed, lines)
	}
	patients := ""
	if k.Patients != "" {
		patients = " --patients " + k.Patients
	}
	_, err = fmt.Fprintf(
		w.out, "Once it stands there: bot appointments import --feed %s%s --dry-run %s\n", k.Feed,
		patients, k.File,
	)
	return err
}

// showMap prints what each column was taken for, with some values, those of patients masked.
func showMap(to io.Writer, p *feed.Proposal) error {
	t := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "HOLDS\tCOLUMN\tSUCH AS")
	for _, c := range p.Columns {
		column := c.Column
		if c.Open != nil {
			column = "? " + strings.Join(c.Open, " or ")
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", c.Field, column, strings.Join(c.Sample, " | "))
	}
	for _, m := range p.Missing {
		fmt.Fprintf(t, "%s\t? none\t\n", m)
	}
	for _, words := range []struct {
		head string
		of   []feed.Word
	}{{"ITS TYPE", p.Types}, {"ITS STATE", p.States}} {
		if len(words.of) == 0 {
			continue
		}
		fmt.Fprintf(t, "\t\t\n%s\tIS\tROWS\n", words.head)
		for _, word := range words.of[:min(len(words.of), 30)] {
			means := word.Means
			if means == "" {
				means = "?"
			}
			fmt.Fprintf(t, "%s\t%s\t%d\n", word.Word, means, word.Count)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if p.NoIDs {
		fmt.Fprintln(to, "\nNo column has ids of visits: one that goes to another day comes as a new "+
			"one. If the system can export an id, have it do so.")
	}
	return nil
}

// mapLines returns the lines of clinic.yaml for a map, and what a person must put in first.
func mapLines(p *feed.Proposal, types []string) (lines string, lacks []string) {
	var b strings.Builder
	fmt.Fprintf(
		&b, "feeds:\n  - name: %s\n    kind: %s\n    columns:\n", p.Feed.Name, settings.FeedFile,
	)
	for _, c := range p.Columns {
		if c.Open == nil {
			fmt.Fprintf(&b, "      %s: %s\n", c.Field, quoted(c.Column))
			continue
		}
		lacks = append(lacks, "which column is the "+c.Field+": "+strings.Join(c.Open, " or "))
		fmt.Fprintf(&b, "      %s: # %s\n", c.Field, strings.Join(c.Open, " or "))
	}
	for _, m := range p.Missing {
		switch m {
		case "phone":
			m = "no column has the phone: give the file of patients as --patients, or add it to the export"
		case "type":
			m = "no column has the type of visit: add it to the export, or beside columns, type: with " +
				"one of " + strings.Join(types, ", ")
		default:
			m = "no column has the " + m
		}
		lacks = append(lacks, m)
	}
	switch {
	case p.Dates:
		lacks = append(
			lacks, "dates can be read as month/day or as day/month: --dates=mdy or --dates=dmy",
		)
		b.WriteString("    dates: # mdy or dmy\n")
	case p.Feed.Dates != "":
		fmt.Fprintf(&b, "    dates: %s\n", p.Feed.Dates)
	}
	unknown := func(of []feed.Word, head, choice string) {
		for i, word := range of {
			if i == 0 {
				fmt.Fprintf(&b, "    %s: # fill in: %s\n", head, choice)
			}
			fmt.Fprintf(&b, "      # %s:\n", quoted(word.Word))
		}
	}
	open := func(words []feed.Word) []feed.Word {
		return slices.DeleteFunc(slices.Clone(words), func(w feed.Word) bool { return w.Means != "" })
	}
	unknown(open(p.Types), "types", strings.Join(types, ", ")+" or skip")
	unknown(open(p.States), "states", strings.Join(settings.FeedStates(), ", "))
	return b.String(), lacks
}

// quoted returns a text as YAML takes it.
func quoted(s string) string {
	out, err := yaml.Marshal(s)
	if err != nil { // a string never fails
		return s
	}
	return strings.TrimSpace(string(out))
}

// putMap puts the lines of a map into a clinic.yaml. One that has feeds already is left for a
// person to edit, and one that the lines would make faulty stays as it is.
func putMap(to io.Writer, dir, name, lines string) error {
	if dir == "" {
		return errors.New("KNOWLEDGE_DIR: missing: the clinic's own words, to put the map in, are there")
	}
	file := filepath.Join(dir, "clinic.yaml")
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	c, err := settings.Parse(old)
	if err != nil {
		return err
	}
	if len(c.Feeds) > 0 {
		return fmt.Errorf("%s has feeds already: put the lines there, without the first", file)
	}
	whole := strings.TrimRight(string(old), "\n") + "\n\n" + lines
	if _, err := settings.Parse([]byte(whole)); err != nil {
		return fmt.Errorf("%s is left as it is: %w", file, err)
	}
	if err := os.WriteFile(file, []byte(whole), 0o600); err != nil {
		return err
	}
	_, err = fmt.Fprintf(to, "%s has the feed %q now.\n", file, name)
	return err
}
