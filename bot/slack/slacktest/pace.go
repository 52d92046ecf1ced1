package slacktest

import "time"

// pace counts calls for the rate limits.
type pace struct {
	calls map[string][]time.Time // of the last minute, by method
	posts map[string]time.Time   // the last post, by channel
}

// Limit makes Slack limit rates from now on, by its clock: a post a second in a channel, and as
// many calls a minute as the method's tier has. Slack lets short bursts pass, but promises none; the
// fake lets none pass. What is over the limit gets 429 with Retry-After, and isn't recorded. source:
// https://docs.slack.dev/apis/web-api/rate-limits
func (f *Slack) Limit() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pace = &pace{calls: map[string][]time.Time{}, posts: map[string]time.Time{}}
}

// limited counts a call, and returns how long to wait before it is made again if it is over a
// limit. The lock is held.
func (f *Slack) limited(c Call) time.Duration {
	if f.pace == nil {
		return 0
	}
	now := f.now()
	if c.Method == "chat.postMessage" {
		args, _ := c.args()
		channel := args.Get("channel")
		if last, ok := f.pace.posts[channel]; ok && now.Sub(last) < time.Second {
			return time.Second - now.Sub(last)
		}
		f.pace.posts[channel] = now
		return 0
	}
	tier := f.methods[c.Method].tier
	recent := f.pace.calls[c.Method]
	for len(recent) > 0 && now.Sub(recent[0]) >= time.Minute {
		recent = recent[1:]
	}
	if tier > 0 && len(recent) >= tier {
		f.pace.calls[c.Method] = recent
		return time.Minute - now.Sub(recent[0])
	}
	f.pace.calls[c.Method] = append(recent, now)
	return 0
}
