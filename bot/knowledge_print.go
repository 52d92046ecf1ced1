package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/beacon-clinic/beacon/bot/paper"
	"github.com/beacon-clinic/beacon/knowledge"
)

// printCommand is `bot knowledge print`.
type printCommand struct {
	wordsFlag
	outFlag
}

// Run writes all that patients can be sent as a page for paper.
func (k printCommand) Run(w world, c *Config) error {
	k.override(c)
	base, err := readKnowledge(c.KnowledgeDir)
	if err != nil {
		return err
	}
	page, err := wordsPage(base, time.Now())
	if err != nil {
		return err
	}
	return k.write(w.out, page)
}

// wordsPage returns all that patients can be sent as a page for paper.
func wordsPage(base *knowledge.Base, now time.Time) ([]byte, error) {
	var page bytes.Buffer
	err := paper.Words(&page, base, now)
	return page.Bytes(), err
}

// outFlag says where a page is written.
type outFlag struct {
	Out string `placeholder:"FILE" help:"Write it into this file; else it is printed."`
}

// write writes a page to its file, in one step, or else to standard output. A page may name a
// patient, so only its owner can read a new file.
func (f outFlag) write(to io.Writer, page []byte) (err error) {
	if f.Out == "" {
		_, err = to.Write(page)
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(f.Out), "."+filepath.Base(f.Out)+".*")
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	defer func() { _ = os.Remove(part.Name()) }() // it is gone once it has its name
	if _, err = part.Write(page); err == nil {
		err = part.Sync()
	}
	if closed := part.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(part.Name(), f.Out)
	}
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	_, err = fmt.Fprintf(to, "%s: open it in a browser, and print it from there.\n", f.Out)
	return err
}
