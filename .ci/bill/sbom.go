package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
)

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
	for _, one := range data {
		c, err := one.component()
		if err != nil {
			return err
		}
		d.Components = append(d.Components, c)
	}
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
	on := map[string][]string{}
	for _, d := range data {
		on[refs[own.path]] = append(on[refs[own.path]], d.file)
		on[d.file] = []string{}
	}
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
