//go:build !live

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/knowledge"
)

// wordFiles are what the words are read from, as patterns. Of a part that a directory lacks as a
// whole, the one that is built in is taken.
func wordFiles() []string {
	return []string{
		"clinic.yaml", "templates.yaml", knowledge.DecisionsFile, knowledge.ModelFile,
		"faq/*.yaml", "replies/*.yaml", "screen/*.yaml", "corpus/*.tsv",
	}
}

// stamp returns a hash of when and how long the files of the words were last written, and which
// parts there are: a save changes it. It reads no file, so it may be asked several times a second.
func stamp(dir string) (sum string, parts []string) {
	h := sha256.New()
	if _, err := os.Stat(dir); err != nil {
		fmt.Fprintln(h, "gone")
	}
	for _, pattern := range wordFiles() {
		names, _ := filepath.Glob(filepath.Join(dir, pattern)) // the patterns are well formed
		if len(names) > 0 {
			part, _, _ := strings.Cut(pattern, "/")
			parts = append(parts, part)
		}
		for _, name := range names {
			f, err := os.Stat(name)
			if err != nil { // gone meanwhile, or a link to nothing
				fmt.Fprintln(h, name)
				continue
			}
			fmt.Fprintln(h, name, f.Size(), f.ModTime().UnixNano(), f.Mode())
		}
	}
	return hex.EncodeToString(h.Sum(nil)), parts
}

// lost returns the faults of a directory that isn't there any more, or that lacks a part which it
// had. A start would take the one that is built in, which nobody may mean who has one of their own.
func lost(dir string, had, has []string) (out []knowledge.Fault) {
	if _, err := os.ReadDir(dir); err != nil {
		what := "the directory can't be read any more: put it back"
		if !os.IsNotExist(err) {
			what = fmt.Sprintf("the directory can't be read: %v", err)
		}
		return []knowledge.Fault{{File: dir, What: what}}
	}
	for _, part := range had {
		if !slices.Contains(has, part) && slices.Contains(needed(), part) {
			out = append(out, knowledge.Fault{
				File: part, What: "it is gone: put it back. A start would take the one that is built in",
			})
		}
	}
	return out
}

// needed are the parts without which the words would be others.
func needed() []string {
	return []string{"clinic.yaml", "templates.yaml", "faq", "replies", "screen"}
}

// borrowed names the parts that a directory takes from the words that are built in.
func borrowed(has []string) string {
	var out []string
	for _, part := range needed() {
		if !slices.Contains(has, part) {
			out = append(out, part)
		}
	}
	return strings.Join(out, ", ")
}
