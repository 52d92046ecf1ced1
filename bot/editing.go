//go:build !live

package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/knowledge"
)

// How the directory of the words is watched.
const (
	lookTime = 150 * time.Millisecond // between two looks at it
	// restTime is how long a save rests before it is read: editors write a file in several steps.
	restTime = 200 * time.Millisecond
	// faultTime is how long it rests before faults are shown: half a file has some.
	faultTime = 700 * time.Millisecond
	// restless is after which time what is written without a rest is read all the same.
	restless = 3 * time.Second
	// againTime is the pause before words that pass are tried again which couldn't be put to use.
	againTime = time.Second
)

// editing has the sandbox run on the words of KNOWLEDGE_DIR as they are edited, and says on the
// page what an edit changes. Where no directory is watched it only says how to have one.
type editing struct {
	first  *app // that the program was started with
	app    *app // that serves
	page   *sandbox.Sandbox
	stage  *stage
	config sandbox.Config // of the page, whatever the words
	w      world
	c      *Config
	dir    string // "" where nothing is watched

	requests requests
	stop     func() // ends the loops of the app that serves
	work     sync.WaitGroup

	// Of the loop alone.
	seen, read    string            // the stamp of the last look, and of what was read last
	since, unrest time.Time         // when seen came, and when the first change after read was seen
	parts         []string          // that the directory of the words in use has
	standing      []knowledge.Fault // of the words in use
	forget        func()            // ends the comparison that goes on
	learning      sync.Mutex

	mu    sync.Mutex // guards what follows
	shown sandbox.Words
	from  *knowledge.Base // what the words in use are compared with
	known *sync.Map       // what from replies, by text
	again bool            // they are to be compared anew
}

// followWords has the sandbox follow the directory that its words were read from.
func followWords(a *app, w world, c *Config) {
	e := a.page.(*stage).edited
	e.first, e.w, e.c = a, w, c
	if c.KnowledgeDir == "" {
		return
	}
	dir, err := filepath.Abs(c.KnowledgeDir)
	if err != nil { // the working directory is gone: it is named as it was given
		dir = c.KnowledgeDir
	}
	e.dir, e.from, e.known, a.follow = dir, a.base, new(sync.Map), e.follow
	e.read, e.parts = stamp(dir)
	e.seen, e.standing = e.read, e.wrong(a.base)
	e.shown = sandbox.Words{
		Dir: dir, Notes: notes(a.base, e.parts), Standing: faultsShown(e.standing),
	}
}

// Words implements sandbox.Edited.
func (e *editing) Words() sandbox.Words {
	if e.dir == "" {
		return sandbox.Words{Try: []string{
			"go run ./bot knowledge init mine", "KNOWLEDGE_DIR=mine go run ./bot",
		}}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.shown
}

// CompareFromHere implements sandbox.Edited.
func (e *editing) CompareFromHere() {
	if e.dir == "" {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.from, e.known, e.again = e.serves(), new(sync.Map), true
}

// serves returns the words in use.
func (e *editing) serves() *knowledge.Base { return e.first.serving().base }

// show changes what the pages show of the words.
func (e *editing) show(change func(*sandbox.Words)) {
	e.mu.Lock()
	defer e.mu.Unlock() // what is shown last is told last
	saved := e.shown.Saved
	change(&e.shown)
	if e.shown.Saved != saved {
		e.shown.Read = time.Now()
	}
	e.page.ShowWords(e.shown)
}

// follow looks at the directory until the context ends, and runs the loops of the app that serves.
func (e *editing) follow(ctx context.Context) {
	e.run(ctx)
	e.remember(ctx)
	e.first.every("words", lookTime, e.look)(ctx)
	e.forget()
	e.stop()
	e.work.Wait()
}

// remember asks the words of the start what the first edit will be compared with.
func (e *editing) remember(ctx context.Context) {
	ctx, e.forget = context.WithCancel(ctx)
	was, known := e.from, e.known
	list, _ := knowledge.ReadDecisions(os.DirFS(e.dir))
	e.work.Go(func() {
		if was, err := was.Edited(os.DirFS(e.dir)); err == nil {
			c := comparison{was: was, is: was, known: known, list: list, page: e.page}
			c.tell = func(func(*sandbox.Words)) {}
			_ = c.ask(ctx, c.texts()) // asked again, and told of, after an edit
		}
	})
}

// look reads the directory if it was saved and rests.
func (e *editing) look(ctx context.Context) error {
	if e.anew() {
		e.compare(ctx, 0)
	}
	now := time.Now()
	sum, parts := stamp(e.dir)
	if sum != e.seen {
		e.seen, e.since = sum, now
		if e.unrest.IsZero() {
			e.unrest = now
		}
	}
	rested := func(pause time.Duration) bool {
		return now.Sub(e.since) >= pause || now.Sub(e.unrest) >= restless
	}
	if e.seen == e.read || !rested(restTime) {
		return nil
	}
	base, wrong, fresh := e.load(parts)
	if len(fresh) > 0 && !rested(faultTime) {
		return nil
	}
	e.read, e.unrest = sum, time.Time{}
	if len(fresh) > 0 {
		e.show(func(w *sandbox.Words) { w.Saved++; w.Wrong = faultsShown(fresh) })
		return nil
	}
	if err := e.change(ctx, base); err != nil {
		// Redis may be away: it is tried again.
		e.read, e.since, e.unrest = "", now.Add(againTime), now.Add(againTime)
		e.show(func(w *sandbox.Words) { w.Wrong = faultsShown(knowledge.Faults(err)) })
		return nil
	}
	e.parts, e.standing = parts, wrong
	e.compare(ctx, 1)
	return nil
}

// anew reports, once, that the words in use are to be compared anew.
func (e *editing) anew() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	again := e.again
	e.again = false
	return again
}

// load reads the directory. fresh are the faults for which the words in use stay: those that these
// don't have themselves.
func (e *editing) load(parts []string) (base *knowledge.Base, wrong, fresh []knowledge.Fault) {
	if faults := lost(e.dir, e.parts, parts); len(faults) > 0 {
		return nil, nil, faults
	}
	base, err := e.serves().Edited(os.DirFS(e.dir))
	if err != nil {
		return nil, nil, knowledge.Faults(err)
	}
	wrong = e.wrong(base)
	for _, f := range wrong {
		same := func(o knowledge.Fault) bool { return o.File == f.File && o.What == f.What }
		if !slices.ContainsFunc(e.standing, same) {
			fresh = append(fresh, f)
		}
	}
	return base, wrong, fresh
}

// wrong returns the faults of words that bot knowledge check prints, but for those that take
// seconds to find.
func (e *editing) wrong(base *knowledge.Base) []knowledge.Fault {
	_, faults := knowledge.ReadDecisions(os.DirFS(e.dir))
	return append(base.CheckWords(time.Now()), faults...)
}

// notes returns what is to be known of words besides their faults.
func notes(base *knowledge.Base, parts []string) (out []string) {
	if lacks := borrowed(parts); lacks != "" {
		out = append(out, "Not in the directory, so as built in: "+lacks+".")
	}
	if base.Outdated() {
		out = append(out, knowledge.ModelFile+" was made before the words were edited. Here it goes "+
			"on, with what was edited learnt beside it; no bot starts on it. Make it anew with bot "+
			"knowledge compile, or delete it.")
	}
	return append(out, "Texts are understood by "+base.Model()+".")
}

func faultsShown(faults []knowledge.Fault) (out []sandbox.WordsFault) {
	for _, f := range faults {
		out = append(out, sandbox.WordsFault{File: f.File, Line: f.Line, What: f.What})
	}
	return out
}

// compare says on the page what the words in use change, in steps: the words themselves and what is
// decided at once; then, once what was edited is learnt, that again with the phrasings of all
// entries, and which of them another entry answers. The next edit ends it. saved is how many saves
// that was.
func (e *editing) compare(ctx context.Context, saved int) {
	e.forget()
	ctx, e.forget = context.WithCancel(ctx)
	e.mu.Lock()
	c := comparison{was: e.from, known: e.known, is: e.app.base, page: e.page, training: &e.learning}
	e.mu.Unlock()
	c.list, _ = knowledge.ReadDecisions(os.DirFS(e.dir)) // its faults stand among the others
	parts, standing := e.parts, e.standing
	c.tell = func(change func(*sandbox.Words)) {
		e.show(func(w *sandbox.Words) {
			if ctx.Err() == nil { // no later edit has come
				change(w)
			}
		})
	}
	c.tell(func(w *sandbox.Words) {
		*w = sandbox.Words{
			Dir: e.dir, Saved: w.Saved + saved, Read: w.Read, Notes: notes(c.is, parts), Standing: faultsShown(standing),
			Doing: "Asking some hundred texts what they get now.",
		}
		c.reword(w)
	})
	e.work.Go(func() {
		err := c.run(ctx)
		c.tell(func(w *sandbox.Words) {
			w.Notes, w.Doing, w.Done = notes(c.is, parts), "", 0
			w.Standing = append(faultsShown(c.faults), w.Standing...)
			if err != nil {
				w.Notes = append(w.Notes, "Not all could be compared: "+err.Error()+".")
			}
		})
	})
}
