package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// A small clinic's Redis, as deploy/ starts it, is killed, and later lost with its machine. Each
// time all visits are there again: from its own files, and from a backup in another server.
func TestABackupIsPutBack(t *testing.T) {
	t.Parallel()
	const visits = 40
	db := redistest.Hosted(t, nil)
	p := startBehind(t, twiliotest.Config{}, clinic(t), func(*program) []string {
		return []string{"REDIS_URL=" + db.URL()}
	})
	var csv strings.Builder
	csv.WriteString("id,name,phone,start,type\n")
	for i := range visits {
		at := bookable().AddDate(0, 0, 7*(i%2)).Format("2006-01-02")
		fmt.Fprintf(&csv, "v%d,Ana Example,(212) 555-%04d,%s %02d:%02d,consult\n",
			i, 100+i, at, 10+i%6, i)
	}
	file := filepath.Join(t.TempDir(), "visits.csv")
	if err := os.WriteFile(file, []byte(csv.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := p.command("appointments", "import", file); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p.kill() // what it still would write is no matter here
	db.Kill()
	db.Run()
	db.Awake()
	before := p.listed(visits)

	backup := db.Backup()
	db.Kill()
	other := redistest.Hosted(t, backup)
	p.env = append(p.env, "REDIS_URL="+other.URL())
	if after := p.listed(visits); after != before {
		t.Errorf("put back:\n%s\nbefore:\n%s", after, before)
	}
	// Put back once, it is as durable as before.
	other.Kill()
	other.Run()
	other.Awake()
	if after := p.listed(visits); after != before {
		t.Errorf("killed after that:\n%s\nbefore:\n%s", after, before)
	}

	p.env = append(p.env, "BEACON_KEYS=other:"+strings.Repeat("A", 43)+"=")
	if out, err := p.command("appointments", "list"); err == nil || !strings.Contains(out, "key") {
		t.Errorf("without its keys a backup shows: %v\n%s", err, out)
	}
}

// listed is what the command lists, which must be so many visits.
func (p *program) listed(visits int) string {
	p.t.Helper()
	out, err := p.command("appointments", "list")
	if n := strings.Count(out, "consult"); err != nil || n != visits {
		p.t.Fatalf("%d visits, want %d: %v\n%s", n, visits, err, out)
	}
	return out
}
