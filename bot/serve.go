package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// shutdownTime is what requests in flight may take at a shutdown, of the ten seconds that a
// platform commonly gives between SIGTERM and SIGKILL.
const shutdownTime = 8 * time.Second

// lastTime is how long a shutdown then waits for people to be told of a patient in danger without
// the store, and for what Slack was promised.
const lastTime = 6 * time.Second

// serveCommand is `bot serve`, and `bot` alone.
type serveCommand struct{}

// Run runs Beacon until the context ends: live if an account is configured, else as the sandbox,
// which listens on this machine only and says on standard output where its page is. Variables that
// are wrong and words that can't be loaded end it before anything is opened.
func (serveCommand) Run(w world, c *Config) error {
	if err := c.check(); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(w.err, &slog.HandlerOptions{Level: c.level()}))
	if c.live() {
		a, err := wireLive(c, w.transport, log)
		if err != nil {
			return err
		}
		return a.serve(w, c, ":"+c.Port, "")
	}
	base, err := loadKnowledge(c.KnowledgeDir)
	if err != nil {
		return err
	}
	a, err := openSandbox(w.ctx, base, log)
	if err != nil {
		return err
	}
	return a.serve(w, c, "localhost:"+c.Port,
		"Sandbox: nothing leaves this machine. Open http://localhost:%s and text as a patient.\n")
}

// serve starts Beacon and returns when it has shut down; the error says why it couldn't start or
// ended by itself. The order matters:
//
//  1. The private listener, so that the operator sees a start that hangs.
//  2. The first checks, two seconds at most. On some findings a live bot doesn't start.
//  3. The public port is bound. What comes in now waits in the kernel's queue.
//  4. The bot is announced: it is sure to start, and its words are the current ones.
//  5. The loops of the health checks, then those that deliver.
//  6. The server, which takes requests until the context ends: see listen.
//
// The deferred calls undo it in the reverse order: the loops end, then the checks, then this bot
// withdraws from the list of running ones, and the store is closed last.
func (a *app) serve(w world, c *Config, addr, banner string) error {
	defer func() { _ = a.store.Close() }() // nothing is left to write
	if a.page != nil {
		defer func() { _ = a.page.Close() }()
	}
	private, err := a.openPrivate(c.MetricsAddr)
	if err != nil && a.page == nil {
		return err
	}
	if err != nil { // the sandbox gets along without
		a.log.Warn("no private listener, so no /status and no /metrics", "err", err)
	}
	defer private.close()
	if fatal := a.health.begin(w.ctx); a.page == nil && len(fatal) > 0 {
		return refusal(fatal)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen: %w (is another running? set PORT)", err)
	}
	if banner != "" { // the port it has, which may not be the one it was given: PORT=0
		fmt.Fprintf(
			w.out, banner,
			strings.TrimPrefix(l.Addr().String()[strings.LastIndex(l.Addr().String(), ":"):], ":"),
		)
	}
	defer a.withdraw()
	if a.page == nil {
		if fatal := a.announce(w.ctx); len(fatal) > 0 {
			_ = l.Close() // nothing was taken from it
			return refusal(fatal)
		}
	}
	unwatch := start(w.ctx, a.health.loops())
	defer unwatch()
	stop := start(w.ctx, a.loops())
	defer stop()
	return a.listen(w, l, stop)
}

// refusal is the error of a live bot that can't start: each finding with what to do about it.
func refusal(fatal []finding) error {
	var lines []string
	for _, f := range fatal {
		lines = append(lines, f.Name+": "+f.What+". "+f.Do)
	}
	return errors.New("Beacon can't run like this:\n  " + strings.Join(lines, "\n  ") +
		"\nSee bot doctor.")
}

// withdraw removes this process from the list of running bots, so that none leaves work to it. It
// takes a second at most, and if it fails the entry runs out by itself (botLease).
func (a *app) withdraw() {
	if a.bot == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := a.store.Withdraw(ctx, a.self()); err != nil {
		a.log.Warn("other bots see this one a moment longer", "err", err)
	}
}

// listen serves until the context of w ends, or the server fails by itself. It then stops what
// brings work in before what does it:
//
//  1. The server takes no more requests and finishes those in flight, in shutdownTime at most.
//  2. Texts of danger that were answered are stored, or held until the store is back.
//  3. The loops end, with the sends in flight settled.
//  4. Whoever must be told of danger without the store is told, in lastTime at most.
//
// It returns nil after an orderly shutdown; requests that were still running after shutdownTime
// are an error.
func (a *app) listen(w world, l net.Listener, stopLoops func()) (err error) {
	// Requests outlive the signal: one that was cut short would have to be sent again.
	base, stopRequests := context.WithCancel(context.WithoutCancel(w.ctx))
	defer stopRequests()
	s, bounded := a.server(l, mostConnections, a.routes())
	s.BaseContext = func(net.Listener) context.Context { return base }
	if a.page != nil {
		s.RegisterOnShutdown(a.page.Hangup) // the page's event streams never end by themselves
	}
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(bounded) }()
	a.log.Info(
		"listening", "addr", l.Addr().String(), "live", a.page == nil, "words", a.base.Model(),
	)

	select {
	case err = <-failed:
	case <-w.ctx.Done():
		a.log.Info("shutting down")
		ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), shutdownTime)
		defer cancel()
		err = s.Shutdown(ctx)
	}
	a.patient.Wait() // what is being stored of texts that were answered
	stopLoops()
	a.within(lastTime, func() {
		a.poster.Wait() // who is being told of a patient in danger without the store
		if a.slack != nil {
			a.slack.Wait() // no way in is left, so nothing new begins
		}
	})
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// How long a request may take. Twilio and Slack send theirs in one go, and wait 15 s and 3 s for
// the answer.
const (
	headerTime = 5 * time.Second  // to come, without its body
	bodyTime   = 10 * time.Second // to come, with its body
	// answerTime is from the header until the answer is taken: bodyTime, what Twilio's webhooks may
	// take, and the way back.
	answerTime = 30 * time.Second
	idleTime   = time.Minute // between two requests
	// maxHeader bounds a header, in bytes. Twilio's are under 1 KiB; a proxy adds some.
	maxHeader = 16 << 10
)

// server returns a server whose clients can neither hold it up for good nor fill its memory, and
// the listener that it is to serve.
func (a *app) server(l net.Listener, most int, h http.Handler) (*http.Server, *connections) {
	bounded := bound(l, most, a.meter.Closed)
	return &http.Server{
		Handler: bounded.watch(h), ConnContext: bounded.within,
		ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, WriteTimeout: answerTime,
		IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}, bounded
}

// within waits for the end of work, but no longer than limit: a platform kills the bot soon after.
// What isn't done by then is logged as an error and left behind.
func (a *app) within(limit time.Duration, work func()) {
	done := make(chan struct{})
	go func() { defer close(done); work() }()
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
		a.log.Error("ends before all were told that were to be", "waited", limit)
	}
}
