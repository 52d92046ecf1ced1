package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/beacon-clinic/beacon/knowledge"
)

// evalCommand is `bot knowledge eval`.
type evalCommand struct {
	wordsFlag

	File string `arg:"" help:"{\"text\",\"id\"} a line; id null for a question from outside the base."`
	JSON bool   `name:"json" help:"One object for machines."`
}

// worst is how many confusions the table shows: as many as somebody works through at a time.
const worst = 15

// Run prints how well the base answers the questions of a file, and for people the most frequent
// confusions. Wrong answers are no error, whatever their number: what is good enough is for whoever
// reads the figures. All questions are read before the base is loaded, so a malformed line is
// reported at once.
func (k evalCommand) Run(w world, c *Config) error {
	k.override(c)
	questions, err := k.read()
	if err != nil {
		return err
	}
	base, err := loadKnowledge(c.KnowledgeDir)
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
	fmt.Fprintf(
		t, "answered\t%d: %d right, %d wrong (%.3f)\n", f.Answered, f.Right, f.Wrong, f.WrongRate,
	)
	fmt.Fprintf(t, "handed over\t%d\n", f.HandedOver)
	fmt.Fprintf(t, "coverage at 5 %% wrong\t%.3f\n", f.CAt5)
	fmt.Fprintf(t, "answer time\t%.0f us median, %.0f us 99th percentile\n", f.P50, f.P99)
	fmt.Fprintf(t, "matcher built in\t%.0f ms\n", f.Build)
	if len(f.Confused) > 0 {
		fmt.Fprintf(t, "\nWANTED\tGOT\tTIMES\tANSWERED\tEXAMPLE\n")
	}
	for _, one := range f.Confused[:min(worst, len(f.Confused))] {
		fmt.Fprintf(
			t, "%s\t%s\t%d\t%d\t%s\n", orDash(one.Want), orDash(one.Got), one.Count, one.Answered,
			one.Example,
		)
	}
	return t.Flush()
}

// read returns the file's questions, a line of JSON each; empty lines are skipped. The error names
// file and line.
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
