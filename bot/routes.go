package main

import "net/http"

// routes returns every URL of Beacon that others reach: the vendors' webhooks check a signature
// themselves, the two for a platform's health checks tell nothing about patients. The operator's
// own, /status and /metrics, are at the private listener. A request that panics gets 500.
func (a *app) routes() http.Handler {
	m := http.NewServeMux()
	// That the process lives: a platform restarts it if this fails, so it asks nothing else.
	m.HandleFunc(
		"GET /healthz",
		func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) },
	)
	m.HandleFunc(
		"GET /readyz",
		func(w http.ResponseWriter, r *http.Request) { a.serving().readyz(w, r) },
	)
	if a.twilio != nil {
		m.HandleFunc("/twilio/text", a.twilio.Text)
		m.HandleFunc("/twilio/receipt", a.twilio.Receipt)
		m.HandleFunc("/twilio/voice", a.twilio.Voice)
		m.HandleFunc("/twilio/staff", a.twilio.Staff)
	}
	if a.slack != nil {
		m.HandleFunc("/slack/command", a.slack.Command)
		m.HandleFunc("/slack/interaction", a.slack.Interaction)
		m.HandleFunc("/slack/event", a.slack.Event)
	}
	if a.sandbox != nil {
		m.Handle("/", a.sandbox) // the page and /sandbox/…
	}
	return a.survive(m)
}
