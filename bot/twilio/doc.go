// Package twilio sends and receives texts and calls through Twilio.
//
// [Twilio.Text] serves the webhook for patients' texts, [Twilio.Receipt] the status callbacks of
// texts we sent, and [Twilio.Voice] the keys that the on-call phone presses. [Twilio.Send] and
// [Twilio.Call] use the REST API. [Twilio.Find] looks up whether a text of unknown outcome was
// accepted, so that none is resent blindly. [Twilio.Incoming] lists received texts, for those whose
// webhooks failed.
//
// [Twilio.Account], [Twilio.Key], [Twilio.Numbers] and [Twilio.Service] report facts for the health
// checks (check.go). The API is https://www.twilio.com/docs/messaging/api.
package twilio
