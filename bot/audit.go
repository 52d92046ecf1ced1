package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/user"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/audit"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Say whether the audit is as it was written, and which entry isn't."`
	List   auditListCommand   `cmd:"" help:"List who of the staff did and saw what."`
}

type auditVerifyCommand struct {
	Head string `placeholder:"N:HASH" help:"An end of the audit that /status or the log showed once: shows what was cut off since."`
}

// Run reads the whole audit. It is an error if an entry isn't as it was written.
func (k auditVerifyCommand) Run(w world, c *Config) error {
	known := redis.Head{}
	if k.Head != "" {
		var err error
		if known, err = redis.ParseHead(k.Head); err != nil {
			return fmt.Errorf("--head: %w", err)
		}
	}
	a, err := wireRecords(w, c)
	if err != nil {
		return err
	}
	defer func() { _ = a.store.Close() }()
	v, err := a.store.Verify(w.ctx, known)
	if err != nil {
		return err
	}
	zone := a.base.Clinic.Location()
	t := tabwriter.NewWriter(w.out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(t, "entries in order\t%d\n", v.Entries)
	if v.Entries > 0 {
		fmt.Fprintf(t, "first\t%d\t%s\n", v.First.N, localTime(v.First.At, zone))
		fmt.Fprintf(t, "last\t%d\t%s\n", v.Last.N, localTime(v.Last.At, zone))
	}
	if v.Trimmed > 0 {
		fmt.Fprintf(t, "older than they are kept\t%d\n", v.Trimmed)
	}
	if v.Broken == 0 && v.Head.N > 0 {
		fmt.Fprintf(t, "head\t%s\n", v.Head)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	switch {
	case v.Broken > 0:
		return fmt.Errorf("the audit is broken at entry %d: %s", v.Broken, v.Why)
	case known.N > 0 && known.N < v.Trimmed:
		return fmt.Errorf("--head: entry %d is older than entries are kept: give a later head", known.N)
	}
	what := "Every entry is as it was written."
	if known.N == 0 {
		what += " Whether later ones were cut off shows --head, with a head from /status or the log."
	}
	if len(c.keys()) == 0 {
		what += " Without BEACON_KEYS nothing is sealed: whoever writes to Redis can make it anew."
	}
	_, err = fmt.Fprintln(w.out, what)
	return err
}

type auditListCommand struct {
	Days int  `default:"30" help:"How many days back."`
	JSON bool `name:"json" help:"Print a JSON array."`
}

// Run lists what was written down, oldest first.
func (k auditListCommand) Run(w world, c *Config) error {
	if k.Days < 1 {
		return fmt.Errorf("--days=%d: want how many days back, 1 or more, like --days=30", k.Days)
	}
	a, err := wireRecords(w, c)
	if err != nil {
		return err
	}
	defer func() { _ = a.store.Close() }()
	all, err := a.store.Audit(w.ctx, a.now().AddDate(0, 0, -k.Days))
	if err != nil {
		return err
	}
	if k.JSON {
		e := json.NewEncoder(w.out)
		e.SetIndent("", "  ")
		return e.Encode(append([]audit.Acted{}, all...)) // never null
	}
	t := tabwriter.NewWriter(w.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "N\tAT\tUSER\tACT\tABOUT")
	for _, e := range all {
		at := localTime(e.At, a.base.Clinic.Location())
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\n", e.N, at, e.User, e.Do, orDash(e.About))
	}
	return t.Flush()
}

// auditor is where acts are written down.
type auditor interface {
	Record(ctx context.Context, a audit.Act) error
}

// record writes down what somebody does on the command line, before it is done. do is a command's
// name, and p the number that it is about; the zero Phone is none.
func record(ctx context.Context, to auditor, do string, p handlers.Phone) error {
	err := to.Record(ctx, audit.Act{Event: commandID(), User: operator(), Do: do, Phone: p})
	if err != nil {
		return fmt.Errorf("nothing was done, since it can't be written down: %w", err)
	}
	return nil
}

// commandID returns the id of an event that is a call of this program.
func commandID() string { return "line:" + botID() + fmt.Sprint(":", time.Now().UnixNano()) }

// operator names who calls this program.
func operator() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return "command line, " + u.Username
	}
	return "command line"
}

// auditTime is how often the log tells where the audit ends.
const auditTime = 24 * time.Hour

// logAudit tells in the log where the audit ends, for bot audit verify --head: logs are kept
// elsewhere than in Redis.
func (a *app) logAudit(ctx context.Context) error {
	head, err := a.store.AuditHead(ctx)
	if err == nil && head.N > 0 {
		a.log.Info("the audit ends at", "head", head.String())
	}
	return err
}

// checkAudit asks where the audit ends, for whoever keeps what /status says.
func (a *app) checkAudit(ctx context.Context) []finding {
	const name = "audit"
	head, err := a.store.AuditHead(ctx)
	switch {
	case errors.Is(err, redis.ErrKey):
		return []finding{bad(name, plain(err), "Add that key to BEACON_KEYS, behind the newest one.")}
	case err != nil:
		return []finding{skip(name, plain(err))}
	case head.N == 0:
		return []finding{good(name, "nothing is written down yet")}
	}
	return []finding{good(name, "it ends at "+head.String())}
}
