package main

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/handlers/broadcast"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/handlers/patient"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/staff"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
)

// app is Beacon put together: the store, the carrier and the desk, and the handlers between them.
// wire.go builds it in one of four ways: live (wireLive), as the sandbox (open_sandbox.go), for the
// commands on visits (wireBooks), or for a look at the set-up (wireDoctor). Which fields are nil
// tells them apart: page is set in the sandbox alone, twilio and slack only where accounts are
// configured.
type app struct {
	base      *knowledge.Base
	store     *redis.Redis // nil for a doctor without a usable REDIS_URL
	texter    *gate.Texter
	poster    *desk.Poster
	patient   *patient.Handler
	staff     *staff.Handler
	school    *learning.School
	visits    *visits.Books
	reminders *reminder.Reminders
	waitlist  *waitlist.Handler
	broadcast *broadcast.Handler
	feeds     []*follower // that run by themselves; none where nothing runs
	writer    *visits.Writer
	meter     *meter
	drawn     home    // what Home shows
	health    *health // nil until watch; the commands on visits have none
	words     string  // the fingerprint of the base
	// bot is the name of this process among those on the same Redis. Only a live bot has one:
	// checks that only make sense while the bot runs look at it.
	bot       string
	build     string           // its version, for people; "" where nobody asks
	announced atomic.Bool      // it has started: see announce
	now       func() time.Time // the sandbox's own clock there, else the real one
	log       *slog.Logger

	// Live only.
	twilio  *twilio.Twilio
	catchUp *catchUp
	slack   *slack.Slack
	socket  bool // Slack reaches us by Socket Mode

	// In the sandbox only.
	page    page
	sandbox http.Handler // the page's URLs
	turning sync.Mutex   // held while what is due is delivered
	// follow runs the loops, and has others take over when the words are edited; nil where they
	// aren't watched.
	follow func(context.Context)
	heir   atomic.Pointer[app] // who has taken over
}

// page is the sandbox, which stands in for phone, Slack and Redis.
type page interface {
	Settle(ctx context.Context) error // deliver what is due by its clock
	Hangup()                          // end its event streams
	Reconnect()                       // have its pages connect anew
	Still(still bool)                 // have the clock move only when it is turned
	Watch(f func(name, data string))  // tell of every event, as it happens
	Close() error
}

// serving returns who does the work now: a, or whoever has taken over.
func (a *app) serving() *app {
	if heir := a.heir.Load(); heir != nil {
		return heir
	}
	return a
}

// watch makes h the app's health checks: /status, /readyz, and /clinic status read them there.
func (a *app) watch(h *health) { a.health, a.staff.Health = h, h }

// reach gives the handlers their way to phones and to the desk. It is a step of its own because
// Twilio and Slack are made from handlers that exist before them.
func (a *app) reach(phones gate.Carrier, board desk.Board) {
	a.texter.Carrier, a.poster.Board = phones, board
}
