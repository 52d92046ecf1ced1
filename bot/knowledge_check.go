package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

type knowledgeCommand struct {
	Check     checkCommand     `cmd:"" help:"Report every fault of the clinic's words: file, line, what to do."`
	Eval      evalCommand      `cmd:"" help:"Measure the base on questions whose entry is known."`
	Compile   compileCommand   `cmd:"" help:"Learn from the words and write their model file; it takes minutes."`
	Decisions decisionsCommand `cmd:"" help:"Show what the bot does with some 200 texts."`
}

type compileCommand struct {
	Knowledge string `name:"knowledge" placeholder:"DIR" help:"Another knowledge directory."`
	Out       string `name:"out" placeholder:"FILE" help:"Where to write it; model.bin beside the words."`
}

// Run writes the model file, and prints how it stands on writers whose texts it hadn't seen.
func (k compileCommand) Run(w world, c *Config) error {
	if k.Knowledge != "" {
		c.KnowledgeDir = k.Knowledge
	}
	dir, err := knowledgeDir(c)
	if err != nil {
		return err
	}
	if k.Out == "" {
		if k.Out = filepath.Join(cmp.Or(c.KnowledgeDir, "knowledge"), knowledge.ModelFile); dir == nil {
			if _, err := os.Stat(k.Out); err != nil {
				return fmt.Errorf("no %s here: name the words with --knowledge DIR, or the file with --out", k.Out)
			}
		}
	}
	data, report, err := knowledge.Compile(dir, progress(w.err))
	if err != nil {
		return err
	}
	if err := os.WriteFile(k.Out, data, 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.out, "%s, %.1f MB\n%s", k.Out, float64(len(data))/1e6, report)
	return err
}

type checkCommand struct {
	Knowledge string `name:"knowledge" placeholder:"DIR" help:"Another knowledge directory."`
}

// Run prints the faults and fails if there is one.
func (k checkCommand) Run(w world, c *Config) error {
	if k.Knowledge != "" {
		c.KnowledgeDir = k.Knowledge
	}
	base, err := loadKnowledge(c)
	if err != nil {
		return err
	}
	dir, err := knowledgeDir(c)
	if err != nil {
		return err
	}
	decisions, bad := knowledge.ReadDecisions(dir)
	faults := append(base.Check(time.Now()), bad...)
	for _, f := range faults {
		fmt.Fprintln(w.out, f)
	}
	if decisions != nil && !decisions.Signed() { // no fault: it takes a clinician, not a change of words
		fmt.Fprintf(w.out, "note: %s: nobody clinical has signed it: see bot knowledge decisions\n", knowledge.DecisionsFile)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%d faults", len(faults))
	}
	waiting, answers := 0, 0
	for _, e := range base.Entries {
		if e.Outside {
			continue
		}
		answers++
		if e.Reviewed == "" {
			waiting++
		}
	}
	_, err = fmt.Fprintf(w.out, "%d entries, no fault; %d await the clinic's review\n", answers, waiting)
	return err
}

type evalCommand struct {
	File      string `arg:"" help:"{\"text\",\"id\"} a line; id null for a question from outside the base."`
	Knowledge string `name:"knowledge" placeholder:"DIR" help:"Another knowledge directory; one with only faq/ will do."`
	JSON      bool   `name:"json" help:"One object for machines."`
}

// worst is how many confusions the table shows.
const worst = 15

// Run prints the figures, and the worst confusions for people.
func (k evalCommand) Run(w world, c *Config) error {
	if k.Knowledge != "" {
		c.KnowledgeDir = k.Knowledge
	}
	questions, err := k.read()
	if err != nil {
		return err
	}
	base, err := loadKnowledge(c)
	if err != nil {
		return err
	}
	f := base.Eval(questions, progress(w.err))
	if k.JSON {
		return json.NewEncoder(w.out).Encode(f)
	}
	t := tabwriter.NewWriter(w.out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(t, "questions\t%d, of them %d answerable\n", f.Questions, f.Answerable)
	fmt.Fprintf(t, "right entry ranked first\t%.3f\n", f.Acc)
	fmt.Fprintf(t, "answered\t%d: %d right, %d wrong (%.3f)\n", f.Answered, f.Right, f.Wrong, f.WrongRate)
	fmt.Fprintf(t, "handed over\t%d\n", f.HandedOver)
	fmt.Fprintf(t, "coverage at 5 %% wrong\t%.3f\n", f.CAt5)
	fmt.Fprintf(t, "answer time\t%.0f us median, %.0f us 99th percentile\n", f.P50, f.P99)
	fmt.Fprintf(t, "matcher built in\t%.0f ms\n", f.Build)
	if len(f.Confused) > 0 {
		fmt.Fprintf(t, "\nWANTED\tGOT\tTIMES\tANSWERED\tEXAMPLE\n")
	}
	for _, one := range f.Confused[:min(worst, len(f.Confused))] {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%s\n", orDash(one.Want), orDash(one.Got), one.Count, one.Answered, one.Example)
	}
	return t.Flush()
}

func (k evalCommand) read() ([]knowledge.Question, error) {
	file, err := os.Open(k.File)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	var out []knowledge.Question
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var q knowledge.Question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return nil, fmt.Errorf("%s:%d: want {\"text\":…,\"id\":…}: %w", k.File, n, err)
		}
		out = append(out, q)
	}
	return out, lines.Err()
}
