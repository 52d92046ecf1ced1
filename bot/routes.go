package main

import (
	"encoding/json"
	"net/http"
)

// routes is every URL of Beacon.
func (a *app) routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	m.HandleFunc("GET /readyz", a.readyz)
	m.Handle("GET /metrics", a.meter)
	if a.twilio != nil {
		m.HandleFunc("/twilio/text", a.twilio.Text)
		m.HandleFunc("/twilio/receipt", a.twilio.Receipt)
		m.HandleFunc("/twilio/voice", a.twilio.Voice)
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

// readyz tells of each thing that Beacon stands on whether it answers.
func (a *app) readyz(w http.ResponseWriter, r *http.Request) {
	status, out := http.StatusOK, map[string]string{}
	for name, err := range a.ready(r.Context()) {
		out[name] = "ok"
		if err != nil {
			out[name], status = err.Error(), http.StatusServiceUnavailable
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out) // the caller went away
}
