package main_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// exitCase is a run of the program in a directory of its own.
type exitCase struct {
	name   string
	dotenv string   // the content of .env; "": there is none
	env    []string // the environment; nothing else is in it
	args   []string
	code   int
	out    string // part of standard output; "": it is empty
	err    string // all of standard error
}

// exitCases are what a script or a platform may do with the program.
func exitCases() []exitCase {
	const token = "TWILIO_AUTH_TOKEN=5ecret"
	const notEnv = ": want lines like NAME=value, with a quotation mark at both ends or at none\n"
	return []exitCase{
		{name: "help", args: []string{"--help"}, out: "Usage: bot <command> [flags]"},
		{
			name: "help of a command", args: []string{"appointments", "import", "--help"},
			out: "Usage: bot appointments import <file> [flags]",
		},
		{ // without the variables of the server
			name: "help of a command, whole", args: []string{"appointments", "list", "--help"},
			out: "Flags:\n  -h, --help       Show context-sensitive help.\n" +
				"      --version    Print the version and the commit.\n\n" +
				"      --days=14    How many days ahead.\n\nIt reads the environment and .env",
		},
		{
			name: "a command that there isn't", args: []string{"frobnicate"}, code: 1,
			err: "bot: unexpected argument frobnicate: see bot --help\n",
		},
		{
			name: "a file that isn't there", args: []string{"replay", "none.txt"}, code: 1,
			err: "bot: open none.txt: no such file or directory\n",
		},
		{
			name: "a variable in .env", dotenv: "# ours\nPUBLIC_URL=https://file.example\n",
			args: []string{"slack-manifest"}, out: `"https://file.example/slack/command"`,
		},
		{
			name: "the environment wins", dotenv: "PUBLIC_URL=https://file.example\n",
			env:  []string{"PUBLIC_URL=https://env.example"},
			args: []string{"slack-manifest"}, out: `"https://env.example/slack/command"`,
		},
		{
			name: "a flag wins", env: []string{"PUBLIC_URL=https://env.example"},
			args: []string{"slack-manifest", "--public-url=https://flag.example"},
			out:  `"https://flag.example/slack/command"`,
		},
		{
			name: "a line of .env that is none", dotenv: "PORT=\"1\n2\"\nFOO BAR\n" + token + "\n",
			args: []string{"slack-manifest"}, code: 1, err: "bot: .env:3" + notEnv,
		},
		{
			name: "a quotation mark that isn't closed", dotenv: "PORT=\"8080\n" + token + "\n",
			args: []string{"slack-manifest"}, code: 1, err: "bot: .env:1" + notEnv,
		},
	}
}

// TestExitCodes looks at what a script and a platform see of the program: exit code, standard
// output, standard error. A .env file that can't be read shows none of its secrets there.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range exitCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), bin, c.args...)
			cmd.Dir = t.TempDir()
			if c.dotenv != "" {
				file := filepath.Join(cmd.Dir, ".env")
				if err := os.WriteFile(file, []byte(c.dotenv), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out, log bytes.Buffer
			cmd.Env, cmd.Stdout, cmd.Stderr = append([]string{}, c.env...), &out, &log
			err := cmd.Run()
			if failed := new(exec.ExitError); err != nil && !errors.As(err, &failed) {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != c.code {
				t.Errorf("exit code %d, want %d", got, c.code)
			}
			if log.String() != c.err {
				t.Errorf("standard error %q, want %q", log.String(), c.err)
			}
			if !strings.Contains(out.String(), c.out) || (c.out == "") != (out.Len() == 0) {
				t.Errorf("standard output %q, want %q", out.String(), c.out)
			}
		})
	}
}
