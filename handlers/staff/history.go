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

func (a History) For(who act.Who) act.Act { a.Who = who; return a }

// member matches a member of staff: as Slack writes one in a command, by an @, or by their id alone.
var member = regexp.MustCompile(`^(?:<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|@(\S+)|([UW][A-Z0-9]{6,20}))$`)

func parseAudit(k *act.Kit, args string) (act.Act, error) {
	var a History
	rest := strings.TrimSpace(args)
	for rest != "" {
		word, after, _ := strings.Cut(rest, " ")
		day, isDay := k.Reader().Day(rest)
		by := member.FindStringSubmatch(word)
		phone, left, notPhone := k.Number(rest)
		switch {
		case isDay && len(day.At) == 0:
			return nil, act.Usage("%s", day.Why)
		case isDay:
			at := day.At[0]
			if at.After(k.Now()) { // "fri" is the last one: nothing was done yet on the next
				at = at.AddDate(0, 0, -7)
			}
			a.Day, rest = at.Format(time.DateOnly), day.Rest
		case by != nil:
			a.By, rest = cmp.Or(by[1:]...), after
		case a.Who == "" && notPhone == nil:
			a.Who, rest = act.Who(phone.E164()), left
		case act.IsLast4(string(a.Who)), strings.HasPrefix(string(a.Who), "+"):
			return nil, act.Usage("I don't know what %q means.", word)
		default: // a name may have several words
			a.Who, rest = act.Who(strings.TrimSpace(string(a.Who)+" "+word)), after
		}
		rest = strings.TrimSpace(rest)
	}
	return a, nil
}

func (a History) Do(ctx context.Context, k *act.Kit, _ act.Asked) (answer.Answer, error) {
	var ref act.Who
	last4 := ""
	if a.Who != "" {
		phone, err := k.One(ctx, a.Who)
		if err == nil {
			ref, err = k.Ref(ctx, phone)
		}
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
		// Of digits that several numbers end in, which was meant isn't written down.
		theirs := "@"+act.Who(e.Number) == ref ||
			e.Number == "" && strings.HasSuffix(about4(e), last4)
		return e.At.After(until) || a.By != "" && e.User != a.By || a.Who != "" && !theirs
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
