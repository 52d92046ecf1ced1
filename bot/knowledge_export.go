package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/knowledge"
)

// knowledgeExportCommand is `bot knowledge export`.
type knowledgeExportCommand struct {
	Dir string `placeholder:"DIR" help:"The knowledge directory to write into; else KNOWLEDGE_DIR."`
}

// Run writes what staff have published into the files of the clinic's words, for somebody to review
// and commit. The bots drop it once they run on files that have it. What the files have already
// isn't written again, so the command may be given every week.
func (k knowledgeExportCommand) Run(w world, c *Config) error {
	if k.Dir != "" {
		c.KnowledgeDir = k.Dir
	}
	if c.KnowledgeDir == "" {
		return errors.New("KNOWLEDGE_DIR: missing; or name the directory with --dir DIR")
	}
	dir, err := knowledgeDir(c.KnowledgeDir)
	if err != nil {
		return err
	}
	a, err := wireBooks(w, c)
	if err != nil {
		return err
	}
	defer func() { _ = a.store.Close() }()
	if err := record(w.ctx, a.store, "bot knowledge export", handlers.Phone{}); err != nil {
		return err
	}
	all, err := a.store.Proposals(w.ctx)
	if err != nil {
		return err
	}
	files, wordings, entries, err := knowledge.Export(dir, exported(all))
	if err != nil {
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		to := filepath.Join(c.KnowledgeDir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, files[path], 0o644); err != nil {
			return err
		}
		fmt.Fprintln(w.out, to)
	}
	fmt.Fprintf(w.out, "%d wordings and %d entries are new.\n", wordings, entries)
	if wordings+entries == 0 {
		return nil
	}
	fmt.Fprintln(w.out, "Read them, and set reviewed.")
	if _, err := fs.Stat(dir, knowledge.ModelFile); err == nil {
		fmt.Fprintf(w.out, "%s was learnt from the words before: no bot starts on it. Make it anew, in "+
			"some minutes:\n  bot knowledge compile --knowledge %[2]s\n",
			filepath.Join(c.KnowledgeDir, knowledge.ModelFile), c.KnowledgeDir)
	}
	_, err = fmt.Fprintf(w.out, "Then check them, and commit:\n  bot knowledge check --knowledge %s\n",
		c.KnowledgeDir)
	return err
}

// exported returns what is live of some proposals.
func exported(all []learning.Proposal) (out []knowledge.Exported) {
	for _, p := range all {
		if p.Live() {
			out = append(out, knowledge.Exported{
				Lesson: p.Lesson, By: p.By(), Approved: p.Approved(),
				On: p.Last().At.Format(time.DateOnly),
			})
		}
	}
	return out
}
