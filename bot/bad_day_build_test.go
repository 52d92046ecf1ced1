package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// clock returns a bot whose machine's clock is ahead by so many seconds, or behind.
func clock(seconds string) build {
	return build{from: func(t testing.TB) (string, []string) {
		bin, err := shifted()
		if err != nil {
			t.Fatal(err)
		}
		return bin, []string{"BEACON_TEST_CLOCK=" + seconds}
	}}
}

// shifted is the program with a clock that can be set wrong. It has no door for that: the build
// puts another time.Now into Go's own library, which leaves alone what timers and deadlines go by.
var shifted = sync.OnceValues(func() (string, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", err
	}
	file := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	source, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	const now = "func Now() Time {\n"
	if strings.Count(string(source), now) != 1 {
		return "", errors.New("time.go has another Now than this test knows")
	}
	wrong := strings.Replace(string(source), now, now+`	t := trueNow()
	shiftOnce.Do(func() {
		s, _ := syscall.Getenv("BEACON_TEST_CLOCK")
		back := len(s) > 0 && s[0] == '-'
		for _, c := range s {
			if '0' <= c && c <= '9' {
				shift = shift*10 + int64(c-'0')
			}
		}
		if back {
			shift = -shift
		}
	})
	t.addSec(shift)
	return t
}

var (
	shift     int64
	shiftOnce sync.Once
)

func trueNow() Time {
`, 1)
	wrong = strings.Replace(wrong, "import (\n", "import (\n\t\"sync\"\n\t\"syscall\"\n", 1)
	return overlaid("shifted", file, wrong)
})

// laterBuild is the program of a layout after this one's.
var laterBuild = sync.OnceValues(func() (string, error) {
	file, err := filepath.Abs(filepath.Join("redis", "keys.go"))
	if err != nil {
		return "", err
	}
	source, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	own := regexp.MustCompile(`(?m)^\tlayout = \d+$`)
	if len(own.FindAll(source, -1)) != 1 {
		return "", errors.New("keys.go has another layout than this test knows")
	}
	return overlaid("later", file, own.ReplaceAllString(string(source), "\tlayout = 99"))
})

// overlaid builds the program, by a name of its own, with another text of one source file.
func overlaid(name, file, text string) (string, error) {
	bin, err := built()
	if err != nil {
		return "", err
	}
	dir := filepath.Dir(bin)
	other, overlay := filepath.Join(dir, name+".go"), filepath.Join(dir, name+".json")
	b, err := json.Marshal(map[string]any{"Replace": map[string]string{file: other}})
	if err := errors.Join(
		err, os.WriteFile(other, []byte(text), 0o600), os.WriteFile(overlay, b, 0o600),
	); err != nil {
		return "", err
	}
	bin = filepath.Join(dir, name)
	out, err := exec.Command("go", "build", "-overlay", overlay, "-o", bin, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return bin, nil
}

// older returns a bot of the version before, with the clinic's words as they were then: of the
// commit that BEACON_CHAOS_OLDER names, else of the last tag, else of the commit before; where there
// is no history, of this one. It logs which. As on the day of an upgrade, nothing is sealed by keys
// that the older one may not know.
func older() build {
	return build{env: unsealed(), from: func(t testing.TB) (string, []string) {
		bin, err := built()
		if err != nil {
			t.Fatal(err)
		}
		rev := before()
		if rev == "" {
			say(t, "the older version is this one: git has no other")
			return bin, nil
		}
		say(t, "the older version is "+rev)
		dir := t.TempDir()
		files := exec.Command("sh", "-c", `git -C .. archive "$0" | tar -x -C "$1"`, rev, dir)
		if out, err := files.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		bin = filepath.Join(dir, "older")
		build := exec.Command("go", "build", "-trimpath", "-o", bin, "./bot")
		build.Dir = dir
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return bin, []string{"KNOWLEDGE_DIR=" + middayOf(t, dir)}
	}}
}

// before returns the commit to compare with; "" if there is none.
func before() string {
	if rev := os.Getenv("BEACON_CHAOS_OLDER"); rev != "" {
		return rev
	}
	for _, ask := range [][]string{
		{"describe", "--tags", "--abbrev=0", "HEAD^"},
		{"rev-parse", "--short", "--verify", "--quiet", "HEAD^"},
	} {
		out, err := exec.Command("git", ask...).Output()
		if rev := strings.TrimSpace(string(out)); err == nil && rev != "" {
			return rev
		}
	}
	return ""
}
