package knowledge

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

//go:embed clinic.yaml templates.yaml faq replies screen/*.yaml corpus/*.tsv
var shipped embed.FS

// reader reads YAML from the clinic's own directory over the shipped one, collecting faults, so
// that a clinic sees all of them at once.
type reader struct {
	own    fs.FS
	faults []error
}

// from returns the file system that has a name: the clinic's own if it does. It goes by the first
// part of a path, so a folder comes from one place as a whole.
func (r *reader) from(name string) fs.FS {
	if r.own != nil {
		if _, err := fs.Stat(r.own, name); err == nil {
			return r.own
		}
	}
	return shipped
}

// largest is the most that a file of words may have, in bytes: many times what the longest has.
const largest = 4 << 20

// whole reads a file that people write: one that is something else by mistake is refused.
func whole(from fs.FS, path string) ([]byte, error) {
	f, err := fs.Stat(from, path)
	if err == nil && f.Size() > largest {
		return nil, fmt.Errorf("it has %d MB, and words have %d at most: is it another file?",
			f.Size()>>20, largest>>20)
	}
	data, err := fs.ReadFile(from, path)
	if err != nil {
		return nil, err
	}
	if utf8.Valid(data) || strings.HasPrefix(string(data), "\xff\xfe") ||
		strings.HasPrefix(string(data), "\xfe\xff") { // by its first bytes in UTF-16, as YAML may be
		return data, nil
	}
	n := 0
	for line := range bytes.Lines(data) {
		if n++; !utf8.Valid(line) {
			break
		}
	}
	return nil, fmt.Errorf("line %d: it isn't UTF-8: save the file with that encoding", n)
}

// read hands a file to use, and files what use returns under the file's name.
func (r *reader) read(path string, use func(path string, data []byte) error) {
	data, err := whole(r.from(strings.SplitN(path, "/", 2)[0]), path)
	if err == nil {
		err = use(path, data)
	}
	if err != nil {
		r.faults = append(r.faults, faultsIn(path, err)...)
	}
}

// folder decodes every YAML file of a folder in the order of their names, strictly: unknown keys
// are faults. A folder without any is a fault, since a clinic that emptied one would lose all its
// words.
func (r *reader) folder(name string, decode func(path string, d *yaml.Decoder) error) {
	paths, err := fs.Glob(r.from(name), name+"/[^.]*.yaml") // editors and macOS hide theirs there
	if err != nil || len(paths) == 0 {
		r.faults = append(r.faults, fmt.Errorf("%s: no .yaml file in it", name))
	}
	sort.Strings(paths)
	for _, p := range paths {
		r.read(p, func(path string, data []byte) error {
			d := yaml.NewDecoder(bytes.NewReader(data))
			d.KnownFields(true)
			err := decode(path, d)
			if errors.Is(err, io.EOF) {
				return nil // an empty file holds nothing
			}
			return err
		})
	}
}

// faultsIn splits an error into its lines, each after the file's name: one decoding can find many
// faults, and each must say where it is.
func faultsIn(path string, err error) (out []error) {
	text := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "yaml: "), "unmarshal errors:\n")
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, fmt.Errorf("%s: %s", path, plainly(line)))
		}
	}
	return out
}

// ShippedFiles returns the files that a clinic's own words begin with, by their paths in its
// directory. The corpus stays: what is learnt from it is in the shipped model.
func ShippedFiles() (map[string][]byte, error) {
	out := map[string][]byte{DecisionsFile: shippedDecisions}
	for _, pattern := range []string{
		"clinic.yaml", templatesFile, "faq/*.yaml", "replies/*.yaml", "screen/*.yaml",
	} {
		paths, err := fs.Glob(shipped, pattern)
		if err != nil {
			return nil, err
		}
		for _, p := range paths {
			if out[p], err = shipped.ReadFile(p); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
