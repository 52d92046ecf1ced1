package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/bot/sandbox"
)

// openSandbox imports ten fictional patients with visits and opens the page.
func (a *app) openSandbox(ctx context.Context) error {
	visits, _, err := feed.ReadCSV(
		strings.NewReader(sandbox.Patients(a.now(), a.base.Clinic.Location(), a.base.Clinic.Fits)),
		a.rules(),
	)
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

// openPage serves the page, with its clock set to start.
func (a *app) openPage(start time.Time, people []sandbox.Patient) {
	a.sandbox = a.page.Serve(sandbox.Config{
		Patient: a.patient, Receipts: a.texter, Staff: a.staff, Phone: feed.ParsePhone,
		Patients: people, Log: a.log, Due: a.due, Start: start,
		Import: func(ctx context.Context, csv io.Reader) (sandbox.ImportResult, error) {
			out, err := a.importCSV(ctx, csv, func(int, int) {})
			if out == nil {
				return sandbox.ImportResult{}, err
			}
			return sandbox.ImportResult{
				Imported: out.Imported, Updated: out.Updated, Unchanged: out.Unchanged,
				Cancelled: out.Cancelled, Faults: out.Faults, Warnings: out.Warnings,
			}, err
		},
	})
}

// due delivers everything that is due in the sandbox. next is when something falls due next; zero
// if nothing waits.
func (a *app) due(ctx context.Context, _ time.Time) (sent int, next time.Time, err error) {
	a.turning.Lock()
	defer a.turning.Unlock()
	err0 := a.waitlist.Deliver(ctx)
	sent, err1 := a.texter.Deliver(ctx)
	err2 := errors.Join(a.patient.TellRefused(ctx), a.poster.Alarms(ctx), a.poster.Deliver(ctx))
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
