package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// shownWords is what the page is told of the words while they are edited.
type shownWords struct {
	Dir       string
	Try       []string
	Saved     int
	Wrong     []wordsFault
	Standing  []wordsFault
	Notes     []string
	Doing     string
	Danger    int
	Answers   []shownAnswer
	Sentences []struct {
		Name, Of, File, Lang, Was, Is string
		Danger                        bool
	}
}

type shownAnswer struct {
	Text, From string
	Danger     bool
	Was, Is    struct{ What, Says string }
}

type wordsFault struct {
	File string
	Line int
	What string
}

// editor edits a directory that the built program runs on, and hears what its page is told.
type editor struct {
	t      *testing.T
	dir    string
	url    string
	states chan shownWords
	asked  int // how many patients have texted
}

// bot runs a command of the built program and returns all that it says.
func bot(t *testing.T, args ...string) (string, error) {
	t.Helper()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), bin, args...)
	cmd.Dir, cmd.Env = t.TempDir(), []string{"HOME=" + t.TempDir()}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// ownWords writes the words that are built in into a directory, as the page says one may.
func ownWords(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "mine")
	if out, err := bot(t, "knowledge", "init", dir); err != nil {
		t.Fatal(out, err)
	}
	return dir
}

func newEditor(t *testing.T, dir string) *editor {
	t.Helper()
	e := &editor{
		t: t, dir: dir, url: startSandbox(t, "KNOWLEDGE_DIR="+dir), states: make(chan shownWords, 1000),
	}
	stream, err := http.Get(e.url + "/sandbox/events")
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan struct{})
	t.Cleanup(func() { _ = stream.Body.Close(); <-heard })
	go func() {
		defer close(heard)
		lines := bufio.NewScanner(stream.Body)
		lines.Buffer(nil, 1<<20)
		for name := ""; lines.Scan(); {
			if n, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = n
			}
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			var w shownWords
			if ok && name == "words" && json.Unmarshal([]byte(data), &w) == nil {
				e.states <- w
			}
		}
	}()
	return e
}

// waits returns the first state that is as wanted, of those that are told from now on.
func (e *editor) waits(what string, as func(shownWords) bool) shownWords {
	e.t.Helper()
	var last shownWords
	for end := time.After(2 * time.Minute); ; {
		select {
		case last = <-e.states:
			if as(last) {
				return last
			}
		case <-end:
			e.t.Fatalf("%s: it doesn't come; last: %+v", what, last)
		}
	}
}

// save replaces something in a file, at all places.
func (e *editor) save(name, old, fresh string) {
	e.t.Helper()
	path := filepath.Join(e.dir, name)
	data, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(data, []byte(old)) {
		e.t.Fatalf("%s has no %q: %v", name, old, err)
	}
	e.write(name, strings.ReplaceAll(string(data), old, fresh))
}

func (e *editor) write(name, text string) {
	e.t.Helper()
	if err := os.WriteFile(filepath.Join(e.dir, name), []byte(text), 0o600); err != nil {
		e.t.Fatal(err)
	}
}

// post asks an endpoint of the sandbox.
func (e *editor) post(path string, body, to any) {
	e.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		e.t.Fatal(err)
	}
	res, err := http.Post(e.url+path, "application/json", bytes.NewReader(data))
	if err != nil {
		e.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(to); err != nil || res.StatusCode != http.StatusOK {
		e.t.Fatal(path, res.Status, err)
	}
}

// texts returns what another patient gets for a text: one who repeats it would get nothing.
func (e *editor) texts(body string) (kind, reply string) {
	e.t.Helper()
	var r struct {
		Kind    string
		Replies []string
	}
	e.asked++
	from := fmt.Sprintf("212555%04d", 100+e.asked)
	e.post("/sandbox/text", map[string]string{"from": from, "body": body}, &r)
	return r.Kind, strings.Join(r.Replies, " ")
}

// gets fails the test unless a patient gets these words for a text.
func (e *editor) gets(body, words string) {
	e.t.Helper()
	if _, reply := e.texts(body); !strings.Contains(reply, words) {
		e.t.Errorf("%q gets %q, want %q", body, reply, words)
	}
}

func settled(w shownWords) bool { return w.Doing == "" }

// What is saved is in use at once, with a new price, new wordings and other rules for danger, and the
// page is told what it changes; faults are told, and leave the words of before in use.
func TestWordsLive(t *testing.T) {
	t.Parallel()
	e := newEditor(t, ownWords(t))
	e.gets("how much is a session?", "$450")
	if kind, _ := e.texts("purple elephants tonight"); kind == "crisis" {
		t.Fatal(kind)
	}

	e.save("clinic.yaml", "$450", "$475")
	w := e.waits("a price", settled)
	if w.Danger != 0 || len(w.Answers) != 1 || len(w.Sentences) != 2 || w.Saved != 1 {
		t.Errorf("%+v", w)
	} else if a := w.Answers[0]; a.Text != "how much is a session?" || a.From != "you texted it here" ||
		!strings.Contains(a.Was.Says, "$450") || !strings.Contains(a.Is.Says, "$475") {
		t.Errorf("%+v", a)
	}
	e.gets("how much is a session?", "$475")

	e.save("faq/money.yaml", "An IV session is", "A dose of 50 mg is")
	w = e.waits("a dose", func(w shownWords) bool { return len(w.Wrong) > 0 })
	if f := w.Wrong[0]; f.File != "faq/money.yaml" || f.Line == 0 || !strings.Contains(f.What, "dose") {
		t.Errorf("%+v", f)
	}
	e.gets("how much is a session?", "An IV session is $475")
	e.save("faq/money.yaml", "A dose of 50 mg is", "An IV session costs")
	e.waits("the mend", func(w shownWords) bool { return len(w.Wrong) == 0 && settled(w) })
	e.gets("how much is a session?", "An IV session costs $475")

	e.save("screen/crisis.yaml", "exact: [", "exact: [purple elephants tonight, ")
	w = e.waits("danger", func(w shownWords) bool { return w.Danger > 0 })
	if a := w.Answers[0]; !a.Danger || a.Text != "purple elephants tonight" || a.Is.What == a.Was.What ||
		!strings.Contains(a.Is.What, "crisis") {
		t.Errorf("%+v", a)
	}
	if kind, _ := e.texts("purple elephants tonight"); kind != "crisis" {
		t.Error(kind)
	}

	var now shownWords
	e.post("/sandbox/compare", struct{}{}, &now)
	w = e.waits("a new start", func(w shownWords) bool { return len(w.Sentences) == 0 && settled(w) })
	if len(w.Answers) > 0 || w.Danger > 0 {
		t.Errorf("%+v", w)
	}
}

// A new wording is understood word for word at once, and others like it once it is learnt; what is
// open at the desk stays there.
func TestWordsLearntLive(t *testing.T) {
	t.Parallel()
	e := newEditor(t, ownWords(t))
	if kind, _ := e.texts("is the blue door squeaky again"); kind == "answer" {
		t.Fatal("it is known already")
	}
	var desk []struct{ Thread string }
	get(t, e.url+"/sandbox/desk", &desk)
	e.save("faq/after.yaml", `"when can i drive after treatment"`,
		`"when can i drive after treatment", "is the blue door squeaky again"`)
	w := e.waits("learning", func(w shownWords) bool { return strings.HasPrefix(w.Doing, "Learning") })
	at := slices.IndexFunc(w.Answers, func(a shownAnswer) bool {
		return a.Text == "is the blue door squeaky again"
	})
	if at < 0 || w.Answers[at].Is.What != "answers: driving_after" {
		t.Errorf("%+v", w.Answers)
	}
	e.gets("Is the blue door squeaky again?", "drive")
	w = e.waits("all", settled)
	if !strings.Contains(strings.Join(w.Notes, " "), "1 entry learnt beside it") {
		t.Error(w.Notes)
	}
	if len(desk) == 0 {
		t.Fatal("no card")
	}
	var id struct{ ID string }
	e.post("/sandbox/reply", map[string]string{
		"thread": desk[0].Thread, "text": "Sure, tomorrow.", "user": "Sam",
	}, &id)
	var phone []struct{ Body string }
	get(t, e.url+"/sandbox/messages?phone=2125550101", &phone)
	if last := phone[len(phone)-1].Body; !strings.Contains(last, "Sure, tomorrow.") {
		t.Errorf("the patient gets %q", last)
	}
}

// get reads what an endpoint answers.
func get(t *testing.T, url string, to any) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(to); err != nil {
		t.Fatal(err)
	}
}

// What an editor, a copy or a slip can leave behind is told as faults, each with its file, and the
// words of before stay; saved in many steps, it is read once.
func TestWordsThatCanNotBeRead(t *testing.T) {
	t.Parallel()
	e := newEditor(t, ownWords(t))
	path := func(name string) string { return filepath.Join(e.dir, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		name         string
		break_, mend func()
		file, what   string
	}{
		{
			name:   "half a file",
			break_: func() { e.write("faq/own.yaml", "- id: x\n  asks: {en: \"a") },
			mend:   func() { must(os.Remove(path("faq/own.yaml"))) },
			file:   "faq/own.yaml",
		},
		{
			name:   "not UTF-8",
			break_: func() { e.write("faq/own.yaml", "# caf\xe9\n") },
			mend:   func() { must(os.Remove(path("faq/own.yaml"))) },
			file:   "faq/own.yaml", what: "UTF-8",
		},
		{
			name:   "a huge file",
			break_: func() { e.write("faq/own.yaml", strings.Repeat("# words\n", 1<<20)) },
			mend:   func() { must(os.Remove(path("faq/own.yaml"))) },
			file:   "faq/own.yaml", what: "8 MB",
		},
		{
			name:   "what is no file",
			break_: func() { must(os.Mkdir(path("faq/own.yaml"), 0o700)) },
			mend:   func() { must(os.Remove(path("faq/own.yaml"))) },
			file:   "faq/own.yaml",
		},
		{
			name:   "the settings gone",
			break_: func() { must(os.Rename(path("clinic.yaml"), path("clinic.txt"))) },
			mend:   func() { must(os.Rename(path("clinic.txt"), path("clinic.yaml"))) },
			file:   "clinic.yaml", what: "put it back",
		},
		{
			name:   "the directory gone",
			break_: func() { must(os.Rename(e.dir, e.dir+"-away")) },
			mend:   func() { must(os.Rename(e.dir+"-away", e.dir)) },
			file:   e.dir, what: "put it back",
		},
		{
			name:   "decisions that can't be read",
			break_: func() { e.save("decisions.yaml", "signed_by: \"\"", "signed_by: \"Dana\"") },
			mend:   func() { e.save("decisions.yaml", "signed_by: \"Dana\"", "signed_by: \"\"") },
			file:   "decisions.yaml", what: "signed_on",
		},
	} {
		tc.break_()
		w := e.waits(tc.name, func(w shownWords) bool { return len(w.Wrong) > 0 })
		if f := w.Wrong[0]; f.File != tc.file || !strings.Contains(f.What, tc.what) || f.What == "" {
			t.Errorf("%s: %+v", tc.name, w.Wrong)
		}
		e.gets("how much is a session?", "$450")
		tc.mend()
		w = e.waits(tc.name+", mended", func(w shownWords) bool { return len(w.Wrong) == 0 && settled(w) })
		if len(w.Answers)+len(w.Sentences) > 0 {
			t.Errorf("%s: it changed something: %+v", tc.name, w)
		}
	}

	before := e.waited()
	for i := range 40 { // as an editor that truncates and writes, again and again
		e.write("faq/own.yaml", "- id: x\n  asks: {en: [\"")
		e.write("faq/own.yaml", fmt.Sprintf("# draft %d\n", i))
	}
	e.save("clinic.yaml", "$450", "$480")
	w := e.waits("the last save", func(w shownWords) bool { return len(w.Sentences) > 0 && settled(w) })
	if n := w.Saved - before; n > 5 {
		t.Errorf("a burst was read %d times", n)
	}
	e.gets("how much is a session?", "$480")
}

// waited returns how many saves were read so far.
func (e *editor) waited() int {
	e.t.Helper()
	var w shownWords
	get(e.t, e.url+"/sandbox/edited", &w)
	return w.Saved
}

// Without a directory the page is told how to have one, by commands that work.
func TestWordsWithoutDirectory(t *testing.T) {
	t.Parallel()
	var w shownWords
	get(t, startSandbox(t)+"/sandbox/edited", &w)
	if w.Dir != "" || len(w.Try) != 2 {
		t.Fatalf("%+v", w)
	}
	dir := filepath.Join(t.TempDir(), "mine")
	_, args, _ := strings.Cut(w.Try[0], "./bot ")
	if out, err := bot(t, strings.Fields(strings.Replace(args, "mine", dir, 1))...); err != nil {
		t.Fatal(out, err)
	}
	if out, err := bot(t, "knowledge", "check", "--knowledge", dir); err != nil ||
		!strings.Contains(out, "no fault") {
		t.Error(out, err)
	}
	if out, err := bot(t, "knowledge", "init", dir); err == nil ||
		!strings.Contains(out, "isn't empty") {
		t.Error(out, err)
	}
}

// The page shows, side by side and marked, what a save changes; then the faults of the next one.
func TestPageWordsLive(t *testing.T) {
	t.Parallel()
	dir := ownWords(t)
	r := openPage(t, "KNOWLEDGE_DIR="+dir)
	e := editor{t: t, dir: dir}
	r.waits("that it is watched", `document.querySelector("#words-dir").textContent !== ""`)
	e.save("clinic.yaml", "$450", "$475")
	r.waits("the other words", `(() => { const one = document.querySelector("#words-list .halves");
		return one?.querySelector("del")?.textContent === "$450,"
			&& one.querySelector("ins").textContent === "$475,"; })()`)
	r.waits("what it comes to", `document.querySelector("#words-said").textContent ===
		"In use: 2 sentences are worded otherwise."`)
	e.save("clinic.yaml", "placeholder: true", "placeholder: perhaps")
	r.waits("the fault", `document.querySelector("#words-said").textContent.startsWith("1 fault in what")
		&& /clinic.yaml, line \d+: /.test(document.querySelector("#words-list .faults").textContent)`)
	e.save("clinic.yaml", "placeholder: perhaps", "placeholder: true")
	r.waits("the mend", `document.querySelector("#words-list .faults") === null`)
	r.do(chromedp.Click(chromedp.CSS("#words-from")))
	r.waits("a new start", `document.querySelector("#words-list .halves") === null`)
}
