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

// read hands a file to use, and files what use returns under the file's name.
func (r *reader) read(path string, use func(path string, data []byte) error) {
	data, err := fs.ReadFile(r.from(strings.SplitN(path, "/", 2)[0]), path)
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
	paths, err := fs.Glob(r.from(name), name+"/*.yaml")
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
			out = append(out, fmt.Errorf("%s: %s", path, line))
		}
	}
	return out
}
