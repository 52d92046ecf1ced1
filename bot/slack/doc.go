// Package slack connects the front desk in Slack: it posts cards about patients and hands what
// staff do to the handlers.
//
// Three kinds of requests come in, over HTTP with Slack's signature or over Socket Mode: /clinic
// commands (command.go), buttons and modals (interaction.go, modal.go), and messages in threads
// (event.go). Slack waits three seconds for an acknowledgement. What must not be lost is handed to
// [Staff] before the acknowledgement; the rest is done after it, and [Slack.Wait] waits for that
// work.
//
// Three kinds of messages go out (desk.go): a case's card, a line in its thread, and a mark on a
// staff message that shows its delivery. Package view renders them.
//
// [Slack.Auth], [Slack.Channel] and [Slack.Connected] report facts for the health checks
// (check.go). The API is https://docs.slack.dev/reference/methods.
package slack
