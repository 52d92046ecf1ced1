package settings

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What a role may let people do. Whoever has no role at all may look at nothing and do nothing that
// concerns patients, but for patients in danger.
const (
	MayDesk      = "desk"      // see cards and visits, answer, book, move
	MayWords     = "words"     // see what a patient wrote
	MayNumbers   = "numbers"   // see a patient's whole number
	MayPublish   = "publish"   // approve what the bot learns to say
	MayBroadcast = "broadcast" // confirm a text to many
	MayAudit     = "audit"     // see who did and saw what
)

// rights are all that a role may let people do, in the order in which the faults name them.
var rights = [...]string{
	MayDesk, MayWords, MayNumbers, MayPublish, MayBroadcast, MayAudit,
}

// Role is what some of the staff may do.
type Role struct {
	Users  []string `yaml:"users"`  // ids of Slack users (U…)
	Groups []string `yaml:"groups"` // ids of Slack user groups (S…)
	May    []string `yaml:"may"`    // rights; left out, those that a role of this name has
}

// Roles are the clinic's roles by name. Without any, everybody in the desk's channels may do
// everything.
type Roles map[string]Role

// usual returns what a role of this name may do if the file doesn't say; nothing for a name that
// the clinic made up.
func usual(role string) []string {
	switch role {
	case "desk":
		return []string{MayDesk, MayNumbers}
	case "clinician":
		return []string{MayDesk, MayWords, MayNumbers}
	case "approver":
		return []string{MayDesk, MayWords, MayNumbers, MayPublish, MayBroadcast}
	case "owner":
		return rights[:]
	}
	return nil
}

// Has reports whether somebody has a right by their own id. If not, groups are the user groups
// whose members have it.
func (r Roles) Has(user, right string) (has bool, groups []string) {
	if len(r) == 0 {
		return true, nil
	}
	for _, name := range slices.Sorted(maps.Keys(r)) {
		switch role := r[name]; {
		case !slices.Contains(role.May, right):
		case slices.Contains(role.Users, user):
			return true, nil
		default:
			groups = append(groups, role.Groups...)
		}
	}
	return false, groups
}

// Groups returns the user groups that roles name, sorted.
func (r Roles) Groups() (out []string) {
	for _, role := range r {
		out = append(out, role.Groups...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// slackUser and slackGroup are the forms of Slack's ids. source:
// https://docs.slack.dev/reference/objects/user-object, …/usergroup-object
var (
	slackUser  = regexp.MustCompile(`^[UW][A-Z0-9]{2,20}$`)
	slackGroup = regexp.MustCompile(`^S[A-Z0-9]{2,20}$`)
)

// settle checks the roles and fills in what they may by their names. If there are any, somebody
// must be at the desk: nobody else answers a patient.
func (r Roles) settle(fault report) {
	desk := len(r) == 0
	for _, name := range slices.Sorted(maps.Keys(r)) {
		role := r[name]
		if role.May == nil {
			role.May = usual(name)
			r[name] = role
		}
		role.check(name, fault)
		desk = desk || slices.Contains(role.May, MayDesk)
	}
	if !desk {
		fault([]string{"roles"}, "roles: nobody may desk: patients would wait for ever")
	}
}

// check reports what is wrong with a role.
func (r Role) check(name string, fault report) {
	if len(r.Users)+len(r.Groups) == 0 {
		fault([]string{"roles", name},
			"roles.%s: nobody has it: name users or groups, or leave it out", name)
	}
	if len(r.May) == 0 {
		fault([]string{"roles", name}, "roles.%s: say what it may: %s; only desk, clinician, "+
			"approver and owner need no may", name, strings.Join(rights[:], ", "))
	}
	each := func(key string, all []string, ok func(string) bool, want string) {
		for i, one := range all {
			if !ok(one) {
				fault([]string{"roles", name, key, strconv.Itoa(i)},
					"roles.%s.%s: %q: want %s", name, key, one, want)
			}
		}
	}
	each("users", r.Users, slackUser.MatchString, "the id of a Slack user, like U012AB3CD")
	each("groups", r.Groups, slackGroup.MatchString, "the id of a Slack user group, like S012AB3CD")
	each("may", r.May, func(s string) bool { return slices.Contains(rights[:], s) },
		strings.Join(rights[:], ", "))
}
