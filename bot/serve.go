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
	// Entries that the model hasn't learnt are learnt now, which takes seconds.
	from := c.KnowledgeDir
	if from == "" {
		from = "those built in"
	}
	log.Info("reading the words", "from", from)
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
	if a.feeds, err = a.followers(c, w.transport); err != nil {
		return err
	}
	a.watch(newHealth(a.probes(c), time.Now, a.meter, log))
	followWords(a, w, c)
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
// The shutdown stops what brings work in before what does it: see end. The store is closed last.
func (a *app) serve(w world, c *Config, addr, banner string) error {
	defer func() { _ = a.serving().store.Close() }() // nothing is left to write
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
	if a.page == nil {
		if fatal := a.announce(w.ctx); len(fatal) > 0 {
			_ = l.Close() // nothing was taken from it
			a.withdraw(time.Now().Add(withdrawTime))
			return refusal(fatal)
		}
	}
	checks := a.health.loops()
	if a.follow != nil { // it runs them
		checks = nil
	}
	r := running{
		checks: start(w.ctx, checks),
		danger: start(w.ctx, a.dangerLoops()), rest: start(w.ctx, a.loops()),
	}
	began, err := a.listen(w, l)
	a.end(began, r)
	return err
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

// listen serves until the context of w ends, or the server fails by itself. Then it takes no more
// requests and finishes those in flight, in requestTime at most. It returns when that began, and
// nil after an orderly end; requests that were still running are an error.
func (a *app) listen(w world, l net.Listener) (ended time.Time, err error) {
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
		ended = time.Now()
	case <-w.ctx.Done():
		ended = time.Now()
		a.log.Info("shutting down")
		ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), requestTime)
		defer cancel()
		if err = s.Shutdown(ctx); err != nil {
			_ = s.Close() // the carrier sends again what is cut off here
		}
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return ended, err
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
