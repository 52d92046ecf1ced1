package knowledge

import (
	"fmt"

	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// duration words a number of hours: "6 hours", "30 minutes", "2 and a half hours". What isn't a
// multiple of half an hour is told in minutes.
func duration(h float64) language.Words {
	n := int(h*60 + .5)
	switch {
	case n < 60 || n%30 != 0:
		return language.Words{
			"en": fmt.Sprintf("%d minutes", n),
			"es": fmt.Sprintf("%d minutos", n),
		}
	case n == 60:
		return language.Words{"en": "1 hour", "es": "1 hora"}
	case n%60 == 30:
		return language.Words{
			"en": fmt.Sprintf("%d and a half hours", n/60),
			"es": fmt.Sprintf("%d horas y media", n/60),
		}
	}
	return language.Words{"en": fmt.Sprintf("%d hours", n/60), "es": fmt.Sprintf("%d horas", n/60)}
}

// factsOf returns what any sentence may quote, by placeholder: the facts of clinic.yaml, and what
// is computed from its settings. Computed ones win over a fact of the same name, so that an answer
// can't contradict what the reminders do.
func factsOf(c *settings.Clinic) map[string]language.Words {
	f := map[string]language.Words{}
	for name, w := range c.Facts {
		f[name] = w
	}
	all := func(s string) language.Words { return language.Words{"en": s, "es": s} }
	f["clinic.name"] = all(c.Name)
	f["clinic.phone"] = all(PhoneText(c.Phone))
	f["clinic.urgent_phone"] = all(PhoneText(c.UrgentPhone))
	f["clinic.hours"] = language.Words{"en": c.HoursText("en"), "es": c.HoursText("es")}
	f["crisis.line"] = all(c.Lines.Crisis)
	f["emergency.line"] = all(c.Lines.Emergency)
	// Answers quote these, so that a change of clinic.yaml changes them too.
	for name, t := range c.VisitTypes {
		f["minutes."+name] = duration(float64(t.Minutes) / 60)
		f["prepare."+name+".solids"] = duration(t.Prepare.Solids)
		f["prepare."+name+".liquids"] = duration(t.Prepare.Liquids)
		f["prepare."+name+".nasal"] = duration(t.Prepare.Nasal)
	}
	return f
}
