package feed_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/beacon-clinic/beacon/bot/feed"
)

// read reads a file and shows its visits.
func read(t *testing.T, in string) (visits []string, faults []feed.Fault) {
	t.Helper()
	got, faults, err := feed.ReadCSV(strings.NewReader(in), rules(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range got {
		visits = append(visits, show(v))
	}
	return visits, faults
}

// joined is a file in which an open quote may make one record of two rows.
type joined struct {
	name   string
	in     string
	visits []string
	faults []string
}

const (
	header    = "id,name,phone,start,type\n"
	lastRow   = "v9,Ida Berg,+12125550109,2026-12-09 14:30,consult\n"
	lastVisit = "v9|Ida Berg|+12125550109|2026-12-09T19:30:00Z|consult|||booked"
)

func joinedRows() []joined {
	return []joined{
		{
			name: "in the name",
			in: header + "v1,\"Ada,+12125550101,2026-12-01 14:30,consult\n" +
				"v2,Ben\",+12125550102,2026-12-02 14:30,consult\n" + lastRow,
			visits: []string{lastVisit},
			faults: []string{"2 : never closed", "3 : middle of a field"},
		},
		{
			name: "in the id",
			in: header + "\"v1,Ada,+12125550101,2026-12-01 14:30,consult\n" +
				"v2\",Ben,+12125550102,2026-12-02 14:30,consult\n" + lastRow,
			visits: []string{lastVisit},
			faults: []string{"2 : never closed", "3 : middle of a field"},
		},
		{
			name: "in the last field",
			in: header + "v1,Ada,+12125550101,2026-12-01 14:30,\"consult\n" +
				"v2,Ben,+12125550102,2026-12-02 14:30,consult\"\n" + lastRow,
			visits: []string{lastVisit},
			faults: []string{"2 : never closed", "3 : middle of a field"},
		},
		{
			name: "with semicolons, where the phone is first",
			in: "phone;id;name;start;type\n" +
				"+12125550101;v1;\"Ada;2026-12-01 14:30;consult\n" +
				"+12125550102;v2;Ben\";2026-12-02 14:30;consult\n" +
				"+12125550109;v9;Ida Berg;2026-12-09 14:30;consult\n",
			visits: []string{lastVisit},
			faults: []string{"2 : never closed", "3 : middle of a field"},
		},
		{
			name: "a row too short, whose quote swallows whole rows, where the phone is first",
			in: "phone,id,name,start,type\n" +
				"+12125550101,v1,\"Ada,2026-12-01 14:30\n" +
				"+12125550109,v9,Ida Berg,2026-12-09 14:30,consult\n" +
				"+12125550103,v3,Cleo\",2026-12-03 14:30,consult\n",
			visits: []string{lastVisit},
			faults: []string{"2 : never closed", "4 : middle of a field"},
		},
		{
			name: "a phone within a field, where the phone is first",
			in: "phone,id,name,start,type\n" +
				"+12125550109,v9,\"Ida\n212 555 0101\",2026-12-09 14:30,consult\n",
			visits: []string{strings.Replace(lastVisit, "Berg", "212 555 0101", 1)},
		},
		{
			name: "only a line break, in a name with commas",
			in: header + "v1,\"Moreno, Ada\nJo, Dr.\",+12125550101,2026-12-01 14:30,consult\n" +
				lastRow,
			visits: []string{
				"v1|Moreno, Ada Jo, Dr.|+12125550101|2026-12-01T19:30:00Z|consult|||booked",
				lastVisit,
			},
		},
	}
}

// A quote that is left open in one row and closed by the next one's makes a record of the right
// width out of two visits. Neither may be read: one patient would be sent the other's name and
// time. A field that merely has a line break is read.
func TestReadCSVTwoRowsInOneRecord(t *testing.T) {
	for _, c := range joinedRows() {
		t.Run(c.name, func(t *testing.T) {
			visits, faults := read(t, c.in)
			if !slices.Equal(visits, c.visits) {
				t.Errorf("read %q, want %q", visits, c.visits)
			}
			wantFaults(t, faults, c.faults)
		})
	}
}

// oneRow is a row of a file with the columns id, name, phone, start, type, zone and status.
type oneRow struct {
	name   string
	row    string
	visit  string // "" if it is refused
	faults []string
}

// row writes a row whose phone and start are sound.
func row(id, name, rest string) string {
	return id + "," + name + ",+12125550101,2026-12-01 14:30," + rest + "\n"
}

// booked is how show writes what row wrote.
func booked(id, name, zone string) string {
	return id + "|" + name + "|+12125550101|2026-12-01T19:30:00Z|consult|" + zone + "||booked"
}

func rowsOfNames() []oneRow {
	long := strings.Repeat("é", 100) // 200 bytes, and as long as an id or a name may be
	return []oneRow{
		{
			name:  "the longest id and name",
			row:   row(long, long, "consult,,"),
			visit: booked(long, long, ""),
		},
		{
			name:   "an id a character too long",
			row:    row(long+"x", "Ada", "consult,,"),
			faults: []string{"2 id: longer than 100"},
		},
		{
			name:   "a line break in the id",
			row:    row("\"v1\nv2\"", "Ada", "consult,,"),
			faults: []string{"2 id: line break"},
		},
		{
			name:   "a name a character too long",
			row:    row("v1", long+"x", "consult,,"),
			faults: []string{"2 name: longer than 100"},
		},
		{
			name:   "a control character in the name",
			row:    row("v1", "Ada\x07", "consult,,"),
			faults: []string{"2 name: can't be seen"},
		},
		{
			name:  "white space around and within a name",
			row:   row("v1", "\"  Ada \n\t Moreno \"", "consult,,"),
			visit: booked("v1", "Ada Moreno", ""),
		},
	}
}

func rowsOfTheRest() []oneRow {
	return []oneRow{
		{
			name:  "a zone with a place",
			row:   row("v1", "Ada", "consult,America/New_York,"),
			visit: booked("v1", "Ada", "America/New_York"),
		},
		{
			name:   "the zone of whatever machine this is",
			row:    row("v1", "Ada", "consult,Local,"),
			faults: []string{"2 zone: IANA name"},
		},
		{
			name:   "a path in place of a zone",
			row:    row("v1", "Ada", "consult,../../etc/passwd,"),
			faults: []string{"2 zone: IANA name"},
		},
		{
			name:  "a status that is no word of ours: see TestExports",
			row:   row("v1", "Ada", "consult,,cancelled?"),
			visit: booked("v1", "Ada", ""),
		},
		{
			name:   "cancelled without an id",
			row:    row("", "Ada", "consult,,cancelled"),
			faults: []string{"2 id: missing"},
		},
		{
			name: "each fault on the line that its field begins on",
			row:  "v1,\"Ada\nMoreno\",555-0101,2026-12-01,consult,,\n",
			faults: []string{
				"3 phone: area code", "3 start: the time of day is missing",
			},
		},
		{
			name:   "a field too many",
			row:    row("v1", "Moreno, Ada", "consult,,"),
			faults: []string{"2 : the row has 8 fields, the header 7"},
		},
	}
}

// Every fault of a row names its physical line and column, and the other rows are read.
func TestReadCSVFaultsOfFields(t *testing.T) {
	const head = "id,name,phone,start,type,zone,status\n"
	for _, c := range append(rowsOfNames(), rowsOfTheRest()...) {
		t.Run(c.name, func(t *testing.T) {
			visits, faults := read(t, head+c.row+row("v9", "Ida", "consult,,"))
			want := []string{booked("v9", "Ida", "")}
			if c.visit != "" {
				want = []string{c.visit, want[0]}
			}
			if !slices.Equal(visits, want) {
				t.Errorf("read %q, want %q", visits, want)
			}
			wantFaults(t, faults, c.faults)
		})
	}
}

// The first row with an id counts even if it is faulty, and a cancelled one counts too: which of
// the two holds is for a person to say.
func TestReadCSVTheSameIDTwice(t *testing.T) {
	const head = "id,name,phone,start,type,status\n"
	good := "v1,Ada,+12125550101,2026-12-01 14:30,consult,\n"
	for _, c := range []struct{ name, first string }{
		{name: "after a faulty row", first: "v1,Ada,555-0101,2026-12-01 14:30,consult,\n"},
		{name: "after a cancelled one", first: "v1,,,,,cancelled\n"},
		{name: "after the same one", first: good},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, faults := read(t, head+c.first+good)
			at := slices.IndexFunc(faults, func(f feed.Fault) bool { return f.Column == "id" })
			if at < 0 || faults[at].Line != 3 || !strings.Contains(faults[at].What, "on line 2") {
				t.Errorf("faults %+v, want the id's on line 3, naming line 2", faults)
			}
		})
	}
}

// What can't be read to its end isn't read at all: half a file would leave visits out unsaid.
func TestReadCSVCutOff(t *testing.T) {
	gone := errors.New("the connection is gone")
	visits, faults, err := feed.ReadCSV(io.MultiReader(
		strings.NewReader("id,name,phone,start,type\n"+
			"v1,Ada,+12125550101,2026-12-01 14:30,consult\n"),
		iotest.ErrReader(gone),
	), rules(t))
	if !errors.Is(err, gone) || visits != nil || faults != nil {
		t.Errorf("got %v, %v, %v; want the reader's error alone", visits, faults, err)
	}
}

// A column without a name or with one that isn't known is left out, but bytes in it that aren't
// UTF-8 cost the row: whatever wrote them wrote the names, too.
func TestReadCSVColumnsLeftOut(t *testing.T) {
	visits, faults := read(t, "\n ID ,name,phone,start,type,,Notes\n"+
		"v1,Ada,+12125550101,2026-12-01 14:30,CONSULT,x,fine\n"+
		"v2,Zoë,+12125550102,2026-12-02 14:30,consult,,caf\xE9\n")
	want := []string{"v1|Ada|+12125550101|2026-12-01T19:30:00Z|consult|||booked"}
	if !slices.Equal(visits, want) {
		t.Errorf("read %q, want %q", visits, want)
	}
	wantFaults(t, faults, []string{"2 notes: no such column, left out", "4 : not UTF-8"})
}
