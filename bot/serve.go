package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers/guard"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/knowledge"
)

const (
	tick         = 100 * time.Millisecond // how often the ledgers are looked at
	slotsTime    = time.Second            // how often freed slots are looked at
	missedTime   = 2 * time.Second        // how often what came while Redis was away is tried to be stored
	learnTime    = 5 * time.Second        // how often what staff have taught is looked for
	shutdownTime = 8 * time.Second        // of the ten seconds that a platform gives between SIGTERM and SIGKILL
)

type serveCommand struct{}

// Run runs Beacon until the context ends.
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
	base, err := loadKnowledge(c)
	if err != nil {
		return err
	}
	a, err := wireSandbox(base, log)
	if err != nil {
		return err
	}
	if err := a.openSandbox(w.ctx); err != nil {
		return err
	}
	return a.serve(w, c, "localhost:"+c.Port,
		"Sandbox: nothing leaves this machine. Open http://localhost:%s and text as a patient.\n")
}

// serve starts what the operator watches, the loops, then the server, and shuts down in the reverse
// order.
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
	if banner != "" {
		fmt.Fprintf(w.out, banner, strings.TrimPrefix(l.Addr().String()[strings.LastIndex(l.Addr().String(), ":"):], ":"))
	}
	unwatch := start(w.ctx, a.health.loops())
	defer a.withdraw()
	defer unwatch()
	stop := start(w.ctx, a.loops())
	defer stop()
	return a.listen(w, l, stop)
}

// refusal says why no live bot starts.
func refusal(fatal []finding) error {
	var lines []string
	for _, f := range fatal {
		lines = append(lines, f.Name+": "+f.What+". "+f.Do)
	}
	return errors.New("Beacon can't run like this:\n  " + strings.Join(lines, "\n  ") +
		"\nSee bot doctor.")
}

// start starts loops that outlive the context, until stop is called; stop waits for them, and may
// be called again.
func start(ctx context.Context, loops []func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	for _, loop := range loops {
		wg.Go(func() { loop(ctx) })
	}
	return func() { cancel(); wg.Wait() }
}

// withdraw takes the bot off the list of those that run.
func (a *app) withdraw() {
	if a.bot == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := a.store.Withdraw(ctx, redis.Bot{ID: a.bot, Words: a.words}); err != nil {
		a.log.Warn("other bots see this one a moment longer", "err", err)
	}
}

// listen serves until the world ends: first no request comes in any more, then the loops stop.
func (a *app) listen(w world, l net.Listener, stopLoops func()) (err error) {
	base, stopRequests := context.WithCancel(context.WithoutCancel(w.ctx))
	defer stopRequests()
	s := &http.Server{
		Handler: a.routes(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, BaseContext: func(net.Listener) context.Context { return base },
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	if a.page != nil {
		s.RegisterOnShutdown(a.page.Hangup) // the page's event streams never end by themselves
	}
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	a.log.Info("listening", "addr", l.Addr().String(), "live", a.page == nil, "words", a.base.Model())

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
	a.poster.Wait() // who is being told of a patient in danger without the store
	if a.slack != nil {
		a.slack.Wait() // no way in is left, so nothing new begins
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// loops are what runs besides the server; each returns when its context ends, having given its claims back.
func (a *app) loops() []func(context.Context) {
	learn := a.every("taught", learnTime, a.learn())
	if a.page != nil {
		return []func(context.Context){learn, a.every("due", tick, a.page.Settle)}
	}
	out := []func(context.Context){
		a.texts,
		a.every("posts", tick, a.poster.Deliver),
		a.every("alarms", tick, a.poster.Alarms),
		a.every("slots", slotsTime, a.waitlist.Deliver),
		learn,
		a.every("missed", missedTime, a.patient.Restore),
		a.every("catch-up", catchTick, a.catchUp.Look),
	}
	if a.socket {
		out = append(out, func(ctx context.Context) {
			if err := a.slack.Socket(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("slack socket ended", "err", err)
			}
		})
	}
	return out
}

// texts carries what is due to phones, and at the end waits for what is on its way.
func (a *app) texts(ctx context.Context) {
	crew := a.texter.Crew()
	a.every("texts", tick, crew.Work)(ctx)
	if _, err := crew.Wait(); err != nil {
		a.log.Error("texts on their way at the end", "err", err)
	}
}

// every does the work again and again; a failure (Redis is away) is logged once until it works again.
func (a *app) every(name string, pause time.Duration, work func(context.Context) error) func(context.Context) {
	return func(ctx context.Context) {
		t := time.NewTicker(pause)
		defer t.Stop()
		failing := false
		for {
			var err error
			p := guard.Run(func() { err = work(ctx) })
			switch {
			case p != nil && !failing:
				a.panicked("loop", name, p)
			case err != nil && !failing && ctx.Err() == nil:
				a.log.Error("loop stands still, will go on when it can", "loop", name, "err", err)
			case p == nil && err == nil && failing:
				a.log.Info("loop goes on", "loop", name)
			}
			failing = err != nil || p != nil
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
		}
	}
}

// learn builds the matcher anew when staff have taught something since.
func (a *app) learn() func(context.Context) error {
	var known []knowledge.Taught
	return func(ctx context.Context) error {
		all, err := a.store.Taught(ctx)
		if err != nil || slices.Equal(all, known) {
			return err
		}
		a.base.Learn(all)
		known = all
		a.log.Info("learnt what staff taught", "wordings", len(all))
		return nil
	}
}

// due carries all that is due in the sandbox, and says when the next row falls due.
func (a *app) due(ctx context.Context, _ time.Time) (sent int, next time.Time, err error) {
	a.turning.Lock()
	defer a.turning.Unlock()
	err0 := a.waitlist.Deliver(ctx)
	sent, err1 := a.texter.Deliver(ctx)
	err2 := errors.Join(a.poster.Alarms(ctx), a.poster.Deliver(ctx))
	text, err3 := a.store.Next(ctx, a.texter.Pace())
	post, err4 := a.store.NextPost(ctx)
	slot, err5 := a.store.NextSlot(ctx)
	for _, at := range []time.Time{text, post, slot} {
		if next.IsZero() || (!at.IsZero() && at.Before(next)) {
			next = at
		}
	}
	return sent, next, errors.Join(err0, err1, err2, err3, err4, err5)
}

// openSandbox puts ten fictional patients with visits in and gives the page its URLs.
func (a *app) openSandbox(ctx context.Context) error {
	visits, _, err := feed.ReadCSV(strings.NewReader(sandbox.Patients(a.now(), a.base.Clinic.Location(), a.base.Clinic.Fits)), a.rules())
	if err != nil {
		return err
	}
	if _, err := a.visits.Import(ctx, visits, func(int, int) {}); err != nil {
		return err
	}
	people := make([]sandbox.Patient, 0, len(visits))
	for _, v := range visits {
		people = append(people, sandbox.Patient{Name: v.Name, Phone: v.Phone.E164()})
	}
	a.openPage(a.now().In(a.base.Clinic.Location()), people)
	return nil
}

// rules are what a file of visits must keep to.
func (a *app) rules() feed.Rules {
	return feed.Rules{Zone: a.base.Clinic.Location(), Types: a.base.Clinic.Types(), Langs: knowledge.Languages()}
}

// openPage gives the page its URLs; its clock begins at start.
func (a *app) openPage(start time.Time, people []sandbox.Patient) {
	a.sandbox = a.page.Serve(sandbox.Config{
		Patient: a.patient, Receipts: a.texter, Staff: a.staff, Phone: feed.ParsePhone, Patients: people, Log: a.log, Due: a.due, Start: start,
		Import: func(ctx context.Context, csv io.Reader) (sandbox.ImportResult, error) {
			out, err := a.importCSV(ctx, csv, func(int, int) {})
			if out == nil {
				return sandbox.ImportResult{}, err
			}
			return sandbox.ImportResult{
				Imported: out.Imported, Updated: out.Updated, Unchanged: out.Unchanged,
				Cancelled: out.Cancelled, Faults: out.Faults,
			}, err
		},
	})
}
