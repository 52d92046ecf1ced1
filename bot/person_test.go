package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// A patient asks for what is known of them, then to be forgotten.
func TestExportAndForget(t *testing.T) {
	env := map[string]string{
		"REDIS_URL": redistest.Start(t, "no").URL(), "BEACON_KEYS": redistest.Key,
	}
	file := filepath.Join(t.TempDir(), "visits.csv")
	start := time.Now().AddDate(0, 0, 6).Format(time.DateOnly) + " 14:30"
	csv := "id,name,phone,start,type\nv1,Pat Example,+12125550123," + start + ",consult\n"
	if err := os.WriteFile(file, []byte(csv), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := typed(t.Context(), env, "", "appointments", "import", file); err != nil {
		t.Fatal(out, err)
	}
	store, err := redis.Open(redis.Config{
		URL: env["REDIS_URL"], Keys: (&Config{BeaconKeys: redistest.Key}).keys(), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	phone, _ := handlers.NewPhone("+12125550123")
	storetest.Turn(t, store, "stop", phone, handlers.Effects{
		Consent: &handlers.Consent{Out: true, At: time.Now(), Way: "text", Words: "no more\nplease"},
	})

	for _, step := range []struct {
		name, args string
		want       []string // in what is printed, in this order
		not, err   string
	}{
		{name: "no number", args: "export", err: "want a number"},
		{name: "no such number", args: "export 0123", err: `"0123": `},
		{name: "no such number", args: "forget pat", err: `"pat": `},
		{
			name: "somebody else", args: "export +12125550199",
			want: []string{"Nothing is known of +12125550199."}, not: "Pat",
		},
		{name: "for people", args: "export (212) 555-0123", want: []string{
			"+12125550123", "consent", "opted out", "text", "no more please",
			"visit", start, "booked", "consult", "Pat Example", "text to them", "confirm",
			"Slack's threads",
		}},
		{name: "not yet", args: "forget 212-555-0123", want: []string{
			"Known of +12125550123: 1 visits, 4 texts to them, 1 changes of consent.",
			"Nothing is forgotten yet: bot forget +12125550123 --yes.",
		}},
		{name: "still there", args: "export +12125550123", want: []string{"Pat Example"}},
		{name: "forget", args: "forget +12125550123 --yes", want: []string{
			"Forgotten of …0123: 1 visits", "That it opted out is kept",
		}, not: "+12125550123"},
		{
			name: "what is left", args: "export +12125550123",
			want: []string{"consent", "opted out"}, not: "Pat",
		},
	} {
		args := strings.SplitN(step.args, " ", 2)
		if strings.Contains(step.args, "--yes") {
			args = strings.Fields(step.args)
		}
		out, err := typed(t.Context(), env, "", args...)
		if step.err == "" && err != nil ||
			step.err != "" && (err == nil || !strings.Contains(err.Error(), step.err)) {
			t.Errorf("%s: %v, want %q", step.name, err, step.err)
		}
		if !inOrder(out, step.want...) || step.not != "" && strings.Contains(out, step.not) {
			t.Errorf("%s:\n%s\nwant %q, without %q", step.name, out, step.want, step.not)
		}
	}
}

// inOrder says whether a text holds others, one after the next.
func inOrder(text string, parts ...string) bool {
	for _, part := range parts {
		_, rest, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = rest
	}
	return true
}

func TestExportAsJSON(t *testing.T) {
	env := map[string]string{
		"REDIS_URL": redistest.Start(t, "no").URL(), "BEACON_KEYS": redistest.Key,
	}
	out, err := typed(t.Context(), env, "", "export", "+12125550123", "--json")
	var k redis.Known
	if err == nil {
		err = json.Unmarshal([]byte(out), &k)
	}
	if err != nil || k.Number != "+12125550123" || !k.Nothing() {
		t.Errorf("%s %v", out, err)
	}
	_, err = typed(t.Context(), map[string]string{"PORT": "1"}, "", "export", "+12125550123")
	if err == nil || !strings.HasPrefix(err.Error(), "REDIS_URL is not set and no sandbox") {
		t.Error(err)
	}
}
