package twiliotest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// resource is a message as Twilio shows it. Every documented field is there; what isn't known is
// null. source: https://www.twilio.com/docs/messaging/api/message-resource
type resource struct {
	AccountSID   string            `json:"account_sid"`
	APIVersion   string            `json:"api_version"`
	Body         string            `json:"body"`
	Created      string            `json:"date_created"`
	Sent         *string           `json:"date_sent"`
	Updated      string            `json:"date_updated"`
	Direction    string            `json:"direction"`
	ErrorCode    *int              `json:"error_code"`
	ErrorMessage *string           `json:"error_message"`
	From         *string           `json:"from"`
	Service      *string           `json:"messaging_service_sid"`
	NumMedia     string            `json:"num_media"`
	NumSegments  string            `json:"num_segments"`
	Price        *string           `json:"price"`
	PriceUnit    *string           `json:"price_unit"`
	SID          string            `json:"sid"`
	Status       string            `json:"status"`
	Subresources map[string]string `json:"subresource_uris"`
	To           string            `json:"to"`
	URI          string            `json:"uri"`
}

// resource returns a message as Twilio shows it.
func (f *Fake) resource(m Message) resource {
	uri := version + f.c.AccountSID + "/Messages/" + m.SID
	r := resource{
		AccountSID: f.c.AccountSID, APIVersion: "2010-04-01", Body: m.Body,
		Created: date(m.Created), Updated: date(m.Updated),
		Direction: m.Direction, From: known(m.From), Service: known(m.Service),
		NumMedia: strconv.Itoa(m.Media), NumSegments: segments(m), SID: m.SID,
		Status: m.Status, Subresources: map[string]string{"media": uri + "/Media.json"}, To: m.To,
		URI: uri + ".json",
	}
	if !m.Sent.IsZero() {
		r.Sent = known(date(m.Sent))
	}
	if m.Code != 0 {
		r.ErrorCode, r.ErrorMessage = &m.Code, known("Error "+strconv.Itoa(m.Code))
	}
	return r
}

// date returns a time as the REST API has it: RFC 2822, in UTC, to the second.
func date(t time.Time) string { return t.UTC().Format(time.RFC1123Z) }

// known returns nil, for null, if s is empty.
func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// segments counts a text's segments as Twilio does at first: none before a service has chosen the
// sender. Sizes are in characters: 160 and 153 in GSM-7, 70 and 67 in UCS-2. It takes a text for
// UCS-2 if it has any character beyond ASCII, and counts no GSM-7 character as two: an
// approximation.
func segments(m Message) string {
	if m.From == "" {
		return "0"
	}
	one, part, n := 160, 153, utf8.RuneCountInString(m.Body)
	if n != len(m.Body) {
		one, part = 70, 67
	}
	if n <= one {
		return "1"
	}
	return strconv.Itoa((n + part - 1) / part)
}

// account is GET …/Accounts/{Sid}.json.
func (f *Fake) account(w http.ResponseWriter) {
	uri := version + f.c.AccountSID
	f.mu.Lock()
	status := f.status
	f.mu.Unlock()
	answer(w, http.StatusOK, map[string]any{
		"sid": f.c.AccountSID, "owner_account_sid": f.c.AccountSID, "auth_token": f.c.AuthToken,
		"friendly_name": "twiliotest",
		"status":        status, "type": "Full", "date_created": date(f.c.Now()),
		"date_updated": date(f.c.Now()), "uri": uri + ".json",
		"subresource_uris": map[string]string{"messages": uri + "/Messages.json"},
	})
}

// fetch is GET …/Messages/{Sid}.json.
func (f *Fake) fetch(w http.ResponseWriter, sid string) {
	m, ok := f.Message(sid)
	if !ok {
		fail(w, Fault{Status: http.StatusNotFound, Code: 20404})
		return
	}
	answer(w, http.StatusOK, f.resource(m))
}

// list is GET …/Messages.json: a page of messages, the newest first, filtered by To, From and
// DateSent. A page token names the message that the page before ended with, so that messages which
// come meanwhile move nothing.
func (f *Fake) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if fault := f.countList(q); fault.Status != 0 {
		fail(w, fault)
		return
	}
	size, page := atoi(q.Get("PageSize"), 50), atoi(q.Get("Page"), 0)
	keep, ok := dated(q)
	if !ok || size < 1 || size > 1000 || page < 0 {
		fail(w, Fault{Status: http.StatusBadRequest, Code: 20001})
		return
	}
	found := slices.DeleteFunc(f.newest(q.Get("To")), func(m Message) bool {
		return !keep(m) || (q.Get("From") != "" && m.From != q.Get("From"))
	})
	start := min(page*size, len(found))
	// A next page's URI has both; the token counts, since Page shifts when messages come.
	if last, ok := strings.CutPrefix(q.Get("PageToken"), "PA"); ok {
		start = 1 + slices.IndexFunc(found, func(m Message) bool { return m.SID == last })
	}
	end := min(start+size, len(found))
	shown := make([]resource, 0, end-start)
	for _, m := range found[start:end] {
		shown = append(shown, f.resource(m))
	}
	base := ""
	if f.c.Absolute {
		base = "https://api.twilio.com"
	}
	// uri returns the URI of a page before which after messages are listed, or null if it isn't
	// there.
	uri := func(page int, there bool, after int) *string {
		if !there {
			return nil
		}
		q.Del("PageToken")
		if after > 0 {
			q.Set("PageToken", "PA"+found[after-1].SID)
		}
		q.Set("Page", strconv.Itoa(page))
		q.Set("PageSize", strconv.Itoa(size))
		return known(base + r.URL.Path + "?" + q.Encode())
	}
	answer(w, http.StatusOK, map[string]any{
		"messages": shown, "start": start, "end": max(start, end-1), "page": page,
		"page_size": size,
		"uri":       uri(page, true, start), "first_page_uri": uri(0, true, 0),
		"next_page_uri":     uri(page+1, end < len(found), end),
		"previous_page_uri": uri(page-1, page > 0, max(0, start-size)),
	})
}

// countList numbers the read of the list and returns its fault.
func (f *Fake) countList(q url.Values) (fault Fault) {
	f.mu.Lock()
	f.lists++
	n := f.lists
	f.mu.Unlock()
	if f.c.ListFault != nil {
		fault = f.c.ListFault(n, q)
	}
	return fault
}

// newest returns the messages to a number, or all for "", the newest first, without those that the
// list doesn't show yet. Of messages created at one instant, the later one comes first.
func (f *Fake) newest(to string) (out []Message) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if to == "" {
		out = slices.Clone(f.messages)
	} else {
		for _, i := range f.byTo[to] {
			out = append(out, f.messages[i])
		}
	}
	for _, in := range f.incoming {
		if to == "" || in.To == to {
			out = append(out, in.Message)
		}
	}
	for _, m := range f.replies {
		if to == "" || m.To == to {
			out = append(out, m)
		}
	}
	if shown := f.c.Now().Add(-f.c.ListLag); f.c.ListLag > 0 {
		out = slices.DeleteFunc(out, func(m Message) bool { return m.Created.After(shown) })
	}
	slices.SortStableFunc(out, func(a, b Message) int { return a.Created.Compare(b.Created) })
	slices.Reverse(out)
	return out
}

// dated returns the filter that a query's DateSent parameters make, by whole days of UTC; ok is
// false if one isn't a date. A message that hasn't been sent is left out: Twilio's documentation
// doesn't say, and a caller who copes with this copes with both.
func dated(q url.Values) (keep func(Message) bool, ok bool) {
	day := func(s string) (time.Time, bool) {
		for _, layout := range []string{time.RFC3339, time.DateOnly} {
			if t, err := time.Parse(layout, s); err == nil {
				return t.UTC().Truncate(24 * time.Hour), true
			}
		}
		return time.Time{}, false
	}
	keep, ok = func(Message) bool { return true }, true
	// The comparison is part of the name: "DateSent>=2026-12-01" is the parameter "DateSent>".
	// Both bounds include their day.
	for name, holds := range map[string]func(sent, day time.Time) bool{
		"DateSent":  time.Time.Equal,
		"DateSent>": func(sent, day time.Time) bool { return !sent.Before(day) },
		"DateSent<": func(sent, day time.Time) bool { return !sent.After(day) },
	} {
		if !q.Has(name) {
			continue
		}
		bound, good := day(strings.TrimLeft(q.Get(name), "<>="))
		before := keep
		keep = func(m Message) bool {
			return before(m) && !m.Sent.IsZero() &&
				holds(m.Sent.UTC().Truncate(24*time.Hour), bound)
		}
		ok = ok && good
	}
	return keep, ok
}

// atoi returns the number in s, otherwise if s is empty, and -1 if s is no number.
func atoi(s string, otherwise int) int {
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
