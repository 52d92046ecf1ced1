package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// export is a file as another system writes it, of visits on a day.
func export(t *testing.T, day time.Time) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "export.csv")
	date := day.Format("01/02/2006")
	data := "Beacon Clinic,,,,,\n" +
		"Appt ID,Patient Name,Cell Phone,Appt Date,Appt Time,Appt Type,Status\n" +
		"A1,\"Example, Ana\",(212) 555-0121," + date + ",10:00 AM,Consult,Scheduled\n" +
		"A2,=Ben,(212) 555-0122," + date + ",11:00 AM,Consult,Scheduled\n" +
		"A3,Cleo Example,999-999-9999," + date + ",12:00 PM,Consult,Scheduled\n"
	if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// A dry run shows what an import would do, and does nothing; the import then does it, holds what is
// in doubt and asks on a card, and pressing that texts what is left to say.
func TestAnotherSystemsExport(t *testing.T) {
	k := newTill(t)
	name := export(t, k.start)
	const mdy = "--dates=mdy" // the day may be one that can be read in two ways
	out, err := k.bot(t, "appointments", "import", "--dry-run", mdy, name)
	for _, want := range []string{
		"Nothing is changed yet. It would be: 2 imported, 0 updated, 0 unchanged, 1 faults, 1 warnings",
		"of 1 visits none, until a person agrees to them",
		"3     book  ", "booked ", "4     book  ", "held: see below", "no such area code",
		"its name begins like a formula",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it doesn't say %q:\n%s", want, out)
		}
	}
	if err == nil || !strings.Contains(err.Error(), "1 faults") || strings.Contains(out, "Ana") {
		t.Errorf("%v\n%s", err, out)
	}
	if got := k.states(t); got != "" {
		t.Fatalf("a dry run booked %s", got)
	}
	out, _ = k.bot(t, "appointments", "import", "--json", mdy, name)
	var in imported
	if err := json.Unmarshal([]byte(out), &in); err != nil || in.Imported != 2 ||
		len(in.Faults) != 1 || len(in.Warnings) != 1 || in.Warnings[0].Line != 4 {
		t.Fatalf("%v %s", err, out)
	}
	out, _ = k.bot(t, "appointments", "import", "--json", mdy, name)
	if !strings.Contains(out, `"unchanged":2`) {
		t.Errorf("again: %s", out)
	}
	p, err := handlers.NewPhone("+12125550122")
	if err != nil {
		t.Fatal(err)
	}
	s, err := k.app.store.Peek(t.Context(), p)
	if err != nil || len(s.Visits) != 1 || !s.Visits[0].Held() {
		t.Fatalf("%+v %v", s.Visits, err)
	}
	k.agrees(t)
	if s, err = k.app.store.Peek(t.Context(), p); err != nil || s.Visits[0].Held() {
		t.Errorf("%+v %v", s.Visits, err)
	}
}

// An export whose header has changed is the same visits still: they are moved and taken off, not
// booked again beside the old ones. The same ids in another system's file are other visits.
func TestAnExportWithAnotherHeader(t *testing.T) {
	k := newTill(t)
	const header = "Appt ID,Patient Name,Cell Phone,Start,Appt Type,Status"
	for i, c := range []struct{ head, rows, want string }{
		{
			head: header, want: "2 imported, 0 updated, 0 unchanged, 0 faults",
			rows: "1,Ana Example,212-555-0121,%s,Consult,Booked\n" +
				"2,Ben Example,212-555-0122,%s,Consult,Booked\n",
		},
		{
			head: header + ",Room", want: "0 imported, 1 updated, 0 unchanged, 1 cancelled, 0 faults",
			rows: "1,Ana B Example,212-555-0121,%s,Consult,Booked,3\n" +
				"2,Ben Example,212-555-0122,%s,Consult,Cancelled,3\n",
		},
		{
			head: header + ",Clinician", want: "1 imported, 0 updated, 1 unchanged, 0 faults",
			rows: "1,Cleo Example,212-555-0123,%s,Consult,Booked,X\n" +
				"2,,,%s,Consult,Cancelled,X\n",
		},
	} {
		out, err := k.bot(t, "appointments", "import", k.file(t, c.head+"\n"+c.rows))
		if err != nil || !strings.Contains(out, c.want) {
			t.Errorf("file %d: %v\n%s", i+1, err, out)
		}
	}
}

// A row that says no more than that its visit is off shows which one that is, and a second import of
// it changes nothing.
func TestDryRunOfWhatIsCancelled(t *testing.T) {
	k := newTill(t)
	const header = "id,name,phone,start,type,status\n"
	row := "v1,Ana Example,212-555-0101,%s,consult,booked\n"
	if _, err := k.bot(t, "appointments", "import", k.file(t, header+row)); err != nil {
		t.Fatal(err)
	}
	name := k.file(t, header+"v1,,,,,cancelled\n")
	out, err := k.bot(t, "appointments", "import", "--dry-run", name)
	if err != nil || !strings.Contains(out, "take off") || !strings.Contains(out, "consult") ||
		!strings.Contains(out, "…0101") {
		t.Errorf("%v\n%s", err, out)
	}
	for i, want := range []string{"0 unchanged, 1 cancelled", "1 unchanged, 0 faults"} {
		if out, err = k.bot(t, "appointments", "import", name); !strings.Contains(out, want) {
			t.Errorf("time %d: %v\n%s", i+1, err, out)
		}
	}
}

// agrees presses the button of the only card that asks about doubts.
func (k *till) agrees(t *testing.T) {
	t.Helper()
	if err := k.app.page.(*sandbox.Sandbox).Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	desk0, err := k.app.store.Peek(t.Context(), handlers.Phone{})
	if err != nil || len(desk0.Cases) != 1 || desk0.Cases[0].Kind != kinds.Doubts ||
		desk0.Cases[0].Thread == "" {
		t.Fatalf("%+v %v", desk0.Cases, err)
	}
	c := desk0.Cases[0]
	press := handlers.Press{ID: "p1", Thread: c.Thread, Action: desk.ActionAgree, User: "Sam"}
	for range 2 { // the desk's vendor may say it twice
		if _, err := k.app.staff.Press(t.Context(), press); err != nil {
			t.Fatal(err)
		}
	}
	if desk0, err = k.app.store.Peek(t.Context(), handlers.Phone{}); err != nil ||
		len(desk0.Cases) != 0 {
		t.Errorf("open still: %+v %v", desk0.Cases, err)
	}
}

// What is left alone on its card stays held.
func TestADoubtThatIsLeft(t *testing.T) {
	k := newTill(t)
	_, _ = k.bot(t, "appointments", "import", "--dates=mdy", export(t, k.start))
	if err := k.app.page.(*sandbox.Sandbox).Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := k.app.store.Peek(t.Context(), handlers.Phone{})
	if err != nil || len(s.Cases) != 1 {
		t.Fatalf("%+v %v", s.Cases, err)
	}
	c := s.Cases[0]
	for i, action := range []string{desk.ActionDone, desk.ActionAgree} { // too late
		_, err := k.app.staff.Press(t.Context(), handlers.Press{
			ID: "p" + string(rune('1'+i)), Thread: c.Thread, Action: action, User: "Sam",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	v, ok, err := k.app.store.Visit(t.Context(), c.Doubtful[0].Visit)
	if err != nil || !ok || !v.Held() {
		t.Errorf("%+v %v", v, err)
	}
}

// A map is proposed as a table without a patient's name, and as lines that clinic.yaml takes.
func TestMap(t *testing.T) {
	k := newTill(t)
	name := export(t, time.Date(2026, 12, 4, 0, 0, 0, 0, time.UTC))
	out, err := k.bot(t, "appointments", "map", name)
	if err == nil || !strings.Contains(err.Error(), "--dates=mdy or --dates=dmy") {
		t.Errorf("12/04/2026: %v", err)
	}
	for _, secret := range []string{"Ana", "Cleo", "0121"} {
		if strings.Contains(out, secret) {
			t.Errorf("it shows %s:\n%s", secret, out)
		}
	}
	dir := t.TempDir()
	for _, part := range []string{"faq", "replies", "screen"} {
		from := os.DirFS(filepath.Join("..", "knowledge", part))
		if err := os.CopyFS(filepath.Join(dir, part), from); err != nil {
			t.Fatal(err)
		}
	}
	clinic, err := os.ReadFile("../knowledge/clinic.yaml")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "clinic.yaml"), clinic, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 { // the second time it has feeds already
		w := world{ctx: t.Context(), in: strings.NewReader(""), out: io.Discard, err: io.Discard}
		err = k.run(w, "KNOWLEDGE_DIR", dir, []string{
			"appointments", "map", "--dates=mdy", "--feed=front-desk", "--yes", name,
		})
		if (err == nil) != (i == 0) {
			t.Errorf("time %d: %v", i+1, err)
		}
	}
	base, err := readKnowledge(dir)
	if err != nil {
		t.Fatal(err)
	}
	f, ok := base.Clinic.Feed("front-desk")
	if !ok || f.Columns["phone"] != "Cell Phone" || f.Dates != "mdy" {
		t.Errorf("%+v", f)
	}
}

// An import keeps no patient waiting: while it stands still midway, who writes of danger has the
// fixed words, and who asks is answered.
func TestPatientsAreAnsweredDuringAnImport(t *testing.T) {
	k := newTill(t)
	midway, goOn := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		file := manyVisits(0, 200, time.Now())
		_, err := k.app.importFile(t.Context(), importing{File: []byte(file)}, func(n, _ int) {
			if n == 20 {
				close(midway)
				<-goOn
			}
		})
		ended <- err
	}()
	<-midway
	for _, c := range []struct{ from, body, want string }{
		{from: "+12125550130", body: "i want to kill myself", want: "988"},
		{from: "+12125550131", body: "where do i park", want: "garage"},
	} {
		in, err := json.Marshal(map[string]string{"from": c.from, "body": c.body})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post(k.url+"/sandbox/text", "application/json", bytes.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		out, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: %s %v", c.body, out, err)
		}
	}
	close(goOn)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// The phones may be in another file, and the file may say who consented to be texted.
func TestImportOfPhonesAndConsents(t *testing.T) {
	k := newTill(t)
	at := k.start.Format("2006-01-02 15:04")
	file := k.file(t, "Appointment ID,Patient ID,First Name,Last Name,Start,Type,SMS Consent\n"+
		"1,p1,Ana,Example,"+at+",Consult,Yes\n2,p2,Ben,Example,"+at+",Consult,No\n")
	patients := filepath.Join(t.TempDir(), "patients.csv")
	list := "Patient ID,Name,Cell Phone\np1,Ana Example,2125550121\np2,Ben Example,2125550122\n"
	if err := os.WriteFile(patients, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := k.bot(t, "appointments", "import", file)
	if err == nil || !strings.Contains(err.Error(), "--patients") {
		t.Errorf("without the phones: %v", err)
	}
	out, err := k.bot(t, "appointments", "import", "--patients", patients, file)
	if err != nil || !strings.HasPrefix(out, "2 imported") {
		t.Fatalf("%v %s", err, out)
	}
	for number, given := range map[string]bool{"+12125550121": true, "+12125550122": false} {
		p, err := handlers.NewPhone(number)
		if err != nil {
			t.Fatal(err)
		}
		s, err := k.app.store.Peek(t.Context(), p)
		if err != nil || s.Consent.Given.IsZero() == given || len(s.Visits) != 1 {
			t.Errorf("%s: %+v %v", p, s.Consent, err)
		}
	}
}

// What a file says of visits that are booked already is shown as what it would change.
func TestADryRunOfChanges(t *testing.T) {
	k := newTill(t)
	const header = "id,name,phone,start,type,status\n"
	first, later := k.start.Format(time.RFC3339), k.start.Add(time.Hour).Format(time.RFC3339)
	_, err := k.bot(t, "appointments", "import", k.file(t, header+
		"v1,Ana,2125550121,"+first+",consult,\nv2,Ben,2125550122,"+first+",consult,\n"+
		"v3,Cleo,2125550123,"+first+",consult,\n"))
	if err != nil {
		t.Fatal(err)
	}
	before := k.states(t)
	out, err := k.bot(t, "appointments", "import", "--dry-run", "--json", k.file(t, header+
		"v1,Ana,2125550121,"+later+",consult,\nv2,,,,,cancelled\n"+
		"v3,Cleo,2125550123,"+first+",consult,\nv9,,,,,cancelled\n"))
	if err != nil {
		t.Fatal(err)
	}
	var in imported
	if err := json.Unmarshal([]byte(out), &in); err != nil || !in.Dry || in.Updated != 1 ||
		in.Cancelled != 1 || in.Unchanged != 2 || len(in.Changes) != 2 ||
		in.Changes[0].What != "move" || in.Changes[0].Was == "" || in.Changes[1].What != "take off" {
		t.Errorf("%v %s", err, out)
	}
	if now := k.states(t); now != before {
		t.Errorf("%s, before %s", now, before)
	}
}
