package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
)

// A clinic that leaves takes everything with it; what it takes goes into another Beacon.
func TestExportAll(t *testing.T) {
	env := map[string]string{
		"REDIS_URL": redistest.Start(t, "no").URL(), "BEACON_KEYS": redistest.Key,
	}
	dir := t.TempDir()
	file, out := filepath.Join(dir, "visits.csv"), filepath.Join(dir, "out")
	start := time.Now().AddDate(0, 0, 6).Format(time.DateOnly) + " 14:30"
	csv := "id,name,phone,start,type,zone,lang,status,consent\n" +
		"v1,\"Example, Pat\",+12125550123," + start + ",consult,,es,confirmed,yes\n" +
		"v2,Ana Example,+12125550124," + start + ",consult,,en,booked,\n"
	if err := os.WriteFile(file, []byte(csv), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := typed(t.Context(), env, "", "appointments", "import", file); err != nil {
		t.Fatal(said, err)
	}
	said, err := typed(t.Context(), env, "", "export", "--all", "--out", out)
	if err != nil || !strings.Contains(said, "patients.jsonl       2 numbers") ||
		!strings.Contains(said, "visits.csv           2 visits") ||
		!strings.Contains(said, "audit.jsonl          2 acts") {
		t.Errorf("%v\n%s", err, said)
	}
	info, err := os.Stat(filepath.Join(out, "patients.jsonl"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info, err)
	}
	all, err := os.ReadFile(filepath.Join(out, "patients.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for i, number := range []string{"+12125550123", "+12125550124"} {
		var k redis.Known
		err := json.Unmarshal([]byte(strings.Split(string(all), "\n")[i]), &k)
		if err != nil || k.Number != number || len(k.Visits) != 1 || len(k.Texts) == 0 {
			t.Errorf("%v %+v", err, k)
		}
	}
	// A machine that only imports or lists needs no more than the store.
	books := maps.Clone(env)
	books["TWILIO_ACCOUNT_SID"] = "AC1"
	if said, err := typed(t.Context(), books, "", "appointments", "list"); err != nil ||
		!strings.Contains(said, "v1") {
		t.Errorf("%v\n%s", err, said)
	}
	other := map[string]string{
		"REDIS_URL": redistest.Start(t, "no").URL(), "BEACON_KEYS": redistest.Key,
	}
	taken := filepath.Join(out, "visits.csv")
	for _, want := range []string{"2 imported, 0 updated", "0 imported, 0 updated, 2 unchanged"} {
		if said, err := typed(t.Context(), other, "", "appointments", "import", taken); err != nil ||
			!strings.Contains(said, want) {
			t.Errorf("%v\n%s", err, said)
		}
	}
	again := filepath.Join(dir, "again")
	if said, err := typed(t.Context(), other, "", "export", "--all", "--out", again); err != nil {
		t.Error(err, said)
	}
	before, _ := os.ReadFile(taken)
	after, err := os.ReadFile(filepath.Join(again, "visits.csv"))
	if err != nil || string(before) != string(after) {
		t.Errorf("%v\n%s\n%s", err, before, after)
	}
	for args, want := range map[string]string{
		"export":                             "want a number",
		"export --all":                       "bot export --all --out DIR",
		"export --out x +12125550123":        "want a number",
		"export --all --json --out x":        "want a number",
		"export --all --out " + out:          "it is there already: name a new directory",
		"export --all --out " + out + "/a/b": "no such file or directory",
	} {
		if said, err := typed(t.Context(), env, "", strings.Fields(args)...); err == nil ||
			!strings.Contains(err.Error(), want) || said != "" {
			t.Errorf("%s: %q %v", args, said, err)
		}
	}
}
