package main

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/patient"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/staff"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
)

// app is Beacon put together: the store, the carrier and the desk, and the handlers between them.
// wire.go builds it.
type app struct {
	base      *knowledge.Base
	store     *redis.Redis
	texter    *gate.Texter
	poster    *desk.Poster
	patient   *patient.Handler
	staff     *staff.Handler
	visits    *visits.Books
	reminders *reminder.Reminders
	waitlist  *waitlist.Handler
	meter     *meter
	health    *health
	words     string // the fingerprint of the base
	bot       string // the name of this process among those on the same Redis; "" in the sandbox
	now       func() time.Time
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
}

// page is the sandbox, which stands in for phone, Slack and Redis.
type page interface {
	Settle(ctx context.Context) error // deliver what is due by its clock
	Hangup()                          // end its event streams
	Close() error
}

// watch has the app report its state to h, and staff read it there.
func (a *app) watch(h *health) { a.health, a.staff.Health = h, h }

// reach gives the handlers their way to phones and to the desk.
func (a *app) reach(phones gate.Carrier, board desk.Board) {
	a.texter.Carrier, a.poster.Board = phones, board
}
