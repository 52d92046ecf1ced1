// Command bot is Beacon: a clinic's front desk by text message.
//
// Read it from the top: main.go lists the commands, each in a file of its own; serve.go runs the
// program and end.go ends it; wire.go builds the app (app.go), open_sandbox.go the sandbox, which
// open_live.go leaves out, and chat*.go with it, on words that editing*.go follow; loops.go has the
// work in the background and routes.go the URLs. health.go runs the health checks, which checks.go
// lists and checks_*.go make. The commands share config.go, words.go, world.go, lines.go, output.go,
// finding.go and progress.go. README.md describes how to use it, ARCHITECTURE.md how it works.
//
// Exit codes: 0 when the work is done, a help text was shown, or serve shut down in order; 1 for
// every error, which is printed on standard error after "bot: ". Results go to standard output,
// progress, notes and logs to standard error, so that a command can be piped.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones are needed on machines that have none installed

	"github.com/alecthomas/kong"
)

// commands is the command line, as kong reads it from the tags. The configuration is embedded, so
// every command takes every variable as a flag too, and a flag wins over the environment.
type commands struct {
	Config `embed:""`

	Version kong.VersionFlag `help:"Print the version and the commit."`

	Serve        serveCommand        `cmd:"" default:"1" help:"Run Beacon: live with TWILIO_ACCOUNT_SID set, else the sandbox."`
	Ask          askCommand          `cmd:"" help:"Show what the bot would make of a text; nothing is sent, nothing stored."`
	Knowledge    knowledgeCommand    `cmd:"" help:"Check and measure the clinic's words."`
	Appointments appointmentsCommand `cmd:"" help:"Import and list visits."`
	Preview      previewCommand      `cmd:"" help:"Show every text that a patient would get in the next days; nothing is sent, nothing stored."`
	Replay       replayCommand       `cmd:"" help:"Play conversations in the sandbox and say where they go otherwise than written."`
	Chat         chatCommand         `cmd:"" help:"Be phone, desk and clock of the sandbox in a terminal, or by the lines of a pipe."`
	Stats        statsCommand        `cmd:"" help:"Show what the front desk did, by the clinic's days: answered, handed over, confirmed, sent, and what it cost."`
	Keys         keysCommand         `cmd:"" help:"Make and rotate the keys that seal what is stored."`
	Audit        auditCommand        `cmd:"" help:"Verify and list who of the staff did and saw what."`
	Export       exportCommand       `cmd:"" help:"Print all that is known of a number."`
	Forget       forgetCommand       `cmd:"" help:"Remove all that is known of a number, but that it opted out."`
	Doctor       doctorCommand       `cmd:"" help:"Say what is wrong with the set-up, and what to do."`
	Manifest     manifestCommand     `cmd:"" name:"slack-manifest" help:"Print the manifest that makes the Slack app in one paste."`
}

// main hands the process to run: the environment, the streams and the signals. Nothing else in
// Beacon touches them (imports_test.go), so every command can be tested inside one process.
func main() {
	// SIGINT and SIGTERM end the context, which starts the orderly shutdown of serve.go.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := loadDotenv(".env"); err != nil {
		fmt.Fprintln(os.Stderr, "bot:", err)
		os.Exit(1)
	}
	w := world{
		ctx: ctx, transport: http.DefaultTransport, in: os.Stdin, out: os.Stdout, err: os.Stderr,
	}
	if err := run(w, os.Getenv, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bot:", err)
		os.Exit(1)
	}
}

// run parses the command line and runs the command; without one it is serve. Tests call it in place
// of main, with their own world, environment and arguments. A command's error is returned as it is;
// one of the command line says which help to read.
func run(w world, getenv func(string) string, args []string) error {
	var c commands
	// kong would end the process after it has shown a help text. The flag stands for that, since
	// only main may exit.
	done := false
	parser, err := kong.New(&c,
		kong.Name("bot"),
		kong.Description("Beacon: a clinic's front desk by text message."),
		kong.Writers(w.out, w.err),
		kong.Vars{"version": versionOf(buildInfo(), hasSandbox)},
		kong.Exit(func(int) { done = true }),
		kong.ConfigureHelp(kong.HelpOptions{
			Compact: true, FlagsLast: true, WrapUpperBound: 100,
		}),
		kong.Help(help),
		kong.Resolvers(fromEnv(getenv)),
	)
	if err != nil {
		return err
	}
	told, err := parser.Parse(args)
	if done { // help or the version was shown
		return nil
	}
	if err != nil {
		return usage(err)
	}
	// source of NO_COLOR: https://no-color.org, any value that isn't empty turns colors off
	w.color = terminal(w.out) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
	c.getenv = getenv
	return told.Run(w, &c.Config)
}

// help prints a command's help without the server's variables, which every command takes as flags
// and only serve needs to have explained.
func help(o kong.HelpOptions, ctx *kong.Context) error {
	if at := ctx.Selected(); at != nil && at.Name != "serve" {
		for _, f := range ctx.Model.Flags {
			f.Hidden = f.Hidden || len(f.Tag.Envs) > 0
		}
	}
	if err := kong.DefaultHelpPrinter(o, ctx); err != nil {
		return err
	}
	if at := ctx.Selected(); at != nil && at.Name != "serve" {
		fmt.Fprintln(ctx.Stdout, "\nIt reads the environment and .env as the bot does: see bot --help.")
	}
	return nil
}

// usage adds to a command-line error which help to read: that of the innermost command that kong
// had recognised when it failed. Any other error is returned as it is.
func usage(err error) error {
	bad := new(kong.ParseError)
	if !errors.As(err, &bad) || bad.Context == nil {
		return err
	}
	name := "bot"
	for _, p := range bad.Context.Path {
		if p.Command != nil {
			name += " " + p.Command.Name
		}
	}
	return fmt.Errorf("%w: see %s --help", err, name)
}
