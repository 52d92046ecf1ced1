package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// legal are the names of files that a distributor has to pass on.
var legal = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)(\.txt|\.md)?$`)

// copyright is the line that says whose something is.
var copyright = regexp.MustCompile(`(?mi)^[ \t*]*(copyright (\(c\)|©|[0-9]{4}).*?)[ \t]*$`)

func (p *part) read(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("%s: no source (go mod download): %w", p.path, err)
	}
	for _, e := range entries {
		if e.IsDir() || !legal.MatchString(e.Name()) {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		p.texts = append(p.texts, text{e.Name(), string(body)})
		if lower := strings.ToLower(e.Name()); lower[0] == 'l' || lower[0] == 'c' {
			p.license = licenseOf(string(body))
			if m := copyright.FindStringSubmatch(string(body)); m != nil {
				p.owner = strings.TrimSuffix(m[1], " All rights reserved.")
			}
		}
	}
	if body, err := os.ReadFile(filepath.Join(dir, ftl)); p.license == "" && err == nil {
		p.license, p.texts = "FTL", append(p.texts, text{filepath.Base(ftl), string(body)})
		p.owner = "portions are copyright 2006 The FreeType Project (www.freetype.org)"
	}
	if p.license == "" {
		return fmt.Errorf("%s %s: no licence, or one that isn't known here: read %s",
			p.path, p.version, dir)
	}
	return nil
}

// ftl is the licence that is chosen of a module that gives the choice of it and of the GPL. It asks
// to be named, as NOTICE does.
const ftl = "licenses/ftl.txt"

// licenseOf tells a licence by sentences that only it has. All of these let a binary be passed on
// with their text; one that asks for more, as the GPL does, has no name here.
func licenseOf(body string) string {
	body = strings.Join(strings.Fields(strings.ToLower(body)), " ")
	has := func(s string) bool { return strings.Contains(body, s) }
	var found []string
	if has("permission is hereby granted, free of charge, to any person obtaining a copy") {
		found = append(found, "MIT")
	}
	if has("apache license, version 2.0") || has("apache license version 2.0") {
		found = append(found, "Apache-2.0")
	}
	if has("redistribution and use in source and binary forms") {
		id := "BSD-2-Clause"
		if has("endorse or promote products") {
			id = "BSD-3-Clause"
		}
		found = append(found, id)
	}
	if has("general public license") || has("mozilla public license") || has("server side public") {
		return ""
	}
	return strings.Join(found, " AND ")
}
