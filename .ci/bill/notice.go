package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// heads is the line of NOTICE after which the modules are listed.
const heads = "The program that is shipped (go build -tags live) holds code of:"

func (b *bill) notice(out io.Writer) error {
	old, err := os.ReadFile("NOTICE")
	if err != nil {
		return err
	}
	own, _, ok := strings.Cut(string(old), heads)
	if !ok {
		return fmt.Errorf("NOTICE: no line %q", heads)
	}
	for _, d := range data {
		if !strings.Contains(own, d.file) || !strings.Contains(own, d.name) {
			return fmt.Errorf("NOTICE: it doesn't say what %s is: %s", d.file, d.name)
		}
	}
	fmt.Fprint(out, own, heads, "\n\n")
	for _, p := range b.parts {
		version := p.version
		if p.path == "std" { // any Go will do
			version = "Go's standard library"
		}
		owner := ""
		if p.owner != "" {
			owner = "; " + p.owner
		}
		fmt.Fprintf(out, "%s %s\n    %s%s\n", p.path, version, p.license, owner)
	}
	return nil
}

func (b *bill) licenses(out io.Writer) error {
	all := slices.Clone(b.parts)
	for _, d := range data {
		body, err := d.text()
		if err != nil {
			return err
		}
		all = append(all, part{path: d.name, version: d.version, texts: []text{{"LICENSE", body}}})
	}
	for _, p := range all {
		for _, t := range p.texts {
			title := strings.TrimSpace(p.path+" "+p.version) + ": " + t.name
			fmt.Fprintf(out, "%s\n%s\n\n%s\n\n", title, strings.Repeat("=", len(title)),
				strings.TrimSpace(t.body))
		}
	}
	return nil
}
