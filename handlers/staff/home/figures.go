package home

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/figures"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// shownDays is of how many days a picture of figures has a bar; the last one is yesterday's.
const shownDays = 14

// figure is a figure of a day, as Home shows it.
type figure struct {
	name string
	of   func(figures.Day) (value int, says string) // says is "" if there is nothing to say
}

// shownFigures are the figures of Home.
func shownFigures() []figure {
	counted := func(name, text string) func(figures.Day) (int, string) {
		return func(d figures.Day) (int, string) {
			return d.Of[name], fmt.Sprintf(text, d.Of[name])
		}
	}
	share := func(part string) func(figures.Day) (int, string) {
		return func(d figures.Day) (int, string) {
			percent, ok := d.Share(part, figures.Visits)
			if !ok {
				return 0, ""
			}
			return percent, fmt.Sprintf("%d %% (%d of %d visits)", percent, d.Of[part],
				d.Of[figures.Visits])
		}
	}
	return []figure{
		{"Answered by the bot", counted(figures.Answered, "%d texts")},
		{"Handed to a person", counted(figures.HandedOver, "%d texts")},
		{"Time to a person", func(d figures.Day) (int, string) {
			minutes, ok := d.ToPerson()
			if !ok {
				return 0, ""
			}
			return minutes, fmt.Sprintf("%d minutes for half of them", minutes)
		}},
		{"Confirmed", share(figures.Confirmed)},
		{"No-show", share(figures.Missed)},
	}
}

// counted shows the figures of yesterday, each with a picture of two weeks.
func counted(ctx context.Context, k *act.Kit) ([]answer.Part, error) {
	zone := k.Base.Clinic.Location()
	yesterday := settings.OnDay(k.Now().In(zone), -1, 0)
	days, err := k.Figures.Figures(ctx, figures.Days(yesterday, zone, shownDays))
	if err != nil {
		return nil, err
	}
	date := knowledge.DeskClock(k.Base.Clinic, k.Now()).Date(yesterday, "en")
	out := []answer.Part{{Title: "Yesterday, " + date}}
	for _, f := range shownFigures() {
		values, words := make([]int, len(days)), make([]string, len(days))
		any, says := false, ""
		for i, d := range days {
			values[i], says = f.of(d)
			words[i] = cmp.Or(says, "none")
			any = any || values[i] != 0
		}
		out = append(out, answer.Part{Text: "*" + f.name + "*: " + cmp.Or(says, "none")})
		if !any { // bars of nothing say nothing
			continue
		}
		png, err := k.Draw(values)
		if err != nil {
			return nil, err
		}
		out = append(out, answer.Part{Picture: &answer.Picture{
			Name: strings.ToLower(strings.ReplaceAll(f.name, " ", "-")), PNG: png,
			Alt: fmt.Sprintf("%s on the last %d days, oldest first: %s", f.name, len(days),
				strings.Join(words, "; ")),
		}})
	}
	return out, nil
}
