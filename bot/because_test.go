package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Why a text was answered so is said in sentences: the grade, the evidence, how sure it is.
func TestBecause(t *testing.T) {
	base, err := knowledge.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	h := &patient.Handler{Base: base, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	for _, c := range []struct{ text, want string }{
		{
			text: "i want to kill myself",
			want: "Danger: the words for it leave at once|It matches the pattern plain_words of the " +
				"screen for “crisis”.",
		},
		{
			text: "how much is it",
			want: "The answer is that of “|” (cost), sure to |what counted: |“much”",
		},
		{text: "STOP", want: "They want no more texts|one of the texts that mean “"},
		{text: "can i take ibuprofen before", want: "A question for a nurse|it from examples of “clinical”"},
		{text: "what is the thing with the form you sent", want: "not sure enough to answer"},
		{text: "i left my umbrella at your place", want: "No question that the bot knows is near it."},
		{text: "ok", want: "It gets no answer."},
	} {
		t.Run(c.text, func(t *testing.T) {
			r, err := h.Ask(handlers.State{}, c.text)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(because(base, c.text, r), "\n")
			for _, want := range strings.Split(c.want, "|") {
				if !strings.Contains(got, want) {
					t.Errorf("lacks %q:\n%s", want, got)
				}
			}
		})
	}
}
