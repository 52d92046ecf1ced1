package main

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/beacon-clinic/beacon/knowledge"
)

// loadKnowledge reads the clinic's words and what was learnt from them. dir is KNOWLEDGE_DIR; "" is
// the words that are built in.
func loadKnowledge(dir string) (*knowledge.Base, error) {
	files, err := knowledgeDir(dir)
	if err != nil {
		return nil, err
	}
	return knowledge.Load(files)
}

// readKnowledge reads the clinic's words for a command that reads no text.
func readKnowledge(dir string) (*knowledge.Base, error) {
	files, err := knowledgeDir(dir)
	if err != nil {
		return nil, err
	}
	return knowledge.Read(files)
}

// knowledgeDir opens the clinic's own directory; nil if dir is "".
func knowledgeDir(dir string) (fs.FS, error) {
	if dir == "" {
		return nil, nil
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("KNOWLEDGE_DIR: %w", err)
	}
	return os.DirFS(dir), nil
}
