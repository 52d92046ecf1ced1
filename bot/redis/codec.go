package redis

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// This file says how values are stored, and reads what scripts and commands return.
//
// Nouns are JSON. What scripts change without the rest of a noun is a hash field of its own. Times
// outside of nouns are Unix ms, "" for none, but for the sets of visits (s) and the pace (µs). A
// flag is "1" or "".
//
// The readers that return no error (number, text, list …) take what is missing or of another type
// as zero: scripts leave out what isn't there.

// encode returns a noun as it is stored.
func (s seals) encode(in place, v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("redis: %T: %w", v, err)
	}
	return s.seal(in, string(b)), nil
}

// decode reads a stored noun into v. One that isn't there (nil, false or "") leaves v as it is.
func (s seals) decode(in place, from, v any) error {
	stored, ok := from.(string)
	if !ok || stored == "" {
		return nil
	}
	plain, err := s.open(in, stored)
	if err == nil {
		err = json.Unmarshal([]byte(plain), v)
	}
	if err != nil {
		return fmt.Errorf("redis: stored %T: %w", v, err)
	}
	return nil
}

// decodeAll reads stored nouns, and leaves out those that have expired. One that can't be read
// fails them all.
func decodeAll[T any](s seals, in place, from []any) ([]T, error) {
	var out []T
	for _, one := range from {
		if one == nil {
			continue
		}
		var v T
		if err := s.decode(in, one, &v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// anys returns strings as decodeAll takes them.
func anys(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// ms returns a time in Unix ms. The queues go by it, so a row may be claimed up to a millisecond
// before it is due.
func ms(t time.Time) int64 { return t.UnixMilli() }

// maybe returns a time in Unix ms, "" for the zero time.
func maybe(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return num(ms(t))
}

// notBefore returns a time in Unix ms, rounded up, "" for the zero time. What is tried again a part
// of a millisecond too early may meet the very pause that it waits for, again and again.
func notBefore(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return maybe(t.Add(time.Millisecond - time.Nanosecond))
}

// moment reads a time in Unix ms, or in RFC 3339, in which earlier versions stored it. "" is the
// zero time.
func moment(v any) time.Time {
	if n, ok := v.(int64); ok {
		return time.UnixMilli(n)
	}
	s := text(v)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.UnixMilli(n)
	}
	t, _ := time.Parse(time.RFC3339Nano, s)
	return t
}

// seconds returns a lifetime as EXPIRE takes it.
func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// num returns a number as a command's argument.
func num(n int64) string { return strconv.FormatInt(n, 10) }

// number reads a number, which Redis returns as an integer or as a string; 0 if there is none.
func number(v any) int64 {
	if n, ok := v.(int64); ok {
		return n
	}
	n, _ := strconv.ParseInt(text(v), 10, 64)
	return n
}

// text reads a string; "" if there is none.
func text(v any) string { s, _ := v.(string); return s }

// flag returns a boolean as scripts take it.
func flag(b bool) string {
	if b {
		return "1"
	}
	return ""
}

// list reads an array; nil if there is none.
func list(v any) []any { s, _ := v.([]any); return s }

// fields reads a hash that a script returned as HGETALL does: field, value, field, value …
func fields(v any) map[string]string {
	all, out := list(v), map[string]string{}
	for i := 0; i+1 < len(all); i += 2 {
		out[text(all[i])] = text(all[i+1])
	}
	return out
}

// oneLine returns a text on one line and without tabs: these separate the parts of a row's log.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// encodeRow returns a row of the ledger of texts as its field row holds it. What scripts change has
// fields of its own (see keys.text) and is left out: a copy in here would soon be wrong.
func (s seals) encodeRow(o handlers.Outgoing) (string, error) {
	o.Body, o.With, o.Says, o.State, o.SID, o.Why = "", "", "", "", "", ""
	o.Tries, o.Errors, o.First, o.At = 0, 0, time.Time{}, time.Time{}
	return s.encode(inText, o)
}

// decodeRow puts a row together again, from its field row and those that scripts change.
func (s seals) decodeRow(f map[string]string) (o handlers.Outgoing, err error) {
	if f["row"] == "" {
		return o, errors.New("redis: stored text: no row")
	}
	err = s.decode(inText, f["row"], &o)
	body, err1 := s.open(inText, f["body"])
	o.Token, o.State, o.SID, o.Why = f["token"], f["state"], f["sid"], f["why"]
	o.Body, o.With, o.Says, o.Was = body, f["with"], f["says"], f["was"]
	o.Tries, o.Errors = int(number(f["tries"])), int(number(f["errors"]))
	o.Round = int(number(f["round"]))
	o.First, o.At = moment(f["first"]), moment(f["at"])
	return o, errors.Join(err, err1)
}

// decodeRecords reads rows with their history from the fields of their hashes, and leaves out those
// that have expired. One that can't be read fails them all.
func (s seals) decodeRecords(hashes []any) (out []handlers.Record, err error) {
	for _, h := range hashes {
		f := fields(h)
		if len(f) == 0 {
			continue
		}
		o, err := s.decodeRow(f)
		if err != nil {
			return nil, err
		}
		out = append(out, handlers.Record{Outgoing: o, History: decodeLog(f["log"])})
	}
	return out, nil
}

// decodeLog reads a row's history, oldest first. Of a long one the oldest lines are gone, and the
// first that is left may be cut: it is dropped if it has fewer than three parts, or begins with
// less than a time of this century in ms.
func decodeLog(log string) (out []handlers.Moved) {
	for line := range strings.Lines(log) {
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 3)
		if len(f) < 3 || number(f[0]) < 1e12 {
			continue
		}
		out = append(out, handlers.Moved{State: f[1], At: moment(f[0]), Why: f[2]})
	}
	return out
}

// decodePost reads a claimed post. The script returns the fields as they were before it counted
// this claim, so Tries is how often the post was claimed before.
func (s seals) decodePost(f map[string]string) (p handlers.Post, err error) {
	if f["row"] == "" {
		return p, errors.New("redis: stored post: no row")
	}
	err = s.decode(inPost, f["row"], &p)
	p.Token, p.Tries = f["token"], int(number(f["claims"]))
	return p, err
}

// decodeCase puts a case together from its hash.
func (s seals) decodeCase(f map[string]string) (c handlers.Case, err error) {
	err = s.decode(inCase, f["case"], &c)
	c.Thread, c.Holder, c.Held = f["thread"], f["holder"], moment(f["held"])
	return c, err
}

// decodeSlots reads slots that a script returned, each followed by its version. After an error the
// slots aren't to be used.
func (s seals) decodeSlots(from []any) (out []handlers.Slot, err error) {
	for i := 0; i+1 < len(from); i += 2 {
		var one handlers.Slot
		err = errors.Join(err, s.decode(inSlot, from[i], &one))
		one.Version = text(from[i+1])
		out = append(out, one)
	}
	return out, err
}

// talk is a conversation as it is stored.
type talk struct {
	handlers.Conversation
	Listed int64 `json:"listed,omitempty"` // the ms until which its number is listed, see phone
}

// decodeState reads what the Lua function known returns of a number; see there for its order.
func (s seals) decodeState(
	p handlers.Phone, from any, now time.Time,
) (out handlers.State, err error) {
	out.Phone = p
	f := list(from)
	if len(f) < 9 {
		return out, errors.New("redis: state of a number: short answer")
	}
	out.Version, out.Texted = text(f[0]), number(f[6]) == 1
	var said talk
	err = errors.Join(
		s.decode(inTalk, f[1], &said), s.decode(inConsent, f[2], &out.Consent),
		s.decode(inReach, f[3], &out.Reach))
	out.Conversation = said.Conversation
	if said.Listed > 0 {
		out.Listed = moment(said.Listed)
	}
	if f[2] == nil && f[8] != nil { // its words have expired, or were forgotten
		out.Consent = handlers.Consent{Out: true, At: moment(f[8])}
	}
	visits, err1 := decodeAll[handlers.Visit](s, inVisit, list(f[4]))
	cases := list(f[5])
	for i := 0; i+1 < len(cases); i += 2 {
		var c handlers.Case
		err = errors.Join(err, s.decode(inCase, cases[i], &c))
		c.Thread = text(cases[i+1])
		out.Cases = append(out.Cases, c)
	}
	offers, err2 := s.decodeSlots(list(f[7]))
	past := 0
	for past < len(visits) && visits[past].Start.Before(now.Add(-recent)) {
		past++
	}
	if past > 0 {
		out.Past = visits[:past:past]
	}
	out.Visits, out.Offers = visits[past:], offers
	return out, errors.Join(err, err1, err2)
}
