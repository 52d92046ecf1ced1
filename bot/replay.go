package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// conversationHelp is the language of conversations, which a clinic's staff can write and read;
// testdata/conversations has examples. An empty line and a remark are printed as they are.
const conversationHelp = `
    at 2026-12-01 10:00           the clinic's clock; the first line
    visit v1,Ana Example,+1212…   a row of an import's CSV, before anything happens
    wait 2h                       the clock goes on
    0101: hello                   the patient of that number texts
    0101 hears some words         in texts since somebody last did something;
                                  or: hears nothing
    /clinic today                 a command of Sam's
    answer shows some words       in what Sam was answered last, with its buttons
                                  and forms; or: hides
    Dana asks off 0101            a command of somebody else's
    Dana opens Home               the app's Home, as Dana sees it
    Dana sees some words          as answer shows, for Dana; or: sees no some words
    Dana presses "Do it"          a button of what Dana was answered last, or that
                                  of its form
    Dana fills in Day = 2026-12-04; Time = 14:00
                                  a form that Dana was answered, by its labels
    Dana writes to 0101: hello    staff write in the thread of the number's card
    Dana edits for 0101: hello    they change what they wrote there last;
                                  or: deletes for 0101
    Dana presses "Do it" in the thread of 0101
                                  a button of the thread's last line that has it
    Dana presses take for 0101    staff press a button on it, by its name or by
                                  "what stands on it"; or: for the slot
    now Twilio is away            something fails, by its name on the page
    now all is well               all of it works again
    desk shows some words         on a card or in its thread; or: hides.
                                  urgent likewise
    # a remark
`

// replayCommand is `bot replay`: whole conversations as tests, in the language of conversationHelp.
type replayCommand struct {
	Files []string `arg:"" help:"Conversations: who says what, at which time, and what must come of it."`
}

// Help is what `bot replay --help` says besides.
func (replayCommand) Help() string {
	return "A conversation is a file of lines like these:\n" + conversationHelp
}

// Run plays each conversation in a sandbox of its own, prints it as it goes, and marks each line
// that came otherwise than written, with what came instead. It plays all files to their end and
// says how many lines passed; the error then counts those that didn't. A file or a line that can't
// be read ends it at once.
func (k replayCommand) Run(w world, c *Config) error {
	base, err := loadKnowledge(c.KnowledgeDir)
	if err != nil {
		return err
	}
	passed, failed := 0, 0
	for _, name := range k.Files {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		lines, faults, err := replay(w, base, name, file)
		_ = file.Close() // only read
		if err != nil {
			return err
		}
		passed, failed = passed+lines-faults, failed+faults
	}
	fmt.Fprintf(w.out, "\n%d of %d lines came as written (conversations: %d).\n",
		passed, passed+failed, len(k.Files))
	if failed > 0 {
		return fmt.Errorf("%d lines of the conversations came otherwise", failed)
	}
	return nil
}

// script is a conversation being played: its clock, its sandbox, and what has come since somebody
// last did something.
type script struct {
	w    world
	base *knowledge.Base
	app  *app
	page *pageClient
	zone *time.Location
	csv  []string // visits, put in before the first line that does something
	// seats are the staff by name, with what each was answered last.
	seats map[string]*seat
	told  string // who was answered last
	acts  int    // of staff, so far
	learn func(context.Context) error
	// seen is how many messages each phone that is listened to had, by its last four digits, when
	// somebody last did something.
	seen map[string]int
}

// newScript returns a conversation before its first line.
func newScript(w world, base *knowledge.Base) *script {
	return &script{
		w: w, base: base, seen: map[string]int{}, seats: map[string]*seat{},
		csv: []string{"id,name,phone,start,type,zone,lang"},
	}
}

// replay plays one conversation; it returns how many lines it has, remarks apart, and how many of
// them came otherwise. An error is a line that can't be read, by file and line.
func replay(
	w world, base *knowledge.Base, name string, r io.Reader,
) (played, faults int, err error) {
	s := newScript(w, base)
	defer s.close()
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			fmt.Fprintln(w.out, line)
			continue
		}
		otherwise, err := s.line(line)
		if err != nil {
			return played, faults, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		played++
		mark := "  "
		if otherwise != "" {
			faults++
			mark = "✗ "
		}
		fmt.Fprintln(w.out, mark+line)
		if otherwise != "" {
			fmt.Fprintf(w.out, "    %s:%d: %s\n", name, n, otherwise)
		}
	}
	return played, faults, lines.Err()
}

// line carries one line out. otherwise says what came instead of what is written, "" if it came so;
// an error is a line that makes no sense.
func (s *script) line(line string) (otherwise string, err error) {
	who, what, _ := strings.Cut(line, " ")
	switch {
	case who == "at":
		return "", s.open(what)
	case s.app == nil:
		return "", errors.New("want a first line like: at 2026-12-01 10:00")
	case who == "visit":
		// Zone and language may be left out.
		s.csv = append(s.csv, what+strings.Repeat(",", max(0, 6-strings.Count(what, ","))))
		return "", nil
	}
	if err := s.ready(); err != nil {
		return "", err
	}
	verb, rest, _ := strings.Cut(what, " ")
	acts := who == "wait" || who == "now" || strings.HasSuffix(who, ":") ||
		slices.Contains([]string{"writes", "presses", "fills", "edits", "deletes"}, verb)
	if acts {
		if err := s.mark(); err != nil {
			return "", err
		}
	}
	switch {
	case who == "wait":
		return "", s.turn(map[string]any{"advance": what})
	case who == "now":
		return "", s.breaks(what)
	case who == "/clinic":
		return "", s.asks("Sam", what)
	case who == "answer":
		return shownOr(what, s.seat("Sam").sees(s.zone))
	case who == "desk" || who == "urgent":
		return s.shows(who, what)
	case len(who) == 5 && strings.HasSuffix(who, ":"):
		s.seen[who[:4]] += 0 // it is listened to from now on
		err := s.page.post(
			"/sandbox/text", map[string]any{"from": phoneOf(who[:4]), "body": what}, nil,
		)
		if errors.Is(err, errAway) { // it comes again once all is well
			return "", nil
		}
		return "", err
	case len(who) == 4 && strings.HasPrefix(what, "hears "):
		return s.hears(who, strings.TrimPrefix(what, "hears "))
	}
	return s.staff(who, verb, rest)
}

// turn turns the clock, as the page's URL for it takes that, and carries out what has come due.
func (s *script) turn(to map[string]any) error {
	var end struct{ Stopped string }
	err := s.page.post("/sandbox/clock", to, &end)
	if err == nil && end.Stopped != "" {
		err = fmt.Errorf("the clock stopped on its way: %s", end.Stopped)
	}
	return errors.Join(err, s.settle())
}

// shownOr checks a line that says that a text shows some words, or hides them.
func shownOr(what, text string) (string, error) {
	want, hides := strings.CutPrefix(what, "hides ")
	switch {
	case !hides:
		return missing(what, "shows ", text)
	case strings.Contains(text, want):
		return "it shows " + want, nil
	}
	return "", nil
}

// missing checks that a text holds what a line wants it to: the words behind the verb. It returns
// what the text is if it doesn't, and an error if the verb is another.
func missing(what, verb, text string) (string, error) {
	want, ok := strings.CutPrefix(what, verb)
	if !ok {
		return "", fmt.Errorf("want %q here", verb)
	}
	if strings.Contains(text, want) {
		return "", nil
	}
	return "came: " + strings.ReplaceAll(text, "\n", " / "), nil
}

// phoneOf returns the number of a phone in a conversation, in E.164 form. 555-01xx are never given
// out, so use those.
func phoneOf(last4 string) string { return "+1212555" + last4 }

// open starts the sandbox at a time of the clinic's clock.
func (s *script) open(at string) error {
	if s.app != nil {
		return errors.New("the time is set already; use wait")
	}
	start, err := clinicTime(s.base, at)
	if err != nil {
		return err
	}
	return s.openAt(start)
}

// clinicTime reads a time by the clinic's clock.
func clinicTime(base *knowledge.Base, at string) (time.Time, error) {
	t, err := time.ParseInLocation("2006-01-02 15:04", at, base.Clinic.Location())
	if err != nil {
		return t, fmt.Errorf("want a time like 2026-12-01 10:00: %w", err)
	}
	return t, nil
}

// openAt is open. The sandbox's log is thrown away: what matters of it is what phones and the desk
// show.
func (s *script) openAt(start time.Time) (err error) {
	s.zone = s.base.Clinic.Location()
	if s.app, err = openEmpty(s.base, slog.New(slog.DiscardHandler), start); err != nil {
		return err
	}
	s.page, s.learn = &pageClient{s.app.sandbox}, s.app.learn()
	return nil
}

// ready puts the visits in before the first line that does something. What the import itself sends
// leaves before that line, so that "hears" means what follows from it.
func (s *script) ready() error {
	if len(s.csv) < 2 {
		return nil
	}
	var out imported
	err := s.page.post("/sandbox/import", strings.Join(s.csv, "\n")+"\n", &out)
	for _, row := range s.csv[1:] {
		if f := strings.Split(row, ","); len(f) > 2 && len(f[2]) > 4 {
			s.seen[f[2][len(f[2])-4:]] = 0
		}
	}
	s.csv = s.csv[:1]
	if err == nil && len(out.Faults) > 0 {
		err = fmt.Errorf("visit: %s: %s", out.Faults[0].Column, out.Faults[0].What)
	}
	if err != nil {
		return err
	}
	// The pace lets a few texts out a second: by then all that the visits bring has left.
	return s.page.post("/sandbox/clock", map[string]any{"advance": "5s"}, nil)
}

// close ends the conversation's sandbox, if it was opened.
func (s *script) close() {
	if s.app != nil {
		s.forget()
		_ = s.app.store.Close() // nothing is left to write
		_ = s.app.page.Close()
	}
}

// mark notes what every phone has heard by now: what comes after is fresh.
func (s *script) mark() error {
	for last4 := range s.seen {
		all, err := s.messages(last4)
		if err != nil {
			return err
		}
		s.seen[last4] = len(all)
	}
	return nil
}

// heard is a message on a phone, as the sandbox shows it: Direction is "out" for one from the
// clinic.
type heard struct {
	At                                   time.Time
	ID, Direction, Body, Status, Why, By string
	Because                              []string
	Voice, Rings                         bool
}

// messages returns all messages of a phone, oldest first.
func (s *script) messages(last4 string) (all []heard, err error) {
	return all, s.page.get("/sandbox/messages?phone=%2B"+phoneOf(last4)[1:], &all)
}

// hears looks at what has reached a phone since somebody last did something. One of the texts must
// hold the words that are wanted; for "nothing" there must be no text.
func (s *script) hears(last4, want string) (string, error) {
	s.seen[last4] += 0 // it is listened to from now on
	all, err := s.messages(last4)
	if err != nil {
		return "", err
	}
	var fresh []string
	for _, m := range all[min(s.seen[last4], len(all)):] {
		if m.Direction == "out" {
			fresh = append(fresh, m.Body)
		}
	}
	text := strings.Join(fresh, " / ")
	if want == "nothing" && text == "" || want != "nothing" && strings.Contains(text, want) {
		return "", nil
	}
	return "came: " + text, nil
}

// deskCard is a card as the sandbox shows it.
type deskCard struct {
	Thread, Channel, Phone, Text string
	Open                         bool
	At                           time.Time
	TakenBy                      string `json:"taken_by"`
	Actions                      []struct{ ID, Text string }
	Replies                      []deskLine
}

// deskLine is a line of a card's thread.
type deskLine struct {
	ID, From, Text, State, Why string
	Edited                     bool
	Blocks                     []block
}

// block is a block of a line, as far as it has buttons.
type block struct {
	Elements []struct {
		Text  any
		Value string
	}
}

// shows looks through a channel's cards and their threads, open and closed ones, for words that
// must be there (shows) or must not (hides).
func (s *script) shows(channel, what string) (string, error) {
	var cards []deskCard
	if err := s.page.get("/sandbox/desk", &cards); err != nil {
		return "", err
	}
	var all []string
	for _, c := range cards {
		if c.Channel != channel {
			continue
		}
		text := c.Phone + " " + c.Text
		for _, r := range c.Replies {
			text += "\n" + r.From + ": " + r.Text + " " + r.State
		}
		all = append(all, text)
	}
	return shownOr(what, strings.Join(all, "\n"))
}
