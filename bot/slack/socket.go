package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	sdk "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// socketPause is how long a connection that was refused for good (a revoked token, say) rests;
// staff may be about to mend it.
const socketPause = 15 * time.Second

// maxBackoff is the longest rest between two tries that is put up with: the SDK's own grows to five
// minutes, and staff's words wait.
const maxBackoff = 20 * time.Second

// line is how the connection of Socket Mode is.
type line struct {
	mu  sync.Mutex
	up  bool
	err error // why it isn't, or wasn't last
}

func (l *line) set(up bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.up, l.err = up, err
}

// Connected reports whether Socket Mode is connected. If it isn't, the error says why; it is nil
// while the first connection is being made. A connection that Slack is renewing counts as
// connected.
func (s *Slack) Connected() (bool, error) {
	s.line.mu.Lock()
	defer s.line.mu.Unlock()
	return s.line.up, s.line.err
}

// Connects asks Slack whether it would accept a Socket Mode connection.
func (s *Slack) Connects(ctx context.Context) error {
	_, _, err := s.api.StartSocketModeContext(ctx)
	if err != nil {
		return fmt.Errorf("slack connections open: %w", refusal(err))
	}
	return nil
}

// Socket receives the same three kinds of requests over Socket Mode until ctx ends, and reconnects
// as needed. It returns when the requests it accepted are handled, except for the work that
// [Slack.Wait] waits for.
func (s *Slack) Socket(ctx context.Context) error {
	if s.c.AppToken == "" {
		return errors.New("slack socket mode: no app token")
	}
	for {
		err := s.connection(ctx)
		if ctx.Err() != nil {
			return nil
		}
		s.line.set(false, err)
		s.c.Log.ErrorContext(ctx, "slack socket mode interrupted", "err", err)
		rest := time.NewTimer(socketPause)
		select {
		case <-ctx.Done():
			rest.Stop()
			return nil
		case <-rest.C:
		}
	}
}

// connection runs the SDK's client, which reconnects by itself, until that gives up.
func (s *Slack) connection(ctx context.Context) error {
	var handling sync.WaitGroup
	defer handling.Wait()
	ctx, cancel := context.WithCancel(ctx)
	// Before the wait: an acknowledgement that nobody can send any more must not hold it up.
	defer cancel()
	// A client of its own each time: the SDK's can't be run twice.
	client := socketmode.New(s.api, socketmode.OptionReadLimit(maxBody))
	ended := make(chan error, 1)
	handling.Go(func() { ended <- client.RunContext(ctx) })
	for {
		select {
		case err := <-ended:
			return err
		case e := <-client.Events:
			if e.Type == socketmode.EventTypeHello {
				s.line.set(true, nil)
			}
			if failed, ok := e.Data.(*sdk.ConnectionErrorEvent); ok {
				s.line.set(false, failed.ErrorObj)
				s.c.Log.WarnContext(
					ctx, "slack socket mode connecting", "attempt", failed.Attempt, "err",
					failed.ErrorObj,
				)
				if failed.Backoff > maxBackoff {
					cancel() // Socket begins anew, with short rests
				}
				continue
			}
			if req, ok := request(e); ok {
				// One each: a slow store must not keep another's acknowledgement past the three
				// seconds.
				handling.Go(func() {
					s.survive(ctx, "an envelope", func() { s.take(ctx, client, req) })
				})
			}
		}
	}
}

// request is what Slack sent. The SDK refuses events that it doesn't know; what it refused is read
// again with our own eyes.
func request(e socketmode.Event) (socketmode.Request, bool) {
	if e.Request != nil {
		return *e.Request, e.Request.EnvelopeID != ""
	}
	bad, ok := e.Data.(*socketmode.ErrorBadMessage)
	if !ok {
		return socketmode.Request{}, false
	}
	var req socketmode.Request
	err := json.Unmarshal(bad.Message, &req)
	return req, err == nil && req.EnvelopeID != ""
}

// take does what was sent and acknowledges it; what isn't acknowledged is sent again.
func (s *Slack) take(ctx context.Context, client *socketmode.Client, req socketmode.Request) {
	// Shutdown doesn't cut it short: it is bounded by keepTime, and what was taken but not
	// acknowledged comes again, with the same id.
	answer, err := s.open(context.WithoutCancel(ctx), req)
	if err != nil {
		s.c.Log.ErrorContext(ctx, "slack envelope not taken", "type", req.Type, "err", err)
		if !errors.Is(err, errMalformed) { // which would come again and again
			return
		}
	}
	if err := client.AckCtx(ctx, req.EnvelopeID, answer); err != nil && ctx.Err() == nil {
		s.c.Log.ErrorContext(ctx, "slack envelope not acknowledged", "type", req.Type, "err", err)
	}
}

// open does what an envelope says; the answer goes with the acknowledgement.
func (s *Slack) open(ctx context.Context, req socketmode.Request) (any, error) {
	switch req.Type {
	case socketmode.RequestTypeEventsAPI:
		var e envelope
		if err := json.Unmarshal(req.Payload, &e); err != nil {
			return nil, fmt.Errorf("%w: event", errMalformed)
		}
		return nil, s.event(ctx, e, req.RetryAttempt == 0)
	case socketmode.RequestTypeInteractive:
		return s.interaction(ctx, req.Payload)
	case socketmode.RequestTypeSlashCommands:
		var c sdk.SlashCommand
		if err := json.Unmarshal(req.Payload, &c); err != nil || c.UserID == "" ||
			c.TriggerID == "" {
			return nil, fmt.Errorf("%w: command", errMalformed)
		}
		s.command(ctx, c)
	}
	return nil, nil // of no use to us; acknowledged, so that it doesn't come again
}
