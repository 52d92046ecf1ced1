package paper

import (
	"cmp"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// words is the page of all that patients can be sent.
type words struct {
	head
	Example   string // when the visit of the examples is
	Sections  []section
	Owners    []tally
	Safety    []*text
	Texts     int // those for patients
	Waits     int // of those
	LiveSends bool
	Published bool // it has what staff have published at the desk, if they have
	Plan      []string
}

// section is the texts of a file.
type section struct {
	heading
	ID    string
	Texts []*text
	Waits int
}

// The fields that the template reads.
func (s section) Title() string { return s.title }
func (s section) About() string { return s.about }
func (s section) File() string  { return s.file }
func (s section) Staff() bool   { return s.staff }

// tally counts the texts that somebody answers for.
type tally struct {
	Owner        string
	Texts, Waits int
}

// text is an entry or a sentence, as patients get it in each language.
type text struct {
	ID, Title, Name string
	When            string
	State           string // of its review, in words
	Waits           bool   // nobody has reviewed it, or the review holds no longer
	Ways            []form
	knowledge.Review
	File string
	Line int
}

// form is one way in which a text leaves, in each language.
type form struct {
	Label string
	Said  []said
}

// said is a form in one language.
type said struct {
	Lang, Language string
	Parts          []Part
	Size           string
	Then           string // what goes on behind it, in the same text if that has the room
	Label          string // how a list of choices calls it
	Fault          string // why it can't be sent
	Missing        bool   // it isn't written in this language: the first one is sent
}

// Words writes all that patients can be sent, in both languages, by where it stands, for somebody to
// read and sign. now is the day of the page: whether a review is due goes by it.
func Words(to io.Writer, b *knowledge.Base, now time.Time) error {
	h, err := newHead("What patients can be sent", b.Clinic, now)
	if err != nil {
		return err
	}
	m, err := newMaker(b, now)
	if err != nil {
		return err
	}
	page := words{
		head: h, Example: m.samples[0].when(m.samples[0].visit()),
		LiveSends: b.Clinic.AnswerUnreviewed, Plan: plan(b.Clinic),
	}
	if page.Sections, err = m.sections(); err != nil {
		return err
	}
	page.Published = slices.ContainsFunc(page.Sections, func(s section) bool {
		return s.file == knowledge.Published
	})
	page.sum()
	return write(to, "words.html", page)
}

// sum counts the texts, and finds those of danger.
func (p *words) sum() {
	owners := map[string]*tally{}
	byName := map[string]*text{}
	for i := range p.Sections {
		s := &p.Sections[i]
		for _, t := range s.Texts {
			byName[t.ID] = t
			if t.Waits {
				s.Waits++
			}
			if s.staff {
				continue
			}
			owner := cmp.Or(t.Owner, "nobody is written down")
			if owners[owner] == nil {
				owners[owner] = &tally{Owner: owner}
			}
			owners[owner].Texts++
			p.Texts++
			if t.Waits {
				owners[owner].Waits++
				p.Waits++
			}
		}
	}
	for _, o := range owners {
		p.Owners = append(p.Owners, *o)
	}
	slices.SortFunc(p.Owners, func(x, y tally) int {
		return cmp.Or(cmp.Compare(y.Texts, x.Texts), cmp.Compare(x.Owner, y.Owner))
	})
	for _, name := range replies.Safety() {
		if t := byName["reply-"+name]; t != nil {
			p.Safety = append(p.Safety, t)
		}
	}
}

// maker words the texts of a page.
type maker struct {
	b         *knowledge.Base
	day       string
	samples   []sample // one a language
	occasions map[string]occasion
}

func newMaker(b *knowledge.Base, now time.Time) (m maker, err error) {
	m = maker{b: b, day: now.In(b.Clinic.Location()).Format(time.DateOnly)}
	for _, lang := range language.All() {
		m.samples = append(m.samples, newSample(b, lang, now))
	}
	m.occasions, err = occasions()
	return m, err
}

// sections returns the texts by file, those of danger first.
func (m maker) sections() ([]section, error) {
	known, err := headings()
	if err != nil {
		return nil, err
	}
	of := map[string][]*text{}
	for _, s := range m.b.Sentences() {
		of[s.File] = append(of[s.File], m.reply(s))
	}
	for _, e := range m.b.All() {
		if file, _ := e.Stands(); !e.Outside { // an outside one is never sent
			of[file] = append(of[file], m.entry(e))
		}
	}
	for _, s := range m.b.TemplateSentences() {
		of[s.File] = append(of[s.File], m.template(s))
	}
	var out []section
	for _, h := range known {
		if texts := of[h.file]; len(texts) > 0 {
			out = append(out, section{heading: h, ID: slug(h.file), Texts: texts})
			delete(of, h.file)
		}
	}
	var rest []section // of files that only this clinic has
	for file, texts := range of {
		h := heading{file: file, title: title(strings.TrimSuffix(path.Base(file), ".yaml"))}
		rest = append(rest, section{heading: h, ID: slug(file), Texts: texts})
	}
	slices.SortFunc(rest, func(x, y section) int { return cmp.Compare(x.file, y.file) })
	staff := slices.IndexFunc(out, func(s section) bool { return s.staff })
	if staff < 0 {
		staff = len(out)
	}
	return slices.Insert(out, staff, rest...), nil
}

// reply words a sentence of replies/.
func (m maker) reply(s knowledge.Sentence) *text {
	at := m.occasions[s.Name]
	t := m.text("reply-"+s.Name, cmp.Or(at.title, title(s.Name)), s)
	t.When = at.when
	t.Ways = m.leaving(s)
	if len(t.Ways) == 0 {
		t.Ways = []form{m.form("", s.Words, func(one sample) (string, error) {
			return m.b.Reply(s.Name, one.lang, marked(one.fill(s.Name)))
		})}
	}
	return t
}

// leaving words a sentence as it leaves: the same way in each language beside each other.
func (m maker) leaving(s knowledge.Sentence) (out []form) {
	for _, one := range m.samples {
		sentence, _ := m.b.Reply(s.Name, one.lang, marked(one.fill(s.Name)))
		for _, w := range one.ways(s.Name) {
			i := slices.IndexFunc(out, func(f form) bool { return f.Label == w.label })
			if i < 0 {
				i, out = len(out), append(out, form{Label: w.label})
			}
			parts := varying(w.opening, sentence, w.body)
			out[i].Said = append(out[i].Said, one.said(parts, s.Words, nil))
		}
	}
	return out
}

// template words a text that staff send by its name.
func (m maker) template(s knowledge.Sentence) *text {
	t := m.text("template-"+s.Name, title(s.Name), s)
	t.When = "When a member of staff sends it: /clinic say NUMBER !" + s.Name
	t.Ways = []form{m.form("", s.Words, func(one sample) (string, error) {
		return m.b.Template(s.Name, one.lang, marked(one.fill("")))
	})}
	return t
}

// entry words an answer.
func (m maker) entry(e *knowledge.Entry) *text {
	file, line := e.Stands()
	t := m.text("answer-"+e.ID, cmp.Or(e.Name, title(e.ID)), knowledge.Sentence{
		Name: e.ID, File: file, Line: line,
		Review: knowledge.Review{
			Source: e.Source, Owner: e.Owner, Reviewed: e.Reviewed, ReviewBy: e.ReviewBy,
		},
	})
	t.When = "To a question that means this."
	if len(e.Asks["en"]) > 0 {
		t.When = "To a question like “" + strings.Trim(e.Asks["en"][0], " ?") + "”."
	}
	if e.Is(knowledge.Holding) {
		t.When += " A person gets back to them."
	}
	f := m.form("", e.Answer, func(one sample) (string, error) {
		return m.b.Answer(e.ID, one.lang, marked(one.fill("")))
	})
	for i, one := range m.samples {
		f.Said[i].Label = e.Label(one.lang)
		if e.Is(knowledge.Holding) {
			f.Said[i].Then = one.word(replies.HoldingWhen, one.fill(""))
		}
	}
	t.Ways = []form{f}
	if len(e.WithVisit) > 0 {
		f.Label = "To a patient with a visit ahead that asks for it"
		t.Ways[0].Label = "To anybody else"
		t.Ways = append(t.Ways, m.form(f.Label, e.WithVisit, func(one sample) (string, error) {
			return m.b.VisitAnswer(e.ID, one.lang, marked(one.fill("")))
		}))
	}
	return t
}

// text returns what is said of some words beside them.
func (m maker) text(id, title string, s knowledge.Sentence) *text {
	t := &text{
		ID: id, Title: title, Name: s.Name, Review: s.Review, File: s.File, Line: s.Line,
		Waits: !s.Current(m.day),
	}
	switch {
	case !t.Waits:
		t.State = "Reviewed on " + t.Reviewed + ", to be reviewed again by " + t.ReviewBy
	case t.Reviewed == "":
		t.State = "Awaits review"
	case t.ReviewBy == "":
		t.State = "Awaits review: it isn't said by when it is to be reviewed again"
	case t.ReviewBy < m.day:
		t.State = "Review overdue since " + t.ReviewBy
	default:
		t.State = "Awaits review: the date of its review, " + t.Reviewed + ", is still to come"
	}
	return t
}

// form words a text in each language. word returns it marked.
func (m maker) form(
	label string, words language.Words, word func(one sample) (string, error),
) form {
	f := form{Label: label}
	for _, one := range m.samples {
		body, err := word(one)
		f.Said = append(f.Said, one.said(parts(body), words, err))
	}
	return f
}

// said returns a text in the language of a sample.
func (s sample) said(parts []Part, words language.Words, err error) said {
	out := said{
		Lang: s.lang, Language: languageName(s.lang), Parts: parts, Missing: words[s.lang] == "",
	}
	if err != nil {
		out.Fault = err.Error()
	}
	var body strings.Builder
	for _, p := range parts {
		body.WriteString(p.Text)
	}
	out.Size = size(body.String())
	return out
}

// languageName returns what a language is called in English.
func languageName(lang string) string {
	return map[string]string{"en": "English", "es": "Spanish"}[lang]
}

// title makes a heading of a name: "late_is_fine" is "Late is fine".
func title(name string) string {
	return upper(strings.ReplaceAll(name, "_", " "))
}

// upper begins a text with a capital.
func upper(s string) string {
	first := min(1, len(s))
	return strings.ToUpper(s[:first]) + s[first:]
}

// slug makes an anchor of a file's name.
func slug(file string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(file))
}
