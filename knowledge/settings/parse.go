package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Parse reads clinic.yaml, checks it and fills in the defaults. The error names every fault, each
// with its line, so that a clinic mends all of them in one go. Unknown keys are faults: a misspelt
// one would be a setting that silently does nothing.
func Parse(data []byte) (*Clinic, error) {
	c := &Clinic{doc: new(yaml.Node), zones: new(zones)}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(c); err != nil && !errors.Is(err, io.EOF) { // an empty file lacks everything
		return nil, err
	}
	if err := yaml.Unmarshal(data, c.doc); err != nil {
		return nil, err
	}
	return c, c.settle()
}

// settle checks what the decoder can't and fills in the defaults. It goes on after a fault, with
// UTC where the zone is wrong, to find the others.
func (c *Clinic) settle() error {
	var faults []error
	fault := func(path []string, format string, args ...any) {
		faults = append(faults, c.Fault(fmt.Errorf(format, args...), path...))
	}
	var err error
	if c.zone, err = time.LoadLocation(c.Zone); err != nil || c.Zone == "" {
		fault([]string{"zone"}, "zone %q: want an IANA name like America/New_York", c.Zone)
		c.zone = time.UTC
	}
	c.checkDays(fault)
	c.checkNeeded(fault)
	c.checkTypes(fault)
	c.checkTexts(fault)
	c.checkFeeds(fault)
	c.Reach.check(fault)
	c.Pace.check(fault)
	c.Price.settle(fault)
	c.Replies.settle(fault)
	if err := c.Waitlist.settle(); err != nil {
		fault([]string{"waitlist"}, "%w", err)
	}
	c.Reminders.settle(fault)
	c.After.settle(c.VisitTypes, c.Reminders.Window, fault)
	c.Desk.settle(fault)
	c.Roles.settle(fault)
	c.Keep.settle(fault)
	return errors.Join(faults...)
}

// checkDays checks the keys of hours and the dates of holidays.
func (c *Clinic) checkDays(fault report) {
	for day := range c.Hours {
		if !slices.Contains(weekdays[:], day) {
			fault([]string{"hours", day},
				"hours: unknown day %q: want mon, tue, wed, thu, fri, sat or sun", day)
		}
	}
	for i, h := range c.Holidays {
		if _, err := time.Parse(time.DateOnly, h); err != nil {
			fault([]string{"holidays", strconv.Itoa(i)},
				"holidays: %q: want a date like 2026-12-25", h)
		}
	}
}

// checkNeeded checks what no clinic can do without. Without the hotlines no crisis could be
// answered.
func (c *Clinic) checkNeeded(fault report) {
	for _, need := range []struct{ name, value string }{
		{name: "name", value: c.Name},
		{name: "phone", value: c.Phone},
		{name: "urgent_phone", value: c.UrgentPhone},
		{name: "lines.crisis", value: c.Lines.Crisis},
		{name: "lines.emergency", value: c.Lines.Emergency},
	} {
		if need.value == "" {
			fault(strings.Split(need.name, "."), "%s is missing", need.name)
		}
	}
}

func (c *Clinic) checkTypes(fault report) {
	for _, name := range c.Types() {
		c.VisitTypes[name].check(name, fault)
	}
}

// Line returns the line of a value in clinic.yaml, found by the keys and list indexes that lead to
// it. For a value that is missing it is the line of what should hold it; 0 if that is missing too.
func (c *Clinic) Line(path ...string) int { return line(c.doc, path) }

// Fault adds to an error the line of the value that it is about, where that is known.
func (c *Clinic) Fault(what error, path ...string) error {
	if line := c.Line(path...); line > 0 {
		return fmt.Errorf("line %d: %w", line, what)
	}
	return what
}
