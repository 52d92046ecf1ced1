package main_test

import (
	"slices"
	"time"
)

// shortDays are the rows that CI lives through.
func shortDays() []badDay {
	return slices.DeleteFunc(badDays(), func(d badDay) bool {
		return !slices.Contains([]string{
			"Redis+Slack hanging", "Redis+Twilio hanging", "Slack+Twilio hanging",
			"Redis read-only", "Twilio limiting", "bots restarted one by one",
		}, d.name)
	})
}

// badDays are all rows of the table.
func badDays() []badDay {
	return slices.Concat(redisDays(), vendorDays(), clockDays(), botDays(), badPairs())
}

func redisDays() []badDay {
	one := func(f fault) []spell { return []spell{{f}} }
	return []badDay{
		{name: "Redis killed", spells: one(killed), shows: "redis"},
		{name: "Redis frozen", spells: one(frozen), shows: "redis"},
		{name: "Redis slow", spells: one(limping)},
		{name: "Redis full (OOM)", spells: one(full), shows: "redis"},
		{name: "Redis read-only", spells: one(following), shows: "redis"},
		{name: "Redis MASTERDOWN", spells: one(orphaned), shows: "redis"},
		{name: "Redis MISCONF", spells: one(unsaved), shows: "redis"},
		{
			name: "Redis evicting", spells: one(evicting), shows: "redis",
			least: 75 * time.Second, // how the server is set up is looked at each minute
			loses: "Redis throws away what it holds, the ids of what was done included",
		},
		{name: "Cluster: node back", redis: holder(0), spells: one(killed), shows: "redis"},
		{name: "Cluster: failover", redis: holder(1), spells: one(replaced)},
		{name: "Sentinels: failover", redis: guarded, spells: one(replaced)},
	}
}

func vendorDays() (all []badDay) {
	for _, h := range hows() {
		s := badDay{name: "Slack " + string(h), spells: []spell{{onSlack(h)}}}
		t := badDay{name: "Twilio " + string(h), spells: []spell{{onTwilio(h)}}}
		if h != slowly {
			s.phone, s.shows, t.shows = true, "slack", "twilio"
		}
		all = append(all, s, t)
	}
	return all
}

func clockDays() []badDay {
	return []badDay{
		{
			name: "clock an hour fast", bots: []build{{}, clock("3600")}, spells: []spell{{well}},
			shows: "redis",
		},
		{
			name: "clock an hour slow", bots: []build{{}, clock("-3600")}, spells: []spell{{well}},
			shows: "redis",
		},
	}
}

func botDays() []badDay {
	term, kill := (*program).term, (*program).kill
	return []badDay{
		{name: "one of two bots ended", bots: many(2), spells: []spell{{ended(term)}}},
		{name: "one of two bots killed", bots: many(2), spells: []spell{{ended(kill)}}},
		{name: "bots restarted one by one", bots: many(3), spells: []spell{{rolling(term)}}},
		{name: "bots killed one by one", bots: many(3), spells: []spell{{rolling(kill)}}},
		{name: "two versions", bots: []build{{env: unsealed()}, older()}, spells: []spell{{well}}},
	}
}

// unsealed has a bot store in clear.
func unsealed() []string { return []string{"BEACON_KEYS=unsealed"} }

// many are bots that don't differ.
func many(n int) []build { return make([]build, n) }

func badPairs() []badDay {
	return []badDay{
		{
			name: "Redis+Slack hanging", spells: []spell{{frozen, onSlack(hanging)}},
			shows: "redis", phone: true,
		},
		{
			name: "Redis+Twilio hanging", spells: []spell{{frozen, onTwilio(hanging)}},
			shows: "redis",
		},
		{
			name: "Slack+Twilio hanging", spells: []spell{{onSlack(hanging), onTwilio(hanging)}},
			shows: "slack", phone: true, nobody: true,
		},
		{
			name: "Redis killed, Slack refusing", spells: []spell{{killed, onSlack(refusing)}},
			shows: "redis", phone: true,
		},
		{
			name:   "one after another",
			spells: []spell{{killed}, {onSlack(refusing)}, {onTwilio(hanging)}}, phone: true,
		},
	}
}
