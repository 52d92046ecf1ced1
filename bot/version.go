package main

import (
	"cmp"
	"runtime/debug"
)

// buildInfo returns what Go has stamped into this build; nothing, if it hasn't.
func buildInfo() *debug.BuildInfo {
	if b, ok := debug.ReadBuildInfo(); ok {
		return b
	}
	return new(debug.BuildInfo)
}

// buildOf names a build by its version and its commit, on one line. Go stamps both into what is
// built from a repository.
func buildOf(b *debug.BuildInfo) string {
	commit, changed := "unknown", ""
	for _, s := range b.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = " with changes"
		}
	}
	return cmp.Or(b.Main.Version, "(devel)") + ", commit " + commit + changed
}

// versionOf says what a build is: its version, its commit, its Go, and whether the sandbox is in
// it.
func versionOf(b *debug.BuildInfo, sandbox bool) string {
	kind := "live only"
	if sandbox {
		kind = "live and sandbox"
	}
	return "bot " + buildOf(b) + ", " + b.GoVersion + ", " + kind
}
