package staff_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/staff/teaching"
	"github.com/beacon-clinic/beacon/handlers/staff/texts"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// withRoles gives an office roles: UNURSE has desk and numbers by her id, UGROUP desk by a group,
// and UOWNER all.
func (o *office) withRoles(away error) *office {
	o.Rights = staff.Rights{
		Roles: settings.Roles{
			"desk": {
				Users: []string{"UNURSE"},
				May:   []string{settings.MayDesk, settings.MayNumbers},
			},
			"help":  {Groups: []string{"S1"}, May: []string{settings.MayDesk}},
			"owner": {Users: []string{"UOWNER"}, May: []string{settings.MayAudit, settings.MayDesk}},
		},
		Members: func(context.Context, string) ([]string, error) { return []string{"UGROUP"}, away },
	}
	return o
}

// danger turns the office's case into an alarm.
func (o *office) danger(t *testing.T) *office {
	t.Helper()
	one := o.state(t).Cases[0]
	one.Channel, one.Kind = handlers.UrgentChannel, "crisis"
	o.store.Put(o.patient, handlers.Effects{Cases: []handlers.Case{one}})
	return o
}

// Who may do what goes by roles, where there are any. While Slack can't say who is in a group,
// nobody gets a right on trust; but a patient in danger never waits for a role.
func TestRights(t *testing.T) {
	away := errors.New("slack: ratelimited")
	for _, c := range []struct {
		name   string
		roles  bool
		away   error
		danger bool
		user   string
		line   string // a command, or the button of the card
		told   string // why it isn't done; "" if it is
	}{
		{name: "no roles", user: "U1", line: "number 0101"},
		{name: "no roles, the audit", user: "U1", line: "audit"},
		{name: "by their id", roles: true, user: "UNURSE", line: "number 0101"},
		{name: "by their group", roles: true, user: "UGROUP", line: "today"},
		{
			name: "not what the group may", roles: true, user: "UGROUP", line: "number 0101",
			told: "see patients' numbers",
		},
		{name: "no role", roles: true, user: "U1", line: "today", told: "work at the desk"},
		{name: "no role, a button", roles: true, user: "U1", line: desk.ActionTake, told: "work"},
		{name: "no role, nobody's matters", roles: true, user: "U1", line: "status"},
		{
			name: "a nurse looks at the audit", roles: true, user: "UNURSE", line: "audit",
			told: "see who did",
		},
		{name: "the owner does", roles: true, user: "UOWNER", line: "audit"},
		{
			name: "Slack is away", roles: true, away: away, user: "UGROUP", line: "today",
			told: "Slack can't say",
		},
		{
			name: "Slack is away, by their id", roles: true, away: away, user: "UNURSE",
			line: "today",
		},
		{
			name: "danger is taken by anybody", roles: true, danger: true, user: "U1",
			line: desk.ActionTake,
		},
		{
			name: "danger is called while Slack is away", roles: true, away: away, danger: true,
			user: "UGROUP", line: desk.ActionCall,
		},
		{
			name: "danger is called by anybody, by command", roles: true, danger: true, user: "U1",
			line: "call 0101",
		},
		{
			name: "danger's number", roles: true, danger: true, user: "U1",
			line: desk.ActionNumber,
		},
		{
			name: "danger doesn't open the audit", roles: true, danger: true, user: "U1",
			line: "audit 0101", told: "see who did",
		},
		{
			name: "nor the words", roles: true, danger: true, user: "UNURSE",
			line: desk.ActionWords, told: "see what patients wrote",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newListed(t)
			if c.roles {
				o.withRoles(c.away)
			}
			if c.danger {
				o.danger(t)
			}
			told, err := o.give(t.Context(), c.user, c.line)
			if err != nil {
				t.Fatal(err)
			}
			refused := strings.HasPrefix(told, "Not done")
			if refused != (c.told != "") || !strings.Contains(told, c.told) {
				t.Errorf("told %q, want %q", told, c.told)
			}
			if o.store.Acts(); refused && o.state(t).Cases[0].TakenBy != "" {
				t.Error("it was done all the same")
			}
		})
	}
}

// give has somebody give a command, or press a button of the case's card, and returns what they are
// told where words may be shown.
func (o *office) give(ctx context.Context, user, line string) (string, error) {
	id := user + ": " + line
	for _, button := range []string{
		desk.ActionTake, desk.ActionCall, desk.ActionNumber, desk.ActionWords,
	} {
		if line == button {
			a, err := o.Press(ctx, handlers.Press{ID: id, Thread: "T-c", Action: line, User: user})
			return a.Text(false, o.Base.Clinic.Location()), err
		}
	}
	a, err := o.Command(ctx, handlers.Command{ID: id, User: user, FromDesk: true, Text: line})
	return a.Text(false, o.Base.Clinic.Location()), err
}

// Everybody at the desk may look at a proposal; who may not approve what the bot says can't publish
// it, nor agree to a text to many.
func TestWhoMayApprove(t *testing.T) {
	for _, c := range []struct {
		name, user string
		act        act.Act
		told       string // why it isn't done; "" if it is
	}{
		{name: "a nurse looks", user: "UNURSE", act: teaching.Publish{ID: "x"}},
		{name: "no role looks", user: "U1", act: teaching.Publish{ID: "x"}, told: "work at the desk"},
		{
			name: "a nurse publishes", user: "UNURSE", act: teaching.Publish{ID: "x", Sure: true},
			told: "approve what the bot says",
		},
		{name: "an approver does", user: "UCHIEF", act: teaching.Publish{ID: "x", Sure: true}},
		{
			name: "a nurse agrees to a broadcast", user: "UNURSE", act: texts.AgreeTo{Case: "c"},
			told: "confirm a text to many",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t).withRoles(nil)
			o.Rights.Roles["approver"] = settings.Role{
				Users: []string{"UCHIEF"}, May: []string{settings.MayDesk, settings.MayPublish},
			}
			a, err := o.Press(t.Context(), handlers.Press{
				ID: c.name, User: c.user, FromDesk: true, Action: act.Encode(c.act),
			})
			if err != nil {
				t.Fatal(err)
			}
			told := a.Text(false, o.Base.Clinic.Location())
			if strings.HasPrefix(told, "Not done") != (c.told != "") || !strings.Contains(told, c.told) {
				t.Errorf("told %q, want %q", told, c.told)
			}
		})
	}
}

// What isn't done for want of a right is written down as refused.
func TestRefusalsAreWrittenDown(t *testing.T) {
	for _, c := range []struct {
		name, want string
		act        func(o *office) error
	}{
		{name: "a command", want: "refused why", act: func(o *office) error {
			_, err := o.give(t.Context(), "U1", "why 0101")
			return err
		}},
		{name: "a card's button", want: "refused press take", act: func(o *office) error {
			_, err := o.give(t.Context(), "U1", desk.ActionTake)
			return err
		}},
		{name: "a reply", want: "refused reply", act: func(o *office) error {
			return o.Reply(t.Context(), handlers.ThreadReply{
				ID: "M1", Thread: "T-c", User: "U1", Text: "hi",
			})
		}},
		{name: "a note, which needs no right", want: "note", act: func(o *office) error {
			return o.Reply(t.Context(), handlers.ThreadReply{
				ID: "M1", Thread: "T-c", User: "U1", Text: "// hi",
			})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t).withRoles(nil)
			if err := c.act(o); err != nil {
				t.Fatal(err)
			}
			if acts := o.store.Acts(); len(acts) != 1 || acts[0].Do != c.want {
				t.Errorf("%+v", acts)
			}
		})
	}
}

// What somebody without a role writes in a thread isn't sent, and is marked so; to a patient in
// danger it is.
func TestWhoMayWriteInAThread(t *testing.T) {
	for _, c := range []struct {
		name, user   string
		danger, sent bool
	}{
		{name: "a nurse", user: "UNURSE", sent: true},
		{name: "no role", user: "U1"},
		{name: "no role, danger", user: "U1", danger: true, sent: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t).withRoles(nil)
			if c.danger {
				o.danger(t)
			}
			r := handlers.ThreadReply{ID: "M1", Thread: "T-c", User: c.user, Text: "hi"}
			if err := o.Reply(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			marked := strings.Contains(o.posts(), "mark M1 refused Not done: you aren't among")
			if sent := len(o.store.Texts()) == 1; sent != c.sent || marked == c.sent {
				t.Errorf("sent %v, posts %q", sent, o.posts())
			}
		})
	}
}
