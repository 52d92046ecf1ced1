package staff

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/audit"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// History shows who of the staff did and saw what: of a day, or of the last week; about a patient, or
// by somebody of the staff.
type History struct {
	Who act.Who `json:"who,omitempty"` // whom it is about; a name isn't written down
	By  string  `json:"by,omitempty"`  // who did it
	Day string  `json:"day,omitempty"` // 2026-12-01, by the clinic's clock
}

const (
	auditWeek = 7 * 24 * time.Hour // how far back it looks without a day
	mostActs  = 60                 // how many are shown, the latest
)

func (History) Name() string     { return "audit" }
func (History) Right() string    { return settings.MayAudit }
func (a History) About() act.Who { return a.Who }

// member matches a member of staff: as Slack writes one in a command, by an @, or by their id alone.
var member = regexp.MustCompile(`^(?:<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|@(\S+)|([UW][A-Z0-9]{6,20}))$`)

func parseAudit(k *act.Kit, args string) (act.Act, error) {
	var a History
	rest := strings.TrimSpace(args)
	for rest != "" {
		word, after, _ := strings.Cut(rest, " ")
		day, isDay := day(k, word)
		by := member.FindStringSubmatch(word)
		switch {
		case isDay:
			a.Day, rest = day, after
		case by != nil:
			a.By, rest = cmp.Or(by[1:]...), after
		case a.Who == "":
			a.Who, rest = k.Whom(rest)
		default:
			return nil, act.Usage("I don't know what %q means.", word)
		}
		rest = strings.TrimSpace(rest)
	}
	return a, nil
}

// day reads a day as staff write it in short: a date, today or yesterday.
func day(k *act.Kit, word string) (string, bool) {
	now := k.Now().In(k.Base.Clinic.Location())
	switch strings.ToLower(word) {
	case "today":
		return now.Format(time.DateOnly), true
	case "yesterday":
		return now.AddDate(0, 0, -1).Format(time.DateOnly), true
	}
	_, err := time.Parse(time.DateOnly, word)
	return word, err == nil
}

func (a History) Do(ctx context.Context, k *act.Kit, _ act.Asked) (answer.Answer, error) {
	last4 := ""
	if a.Who != "" {
		phone, err := k.One(ctx, a.Who)
		if err != nil {
			return answer.Answer{}, err
		}
		last4 = phone.Last4()
	}
	zone := k.Base.Clinic.Location()
	since, until := k.Now().Add(-auditWeek), k.Now()
	if day, err := time.ParseInLocation(time.DateOnly, a.Day, zone); err == nil {
		since, until = day, day.AddDate(0, 0, 1)
	}
	all, err := k.Audit.Audit(ctx, since)
	if err != nil {
		return answer.Answer{}, err
	}
	all = slices.DeleteFunc(all, func(e audit.Acted) bool {
		return e.At.After(until) || a.By != "" && e.User != a.By ||
			last4 != "" && !strings.HasSuffix(about4(e), last4)
	})
	if len(all) == 0 {
		return answer.Say("Nothing was done or looked at then, as far as is written down."), nil
	}
	left := max(0, len(all)-mostActs)
	var rows [][]string
	for _, e := range slices.Backward(all[left:]) {
		rows = append(rows, []string{
			k.Minute(e.At), answer.Person(e.User), e.Do, cmp.Or(about4(e), "-"),
		})
	}
	out := answer.Rows([]string{"WHEN", "WHO", "DID", "ABOUT"}, rows)
	if left > 0 {
		out.Parts = append(out.Parts, answer.Part{Small: "There are earlier ones: give a day, or " +
			"`bot audit list` on the command line."})
	}
	return out, nil
}

// about4 returns the last digits of the number that an entry is about, as it has them; "" of none.
func about4(e audit.Acted) string {
	first, _, _ := strings.Cut(e.About, " ")
	if digits := strings.TrimPrefix(first, "…"); act.IsLast4(digits) {
		return "…" + digits
	}
	return ""
}
