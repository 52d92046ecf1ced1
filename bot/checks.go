package main

import (
	"context"
	"time"
)

// How often things are asked: while all is well, and while something is wrong. source of the
// vendors': Slack allows some 50 calls of conversations.info a minute to all processes together
const (
	storeEvery  = time.Second
	serverEvery = time.Minute
	serverAgain = 10 * time.Second
	vendorEvery = 15 * time.Second
	vendorAgain = 5 * time.Second
	senderEvery = 10 * time.Minute
	senderAgain = time.Minute
	wordsEvery  = time.Hour
)

// probes are all that can be asked of what the app stands on, as it was put together.
func (a *app) probes(c *Config) []probe {
	out := []probe{
		{of: "words", first: true, every: wordsEvery, again: wordsEvery, ask: a.checkScreen},
		{of: "words", every: wordsEvery, again: wordsEvery, ask: a.checkKnowledge(c.live())},
	}
	if a.store != nil {
		out = append(out, a.storeProbes()...)
	}
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
			probe{of: "twilio", every: senderEvery, again: senderAgain, ask: a.checkSender(c)},
		)
	}
	return out
}

// storeProbes ask Redis. That of the sandbox is its own: how it is set up says nothing.
func (a *app) storeProbes() []probe {
	store := func(first bool, ask func(context.Context) []finding) probe {
		return probe{
			of: "redis", away: true, first: first, every: storeEvery, again: storeEvery, ask: ask,
		}
	}
	out := []probe{store(true, a.checkWrite), store(false, a.checkRead)}
	if a.page != nil {
		return out
	}
	return append(
		out,
		probe{of: "redis", first: true, every: serverEvery, again: serverAgain, ask: a.checkServer},
		probe{of: "redis", first: true, every: serverEvery, again: serverAgain, ask: a.checkSeal},
		probe{of: "redis", every: serverEvery, again: serverAgain, ask: a.checkAudit},
		probe{of: "words", every: botLease / 3, again: botLease / 3, ask: a.checkBots},
	)
}
