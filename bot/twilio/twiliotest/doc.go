// Package twiliotest is a stateful fake of Twilio over HTTP, for tests and load tests: it takes
// texts and calls, lists them, posts signed webhooks and receipts, and fails in the ways that
// Twilio and the network fail. It speaks the documented shapes and knows nothing of the bot.
//
// [Start] runs a [Fake] for a test. [Config] sets how it behaves, [Fake.Rule] what becomes of a
// number's texts, [Fake.Own] and [Fake.Serve] what the account has. [Fake.PostText] and
// [Fake.PressKey] stand for the people at the other end; [Fake.Messages] and its like show what
// came. Where Twilio's documentation leaves something open, the fake does what is harder for the
// caller. Everything may be called concurrently.
package twiliotest
