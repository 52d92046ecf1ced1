// Command bill says what a built bot is made of, from what the binary itself lists:
//
//	go run ./.ci/bill sbom BINARY        its bill of materials, CycloneDX 1.6 as JSON
//	go run ./.ci/bill notice BINARY      NOTICE as it has to be
//	go run ./.ci/bill licenses BINARY    the whole licences, to go with the binary
//
// It runs at the top of the repository. A licence that it doesn't know is an error: somebody has to
// read it first.
package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
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
			return fmt.Errorf("%s is replaced: say in .ci/bill what that means", d.Path)
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
