//go:build !live

package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/figures"
	"github.com/beacon-clinic/beacon/handlers/staff"
	"github.com/beacon-clinic/beacon/knowledge"
)

// hasSandbox reports whether the sandbox is built in. open_live.go takes the place of this file,
// and of stories.go, with -tags live.
const hasSandbox = true

// openSandbox opens the sandbox at the present time, with ten fictional patients. Their visits go
// through the same import as a clinic's file, so their reminders are planned.
func openSandbox(ctx context.Context, base *knowledge.Base, log *slog.Logger) (*app, error) {
	page := sandbox.New()
	a, err := wireSandbox(page, base, log)
	if err != nil {
		return nil, err
	}
	visits, _, err := feed.ReadCSV(
		strings.NewReader(sandbox.Patients(a.now(), base.Clinic.Location(), base.Clinic.Fits)),
		rulesOf(a.base, a.texter.Untexted),
	)
	if err != nil {
		return nil, err
	}
	if _, err := a.visits.Import(ctx, visits, func(int, int) {}); err != nil {
		return nil, err
	}
	on, err := newStage(page, func() (*knowledge.Base, error) { return loadKnowledge("") })
	if err != nil {
		return nil, err
	}
	on.edited = &editing{app: a, page: page, stage: on, config: sandbox.Config{
		Start: a.now().In(base.Clinic.Location()), Patients: offered(visits), Stories: on,
	}}
	on.edited.config.Edited = on.edited
	a.serveSandbox(page, on.edited.config)
	on.home, a.sandbox, a.page = a.sandbox, on, on
	return a, nil
}

// openEmpty opens the sandbox with nobody in it and its clock set to start.
func openEmpty(base *knowledge.Base, log *slog.Logger, start time.Time) (*app, error) {
	page := sandbox.New()
	a, err := wireSandbox(page, base, log)
	if err != nil {
		return nil, err
	}
	a.serveSandbox(page, sandbox.Config{Start: start})
	return a, nil
}

// wireSandbox puts Beacon together with nothing outside the process: the page stands in for phone
// and Slack, and Redis runs inside. Everything goes by the page's clock, which can be turned, but
// the health checks, which go by the real one. Redis has a minute for a command: it can't hang, and
// a slow machine mustn't open the breaker.
func wireSandbox(
	page *sandbox.Sandbox, base *knowledge.Base, log *slog.Logger,
) (*app, error) {
	url, err := page.Redis()
	if err != nil {
		return nil, err
	}
	store, err := redis.Open(redis.Config{
		URL: url, Keep: keep(base), Now: page.Now, Patience: time.Minute,
		Count: figures.Counter{Clinic: base.Clinic},
	})
	if err != nil {
		return nil, err
	}
	a := wire(base, store, false, page.Now, log)
	a.page = page
	a.staff.Rights = staff.Rights{} // the page's people have no ids of Slack's
	a.texter.Free = true            // whoever tries out Beacon may ask a thousand questions a minute
	a.reach(page, page)
	a.watch(newHealth(a.probes(&Config{}), time.Now, a.meter, log))
	return a, nil
}

// others returns whom the page shows besides those who were there at its start: who has had a visit
// in the last weeks or will, several of one phone together, and the on-call phone.
func (a *app) others(ctx context.Context) (out []sandbox.Patient, err error) {
	const back, ahead = 30, 400 // days
	now := a.now()
	all, err := a.store.Visits(ctx, now.AddDate(0, 0, -back), now.AddDate(0, 0, ahead))
	if err != nil {
		return nil, err
	}
	at := map[handlers.Phone]int{}
	for _, v := range all {
		i, known := at[v.Phone]
		switch {
		case !known:
			at[v.Phone] = len(out)
			out = append(out, sandbox.Patient{Name: v.Name, Phone: v.Phone.E164()})
		case !strings.Contains(out[i].Name, v.Name):
			out[i].Name += ", " + v.Name
		}
	}
	for _, p := range a.own() {
		out = append(out, sandbox.Patient{Name: "On-call phone", Phone: p.E164(), Clinic: true})
	}
	return out, nil
}

// offered returns those who have visits, as the page lists them.
func offered(visits []handlers.Visit) []sandbox.Patient {
	people := make([]sandbox.Patient, 0, len(visits))
	for _, v := range visits {
		people = append(people, sandbox.Patient{Name: v.Name, Phone: v.Phone.E164()})
	}
	return people
}

// serveSandbox makes the page's URLs, with its clock and its patients as c says.
func (a *app) serveSandbox(page *sandbox.Sandbox, c sandbox.Config) {
	a.sandbox = page.Serve(a.behind(c))
}

// behind fills in who does what the page asks for.
func (a *app) behind(c sandbox.Config) sandbox.Config {
	var done, of atomic.Int64
	c.Patient, c.Receipts, c.Staff, c.Calls = a.patient, a.texter, a.staff, a.staff
	c.Home, c.Others, c.Due, c.Log, c.Phone = a.home, a.others, a.due, a.log, feed.ParsePhone
	c.CatchUp, c.Day, c.Figures = a.patient.CatchUp, a.day, a.figuresOf
	c.Because = func(text string, r handlers.Reply) []string { return because(a.base, text, r) }
	c.Words = func(context.Context) ([]byte, error) { return wordsPage(a.base, a.now()) }
	c.Preview = a.previewPage
	c.Importing = func() (int64, int64) { return done.Load(), of.Load() }
	c.Import = func(ctx context.Context, body io.Reader, asJSON bool) (any, error) {
		data, err := io.ReadAll(body)
		if err != nil {
			return nil, err
		}
		in := importing{File: data}
		if asJSON {
			in = importing{}
			if err := json.Unmarshal(data, &in); err != nil {
				return nil, err
			}
		}
		out, err := a.importFile(ctx, in, func(n, all int) {
			done.Store(int64(n))
			of.Store(int64(all))
		})
		if out == nil {
			return nil, err
		}
		return out, err
	}
	return c
}
