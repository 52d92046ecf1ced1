package main

import (
	"cmp"
	"runtime/debug"
)

// versionOf says what a build is: its version, its commit, its Go, and whether the sandbox is in
// it. Go stamps the first two into what is built from a repository.
func versionOf(b *debug.BuildInfo, sandbox bool) string {
	commit, changed := "unknown", ""
	for _, s := range b.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = " with changes"
		}
	}
	kind := "live only"
	if sandbox {
		kind = "live and sandbox"
	}
	return "bot " + cmp.Or(b.Main.Version, "(devel)") + ", commit " + commit + changed + ", " +
		b.GoVersion + ", " + kind
}
