package settings_test

import (
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// A clinic that says nothing of it has limits all the same, and one that lowers them keeps most for
// its patients.
func TestWhatAnswersMayCost(t *testing.T) {
	for _, c := range []struct {
		name, yaml     string
		all, strangers settings.Quota
	}{
		{
			name: "nothing", all: settings.Quota{PerMinute: 300, PerHour: 2000, PerDay: 5000},
			strangers: settings.Quota{PerMinute: 120, PerHour: 600, PerDay: 2000},
		},
		{
			name: "less a minute", yaml: "replies: {per_minute: 10}\n",
			all:       settings.Quota{PerMinute: 10, PerHour: 2000, PerDay: 5000},
			strangers: settings.Quota{PerMinute: 5, PerHour: 600, PerDay: 2000},
		},
		{
			name: "its own", yaml: "replies: {per_day: 50, strangers: {per_day: 9}}\n",
			all:       settings.Quota{PerMinute: 300, PerHour: 2000, PerDay: 50},
			strangers: settings.Quota{PerMinute: 120, PerHour: 600, PerDay: 9},
		},
	} {
		got, err := settings.Parse([]byte(least(c.yaml)))
		if err != nil || got.Replies.Quota != c.all || got.Replies.Strangers != c.strangers {
			t.Errorf("%s: %+v, %v", c.name, got.Replies, err)
		}
	}
}
