package feed_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/handlers"
)

func rules(t testing.TB) feed.Rules {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return feed.Rules{
		Zone: zone, Types: []string{"iv_infusion", "spravato", "consult"},
		Langs: []string{"en", "es"},
	}
}

// show writes a visit as the tables below do.
func show(v handlers.Visit) string {
	return strings.Join(
		[]string{
			v.ID, v.Name, v.Phone.E164(), v.Start.UTC().Format(time.RFC3339), v.Type, v.Zone,
			v.Lang, v.State,
		},
		"|",
	)
}

// off is how show writes a visit that is off.
func off(id string) string { return id + "|||0001-01-01T00:00:00Z||||cancelled" }

// file is one of testdata, and what is read from it.
type file struct {
	file   string
	visits []string
	faults []string // line column: a part of what
}

// soundFiles are read without a fault.
func soundFiles() []file {
	return []file{
		{file: "good.csv", visits: []string{
			"v1|Ada Moreno|+12125550101|2026-12-01T19:30:00Z|iv_infusion|||booked",
			"v2|Ben Okafor|+12125550102|2026-12-02T15:00:00Z|spravato|America/Chicago|es|booked",
		}},
		{file: "excel.csv", visits: []string{
			"v2|Okafor; Ben|+12125550102|2026-12-02T14:00:00Z|spravato||es|booked",
			"v3|Cleo Tran|+12125550103|2026-12-03T15:15:00Z|consult|||booked",
		}},
		{
			file:   "mac.csv",
			visits: []string{"v1|Ada Moreno|+12125550101|2026-12-01T19:30:00Z|consult|||booked"},
		},
	}
}

// faultyFiles are read in part.
func faultyFiles() []file {
	return []file{
		{
			file: "faults.csv",
			visits: []string{
				"v1|Ada Moreno|+12125550101|2026-12-01T19:30:00Z|iv_infusion||en|booked",
				"v8|Hana Ito|+12125550108|2026-11-01T08:30:00Z|consult|America/Phoenix||booked",
			},
			faults: []string{
				"1 doctor: no such column",
				"5 phone: area code", "5 start: can be read as month/day or as day/month",
				"5 type: iv_infusion, spravato, consult", "5 zone: America/New_York",
				"5 lang: en, es",
				"6 name: missing", "6 phone: extension",
				"7 : 5 fields, the header 8",
				"8 id: line 2",
				"9 start: doesn't exist",
				"10 start: comes twice",
				"12 id: missing",
			},
		},
		{
			file: "quotes.csv",
			visits: []string{
				"v2|Ben Okafor|+12125550102|2026-12-02T19:30:00Z|consult|||booked",
				`v4|Dana "Dee" Ruiz|+12125550104|2026-12-04T19:30:00Z|consult|||booked`,
				"v6|Fay Lund|+12125550106|2026-12-06T19:30:00Z|consult|||booked",
			},
			faults: []string{
				"2 : never closed", "4 : middle of a field", "6 : never closed", "8 name: missing",
				"9 : middle of a field", "10 : never closed",
			},
		},
		{
			file: "swallow.csv",
			visits: []string{
				"v2|Ben Okafor|+12125550102|2026-12-02T19:30:00Z|consult|||booked",
				"v4|Dana Ruiz|+12125550104|2026-12-04T19:30:00Z|consult|||booked",
			},
			faults: []string{"2 : never closed", "4 : middle of a field"},
		},
		{
			file:   "latin1.csv",
			visits: []string{"v2|José Ruiz|+12125550102|2026-12-02T19:30:00Z|consult|||booked"},
			faults: []string{"2 name: UTF-8"}, // for the other row is UTF-8
		},
	}
}

// statusFiles say which visits are off, or seem to.
func statusFiles() []file {
	return []file{
		{
			file: "status.csv",
			visits: []string{
				"v1|Ada Moreno|+12125550101|2026-12-01T19:30:00Z|consult|||booked",
				"v2|Ben Okafor|+12125550102|2026-12-02T19:30:00Z|consult|||booked",
				"v3|Cleo Tran|+12125550103|2026-12-03T19:30:00Z|consult|||booked",
				"v4|Dana Ruiz|+12125550104|2026-12-04T19:30:00Z|consult|||booked",
				off("v5"), off("v6"),
				"v7|Gus Hale|+12125550107|2026-12-07T19:30:00Z|consult|||missed",
				"v8|||0001-01-01T00:00:00Z||||missed", off("v9"),
				"v10|Jo Lind|+12125550110|2026-12-10T19:30:00Z|consult|||arrived",
				"v11|Kim Roe|+12125550111|2026-12-11T19:30:00Z|consult|||booked",
			},
			faults: []string{
				"1 state: no such column, left out: the columns are",
				"13 id: line 10",
			},
		},
		{
			file:   "state.csv",
			visits: []string{"v1|Ada Moreno|+12125550101|2026-12-01T19:30:00Z|consult|||booked"},
			faults: []string{
				"1 appointment_status: call it status", "1 cancelled?: call it status",
				"1 no_show: call it status",
			},
		},
	}
}

func TestReadCSV(t *testing.T) {
	for _, c := range slices.Concat(soundFiles(), faultyFiles(), statusFiles()) {
		t.Run(c.file, func(t *testing.T) {
			f, err := os.Open(filepath.Join("testdata", c.file))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			visits, faults, err := feed.ReadCSV(f, rules(t))
			if err != nil {
				t.Fatal(err)
			}
			got := make([]string, 0, len(visits))
			for _, v := range visits {
				got = append(got, show(v))
			}
			if !slices.Equal(got, c.visits) {
				t.Errorf(
					"visits:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.visits, "\n"),
				)
			}
			wantFaults(t, faults, c.faults)
		})
	}
}

func wantFaults(t *testing.T, faults []feed.Fault, want []string) {
	t.Helper()
	for i, f := range faults {
		at := fmt.Sprintf("%d %s: ", f.Line, f.Column)
		switch {
		case i >= len(want):
			t.Errorf("one more fault: %s%s", at, f.What)
		case !strings.HasPrefix(want[i], at) ||
			!strings.Contains(f.What, strings.TrimPrefix(want[i], at)):
			t.Errorf("fault %s%s\nwant %s", at, f.What, want[i])
		}
		// Whatever a fault says can end in a log or a channel.
		for _, secret := range []string{"555", "0102", "Ben", "Okafor", "José"} {
			if strings.Contains(
				strings.ReplaceAll(f.What, "(212) 555-0101 or +12125550101", ""), secret,
			) {
				t.Errorf("the fault repeats the field: %s", f.What)
			}
		}
	}
	if len(faults) < len(want) {
		t.Errorf("want also %q", want[len(faults):])
	}
}

func TestReadCSVNothingToRead(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{name: "empty", want: "empty"},
		{name: "only a mark", in: "\xEF\xBB\xBF\r\n\n", want: "empty"},
		{name: "only sep", in: "sep=;", want: "no header"},
		{name: "only separators", in: ",,,,\n\n,,\n", want: "no header"},
		{name: "a PDF", in: "%PDF-1.7\n", want: "a PDF"},
		{name: "a web page", in: "<html><table><tr><td>id", want: "a web page"},
		{name: "Excel of old", in: "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", want: "old format"},
		{name: "an archive", in: "PK\x03\x04", want: "can't read the workbook"},
		{
			name: "only a header", in: "id,name,phone,start,type\n\n,,,,\n",
			want: "a header and no visits",
		},
		{
			name: "columns missing", in: "id,name,start\nv1,Ada,2026-12-01 14:30\n",
			want: "lacks phone, type",
		},
		{
			name: "no header", in: "v1,Ada Moreno,+12125550101,2026-12-01 14:30,consult\n",
			want: "lacks name, phone, start, type",
		},
		{
			name: "column twice", in: "id,name,phone,phone,start,type\n",
			want: "phone is there twice",
		},
		{
			name: "too large", in: "id,name,phone,start,type\n" + strings.Repeat("x", 32<<20),
			want: "32 MiB",
		},
	} {
		visits, faults, err := feed.ReadCSV(strings.NewReader(c.in), rules(t))
		if err == nil || !strings.Contains(err.Error(), c.want) || visits != nil || faults != nil {
			t.Errorf(
				"%s: got %d visits, %d faults, %v; want an error with %q", c.name, len(visits),
				len(faults), err, c.want,
			)
		}
		if err != nil && strings.Contains(err.Error(), "Ada") {
			t.Errorf("%s: the error repeats the file: %v", c.name, err)
		}
	}
}

// FuzzRead holds what must be true of any file, whatever its map: no panic, no visit without what
// makes one, no fault off the file.
func FuzzRead(f *testing.F) {
	own, err := filepath.Glob(filepath.Join("testdata", "*.csv"))
	if err != nil || len(own) == 0 {
		f.Fatal("no files", err)
	}
	r := rules(f)
	hows := []feed.How{{}, {Dates: "mdy"}}
	for i, name := range append(own, exported(f)...) {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		hows = append(hows, how(f, name))
		f.Add(b, 0)
		f.Add(b, i+2)
	}
	f.Fuzz(func(t *testing.T, in []byte, with int) {
		got, err := feed.Read(in, hows[uint(with)%uint(len(hows))], r)
		if err != nil {
			if got != nil {
				t.Error("an error and a result")
			}
			return
		}
		if len(got.Visits) != len(got.Lines) {
			t.Errorf("%d visits on %d lines", len(got.Visits), len(got.Lines))
		}
		for _, v := range got.Visits {
			whole := v.Name != "" && !v.Phone.IsZero() && !v.Start.IsZero() && v.Type != ""
			bare := v.Name == "" && v.Phone.IsZero() && (v.State == handlers.Cancelled || v.Over())
			if v.ID == "" || v.State == "" || !whole && !bare {
				t.Errorf("half a visit: %+v", v)
			}
		}
		book := bytes.HasPrefix(in, []byte("PK"))
		for _, x := range got.Faults {
			last := len(in) // of a file in UTF-16, or of a workbook
			if !book && utf8.Valid(in) && !bytes.ContainsRune(in, 0) {
				last = bytes.Count(in, []byte("\n")) + bytes.Count(in, []byte("\r")) + 1
			}
			if x.Line < 1 || !book && x.Line > last || x.What == "" {
				t.Errorf("a fault off the file: %+v", x)
			}
		}
	})
}
