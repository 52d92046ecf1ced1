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

// socketPause is how long Socket waits before it starts a new client when the SDK's has given up,
// over a revoked token, say. Somebody may be about to mend that, so it never gives up itself.
const socketPause = 15 * time.Second

// maxBackoff is the longest pause of the SDK's between two tries that is accepted. The SDK's grow
// to five minutes, during which nothing that staff write or press would come in.
const maxBackoff = 20 * time.Second

// maxFrame bounds an envelope, in bytes. It is far above what Slack sends: a longer one ends the
// connection.
const maxFrame = 1 << 20

// line is the state of the Socket Mode connection.
type line struct {
	mu  sync.Mutex
	up  bool
	err error // why it isn't up; nil before the first try has failed
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

// Connects asks Slack whether it would accept a Socket Mode connection with our app token, without
// making one. The error gives Slack's code by [Word].
func (s *Slack) Connects(ctx context.Context) error {
	_, _, err := s.api.StartSocketModeContext(ctx)
	if err != nil {
		return fmt.Errorf("slack connections open: %w", refusal(err))
	}
	return nil
}

// Socket receives commands, interactions and events over Socket Mode until ctx ends, and reconnects
// as needed. It returns when the requests it accepted are handled, except for the work that
// [Slack.Wait] waits for. The only error is that there is no app token. source:
// https://docs.slack.dev/apis/events-api/using-socket-mode
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

// connection runs the SDK's client, which reconnects by itself, until the client gives up or pauses
// for too long.
func (s *Slack) connection(ctx context.Context) error {
	var handling sync.WaitGroup
	defer handling.Wait()
	ctx, cancel := context.WithCancel(ctx)
	// Runs before the wait above: an acknowledgement that can't be sent any more must not hold it
	// up.
	defer cancel()
	// The SDK's client can't be run twice.
	client := socketmode.New(s.api, socketmode.OptionReadLimit(maxFrame))
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
					cancel() // Socket starts a new client, whose pauses are short again
				}
				continue
			}
			if req, ok := request(e); ok {
				// Each has a goroutine: while the store is slow for one, the next must still be
				// acknowledged within three seconds.
				handling.Go(func() {
					s.survive(ctx, "an envelope", func() { s.take(ctx, client, req) })
				})
			}
		}
	}
}

// request returns the envelope that an event of the SDK's holds; false if it holds none. The SDK
// reports an envelope with an event type that it doesn't know as a bad message, so that is parsed
// again here.
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

// take handles an envelope and acknowledges it. One that failed isn't acknowledged, so that Slack
// sends it again.
func (s *Slack) take(ctx context.Context, client *socketmode.Client, req socketmode.Request) {
	// A shutdown doesn't cut it short; keepTime bounds it. If the acknowledgement can't be sent any
	// more, the envelope comes again with the same id, and Staff knows it.
	answer, err := s.open(context.WithoutCancel(ctx), req)
	if err != nil {
		s.c.Log.ErrorContext(ctx, "slack envelope not taken", "type", req.Type, "err", err)
		// A malformed one is acknowledged all the same: it would only fail again.
		if !errors.Is(err, errMalformed) {
			return
		}
	}
	if err := client.AckCtx(ctx, req.EnvelopeID, answer); err != nil && ctx.Err() == nil {
		s.c.Log.ErrorContext(ctx, "slack envelope not acknowledged", "type", req.Type, "err", err)
	}
}

// open handles an envelope as the HTTP doors handle its payload. What it returns goes with the
// acknowledgement; nil is an empty one.
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
	return nil, nil // a type that we have no use for: acknowledged, so that it doesn't come again
}
