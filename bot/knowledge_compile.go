package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"

	"github.com/beacon-clinic/beacon/knowledge"
)

type compileCommand struct {
	wordsFlag

	Out string `name:"out" placeholder:"FILE" help:"Where to write it; model.bin beside the words."`
}

// Run writes the model file, and prints how it stands on writers whose texts it hadn't seen.
func (k compileCommand) Run(w world, c *Config) error {
	k.override(c)
	dir, err := knowledgeDir(c.KnowledgeDir)
	if err != nil {
		return err
	}
	if k.Out == "" {
		k.Out = filepath.Join(cmp.Or(c.KnowledgeDir, "knowledge"), knowledge.ModelFile)
		if dir == nil {
			if _, err := os.Stat(k.Out); err != nil {
				return fmt.Errorf(
					"no %s here: name the words with --knowledge DIR, or the file with --out",
					k.Out,
				)
			}
		}
	}
	data, report, err := knowledge.Compile(dir, progress(w.err))
	if err != nil {
		return err
	}
	if err := os.WriteFile(k.Out, data, 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.out, "%s, %.1f MB\n%s", k.Out, float64(len(data))/1e6, report)
	return err
}
