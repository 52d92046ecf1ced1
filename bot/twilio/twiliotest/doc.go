// Package twiliotest is a stateful Twilio over HTTP, for tests and for load: it takes texts, lists
// them, posts signed receipts, and fails in the ways that Twilio and the net between fail. It
// speaks the documented shapes and knows nothing of the bot.
package twiliotest
