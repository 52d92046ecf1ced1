package knowledge

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Fill holds the values of a sentence's own placeholders, by name; the clinic's facts are known besides.
type Fill map[string]string

var placeholder = regexp.MustCompile(`\{\{\s*([a-z0-9_.]+)\s*\}\}`)

// fill puts values in for placeholders. An unknown one is an error: nothing half-filled is ever sent.
func (b *Base) fill(text, lang string, own Fill) (string, error) {
	var unknown []string
	out := placeholder.ReplaceAllStringFunc(text, func(m string) string {
		name := placeholder.FindStringSubmatch(m)[1]
		if v, ok := own[name]; ok {
			return v
		}
		if w, ok := b.facts[name]; ok {
			return w.In(lang)
		}
		unknown = append(unknown, name)
		return m
	})
	if len(unknown) > 0 {
		return "", fmt.Errorf("no value for {{%s}}", strings.Join(unknown, "}}, {{"))
	}
	if at := strings.Index(out, "{{"); at >= 0 { // misspelt, or within a fact
		return "", fmt.Errorf("not a placeholder: %.20s", out[at:])
	}
	return out, nil
}

// facts are what any sentence may quote: clinic.yaml's facts, and what is computed from the rest of it.
func facts(c *settings.Clinic) map[string]language.Words {
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
	for name, t := range c.VisitTypes {
		f["minutes."+name] = duration(float64(t.Minutes) / 60)
		f["prepare."+name+".solids"] = duration(t.Prepare.Solids)
		f["prepare."+name+".liquids"] = duration(t.Prepare.Liquids)
		f["prepare."+name+".nasal"] = duration(t.Prepare.Nasal)
	}
	return f
}

// duration says a number of hours: "6 hours", "30 minutes", "2 and a half hours".
func duration(h float64) language.Words {
	n := int(h*60 + .5)
	switch {
	case n < 60 || n%30 != 0:
		return language.Words{"en": fmt.Sprintf("%d minutes", n), "es": fmt.Sprintf("%d minutos", n)}
	case n == 60:
		return language.Words{"en": "1 hour", "es": "1 hora"}
	case n%60 == 30:
		return language.Words{"en": fmt.Sprintf("%d and a half hours", n/60), "es": fmt.Sprintf("%d horas y media", n/60)}
	}
	return language.Words{"en": fmt.Sprintf("%d hours", n/60), "es": fmt.Sprintf("%d horas", n/60)}
}

// PhoneText writes a number as people read it: "212-555-0100".
func PhoneText(e164 string) string {
	if n, ok := strings.CutPrefix(e164, "+1"); ok && len(n) == 10 {
		return n[:3] + "-" + n[3:6] + "-" + n[6:]
	}
	return e164
}

var monthsES = [...]string{
	"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic",
}

// Date says a day: "Tue Dec 1", "mar 1 dic".
func Date(t time.Time, lang string) string {
	if lang == "es" {
		return fmt.Sprintf("%s %d %s", language.Day(lang, t.Weekday()), t.Day(), monthsES[t.Month()-1])
	}
	return t.Format("Mon Jan 2")
}

// Time says a time of day: "2:30 PM".
func Time(t time.Time) string { return t.Format("3:04 PM") }

// When says a day and time: "Tue Dec 1 at 2:30 PM".
func When(t time.Time, lang string) string {
	if lang == "es" {
		return Date(t, lang) + " a las " + Time(t)
	}
	return Date(t, lang) + " at " + Time(t)
}

// Greet is a first name as a sentence takes it, with a space before: " Ana". It is empty when there is none, or none that a text can
// hold. The accents that GSM-7 lacks are left off.
func Greet(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	first = strings.NewReplacer("á", "a", "í", "i", "ó", "o", "ú", "u", "Á", "A", "Í", "I", "Ó", "O", "Ú", "U", "ç", "c", "ã", "a", "õ", "o", "â", "a", "ê", "e", "ô", "o", "ë", "e", "ï", "i").Replace(first)
	if _, gsm := Segments(first); !gsm || first == "" {
		return ""
	}
	return " " + first
}
