package settings_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// faultyFile is a clinic.yaml with faults and all that is said of them, a line each.
type faultyFile struct {
	name, yaml string
	want       []string
}

func faultyFiles() []faultyFile {
	return []faultyFile{
		{
			name: "a key that is none",
			yaml: least("fone: x\nhours: {mon: '9:00-17:00'}\nzon: y\n"),
			want: []string{"line 6: field fone not found", "line 8: field zon not found"},
		},
		{
			name: "hours that are none", yaml: least("hours: {mon: '9-17'}\n"),
			want: []string{`line 6: "9-17": want a span like 9:00-18:00`},
		},
		{
			name: "hours that end before they begin", yaml: least("hours: {mon: '17:00-9:00'}\n"),
			want: []string{`line 6: "17:00-9:00": want a span like 9:00-18:00`},
		},
		{
			name: "a day that is none", yaml: least("hours: {monday: '9:00-17:00'}\n"),
			want: []string{`line 6: hours: unknown day "monday": want mon`},
		},
		{
			name: "a zone that is none",
			yaml: strings.Replace(least(""), "America/New_York", "EST5NYC", 1),
			want: []string{`line 4: zone "EST5NYC": want an IANA name`},
		},
		{
			name: "texts that would say what is treated",
			yaml: least("texts:\n  from: The Ketamine Place\nnever_unasked: [ketamin]\n"),
			want: []string{`line 7: texts.from: "The Ketamine Place" would begin every text, and ` +
				`holds "ketamin" of never_unasked: set texts.from to a name`},
		},
		{
			name: "a name that says so, and no other",
			yaml: strings.Replace(least("never_unasked: [beacon]\n"), "name: ", "name: Beacon ", 1),
			want: []string{`line 1: texts.from: "Beacon `},
		},
		{
			name: "a name that leaves no room",
			yaml: least("texts: {from: " + strings.Repeat("x", 41) + "}\n"),
			want: []string{`line 6: texts.from: "` + strings.Repeat("x", 41) +
				`" has 41 letters, 40 at most: set it to a shorter name`},
		},
		{
			name: "a name in quotes of print", yaml: least("texts: {from: “Beacon”}\n"),
			want: []string{`line 6: texts.from: "“Beacon”" holds a sign that makes each text cost ` +
				`twice as much: write it without “`},
		},
		{
			name: "a check-in at night", yaml: least("after: {check_in: {at: \"23:00\"}}\n"),
			want: []string{`line 6: after.check_in.at: "23:00" is outside of reminders.window`},
		},
		{
			name: "a country that is none", yaml: least("reach: {countries: [US, Canada]}\n"),
			want: []string{`line 6: reach.countries: "Canada": want two capitals`},
		},
		{
			name: "strangers may take all", yaml: least(
				"replies: {per_hour: 100, per_day: -1, strangers: {per_hour: 100}}\n"),
			want: []string{
				"line 6: replies.per_hour: want 2000", "line 6: replies.per_day: want 5000",
			},
		},
		{
			name: "caps above the exemption", yaml: least(
				"reminders: {max_per_day: 9, max_per_week: 4, with_consent: {max_per_week: 2}}\n"),
			want: []string{
				"line 6: reminders.max_per_day: 9: want 1 to 1, which is what 47 CFR",
				"line 6: reminders.max_per_week: 4: want 1 to 3, which is what 47 CFR",
				"line 6: reminders.with_consent.max_per_week: 2: want 3 or more",
			},
		},
		{
			name: "a holiday that is none", yaml: least("holidays: [Dec 25]\n"),
			want: []string{`line 6: holidays: "Dec 25": want a date like 2026-12-25`},
		},
		{
			name: "an empty file", yaml: "# nothing yet\n",
			want: []string{
				`zone "": want`, "name is missing", "phone is missing", "urgent_phone is missing",
				"lines.crisis is missing", "lines.emergency is missing",
			},
		},
		{
			name: "a crisis line that is missing",
			yaml: strings.Replace(least(""), "crisis", "old: []}\n#", 1),
			want: []string{"line 5: lines.crisis is missing", "line 5: lines.emergency is missing"},
		},
		{
			name: "hours and minutes below zero",
			yaml: least(`visit_types:
  consult: {minutes: -5}
  iv:
    prepare: &iv
      solids_hours: -6
      liquids_hours: 0
  other:
    prepare: *iv
  spravato: {prepare: {liquids_hours: -.5, nasal_hours: -1}}
`),
			want: []string{
				"line 7: visit_types.consult.minutes: -5: want 0 or more",
				"line 10: visit_types.iv.prepare.solids_hours: -6: want hours before the visit, 0",
				"line 10: visit_types.other.prepare.solids_hours: -6",
				"line 14: visit_types.spravato.prepare.liquids_hours: -0.5",
				"line 14: visit_types.spravato.prepare.nasal_hours: -1",
			},
		},
		{
			name: "texts that are never stale", yaml: least("desk:\n  stale_minutes: -1\n"),
			want: []string{"line 7: desk.stale_minutes: -1: want the minutes"},
		},
		{
			name: "texts stale after more than a day",
			yaml: least("desk:\n  stale_minutes: 1441\n"),
			want: []string{"line 7: desk.stale_minutes: 1441"},
		},
		{
			name: "a pace below zero", yaml: least("pace:\n  reserve: -1\n"),
			want: []string{"line 6: pace: want segments_per_second"},
		},
	}
}

func faultyPlans() []faultyFile {
	plan := func(steps string) string { return least("reminders: {plan: [" + steps + "]}\n") }
	return []faultyFile{
		{
			name: "a step without a time", yaml: plan("{kind: confirm, days_before: 3}"),
			want: []string{"line 6: reminders.plan[0]: want one of: when: booking"},
		},
		{
			name: "a step of two times",
			yaml: plan("{kind: confirm, when: booking, hours_before: 3}"),
			want: []string{"line 6: reminders.plan[0]: want one of"},
		},
		{
			name: "a step without a kind", yaml: plan("{when: booking}"),
			want: []string{"line 6: reminders.plan[0]: kind is missing"},
		},
		{
			name: "a step for some, but whom",
			yaml: plan("{kind: booked, when: booking, only: new}"),
			want: []string{`line 6: reminders.plan[0]: only: "new": want unconfirmed`},
		},
		{
			name: "two steps of a kind",
			yaml: plan("{kind: nudge, hours_before: 3}, {kind: nudge, hours_before: 2}"),
			want: []string{`line 6: reminders.plan[1]: kind "nudge" stands twice`},
		},
		{
			name: "a longer plan",
			yaml: least(`reminders:
  ride_by: noon
  plan:
    - {kind: booked, when: booking}
    - kind: nudge
      at: never
`),
			want: []string{
				`line 7: reminders.ride_by: "noon": want a time`,
				"line 10: reminders.plan[1]: want one of",
			},
		},
	}
}

// faultyKeeps are lifetimes that are too short or too long.
func faultyKeeps() []faultyFile {
	return []faultyFile{{
		name: "lifetimes",
		yaml: least("keep:\n  answers: 2\n  consents: 365\n  visits: -1\n  waitlist: 9999\n"),
		want: []string{
			"line 7: keep.answers: 2: want 3 to 30 days",
			"line 9: keep.visits: -1: want 2 to 3650 days",
			"line 8: keep.consents: 365: want 1460 to 7300 days (a text can be sued over for four years)",
			"line 10: keep.waitlist: 9999: want 1 to 365 days",
		},
	}}
}

func TestParseNamesEveryFaultByLine(t *testing.T) {
	for _, c := range slices.Concat(faultyFiles(), faultyPlans(), faultyKeeps(), faultyRoles()) {
		t.Run(c.name, func(t *testing.T) {
			_, err := settings.Parse([]byte(c.yaml))
			if err == nil {
				t.Fatal("parsed")
			}
			got := strings.Split(strings.TrimPrefix(err.Error(), "yaml: unmarshal errors:\n"), "\n")
			if len(got) != len(c.want) {
				t.Fatalf("%q, want %q", got, c.want)
			}
			for i, line := range got {
				if !strings.HasPrefix(strings.TrimSpace(line), c.want[i]) {
					t.Errorf("%q, want %q", line, c.want[i])
				}
			}
		})
	}
}
