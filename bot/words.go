package main

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/beacon-clinic/beacon/knowledge"
)

// loadKnowledge reads the clinic's words and what was learnt from them, for whatever reads texts of
// patients. dir is KNOWLEDGE_DIR; "" is the words that are built in. Entries that the model doesn't
// know are learnt now, which takes seconds. The error names every fault by file and line.
func loadKnowledge(dir string) (*knowledge.Base, error) {
	files, err := knowledgeDir(dir)
	if err != nil {
		return nil, err
	}
	return knowledge.Load(files)
}

// readKnowledge reads the clinic's words for a command that reads no text: without the model, at
// once.
func readKnowledge(dir string) (*knowledge.Base, error) {
	files, err := knowledgeDir(dir)
	if err != nil {
		return nil, err
	}
	return knowledge.Read(files)
}

// knowledgeDir opens the clinic's own directory; nil if dir is "". One that isn't there is an
// error: the built-in words must not take its place because of a typing error.
func knowledgeDir(dir string) (fs.FS, error) {
	if dir == "" {
		return nil, nil
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("KNOWLEDGE_DIR: %w", err)
	}
	return os.DirFS(dir), nil
}
