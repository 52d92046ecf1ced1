package sandbox

import (
	"net/http"
	"time"
)

// Words says how the clinic's words stand while somebody edits them. Where nothing is watched,
// Dir is "" and Try says how to edit.
type Words struct {
	Dir string   `json:"dir,omitempty"`
	Try []string `json:"try,omitempty"` // commands to copy, a line each
	// Saved counts the states of the directory that were read.
	Saved int `json:"saved"`
	// Read is when the last of them was read, by which an editor knows that the page has their save,
	// also where it changes nothing that is listed; zero before the first.
	Read time.Time `json:"read,omitzero"`
	// Wrong is why what was saved last isn't used: the words of before are, while it lasts.
	Wrong []WordsFault `json:"wrong,omitempty"`
	// Standing are the faults of the words in use.
	Standing []WordsFault `json:"standing,omitempty"`
	Notes    []string     `json:"notes,omitempty"` // what else is to be known of the words in use
	// Doing says what still goes on, "" when all is shown; Done is how far that is, from 0 to 1.
	Doing string  `json:"doing,omitempty"`
	Done  float64 `json:"done,omitempty"`
	// Danger counts the Answers that decide otherwise about danger; they come first.
	Danger    int        `json:"danger"`
	Texts     int        `json:"texts"`               // how many texts were asked
	Answers   []Answered `json:"answers,omitempty"`   // with another answer or decision
	Sentences []Sentence `json:"sentences,omitempty"` // with other words
	// How many of each aren't listed.
	MoreAnswers   int `json:"more_answers"`
	MoreSentences int `json:"more_sentences"`
}

// WordsFault is a fault of the words: where, what, and what to do.
type WordsFault struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	What string `json:"what"`
}

// Answered is a text that now gets another answer, or is decided otherwise.
type Answered struct {
	Text   string `json:"text"`
	From   string `json:"from"`             // where the text is from
	Danger bool   `json:"danger,omitempty"` // it decides about danger
	Was    Does   `json:"was"`
	Is     Does   `json:"is"`
}

// Does is what the bot does with a text, and what its writer gets; "" if nothing.
type Does struct {
	What string `json:"what"`
	Says string `json:"says"`
}

// Sentence is a sentence with other words: "" where it wasn't, or isn't any more.
type Sentence struct {
	Name   string `json:"name"`
	Of     string `json:"of"`
	Danger bool   `json:"danger,omitempty"` // people in danger get it
	File   string `json:"file"`
	Line   int    `json:"line"`
	Lang   string `json:"lang"`
	Was    string `json:"was"`
	Is     string `json:"is"`
}

// Edited is how the page knows of the words.
type Edited interface {
	// Words returns how they stand now.
	Words() Words
	// CompareFromHere has what changes from now on compared with the words in use.
	CompareFromHere()
}

// ShowWords tells the pages how the words stand.
func (s *Sandbox) ShowWords(w Words) { s.events.emit("words", w) }

// Texts returns the last texts that patients sent, each once, newest first.
func (s *Sandbox) Texts(most int) (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := map[string]bool{}
	for i := len(s.messages) - 1; i >= 0 && len(out) < most; i-- {
		if m := s.messages[i]; m.Direction == "in" && !seen[m.Body] {
			seen[m.Body] = true
			out = append(out, m.Body)
		}
	}
	return out
}

// serveEdited is GET /sandbox/edited: how the words stand while they are edited.
func (s *Sandbox) serveEdited(w http.ResponseWriter, _ *http.Request) error {
	edited := s.cfg.Load().Edited
	if edited == nil { // a story's sandbox: it speaks the words that are built in
		return writeJSON(w, nil)
	}
	return writeJSON(w, edited.Words())
}

// serveCompare is POST /sandbox/compare: from now on what changes is compared with the words in
// use.
func (s *Sandbox) serveCompare(w http.ResponseWriter, r *http.Request) error {
	if edited := s.cfg.Load().Edited; edited != nil {
		edited.CompareFromHere()
	}
	return s.serveEdited(w, r)
}
