package main

import (
	"context"
	"time"
)

// How often each thing is checked: every while all is well, again while something is wrong, so that
// a repair shows soon. source of the vendors': Slack allows some 50 calls of conversations.info a
// minute to all processes together
const (
	storeEvery  = time.Second // well within wroteKeep, which decides the mode of /readyz
	serverEvery = time.Minute // how the server is set up changes only when somebody changes it
	serverAgain = 10 * time.Second
	vendorEvery = 15 * time.Second
	vendorAgain = 5 * time.Second
	senderEvery = 10 * time.Minute // it takes several requests to Twilio
	senderAgain = time.Minute
	wordsEvery  = time.Hour // the words don't change while the bot runs; their reviews run out
	spentEvery  = 10 * time.Second
)

// probes returns every check that the app can make, as it was put together: of a store, Slack or
// Twilio that isn't connected there is none. The order is that of /status and of the doctor's
// table.
func (a *app) probes(c *Config) []probe {
	out := []probe{
		{of: "words", first: true, every: wordsEvery, again: wordsEvery, ask: a.checkScreen},
		{of: "words", every: wordsEvery, again: wordsEvery, ask: a.checkKnowledge(c.live())},
	}
	if a.store != nil {
		out = append(out, a.storeProbes()...)
		out = append(out, a.feedProbes(c)...)
	}
	// A fault of any of these means that the vendor can't be used, as /clinic status shows it.
	vendor := func(of string, ask func(context.Context) []finding) probe {
		return probe{of: of, away: true, every: vendorEvery, again: vendorAgain, ask: ask}
	}
	if a.slack != nil {
		out = append(
			out,
			vendor("slack", a.checkSlack),
			vendor("slack", a.checkChannel("desk", "SLACK_DESK_CHANNEL", c.SlackDeskChannel)),
			vendor("slack", a.checkChannel("urgent", "SLACK_URGENT_CHANNEL", c.SlackUrgentChannel)),
		)
		if clinic := a.base.Clinic; len(clinic.Roles.Groups()) > 0 || clinic.Desk.OnCallGroup != "" {
			out = append(out, probe{
				of: "slack", every: serverEvery, again: serverAgain, ask: a.checkGroups,
			})
		}
		if a.bot != "" { // a doctor posts nothing
			out = append(out, vendor("slack", a.checkPosts))
		}
		if c.SlackAppToken != "" { // cards are posted without it all the same: Slack isn't away
			out = append(out, probe{
				of: "slack", every: vendorEvery, again: vendorAgain, ask: a.checkSocket,
			})
		}
	}
	if a.twilio != nil {
		out = append(
			out,
			vendor("twilio", a.checkAccount(c)),
			// A wrong webhook or number is a fault of the set-up, not of Twilio.
			probe{of: "twilio", every: senderEvery, again: senderAgain, ask: a.checkSender(c)},
		)
	}
	return out
}

// storeProbes returns the checks of Redis. The sandbox's Redis runs inside the process, so its
// version, persistence and memory say nothing and aren't checked; nor are other bots on it.
//
// Whether it takes writes is known before anything is served, since that decides what the first
// text gets; so is how it is set up, since a live bot doesn't start on some servers.
func (a *app) storeProbes() []probe {
	store := func(first bool, ask func(context.Context) []finding) probe {
		return probe{
			of: "redis", away: true, first: first, every: storeEvery, again: storeEvery, ask: ask,
		}
	}
	out := []probe{
		store(true, a.checkWrite), store(false, a.checkRead),
		{of: "words", every: serverEvery, again: serverAgain, ask: a.checkLearnt},
	}
	if a.page != nil {
		return out
	}
	return append(
		out,
		probe{of: "redis", every: spentEvery, again: spentEvery, ask: a.checkSpent},
		probe{of: "redis", first: true, every: serverEvery, again: serverAgain, ask: a.checkServer},
		probe{of: "redis", first: true, every: serverEvery, again: serverAgain, ask: a.checkSeal},
		probe{of: "redis", every: serverEvery, again: serverAgain, ask: a.checkAudit},
		probe{of: ofBots, first: true, every: botEvery, again: botEvery, ask: a.checkBots},
	)
}
