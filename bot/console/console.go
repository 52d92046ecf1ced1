// Package console is a line that somebody edits while other lines come in above it, with history
// and completion; and text cut to what a terminal can show.
package console

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/ergochat/readline"
)

// Config is what [Open] needs.
type Config struct {
	In  io.Reader
	Out io.Writer
	// Plain says that the terminal can't move its cursor (TERM=dumb): lines are read as they come.
	Plain bool
	// Complete returns the words that the last word of what stands before the cursor may become.
	Complete func(before string) []string
}

// The errors of [Terminal.ReadLine] and [Open].
var (
	// ErrInterrupt says that Ctrl-C was pressed; the line is gone.
	ErrInterrupt = readline.ErrInterrupt
	// ErrNone says that nobody types: input or output is a file or a pipe.
	ErrNone = errors.New("not a terminal")
)

// Terminal reads lines and writes above the one that is being typed. Its methods may be called
// concurrently, but for ReadLine.
type Terminal struct {
	edit *readline.Instance // also tells how wide the terminal is

	plain   bool
	in      *bufio.Scanner // if plain
	out     io.Writer
	mu      sync.Mutex // guards what follows
	prompt  string
	reading bool
}

// Open takes the terminal over until it is closed. The history lasts as long: what somebody tries
// out is nobody's to find later.
func Open(c Config) (*Terminal, error) {
	edit, err := readline.NewFromConfig(&readline.Config{
		Stdin: c.In, Stdout: c.Out, Stderr: c.Out, AutoComplete: completer(c.Complete), Undo: true,
		HistorySearchFold: true, EOFPrompt: "\n",
	})
	if err != nil {
		return nil, err
	}
	t := &Terminal{edit: edit, plain: c.Plain, in: bufio.NewScanner(c.In), out: c.Out}
	if !edit.GetConfig().FuncIsTerminal() {
		return nil, errors.Join(ErrNone, edit.Close())
	}
	return t, nil
}

// ReadLine returns the next line that is typed. At its end it returns io.EOF, and [ErrInterrupt]
// for Ctrl-C. It returns at once when the terminal is closed, unless that is a plain one.
func (t *Terminal) ReadLine() (string, error) {
	if !t.plain {
		return t.edit.ReadLine()
	}
	t.mu.Lock()
	t.reading = true
	fmt.Fprint(t.out, t.prompt)
	t.mu.Unlock()
	more := t.in.Scan()
	t.mu.Lock()
	t.reading = false
	t.mu.Unlock()
	switch {
	case more:
		return t.in.Text(), nil
	case t.in.Err() != nil:
		return "", t.in.Err()
	}
	return "", io.EOF
}

// Write writes whole lines above the one that is being typed.
func (t *Terminal) Write(b []byte) (int, error) {
	if !t.plain {
		return t.edit.Write(b)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.reading {
		return t.out.Write(b)
	}
	_, err := fmt.Fprintf(t.out, "\n%s%s", b, t.prompt)
	return len(b), err
}

// Prompt changes what stands before the line.
func (t *Terminal) Prompt(p string) {
	if !t.plain {
		if t.edit.GetConfig().Prompt != p {
			t.edit.SetPrompt(p)
			t.edit.Refresh()
		}
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.prompt = p
}

// Width returns how many cells a line has. A terminal that doesn't say has 80.
func (t *Terminal) Width() int {
	if w, _ := t.edit.GetConfig().FuncGetSize(); w > 0 {
		return w
	}
	return 80
}

// Close gives the terminal back as it was.
func (t *Terminal) Close() error { return t.edit.Close() }

// completer completes the last word before the cursor.
type completer func(before string) []string

// Do implements readline.AutoCompleter: it returns the rests of the words, and how long what stands
// there already is.
func (c completer) Do(line []rune, pos int) (rests [][]rune, length int) {
	before := string(line[:pos])
	word := before[strings.LastIndexByte(before, ' ')+1:]
	for _, w := range c(before) {
		if rest, ok := strings.CutPrefix(w, word); ok {
			rests = append(rests, []rune(rest))
		}
	}
	return rests, utf8.RuneCountInString(word)
}
