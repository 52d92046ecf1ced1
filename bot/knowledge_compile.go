package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"

	"github.com/beacon-clinic/beacon/knowledge"
)

// compileCommand is `bot knowledge compile`.
type compileCommand struct {
	wordsFlag

	Out string `name:"out" placeholder:"FILE" help:"Where to write it; model.bin beside the words."`
}

// Run learns from the words, writes the model file, and prints how the model does on writers whose
// texts it hadn't seen. It takes minutes of a processor. The same words give the same bytes, so the
// file can be under version control. Where to write is settled before the work begins. Running bots
// read the file at their next start.
func (k compileCommand) Run(w world, c *Config) error {
	k.override(c)
	dir, err := knowledgeDir(c.KnowledgeDir)
	if err != nil {
		return err
	}
	if k.Out == "" {
		k.Out = filepath.Join(cmp.Or(c.KnowledgeDir, "knowledge"), knowledge.ModelFile)
		// The shipped words are built in, and have no place to write to but in a checkout.
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
