package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// thrower panics in every handler, with what it was given as the value.
type thrower struct{}

func (thrower) Receive(_ context.Context, t handlers.Text) (handlers.Reply, error) { panic(t.Body) }

func (thrower) Receipt(_ context.Context, r gate.Receipt) error { panic(r) }

func (thrower) OnCall(context.Context, string, string, string) (string, error) { panic("call") }

// newThrower returns an app in which every webhook's handler panics. It has no store.
func newThrower(t *testing.T, log *bytes.Buffer) *app {
	t.Helper()
	store, err := redis.Open(redis.Config{URL: "redis://127.0.0.1:1", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	a := &app{meter: newMeter(store), log: slog.New(slog.NewTextHandler(log, nil))}
	a.twilio, err = twilio.New(twilio.Config{
		AccountSID: twiliotest.AccountSID, AuthToken: twiliotest.AuthToken, From: twiliotest.From,
		PublicURL: "https://bot.example.com", Patient: thrower{}, Receipts: thrower{},
		OnCall: thrower{}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A webhook whose handling panics is answered with 500, so that Twilio tries again; nothing of it
// is in the log but where it happened, and the next one is served.
func TestAWebhookThatPanics(t *testing.T) {
	const words = "I take lithium"
	var log, server bytes.Buffer
	a := newThrower(t, &log)
	s := httptest.NewUnstartedServer(a.routes())
	s.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(&server, nil), slog.LevelWarn)
	s.Start()
	t.Cleanup(s.Close)
	fake := twiliotest.Start(t, twiliotest.Config{})
	fake.Route("https://bot.example.com", s.URL)
	for range 2 {
		form := url.Values{"From": {"+12125550101"}, "Body": {words}}
		got, err := fake.PostText(t.Context(), "https://bot.example.com/twilio/text", form)
		if err != nil || got.Status != http.StatusInternalServerError || len(got.Bodies) != 0 {
			t.Errorf("%+v %v", got, err)
		}
	}
	if got := log.String(); strings.Count(got, "survive_test.go") < 2 ||
		!strings.Contains(got, "/twilio/text") || strings.Contains(got+server.String(), words) {
		t.Errorf("logged %s and by the server %s", got, server.String())
	}
	var shown bytes.Buffer
	a.meter.set.WritePrometheus(&shown)
	if !strings.Contains(shown.String(), `beacon_panics_total{what="request"} 2`) {
		t.Errorf("counted: %s", shown.String())
	}
}

// A handler that hangs up on purpose still can.
func TestHangingUpIsNoFault(t *testing.T) {
	var log bytes.Buffer
	a := newThrower(t, &log)
	s := httptest.NewServer(a.survive(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic(http.ErrAbortHandler)
	})))
	t.Cleanup(s.Close)
	if r, err := http.Get(s.URL); err == nil {
		_ = r.Body.Close()
		t.Errorf("answered with %d", r.StatusCode)
	} else if !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if log.Len() > 0 {
		t.Errorf("logged %s", log.String())
	}
}

// A loop whose work panics goes on with the next round.
func TestALoopThatPanics(t *testing.T) {
	var log bytes.Buffer
	a := newThrower(t, &log)
	ctx, stop := context.WithCancel(t.Context())
	rounds := 0
	a.every("texts", time.Millisecond, func(context.Context) error {
		if rounds++; rounds == 3 {
			stop()
			return nil
		}
		panic("I take lithium")
	})(ctx)
	got := log.String()
	if rounds != 3 || strings.Count(got, "name=texts") != 1 || !strings.Contains(got, "goes on") ||
		strings.Contains(got, "lithium") {
		t.Errorf("%d rounds, logged %s", rounds, got)
	}
}
