package contact

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// Consent shows the history of consent of a whole number, or of each that ends in four digits: what
// the clinic can show if a patient, or a regulator, asks why they were or weren't texted. With
// Given it records a consent that staff were given, on a form at intake say.
type Consent struct {
	Who   act.Who `json:"who"`
	Given bool    `json:"given,omitempty"`
	How   string  `json:"how,omitempty"`
}

func (Consent) Name() string { return "consent" }

func (c Consent) About() act.Who { return c.Who }

// For leaves out a consent that is given: how it was may hold anything.
func (c Consent) For(who act.Who) act.Act {
	if c.Given {
		return nil
	}
	return Consent{Who: who}
}

func parseConsent(k *act.Kit, args string) (act.Act, error) {
	number, how, given := strings.Cut(args+" ", " given ")
	how = strings.TrimSpace(how)
	if given && how == "" {
		return nil, act.Usage("Say how it was given, like: consent 0101 given form of Dec 1")
	}
	return Consent{k.AllOf(number), given, how}, nil
}

func (c Consent) Do(ctx context.Context, k *act.Kit, a act.Asked) (out answer.Answer, err error) {
	if c.Given {
		return consented(ctx, k, a, c)
	}
	phones, err := k.Numbers(ctx, c.Who)
	if err != nil {
		return out, err
	}
	var rows [][]string
	for _, p := range phones {
		all, err1 := k.Patients.Consents(ctx, p)
		names, err2 := k.Names(ctx, p)
		if err := errors.Join(err1, err2); err != nil {
			return out, err
		}
		who := strings.TrimSpace(names + " " + p.String())
		if len(all) == 0 { // a number that never said anything may be texted
			rows = append(
				rows, []string{who, "-", "yes", "-", "never said anything about it"},
			)
		}
		for _, c := range all {
			rows = append(rows, []string{
				who, k.Minute(c.At), may(c), c.Way,
				veil.Veiled(fmt.Sprintf("%q", c.Words), "(not shown here)"),
			})
		}
	}
	out = answer.Rows([]string{"PATIENT", "WHEN", "MAY BE TEXTED", "WAY", "WORDS"}, rows)
	if len(rows) > 0 && rows[len(rows)-1][2] == may(handlers.Consent{Out: true}) {
		out = out.Add(answer.Part{Text: mendOptOut})
	}
	return out, nil
}

// mendOptOut says how an opt-out that was a mistake is mended. Staff can't: the carrier refuses every
// text until the patient opts in again. source:
// https://help.twilio.com/articles/223134027 (Twilio support for opt-out keywords)
const mendOptOut = "Was it a mistake? Only they can undo it, from their own phone. Call and say: " +
	"\"Please text the word START, alone, to the number that our texts come from.\" " +
	"In Spanish: \"Mande la palabra START, sola, al numero de nuestros mensajes.\""

// may says whether a consent lets a number be texted, and how.
func may(c handlers.Consent) string {
	out := "yes"
	switch {
	case c.Out:
		return "no"
	case c.Basic:
		out = "yes, discreetly"
	}
	if !c.Given.IsZero() {
		out += ", consent recorded"
	}
	return out
}

// consented records a consent, with how it was given.
func consented(ctx context.Context, k *act.Kit, a act.Asked, c Consent) (answer.Answer, error) {
	p, err := k.One(ctx, c.Who)
	if err != nil {
		return answer.Answer{}, err
	}
	how := c.How
	did, err := k.Visits.Consented(ctx, p, handlers.WayIntake, how)
	switch {
	case err != nil:
		return answer.Answer{}, err
	case did.Out:
		return answer.Say(
			"%s has opted out: only a START from their own phone changes that.", p,
		), nil
	case did.Words != how:
		return answer.Say(
			"The consent of %s is recorded since %s (%s).", p, k.Minute(did.Given), did.Way,
		), nil
	}
	k.Log.Info("consent recorded", "of", p, "user", a.User)
	return answer.Say("Recorded: %s has consented to be texted.", p), nil
}
