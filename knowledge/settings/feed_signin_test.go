package settings_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

func TestFeedsSignIn(t *testing.T) {
	const whole = "url: 'https://ehr.example/r4', client_id: b, key_env: EHR_KEY, " +
		"token_url: 'https://ehr.example/t'"
	for _, k := range []struct{ name, feed, scope, want string }{
		{
			name: "whole", feed: "kind: fhir, " + whole,
			scope: "system/Appointment.rs system/Patient.rs system/Slot.rs",
		},
		{
			name: "that takes answers", feed: "kind: fhir, write_back: true, " + whole,
			scope: "system/Appointment.rus system/Patient.rs system/Slot.rs",
		},
		{
			name: "in the words of SMART 1", feed: "kind: fhir, scope: system/*.read, " + whole,
			scope: "system/*.read",
		},
		{
			name: "on this machine", feed: "kind: fhir, url: 'http://localhost:8103/r4'",
			scope: "system/Appointment.rs system/Patient.rs system/Slot.rs",
		},
		{
			name: "without an id", feed: "kind: fhir, url: 'https://ehr.example/r4'",
			want: "line 8: feeds: client_id: missing",
		},
		{
			name: "without a place", feed: "kind: fhir, url_env: EHR, client_id: b, key_env: K",
			want: "token_url: missing: it is token_endpoint in .well-known",
		},
		{
			name: "without a key",
			feed: "kind: fhir, url_env: EHR, client_id: b, token_url: 'https://a.example/t'",
			want: "key_env: missing",
		},
		{
			name: "the key itself",
			feed: "kind: fhir, key_env: '-----BEGIN', url_env: EHR, client_id: b, " +
				"token_url: 'https://a.example/t'",
			want: "want the name of an environment variable like EHR_KEY, not the key",
		},
		{
			name: "in clear", feed: "kind: fhir, url_env: EHR, client_id: b, key_env: K, " +
				"token_url: 'http://a.example/t'",
			want: "token_url: want https, not http",
		},
		{
			name: "a scope that is none", feed: "kind: fhir, scope: all, " + whole,
			want: "scope: \"all\": want scopes like system/Appointment.rs",
		},
		{
			name: "a calendar that takes answers",
			feed: "kind: ics, url: 'https://a.example/x.ics', write_back: true",
			want: "only a feed of kind fhir signs in",
		},
	} {
		t.Run(k.name, func(t *testing.T) {
			c, err := settings.Parse([]byte(least(
				"visit_types: {consult: {minutes: 60}}\nfeeds:\n  - {name: main, " +
					k.feed + "}\n")))
			switch {
			case k.want == "" && (err != nil || c.Feeds[0].Scope != k.scope):
				t.Errorf("%v", err)
			case k.want != "" && (err == nil || !strings.Contains(err.Error(), k.want)):
				t.Errorf("%v, want %s", err, k.want)
			}
		})
	}
}
