package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// sheet is a page for paper, as a browser reads it.
type sheet struct {
	t    *testing.T
	ids  map[string][]*html.Node
	root *html.Node
}

// parsed reads a page. What it would load or run is a fault, and so is a placeholder.
func parsed(t *testing.T, page string) sheet {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	s := sheet{t, map[string][]*html.Node{}, root}
	for n := range root.Descendants() {
		switch {
		case n.Type == html.ElementNode && n.Data == "script", n.Data == "img", n.Data == "b":
			t.Errorf("it has <%s>", n.Data)
		case n.Type == html.TextNode && strings.ContainsAny(n.Data, "\x02\x03"):
			t.Errorf("a mark of what varies is left: %q", n.Data)
		case n.Type == html.TextNode && n.Parent.Data != "style" && strings.ContainsAny(n.Data, "{}"):
			t.Errorf("a placeholder isn't filled: %q", n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "id" {
				s.ids[a.Val] = append(s.ids[a.Val], n)
			}
			if a.Key == "src" || a.Key == "href" && n.Data == "link" && a.Val != "data:," {
				t.Errorf("it loads %q", a.Val)
			}
		}
	}
	return s
}

// one returns the one element that has an id.
func (s sheet) one(id string) *html.Node {
	s.t.Helper()
	if len(s.ids[id]) != 1 {
		s.t.Fatalf("%d elements have the id %s, want one", len(s.ids[id]), id)
	}
	return s.ids[id][0]
}

// wordsIn returns the texts in a language within an element, and all that it says.
func wordsIn(within *html.Node, lang string) (out []string, all string) {
	for n := range within.Descendants() {
		if n.Type == html.TextNode {
			all += n.Data
		}
		if n.Data == "p" && attr(n, "class") == "body" && attr(n, "lang") == lang {
			out = append(out, text(n))
		}
	}
	return out, strings.Join(strings.Fields(all), " ")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) (out string) {
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out += d.Data
		}
	}
	return out
}

var slots = regexp.MustCompile(`\{\{[^}]*\}\}`)

// holds reports whether a text has a sentence's own words, in their order.
func holds(text, sentence string) bool {
	for _, own := range slots.Split(sentence, -1) {
		_, after, found := strings.Cut(text, strings.TrimSpace(own))
		if !found {
			return false
		}
		text = after
	}
	return true
}

// said wants some words once on the page, under an id, in each language that they are in.
func (s sheet) said(id string, words language.Words) {
	s.t.Helper()
	at := s.one(id)
	for lang, sentence := range words {
		found := 0
		all, _ := wordsIn(at, lang)
		for _, body := range all {
			if holds(body, sentence) {
				found++
			}
		}
		// A sentence that leaves in several ways has one for each.
		if found == 0 || found > 1 && at.Data == "article" && len(all) == 1 {
			s.t.Errorf("%s, %s: %d of %q in %q", id, lang, found, sentence, all)
		}
	}
}

func TestWordsOnPaper(t *testing.T) {
	page, err := typed(t.Context(), nil, "", "knowledge", "print")
	if err != nil {
		t.Fatal(err)
	}
	s := parsed(t, page)
	base, err := knowledge.Read(nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range base.All() {
		if !e.Outside {
			s.said("answer-"+e.ID, e.Answer)
			s.said("answer-"+e.ID, e.WithVisit)
			n++
		}
	}
	for _, r := range base.Sentences() {
		s.said("reply-"+r.Name, r.Words)
		if _, all := wordsIn(s.one("reply-"+r.Name), ""); !strings.Contains(all, ".") {
			t.Errorf("%s: it isn't said when it is sent", r.Name)
		}
	}
	for _, r := range base.TemplateSentences() {
		s.said("template-"+r.Name, r.Words)
	}
	n += len(base.Sentences()) + len(base.TemplateSentences())
	if got := strings.Count(page, "<article"); got != n {
		t.Errorf("%d texts on paper, want %d", got, n)
	}
	if strings.Contains(page, "ZgotmplZ") || strings.Contains(page, "be sent: no value") {
		t.Error("a value was refused by the template, or isn't there")
	}
}

// What patients get isn't only what stands in the files: who writes, the preparation, how texts end.
func TestWordsOnPaperAreAsTheyLeave(t *testing.T) {
	page, err := typed(t.Context(), nil, "", "knowledge", "print")
	if err != nil {
		t.Fatal(err)
	}
	s := parsed(t, page)
	for _, c := range []struct{ id, lang, want string }{
		{id: "reply-remind_booked", lang: "en", want: "Beacon Clinic: Hi Pat, you're booked for"},
		{id: "reply-remind_booked", lang: "es", want: "212-555-0100. STOP: salir."},
		{id: "reply-remind_prepare", lang: "en", want: "No food after 8:30 AM. Clear liquids until 12:30"},
		{id: "reply-remind_prepare", lang: "es", want: "Quien le lleva a casa? 1 listo"},
		{id: "reply-remind_prepare_visits", lang: "en", want: "No food after"},
		{id: "reply-remind_prepare_family", lang: "en", want: "Alex"},
		{id: "reply-remind_days_first", lang: "en", want: "... Text VISITS for all"},
		{id: "reply-remind_basic_ask", lang: "en", want: "PM. Reply C to confirm."},
		{id: "reply-broadcast_weather", lang: "es", want: "Beacon Clinic: Hola Pat, por el mal tiempo"},
		{id: "reply-offer", lang: "en", want: "to pass, by 2:30 PM please. STOP to end."},
		{id: "reply-choices", lang: "en", want: "Do you mean: 1 "},
		{id: "reply-handoff", lang: "en", want: "usually within 60 minutes. We're open Mon-Thu 9-6"},
		{id: "answer-prep_fasting", lang: "en", want: ": No food after "},
	} {
		all, _ := wordsIn(s.one(c.id), c.lang)
		if !strings.Contains(strings.Join(all, "\n"), c.want) {
			t.Errorf("%s, %s: no %q in %q", c.id, c.lang, c.want, all)
		}
	}
}

// Every text that a preview foresees for a visit is on paper, but for its day and time: both are
// worded by what words the text when it leaves.
func TestWhatIsForeseenIsOnPaper(t *testing.T) {
	page, err := typed(t.Context(), nil, "", "knowledge", "print")
	if err != nil {
		t.Fatal(err)
	}
	timeless := func(body string) string {
		return days.ReplaceAllString(times.ReplaceAllString(body, "TIME"), "DAY")
	}
	s := parsed(t, page)
	there := map[string]bool{}
	for _, lang := range language.All() {
		all, _ := wordsIn(s.root, lang)
		for _, body := range all {
			there[timeless(body)] = true
		}
	}
	base, err := knowledge.Read(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range base.Clinic.Types() {
		out, err := typed(t.Context(), nil, "", "preview", "--type", kind, "--json")
		var p preview
		if err != nil || json.Unmarshal([]byte(out), &p) != nil || len(p.Texts) == 0 {
			t.Fatal(out, err)
		}
		for _, one := range p.Texts {
			if !there[timeless(one.Body)] {
				t.Errorf("%s, %s: not on paper: %s", kind, one.Kind, one.Body)
			}
		}
	}
}

var (
	times = regexp.MustCompile(`(?:las? )?\d+:\d\d [AP]M`)
	days  = regexp.MustCompile(`\b\p{L}{3} (?:\p{L}{3} \d+|\d+ \p{L}{3})\b`)
)

// aBase writes words of a clinic's own, with each thing that may be said of their review.
func aBase(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	clinic, err := os.ReadFile(filepath.Join("..", "knowledge", "clinic.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	base, err := knowledge.Read(nil)
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, name := range base.Placeholders() {
		all += "{{" + name + "}} "
	}
	named := strings.ReplaceAll(string(clinic), "name: Beacon Clinic",
		`name: 'Tom & <script>"'' </style> Clinic'`)
	for name, content := range map[string]string{
		"clinic.yaml": named,
		"faq/own.yaml": `
- {id: fresh, asks: {en: [fresh], es: [fresco]}, answer: {en: "A & <b>b</b>", es: "Y & <b>"}, source: "javascript:alert(1)",
  owner: nurse, reviewed: 2026-01-01, review_by: 2999-01-01}
- {id: stale, asks: {en: [stale]}, answer: {en: "Old", es: "Viejo"}, reviewed: 2020-01-01, review_by: 2020-06-01}
- {id: endless, asks: {en: [endless]}, answer: {en: "Old", es: "Viejo"}, reviewed: 2020-01-01}
- {id: one_tongue, asks: {en: [one]}, answer: {en: "English alone"}}
- {id: unknown, asks: {en: [un]}, answer: {en: "It is {{nowhere}}", es: "Es"}}
- {id: never, outside: true, asks: {en: [never]}}
- {id: filled, asks: {en: [filled]}, answer: {en: "` + all + `", es: "Si"}}
`,
		"templates.yaml": `
review: {owner: desk, reviewed: 2026-01-01, review_by: 2999-01-01}
whole_file: {en: "One", es: "Uno"}
own: {en: "Two", es: "Dos", owner: nurse, reviewed: 2026-01-02, review_by: 2998-01-01}
`,
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestWordsOnPaperSayWhatAwaitsReview(t *testing.T) {
	env := map[string]string{"KNOWLEDGE_DIR": aBase(t)}
	page, err := typed(t.Context(), env, "", "knowledge", "print")
	if err != nil {
		t.Fatal(err)
	}
	// What can't be sent is shown as it is written.
	s := parsed(t, strings.ReplaceAll(page, "no value for {{nowhere}}", "no value for nowhere"))
	for _, c := range []struct {
		id, want string
		waits    bool
	}{
		{id: "answer-fresh", want: "Reviewed on 2026-01-01, to be reviewed again by 2999-01-01"},
		{id: "answer-fresh", want: "A & <b>b</b>"},
		{id: "answer-stale", want: "Review overdue since 2020-06-01", waits: true},
		{id: "answer-endless", want: "it isn't said by when", waits: true},
		{id: "answer-one_tongue", want: "Not written in Spanish: these words are sent", waits: true},
		{id: "answer-unknown", want: "Can’t be sent: ", waits: true},
		{id: "answer-filled", want: "60 minutes", waits: true},
		{id: "template-whole_file", want: "by 2999-01-01"},
		{id: "template-own", want: "by 2998-01-01"},
		{id: "template-own", want: "Owner: nurse"},
		{id: "reply-crisis", want: "Awaits review", waits: true},
		{id: "reply-crisis", want: "Owner: medical director", waits: true},
	} {
		at := s.one(c.id)
		_, all := wordsIn(at, "")
		if !strings.Contains(all, c.want) || strings.Contains(attr(at, "class"), "waits") != c.waits {
			t.Errorf("%s: %s %q, want %q, %t", c.id, attr(at, "class"), all, c.want, c.waits)
		}
	}
	if s.ids["answer-never"] != nil || strings.Contains(page, `href="javascript`) {
		t.Error("an entry that is never sent is there, or a source that is no address is a link")
	}
	if _, all := wordsIn(s.one("answer-filled"), ""); strings.Contains(all, "Can’t be sent") {
		t.Errorf("a placeholder has no example: %s", all)
	}
}

func TestWordsAreWrittenIntoAFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "words.html")
	for range 2 { // the second takes the place of the first
		if _, err := typed(t.Context(), nil, "", "knowledge", "print", "--out", file); err != nil {
			t.Fatal(err)
		}
	}
	there, err := os.ReadDir(dir)
	data, _ := os.ReadFile(file)
	if err != nil || len(there) != 1 || !bytes.HasSuffix(data, []byte("</html>\n")) {
		t.Errorf("%v %v, %d bytes", there, err, len(data))
	}
	_, err = typed(t.Context(), nil, "", "knowledge", "print", "--out", filepath.Join(dir, "no", "x"))
	if err == nil || !strings.Contains(err.Error(), "--out") {
		t.Error(err)
	}
}

// The page and the command are one: of the same day they have the same bytes. A preview's address
// has a number, which no log has.
func TestPaperFromThePage(t *testing.T) {
	base, err := knowledge.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	a, err := openSandbox(t.Context(), base, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{
		Level: slog.LevelDebug,
	})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.store.Close(); _ = a.page.Close() })
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "http://localhost"+path, nil)
		a.routes().ServeHTTP(w, r)
		body, _ := io.ReadAll(w.Result().Body)
		return w.Code, string(body)
	}
	today := func() string { return time.Now().In(base.Clinic.Location()).Format(time.DateOnly) }
	day := today()
	status, words := get("/sandbox/words")
	printed, err := typed(t.Context(), nil, "", "knowledge", "print")
	if err != nil || status != 200 || words != printed && day == today() {
		t.Errorf("%d, %d bytes, and %d bytes by the command: %v", status, len(words), len(printed), err)
	}
	status, page := get("/sandbox/preview?number=2125550101")
	s := parsed(t, page)
	if all := text(s.root); status != 200 || !strings.Contains(all, "What the number …0101 is to get") ||
		!strings.Contains(all, "Beacon Clinic: ") || strings.Contains(page, "5550101") {
		t.Errorf("%d %s", status, all)
	}
	if status, page = get("/sandbox/preview?number=+19990000"); status != 400 {
		t.Errorf("%d %s", status, page)
	}
	for _, number := range []string{"5550101", "9990000"} {
		if strings.Contains(log.String(), number) {
			t.Errorf("the log has %s: %s", number, log.String())
		}
	}
}

// What was published at the desk is on the running bot's page, which says before that such answers
// may be missing.
func TestPaperOfWhatWasPublished(t *testing.T) {
	base, err := knowledge.Load(handlerstest.FAQ(`
- {id: hours, asks: {en: [when are you open]}, answer: {en: From nine.}}
`))
	if err != nil {
		t.Fatal(err)
	}
	a, err := openEmpty(base, slog.New(slog.DiscardHandler), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.store.Close(); _ = a.page.Close() })
	get := func() string {
		w := httptest.NewRecorder()
		a.routes().ServeHTTP(w, httptest.NewRequest("GET", "http://localhost/sandbox/words", nil))
		return w.Body.String()
	}
	day := time.Now().In(base.Clinic.Location()).Format(time.DateOnly)
	const gap = "isn’t in the files yet"
	words := get()
	base.Learn([]knowledge.Lesson{{
		Entry: "dogs", Class: knowledge.Approved, Asks: map[string][]string{"en": {"may my dog come"}},
		Answer:   language.Words{"en": "The lobby is fine.", "es": "En la entrada si."},
		Reviewed: day, ReviewBy: "2999-01-01",
	}})
	taught := get()
	s := parsed(t, taught)
	if _, all := wordsIn(s.one("answer-dogs"), ""); !strings.Contains(all, "Reviewed on "+day) ||
		!strings.Contains(words, gap) || strings.Contains(taught, gap) {
		t.Errorf("what was published isn't on paper: %s", all)
	}
}

func TestPreviewOnPaper(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "preview.html")
	out, err := typed(t.Context(), map[string]string{"KNOWLEDGE_DIR": aBase(t)}, "", "preview", "--type",
		"iv_infusion", "--html", "--out", file)
	page, _ := os.ReadFile(file)
	if err != nil || !strings.Contains(out, file) {
		t.Fatal(out, err)
	}
	s := parsed(t, string(page))
	rest := text(s.root)
	for _, want := range []string{
		`Tom & <script>"' </style> Clinic`, "English", "Hi Pat, you're booked", "Prepare",
		"No food after", "Spanish", "Hola Pat", "Besides", "Task for staff", "Signature",
	} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("no %q, or not in order, in %s", want, text(s.root))
		}
		rest = after
	}
	for _, args := range []string{"--html --json", "--out x", "--json --out x"} {
		all := fmt.Sprintf("preview --type consult %s", args)
		if _, err := typed(t.Context(), nil, "", strings.Fields(all)...); err == nil ||
			!strings.Contains(err.Error(), "--html") {
			t.Errorf("%s: %v", args, err)
		}
	}
}
