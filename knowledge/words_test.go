package knowledge_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/language"

	"github.com/beacon-clinic/beacon/knowledge"
)

func TestSegments(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct {
		text string
		n    int
		gsm  bool
	}{
		{"", 1, true},
		{x(160), 1, true},
		{x(161), 2, true},
		{x(306), 2, true},
		{x(307), 3, true},
		{x(158) + "€", 1, true}, // of the extension table: two
		{x(159) + "€", 2, true},
		{"^{}\\[~]|€", 1, true},
		{strings.Repeat("[", 80), 1, true},
		{strings.Repeat("[", 81), 2, true},
		{"@£$¥èéùìòÇØøÅåÆæßÉÄÖÑÜ§¿äöñüà¡ΔΦΓΛΩΠΨΣΘΞ_\n\r", 1, true},
		{"á", 1, false}, // Spanish has letters that GSM-7 lacks
		{"“", 1, false},
		{"—", 1, false},
		{strings.Repeat("í", 70), 1, false},
		{strings.Repeat("í", 71), 2, false},
		{strings.Repeat("í", 134), 2, false},
		{strings.Repeat("í", 135), 3, false},
		{strings.Repeat("👍", 35), 1, false}, // a surrogate pair
		{strings.Repeat("👍", 36), 2, false},
		{x(69) + "í", 1, false}, // one letter turns all of it
		{x(70) + "í", 2, false},
	} {
		if n, gsm := knowledge.Segments(c.text); n != c.n || gsm != c.gsm {
			t.Errorf("%.20q… of %d: %d %v, want %d %v", c.text, len([]rune(c.text)), n, gsm, c.n, c.gsm)
		}
	}
	if n := knowledge.Length("a€ñ{"); n != 6 {
		t.Errorf("length %d, want 6", n)
	}
}

func TestGreet(t *testing.T) {
	for in, want := range map[string]string{
		"Ana Example": " Ana", "": "", "  ": "", " María José ": " Maria", "Zoë": " Zoe", "José": " José", "Łukasz": "", "李": "", "Núñez": " Nuñez", "Anaïs": " Anais",
	} {
		if got := knowledge.Greet(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTimesAndNumbers(t *testing.T) {
	at := time.Date(2026, 12, 2, 14, 5, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{knowledge.When(at, "en"), "Wed Dec 2 at 2:05 PM"},
		{knowledge.When(at, "es"), "mié 2 dic a las 2:05 PM"},
		{knowledge.When(at, "fr"), "Wed Dec 2 at 2:05 PM"},
		{knowledge.PhoneText("+12125550100"), "212-555-0100"},
		{knowledge.PhoneText("+34911234567"), "+34911234567"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
		if _, gsm := knowledge.Segments(c.want); !gsm && !strings.Contains(c.want, "mié") {
			t.Errorf("%q isn't GSM-7", c.want)
		}
	}
}

// Every day and month name fits GSM-7: a date stands in most texts.
func TestDatesAreGSM7(t *testing.T) {
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for d := range 366 {
		for _, l := range language.All() {
			if s := knowledge.When(at.AddDate(0, 0, d), l); !gsm7(s) {
				t.Errorf("%q", s)
			}
		}
	}
}

func gsm7(s string) bool { _, ok := knowledge.Segments(s); return ok }

// Old hotline numbers live on for years. They stand in clinic.yaml alone, as what must never be said.
func TestNoOldHotlineAnywhere(t *testing.T) {
	old := base(t, small).Clinic.Lines.Old
	if len(old) == 0 {
		t.Fatal("clinic.yaml names none")
	}
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch d.Name() {
			case ".git", "node_modules", ".cache", "vendor":
				return fs.SkipDir
			}
			return nil
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > 4<<20 || path == filepath.Join("..", "knowledge", "clinic.yaml") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		text := strings.ToUpper(strings.NewReplacer("-", "", " ", "", ".", "", "(", "", ")", "").Replace(string(data)))
		for _, o := range old {
			if strings.Contains(text, strings.ToUpper(strings.ReplaceAll(o, "-", ""))) {
				t.Errorf("%s holds %s", path, o)
			}
		}
		return nil
	})
	if err != nil || seen < 50 {
		t.Errorf("%d files: %v", seen, err)
	}
}
