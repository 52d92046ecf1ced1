package ics_test

import (
	"testing"
)

// start is what an event comes to that starts so.
var starts = []struct{ name, start, zone, block, want string }{
	{name: "in UTC", start: ":20261201T193000Z", want: "14:30"},
	{name: "by name", start: ";TZID=America/Chicago:20261201T133000", want: "14:30"},
	{name: "by an old name", start: ";TZID=US/Pacific:20261201T113000", want: "14:30"},
	{name: "of Windows", start: ";TZID=Pacific Standard Time:20261201T113000", want: "14:30"},
	{name: "quoted", start: `;TZID="Central Standard Time":20261201T133000`, want: "14:30"},
	{
		name: "as Outlook shows it", want: "14:30",
		start: `;TZID="(UTC-08:00) Pacific Time (US & Canada)":20261201T113000`,
	},
	{
		name: "with whose file it was", want: "14:30",
		start: ";TZID=/freeassociation.sourceforge.net/America/Denver:20261201T123000",
	},
	{name: "Exchange's UTC", start: ";TZID=tzone://Microsoft/Utc:20261201T193000", want: "14:30"},
	{name: "floating", start: ":20261201T143000", want: "14:30"},
	{name: "floating, the calendar's", start: ":20261201T133000", zone: "America/Chicago", want: "14:30"},
	{
		name: "a zone of its own", start: ";TZID=Here:20261201T143000", want: "14:30",
		block: "BEGIN:VTIMEZONE\r\nTZID:Here\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n" +
			"TZOFFSETFROM:-0500\r\nTZOFFSETTO:-0500\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
	},
	{
		name: "a known name beats the block", start: ";TZID=America/New_York:20261201T143000",
		block: "BEGIN:VTIMEZONE\r\nTZID:America/New_York\r\nBEGIN:STANDARD\r\n" +
			"DTSTART:19700101T000000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\n" +
			"END:STANDARD\r\nEND:VTIMEZONE\r\n",
		want: "14:30",
	},
	{name: "an unknown zone", start: ";TZID=Elsewhere:20261201T143000", want: "unread"},
	{name: "this machine's zone", start: ";TZID=Local:20261201T143000", want: "unread"},
	{name: "no time", start: ":tomorrow", want: "unread"},
	{name: "a day", start: ";VALUE=DATE:20261201", want: ""},
	{name: "a day without saying so", start: ":20261201", want: ""},
}

func TestStarts(t *testing.T) {
	for _, c := range starts {
		t.Run(c.name, func(t *testing.T) {
			head := c.block
			if c.zone != "" {
				head += "X-WR-TIMEZONE:" + c.zone + "\r\n"
			}
			f := calendar(t, body(events(
				head, event("UID:a", "DTSTART"+c.start, "SUMMARY:Ana Example"),
			)))
			l, got := look(t, f), ""
			for _, v := range l.Given.Visits {
				got = v.Start.In(newYork(t)).Format("15:04")
			}
			if len(l.Given.Unread) > 0 {
				got = "unread"
			}
			if got != c.want {
				t.Errorf("%q: %+v", got, l.Given)
			}
		})
	}
}
