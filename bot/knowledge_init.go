package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/beacon-clinic/beacon/knowledge"
)

// initCommand is `bot knowledge init DIR`: how a clinic's own words begin.
type initCommand struct {
	Dir string `arg:"" help:"A directory that there isn't yet, or that is empty."`
}

// Run writes the words that are built in into the directory and says how to see edits of them live.
// A directory that holds something is refused, so that nobody's words are written over.
func (k initCommand) Run(w world, _ *Config) error {
	files, err := knowledge.ShippedFiles()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(k.Dir, 0o755); err != nil {
		return err
	}
	has, err := os.ReadDir(k.Dir)
	if err != nil {
		return err
	}
	if len(has) > 0 {
		return fmt.Errorf("%s isn't empty: name a directory that there isn't yet", k.Dir)
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		to := filepath.Join(k.Dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, files[path], 0o644); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(w.out, "%d files of words are in %s, yours to edit. With KNOWLEDGE_DIR=%s "+
		"the sandbox runs on them, and its page shows what each save changes.\n",
		len(files), k.Dir, k.Dir)
	return err
}
