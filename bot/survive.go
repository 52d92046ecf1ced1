package main

import (
	"net/http"

	"github.com/beacon-clinic/beacon/handlers/guard"
)

// survive answers a request on which the program panics with 500, so that whoever sent it tries
// again. The HTTP server itself would hang up, and log what was thrown, a patient's words maybe. An
// answer that was begun before the panic stays as it is: its status can't be taken back.
func (a *app) survive(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			thrown := recover()
			if thrown == http.ErrAbortHandler { // a handler hangs up on purpose
				panic(thrown)
			}
			if p := guard.Recovered(thrown); p != nil {
				a.panicked("request", r.URL.Path, p)
				http.Error(w, "try again", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// panicked logs and counts a panic that was recovered. what is request or loop, name the path or
// the loop's name. The log has the stack, and of the value only what guard.Panic lets through.
func (a *app) panicked(what, name string, p *guard.Panic) {
	a.meter.Panicked(what)
	a.log.Error("the program panicked", "on", what, "name", name, "what", p.What, "stack", p.Stack)
}
