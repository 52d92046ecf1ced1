package feed_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/beacon-clinic/beacon/bot/feed"
)

// exports are files as other systems write them, made after what is publicly known of their
// formats; the people in them are fictional. Beside NAME.csv may stand NAME.yaml, the feed's map,
// and NAME.patients, the file that has the phones. NAME.golden is what is read.
const exports = "testdata/exports"

// how returns how an export is read.
func how(t testing.TB, name string) feed.How {
	t.Helper()
	base := strings.TrimSuffix(name, filepath.Ext(name))
	out := feed.How{}
	out.Feed.Name = "ehr"
	m, err := os.ReadFile(base + ".yaml")
	if err == nil {
		d := yaml.NewDecoder(strings.NewReader(string(m)))
		d.KnownFields(true)
		err = d.Decode(&out.Feed)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if out.Patients, err = os.ReadFile(base + ".patients"); errors.Is(err, fs.ErrNotExist) {
		out.Patients = nil
	} else if err != nil {
		t.Fatal(err)
	}
	return out
}

// given writes what was read of a file: a line a visit, and a line a fault.
func given(f *feed.File, err error) string {
	var out strings.Builder
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	for i, v := range f.Visits {
		fmt.Fprintf(&out, "%d: %s %s\n", f.Lines[i], v.External, strings.TrimPrefix(show(v), v.ID+"|"))
		for _, d := range v.Doubts {
			fmt.Fprintf(&out, "    doubt: %s\n", d)
		}
	}
	for _, p := range f.Consents {
		fmt.Fprintf(&out, "consent: %s\n", p.E164())
	}
	for _, x := range f.Faults {
		kind := "fault"
		if x.Warning {
			kind = "warning"
		}
		fmt.Fprintf(&out, "%s: %d %s: %s\n", kind, x.Line, x.Column, x.What)
	}
	fmt.Fprintf(&out, "left out: %d\n", f.LeftOut)
	if f.NoIDs {
		out.WriteString("no ids\n")
	}
	return out.String()
}

// exported returns the exports.
func exported(t testing.TB) (out []string) {
	t.Helper()
	for _, ext := range []string{"csv", "txt", "xlsx"} {
		some, err := filepath.Glob(filepath.Join(exports, "*."+ext))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, some...)
	}
	if len(out) < 20 {
		t.Fatalf("%d exports", len(out))
	}
	return out
}

// Each export gives what stands beside it. With GOLDEN=write in the environment that is written
// anew, to be read before it is committed.
func TestExports(t *testing.T) {
	r := rules(t)
	r.Types = append(r.Types, "integration")
	r.Labels = map[string]string{"consultation": "consult", "consulta": "consult"}
	for _, name := range exported(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := given(feed.Read(data, how(t, name), r))
			golden := strings.TrimSuffix(name, filepath.Ext(name)) + ".golden"
			if os.Getenv("GOLDEN") == "write" {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || got != string(want) {
				t.Errorf("%v\n%s\nwant\n%s", err, got, want)
			}
		})
	}
}

// Where no feed is named, the first visit of one system isn't that of another.
func TestIDsOfTwoSystems(t *testing.T) {
	ids := map[string]bool{}
	for _, header := range []string{
		"Appointment ID,Patient Name,Phone,Start,Type", "Appt ID,Client,Mobile,Start,Service",
		"Appointment ID,Patient Name,Phone,Start,Type",
	} {
		in := header + "\n1,Ada Moreno,2125550101,2026-12-02 14:30,consult\n"
		f, err := feed.Read([]byte(in), feed.How{}, rules(t))
		if err != nil || len(f.Visits) != 1 {
			t.Fatal(err)
		}
		ids[f.Visits[0].ID] = true
	}
	if len(ids) != 2 {
		t.Errorf("%d ids of two systems", len(ids))
	}
}
