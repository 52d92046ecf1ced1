package settings_test

import (
	"slices"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

const roles = `roles:
  desk: {groups: [S012AB3CD]}
  clinician: {users: [U012AB3CD]}
  approver: {users: [U012AB3CE], groups: [S012AB3CE]}
  owner: {users: [W012AB3CF]}
  readers: {users: [U012AB3CD], may: [audit]}
`

// faultyRoles are roles that would leave somebody without what they are to have.
func faultyRoles() []faultyFile {
	return []faultyFile{
		{
			name: "roles that are none",
			yaml: least("roles:\n  desk: {users: [ann, U012AB3CD], groups: ['@desk']}\n" +
				"  night: {users: [U012AB3CD]}\n  owner: {}\n" +
				"  reader: {users: [U012AB3CD], may: [read]}\n"),
			want: []string{
				`line 7: roles.desk.users: "ann": want the id of a Slack user, like U012AB3CD`,
				`line 7: roles.desk.groups: "@desk": want the id of a Slack user group`,
				"line 8: roles.night: say what it may: desk, words, numbers, publish",
				"line 9: roles.owner: nobody has it",
				`line 10: roles.reader.may: "read": want desk, words, numbers, publish`,
			},
		},
		{
			name: "roles that leave the desk empty",
			yaml: least("roles:\n  reader: {users: [U012AB3CD], may: [audit]}\n"),
			want: []string{"line 6: roles: nobody may desk"},
		},
	}
}

func TestWhoHasARight(t *testing.T) {
	clinic, err := settings.Parse([]byte(least(roles)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, user, right string
		has               bool
		groups            []string // whose members have it
	}{
		{
			name: "the desk's work", user: "U012AB3CD", right: settings.MayDesk, has: true,
		},
		{
			name: "by a group", user: "U0STRANGE", right: settings.MayDesk,
			groups: []string{"S012AB3CE", "S012AB3CD"},
		},
		{name: "a clinician reads words", user: "U012AB3CD", right: settings.MayWords, has: true},
		{
			name: "a clinician doesn't publish", user: "U012AB3CD", right: settings.MayPublish,
			groups: []string{"S012AB3CE"},
		},
		{name: "an approver does", user: "U012AB3CE", right: settings.MayBroadcast, has: true},
		{
			name: "an approver doesn't see the audit", user: "U012AB3CE", right: settings.MayAudit,
		},
		{name: "the owner does", user: "W012AB3CF", right: settings.MayAudit, has: true},
		{name: "a second role", user: "U012AB3CD", right: settings.MayAudit, has: true},
		{name: "a right that is none", user: "W012AB3CF", right: "fly"},
	} {
		t.Run(c.name, func(t *testing.T) {
			has, groups := clinic.Roles.Has(c.user, c.right)
			if has != c.has || !slices.Equal(groups, c.groups) {
				t.Errorf("%v %v, want %v %v", has, groups, c.has, c.groups)
			}
		})
	}
	if got := clinic.Roles.Groups(); !slices.Equal(got, []string{"S012AB3CD", "S012AB3CE"}) {
		t.Errorf("groups %v", got)
	}
}

// A clinic that names no roles goes on as before: whoever is in the desk's channels does the work.
func TestWithoutRolesEverybodyMay(t *testing.T) {
	clinic, err := settings.Parse([]byte(least("")))
	if err != nil {
		t.Fatal(err)
	}
	for _, right := range []string{settings.MayDesk, settings.MayNumbers, settings.MayAudit} {
		if has, _ := clinic.Roles.Has("staff", right); !has {
			t.Errorf("%s: refused", right)
		}
	}
	if clinic.Desk.RevealNumbers {
		t.Error("numbers are shown in Slack though nobody said so")
	}
}
