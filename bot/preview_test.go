package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/knowledge"
)

// An owner reads every text of a visit type, in both languages, before the first one leaves.
func TestPreviewOfAType(t *testing.T) {
	out, err := typed(t.Context(), nil, "", "preview", "--type", "iv_infusion")
	if err != nil {
		t.Fatal(out, err)
	}
	rest := strings.Join(strings.Fields(out), " ")
	for _, want := range []string{
		"a patient with the visit type iv_infusion", "English",
		"booked", "Beacon Clinic: Hi Pat, you're booked for",
		"confirm", "Reply C to confirm", "prepare", "No food after", "Tel. 212-555-0100",
		"Spanish", "Beacon Clinic: Hola Pat, su visita es el", "Comida hasta",
		"Besides:", "Nobody has said who drives them home", "Name: ___", "Date: ___",
	} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("no %q, or not in order, in:\n%s", want, out)
		}
		rest = after
	}
	for _, word := range []string{"etamin", "Spravato", "depress"} {
		if strings.Contains(out, word) {
			t.Errorf("it says %s", word)
		}
	}
}

// What the clinic sends after a visit is shown where it has turned it on.
func TestPreviewOfWhatFollows(t *testing.T) {
	shipped, err := os.ReadFile(filepath.Join("..", "knowledge", "clinic.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	on := strings.ReplaceAll(string(shipped), "    on: false", "    on: true")
	if err := os.WriteFile(filepath.Join(dir, "clinic.yaml"), []byte(on), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		knowledge string
		want      bool
	}{{knowledge: dir, want: true}, {want: false}} {
		out, err := typed(
			t.Context(), map[string]string{"KNOWLEDGE_DIR": c.knowledge}, "", "preview", "--type",
			"iv_infusion", "--days", "16", "--consent",
		)
		if err != nil {
			t.Fatal(out, err)
		}
		for _, kind := range []string{"  check_in, for", "  missed (if they don't come), for"} {
			if strings.Count(out, kind) != map[bool]int{true: 2}[c.want] {
				t.Errorf("with %q: %d of %q in\n%s", c.knowledge, strings.Count(out, kind), kind, out)
			}
		}
	}
}

func TestPreviewAsJSON(t *testing.T) {
	out, err := typed(
		t.Context(), nil, "", "preview", "--type", "spravato", "--days", "20", "--visits", "3",
		"--consent", "--json",
	)
	var p preview
	if err != nil || json.Unmarshal([]byte(out), &p) != nil {
		t.Fatal(out, err)
	}
	langs, last := map[string]int{}, time.Time{}
	for _, x := range p.Texts {
		langs[x.Lang]++
		if x.Lang == "en" && x.At.Before(last) || x.At.Before(p.From) || x.At.After(p.Until) {
			t.Errorf("%s at %v isn't in order", x.Kind, x.At)
		}
		last = x.At
		if n, gsm := knowledge.Segments(x.Body); n != x.Segments || n > 2 || !gsm {
			t.Errorf("%d segments: %q", n, x.Body)
		}
	}
	if langs["en"] < 6 || langs["en"] != langs["es"] || p.Notes == nil {
		t.Errorf("%v, %d notes", langs, len(p.Notes))
	}
}

func TestPreviewRefuses(t *testing.T) {
	for args, want := range map[string]string{
		"preview":                              "want a number or --type",
		"preview +12125550123 --type consult":  "want a number or --type",
		"preview --type gone":                  "there is no such visit type; there are consult",
		"preview --type consult --days 0":      "--days=0: want 1 to 400",
		"preview --type consult --visits 0":    "--visits=0: want 1 to 20",
		"preview pat":                          `"pat": `,
		"preview +12125550123":                 "REDIS_URL is not set and no sandbox",
		"preview --type consult --knowledge x": "x",
	} {
		out, err := typed(t.Context(), map[string]string{"PORT": "1"}, "", strings.Fields(args)...)
		if err == nil || !strings.Contains(err.Error(), want) || out != "" {
			t.Errorf("%s: %q, %v, want %s", args, out, err, want)
		}
	}
}

// A number's own texts are foreseen from its rows in Redis; nothing of it changes.
func TestPreviewOfANumber(t *testing.T) {
	env := map[string]string{
		"REDIS_URL": redistest.Start(t, "no").URL(), "BEACON_KEYS": redistest.Key,
	}
	file := filepath.Join(t.TempDir(), "visits.csv")
	start := time.Now().AddDate(0, 0, 9)
	for start.Weekday() == time.Saturday || start.Weekday() == time.Sunday {
		start = start.AddDate(0, 0, 1)
	}
	csv := "id,name,phone,start,type,lang\nv1,\"Doe, Pat\",+12125550123," +
		start.Format(time.DateOnly) + " 14:30,iv_infusion,es\n"
	if err := os.WriteFile(file, []byte(csv), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := typed(t.Context(), env, "", "appointments", "import", file); err != nil {
		t.Fatal(out, err)
	}
	before, err := typed(t.Context(), env, "", "export", "+12125550123", "--json")
	if err != nil {
		t.Fatal(before, err)
	}
	out, err := typed(t.Context(), env, "", "preview", "+12125550123")
	if err != nil || !strings.Contains(out, "the number …0123") ||
		!strings.Contains(out, "Hola Pat") || strings.Contains(out, "English") {
		t.Errorf("%s %v", out, err)
	}
	out, err = typed(t.Context(), env, "", "preview", "+12125550199")
	if err != nil || !strings.Contains(out, "No text.") {
		t.Errorf("%s %v", out, err)
	}
	after, err := typed(t.Context(), env, "", "export", "+12125550123", "--json")
	if err != nil || after != before {
		t.Errorf("it was %s\nand is %s %v", before, after, err)
	}
}
