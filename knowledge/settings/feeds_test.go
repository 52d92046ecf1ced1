package settings_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

func TestFeeds(t *testing.T) {
	c := parse(t, least(`visit_types: {consult: {minutes: 60}}
feeds:
  - {name: calendar, kind: ics, url_env: CALENDAR_URL, type: consult, skip: [lunch]}
  - {name: exports, kind: folder, path: /srv/exports, every: 2m, stale_after: 48h, complete: true}
  - {name: ehr, kind: fhir, url: "https://ehr.example/fhir", client_id: b,
    token_url: "https://ehr.example/token", key_env: EHR_KEY, every: 6h, types: {Consult: consult}}
  - {name: by-hand, kind: file}
`))
	for _, k := range []struct {
		name         string
		every, stale time.Duration
		days         int
		runs         bool
	}{
		{name: "calendar", every: 10 * time.Minute, stale: 3 * time.Hour, days: 120, runs: true},
		{name: "exports", every: 2 * time.Minute, stale: 48 * time.Hour, days: 120, runs: true},
		{name: "ehr", every: 6 * time.Hour, stale: 18 * time.Hour, days: 120, runs: true},
		{name: "by-hand", every: 10 * time.Minute, stale: 3 * time.Hour, days: 120},
	} {
		f, ok := c.Feed(k.name)
		if !ok || time.Duration(f.Every) != k.every || time.Duration(f.StaleAfter) != k.stale ||
			f.Days != k.days || f.Runs() != k.runs {
			t.Errorf("%s: %+v", k.name, f)
		}
	}
	if _, ok := c.Feed("another"); ok {
		t.Error("a feed that nobody set up")
	}
}

// A feed that is set up wrongly is told with its line and what to write.
func TestFaultyFeeds(t *testing.T) {
	const calendar = "name: main, kind: ics, url: 'https://a.example/x.ics', types: {C: consult}"
	for _, k := range []struct{ name, feed, want string }{
		{name: "no name", feed: "kind: file", want: "line 8: feeds: name: \"\": want a short name"},
		{name: "a long name", feed: "name: Our Calendar, kind: file", want: "want a short name"},
		{name: "no kind", feed: "name: main", want: "line 8: feeds: kind: \"\": want file, folder"},
		{name: "a key that is none", feed: calendar + ", evry: 3m", want: "line 8: field evry"},
		{name: "no pause", feed: calendar + ", every: 10", want: "line 8: \"10\": want a length"},
		{name: "too often", feed: calendar + ", every: 5s", want: "every: want 1m0s or more"},
		{
			name: "stale too soon", feed: calendar + ", every: 2h, stale_after: 1h",
			want: "stale_after: want no less than every",
		},
		{name: "no address", feed: "name: main, kind: ics", want: "url: want the address"},
		{
			name: "in clear", feed: "name: main, kind: ics, url: 'http://a.example/x.ics'",
			want: "want https, not http",
		},
		{
			name: "with a password", feed: "name: main, kind: ics, url: 'https://a:b@c.example/x'",
			want: "want no user and password",
		},
		{
			name: "the address as its variable",
			feed: "name: main, kind: ics, url_env: 'https://a.example/x.ics'",
			want: "want the name of an environment variable",
		},
		{name: "both", feed: calendar + ", url_env: X", want: "url: want the address, or as url_env"},
		{name: "no folder", feed: "name: main, kind: folder", want: "path: want the whole path"},
		{name: "a folder that is none", feed: calendar + ", path: /srv", want: "only a folder has"},
		{
			name: "a relative folder", feed: "name: main, kind: folder, path: exports",
			want: "path: want the whole path",
		},
		{name: "far ahead", feed: calendar + ", days: 4000", want: "days: 4000: want 1 to 400"},
		{
			name: "no type", feed: "name: main, kind: ics, url: 'https://a.example/x.ics'",
			want: "type: want the visit type of its events, or types",
		},
		{name: "a type that is none", feed: calendar + ", type: spa", want: "type: \"spa\": want one"},
		{
			name: "a type of a word", feed: "name: main, kind: file, types: {IV: spa}",
			want: "types: \"spa\": want one of consult",
		},
		{name: "a zone that is none", feed: calendar + ", zone: EST", want: "zone: \"EST\": want"},
		{
			name: "complete", feed: calendar + ", complete: true",
			want: "only a folder's files can be complete",
		},
		{
			name: "by hand, often", feed: "name: main, kind: file, every: 3m",
			want: "a file is imported by hand",
		},
	} {
		_, err := settings.Parse([]byte(least(
			"visit_types: {consult: {minutes: 60}}\nfeeds:\n  - {" + k.feed + "}\n")))
		if err == nil || !strings.Contains(err.Error(), k.want) {
			t.Errorf("%s: %v; want %s", k.name, err, k.want)
		}
	}
	_, err := settings.Parse([]byte(least("feeds: [{name: a, kind: file}, {name: a, kind: file}]\n")))
	if err == nil || !strings.Contains(err.Error(), "there are two of that name") {
		t.Error(err)
	}
}
