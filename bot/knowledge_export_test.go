package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/knowledge"
)

// What staff have published is written into the clinic's own files once; what only waits isn't.
func TestKnowledgeExport(t *testing.T) {
	server, dir := redistest.Start(t, "no"), t.TempDir()
	env := map[string]string{"REDIS_URL": server.URL(), "BEACON_KEYS": redistest.Key}
	keys, err := redis.ParseKeys(redistest.Key)
	if err != nil {
		t.Fatal(err)
	}
	store, err := redis.Open(redis.Config{URL: server.URL(), Keys: keys, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	for state, ask := range map[string]string{
		learning.Published: "do your doors open early", learning.Waiting: "is it late yet",
	} {
		ok, err := store.SaveProposal(t.Context(), learning.Proposal{
			ID: state, State: state, Steps: []learning.Step{{State: state, By: "U1"}},
			Lesson: knowledge.Lesson{Entry: "hours", Asks: map[string][]string{"en": {ask}}},
		})
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
	}
	stale := filepath.Join(dir, knowledge.ModelFile) // any: no bot starts on it once words are new
	if err := os.WriteFile(stale, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"bot knowledge compile --knowledge " + dir, "0 wordings and 0 entries are new.\n",
	} {
		out, err := typed(t.Context(), env, "", "knowledge", "export", "--dir", dir)
		if err != nil || !strings.Contains(out, want) {
			t.Fatalf("%v\n%s, want %s", err, out, want)
		}
	}
	if err := os.Remove(stale); err != nil {
		t.Fatal(err)
	}
	out, err := typed(t.Context(), env, "", "knowledge", "check", "--knowledge", dir)
	if err != nil || !strings.Contains(out, "at the desk: nothing beside the files; 1 waits") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = typed(t.Context(), env, "", "knowledge", "check")
	if err != nil || !strings.Contains(out, "1 beside the files") ||
		!strings.Contains(out, "1 wording of hours") {
		t.Errorf("of files without it: %v\n%s", err, out)
	}
	all := ""
	files, err := filepath.Glob(filepath.Join(dir, "faq", "*.yaml"))
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all += string(text)
	}
	if err != nil || strings.Count(all, "do your doors open early") != 1 ||
		strings.Contains(all, "is it late yet") {
		t.Errorf("%v: the files have %d bytes", err, len(all))
	}
}

func TestKnowledgeExportNeedsAPlace(t *testing.T) {
	for _, c := range []struct {
		name, want string
		env        map[string]string
	}{
		{name: "no directory", env: map[string]string{"REDIS_URL": "x"}, want: "KNOWLEDGE_DIR: missing"},
		{
			name: "no Redis", env: map[string]string{
				"KNOWLEDGE_DIR": t.TempDir(), "PORT": "1",
			},
			want: "REDIS_URL is not set and no sandbox",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := typed(t.Context(), c.env, "", "knowledge", "export")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}
