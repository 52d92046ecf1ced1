package sandbox

import (
	"context"
	"errors"
	"net/http"
)

// Stories plays written conversations, one at a time, each in a sandbox of its own. Meanwhile the
// page's URLs are those of that sandbox, but for the stories' own.
type Stories interface {
	// List returns the stories, in the order in which they are told.
	List() []Story
	// Playing returns the story that goes on; nil if none does.
	Playing() *Playing
	// Begin begins a story anew, Next plays its next step, Leave goes back to the sandbox as it was.
	// [ErrNoStory] is the caller's: there is no such story, or none goes on.
	Begin(ctx context.Context, name string) error
	Next(ctx context.Context) error
	Leave() error
}

// ErrNoStory answers who names no story that there is, or goes on with none.
var ErrNoStory = errors.New("no such story goes on: take one of GET /sandbox/stories")

// Story is what the page lists.
type Story struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Why   string `json:"why"` // why it matters, in a sentence
	Steps int    `json:"steps"`
}

// Playing is a story that goes on.
type Playing struct {
	Story
	Scene int    `json:"scene"` // counts the stories begun: another number is another sandbox
	Began []Line `json:"began"` // its day and its visits
	Done  []Step `json:"done"`
}

// Step is what somebody did and what had to come of it.
type Step struct {
	Remarks []string `json:"remarks"`
	Lines   []Line   `json:"lines"`
	Phone   string   `json:"phone,omitempty"` // whose phone it is about, in E.164 form
	Desk    bool     `json:"desk,omitempty"`  // it happens at the desk
	// Seen is what the member of staff was shown for it, who alone sees it in Slack.
	Seen string `json:"seen,omitempty"`
}

// Line is a line of the conversation. Check says that it says what must have come; Came is what
// came instead, "" if it came as it is written.
type Line struct {
	Text  string `json:"text"`
	Check bool   `json:"check,omitempty"`
	Came  string `json:"came,omitempty"`
}

// Reconnect ends the pages' event streams, so that each connects anew and reads everything again.
func (s *Sandbox) Reconnect() { s.events.drop() }

// told is the answer of both endpoints.
type told struct {
	Stories []Story  `json:"stories"`
	Playing *Playing `json:"playing"`
}

// serveStories is GET /sandbox/stories: the stories, and the one that goes on.
func (s *Sandbox) serveStories(w http.ResponseWriter, _ *http.Request) error {
	if s.cfg.Load().Stories == nil {
		return writeJSON(w, told{Stories: []Story{}})
	}
	return writeJSON(w, told{s.cfg.Load().Stories.List(), s.cfg.Load().Stories.Playing()})
}

// serveStory is POST /sandbox/story with {"do": "begin", "name": …}, "next" or "leave".
func (s *Sandbox) serveStory(w http.ResponseWriter, r *http.Request) error {
	var in struct{ Do, Name string }
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if s.cfg.Load().Stories == nil {
		return notFound(ErrNoStory.Error())
	}
	var err error
	switch in.Do {
	case "begin":
		err = s.cfg.Load().Stories.Begin(r.Context(), in.Name)
	case "next":
		err = s.cfg.Load().Stories.Next(r.Context())
	case "leave":
		err = s.cfg.Load().Stories.Leave()
	default:
		return badRequest(`do: want "begin" with the story's name, "next" or "leave"`)
	}
	switch {
	case errors.Is(err, ErrNoStory):
		return notFound(err.Error())
	case err != nil:
		return err
	}
	return s.serveStories(w, r)
}
