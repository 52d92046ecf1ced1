package main

import (
	"io"
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersionOf(t *testing.T) {
	setting := func(key, value string) debug.BuildSetting {
		return debug.BuildSetting{Key: key, Value: value}
	}
	for _, c := range []struct {
		name    string
		build   debug.BuildInfo
		sandbox bool
		want    string
	}{
		{
			name: "a release",
			build: debug.BuildInfo{
				GoVersion: "go1.26.8", Main: debug.Module{Version: "v1.2.0"},
				Settings: []debug.BuildSetting{
					setting("vcs.revision", "abc123"), setting("vcs.modified", "false"),
				},
			},
			want: "bot v1.2.0, commit abc123, go1.26.8, live only",
		},
		{
			name: "a changed tree",
			build: debug.BuildInfo{
				GoVersion: "go1.26.8", Main: debug.Module{Version: "v1.2.0+dirty"},
				Settings: []debug.BuildSetting{
					setting("vcs.revision", "abc123"), setting("vcs.modified", "true"),
				},
			},
			sandbox: true,
			want:    "bot v1.2.0+dirty, commit abc123 with changes, go1.26.8, live and sandbox",
		},
		{
			name: "no repository", build: debug.BuildInfo{GoVersion: "go1.26.8"}, sandbox: true,
			want: "bot (devel), commit unknown, go1.26.8, live and sandbox",
		},
	} {
		if got := versionOf(&c.build, c.sandbox); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// --version needs nothing of the configuration, and runs nothing.
func TestVersionFlag(t *testing.T) {
	var out strings.Builder
	w := world{ctx: t.Context(), in: strings.NewReader(""), out: &out, err: io.Discard}
	err := run(w, func(string) string { return "" }, []string{"--version"})
	if err != nil || !strings.HasPrefix(out.String(), "bot ") ||
		!strings.HasSuffix(out.String(), ", live and sandbox\n") {
		t.Errorf("%q %v", out.String(), err)
	}
}
