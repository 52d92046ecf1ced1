//go:build !live

package main

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/knowledge"
)

// storyFiles are the conversations that the page plays. Their first line is "# Title: why."
//
//go:embed testdata/conversations/story_*.txt
var storyFiles embed.FS

// readStories returns the stories by name, and their names in order.
func readStories() (map[string]*story, []string, error) {
	const dir = "testdata/conversations"
	entries, err := storyFiles.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	all, names := map[string]*story{}, []string{}
	for _, e := range entries {
		text, err := storyFiles.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			return nil, nil, err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(e.Name(), "story_"), ".txt")
		all[name], names = readStory(name, string(text)), append(names, name)
	}
	return all, names, nil
}

// story is a conversation in steps.
type story struct {
	sandbox.Story
	opens []string // lines that set the clock and the visits
	steps []sandbox.Step
}

// readStory cuts a conversation into steps: what somebody does, with the remarks before it and with
// what must come of it.
func readStory(name, text string) *story {
	head, rest, _ := strings.Cut(text, "\n")
	title, why, _ := strings.Cut(strings.TrimLeft(head, "# "), ": ")
	why = strings.ToUpper(why[:min(1, len(why))]) + why[min(1, len(why)):]
	s := &story{Story: sandbox.Story{Name: name, Title: title, Why: why}}
	for line := range strings.Lines(rest) {
		line = strings.TrimSpace(line)
		who, what, _ := strings.Cut(line, " ")
		verb, _, _ := strings.Cut(what, " ")
		check := slices.Contains([]string{"hears", "shows", "hides", "sees"}, verb)
		remark, isRemark := strings.CutPrefix(line, "# ")
		last := len(s.steps) - 1
		switch {
		case line == "":
			continue
		case who == "at" || who == "visit":
			s.opens = append(s.opens, line)
			continue
		case last < 0, !check && len(s.steps[last].Lines) > 0:
			s.steps = append(s.steps, sandbox.Step{Remarks: []string{}, Lines: []sandbox.Line{}})
			last++
		}
		at := &s.steps[last]
		if isRemark {
			at.Remarks = append(at.Remarks, remark)
			continue
		}
		at.Lines = append(at.Lines, sandbox.Line{Text: line, Check: check})
		place(at, who, check)
	}
	s.Steps = len(s.steps)
	return s
}

// place says where a line is to be looked at: a phone, or the desk. What is done decides, not what
// is then checked.
func place(at *sandbox.Step, who string, check bool) {
	last4 := strings.TrimSuffix(who, ":")
	digits := len(last4) == 4 && strings.Trim(last4, "0123456789") == ""
	switch {
	case digits && at.Phone == "":
		at.Phone = phoneOf(last4)
	case !digits && who != "wait" && who != "now" && !check:
		at.Desk = true
	}
}

// stage is the page's URLs and its loop: of the sandbox that the program was started with, or of
// the story that goes on. It implements page, http.Handler and sandbox.Stories.
type stage struct {
	page                 // of the sandbox that the program was started with
	home    http.Handler // its URLs
	load    func() (*knowledge.Base, error)
	stories map[string]*story
	names   []string
	edited  *editing // of the sandbox that the program was started with

	one   sync.Mutex // one act of the page's at a time
	scene int
	plays atomic.Pointer[play] // nil: no story goes on
}

// play is a story that goes on. What was done is replaced, never changed.
type play struct {
	story  *story
	script *script
	done   atomic.Pointer[sandbox.Playing]
}

// newStage returns a stage before a sandbox. load reads the words that stories speak.
func newStage(p page, load func() (*knowledge.Base, error)) (*stage, error) {
	stories, names, err := readStories()
	return &stage{page: p, load: load, stories: stories, names: names}, err
}

// ServeHTTP implements http.Handler. The stories' own URLs are always those of the sandbox that the
// program was started with.
func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/sandbox/events" { // which needs nothing that is exchanged, and never ends
		defer s.edited.requests.leave(s.edited.requests.enter())
	}
	own := r.URL.Path == "/sandbox/stories" || r.URL.Path == "/sandbox/story"
	if p := s.plays.Load(); p != nil && !own {
		p.script.app.sandbox.ServeHTTP(w, r)
		return
	}
	s.home.ServeHTTP(w, r)
}

// List implements sandbox.Stories.
func (s *stage) List() []sandbox.Story {
	out := make([]sandbox.Story, 0, len(s.names))
	for _, name := range s.names {
		out = append(out, s.stories[name].Story)
	}
	return out
}

// Playing implements sandbox.Stories.
func (s *stage) Playing() *sandbox.Playing {
	if p := s.plays.Load(); p != nil {
		return p.done.Load()
	}
	return nil
}

// Begin implements sandbox.Stories. The words are read anew, for a story may teach the bot.
func (s *stage) Begin(_ context.Context, name string) error {
	s.one.Lock()
	defer s.one.Unlock()
	told := s.stories[name]
	if told == nil {
		return sandbox.ErrNoStory
	}
	base, err := s.load()
	if err != nil {
		return err
	}
	p := &play{story: told, script: newScript(world{}, base)}
	began := []sandbox.Line{}
	for _, line := range told.opens {
		if _, err := p.script.line(line); err != nil {
			p.script.close()
			return err
		}
		began = append(began, sandbox.Line{Text: line})
	}
	if err := p.script.ready(); err != nil {
		p.script.close()
		return err
	}
	p.script.app.page.Still(true)
	s.scene++
	p.done.Store(&sandbox.Playing{
		Story: told.Story, Scene: s.scene, Began: began, Done: []sandbox.Step{},
	})
	s.change(p)
	return nil
}

// Next implements sandbox.Stories.
func (s *stage) Next(context.Context) error {
	s.one.Lock()
	defer s.one.Unlock()
	p := s.plays.Load()
	if p == nil {
		return sandbox.ErrNoStory
	}
	now := *p.done.Load()
	if len(now.Done) == len(p.story.steps) {
		return nil // it has ended
	}
	page := p.script.app.page
	page.Still(false) // as a replay's clock, which runs
	defer page.Still(true)
	step := p.story.steps[len(now.Done)]
	step.Lines = slices.Clone(step.Lines)
	for i := range step.Lines {
		came, err := p.script.line(step.Lines[i].Text)
		if err != nil {
			return err
		}
		step.Lines[i].Came = came
		if who, _, _ := strings.Cut(step.Lines[i].Text, " "); p.script.seats[who] != nil {
			step.Seen = p.script.seats[who].sees(p.script.zone)
		}
	}
	now.Done = append(slices.Clone(now.Done), step)
	p.done.Store(&now)
	return nil
}

// Leave implements sandbox.Stories.
func (s *stage) Leave() error {
	s.one.Lock()
	defer s.one.Unlock()
	if s.plays.Load() == nil {
		return sandbox.ErrNoStory
	}
	s.change(nil)
	return nil
}

// change puts another story on the stage, or none, and has the pages read everything anew.
func (s *stage) change(to *play) {
	before := s.plays.Swap(to)
	s.page.Reconnect()
	if before != nil {
		before.script.close()
	}
}

// Hangup implements page.
func (s *stage) Hangup() {
	s.page.Hangup()
	if p := s.plays.Load(); p != nil {
		p.script.app.page.Hangup()
	}
}

// Close implements page.
func (s *stage) Close() error {
	if err := s.Leave(); err != nil && !errors.Is(err, sandbox.ErrNoStory) {
		return err
	}
	return s.page.Close()
}
