package sandbox

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
)

// number reads the number of a query.
func (s *Sandbox) number(of string) (handlers.Phone, error) {
	if rest, ok := strings.CutPrefix(of, " "); ok {
		of = "+" + rest // an unescaped plus arrives as a space
	}
	p, err := s.cfg.Load().Phone(of)
	if err != nil {
		return p, badRequest("phone: " + err.Error())
	}
	return p, nil
}

// newest reads how many of a list, which grows without end, somebody wants: the newest so many, or
// all of it if the query doesn't say.
func newest(r *http.Request, name string) (int, error) {
	of := r.URL.Query().Get(name)
	if of == "" {
		return math.MaxInt, nil
	}
	n, err := strconv.Atoi(of)
	if err != nil || n < 0 {
		return 0, badRequest(name + ": want a number, such as 100")
	}
	return n, nil
}

// serveMessages is GET /sandbox/messages?phone=&last=: a number's messages, or the newest of them,
// oldest first.
func (s *Sandbox) serveMessages(w http.ResponseWriter, r *http.Request) error {
	p, err := s.number(r.URL.Query().Get("phone"))
	if err != nil {
		return err
	}
	last, err := newest(r, "last")
	if err != nil {
		return err
	}
	list := []message{}
	s.mu.Lock()
	for _, m := range slices.Backward(s.messages) {
		if len(list) == last {
			break
		}
		if m.phone == p {
			list = append(list, *m)
		}
	}
	s.mu.Unlock()
	slices.Reverse(list)
	return writeJSON(w, list)
}

// servePatients is GET /sandbox/patients: whose phones the page offers, those of the start first,
// then who has a visit or was texted, then the clinic's own.
func (s *Sandbox) servePatients(w http.ResponseWriter, r *http.Request) error {
	others, err := s.cfg.Load().Others(r.Context())
	if err != nil && !s.storeFails() { // without Redis the page shows those whom it knows itself
		return err
	}
	s.mu.Lock()
	texts := map[handlers.Phone]*Patient{}
	var texted []Patient
	for _, m := range s.messages {
		p := texts[m.phone]
		if p == nil {
			p = &Patient{}
			texts[m.phone] = p
			texted = append(texted, Patient{Phone: m.phone.E164()})
		}
		p.Texts, p.Last = p.Texts+1, m.Body
		if m.Direction == "out" {
			p.Got++
		}
	}
	s.mu.Unlock()
	counts := map[string]Patient{}
	for phone, p := range texts {
		counts[phone.E164()] = *p
	}
	out, known := []Patient{}, map[string]bool{}
	for _, p := range slices.Concat(s.cfg.Load().Patients, others, texted) {
		if !known[p.Phone] {
			c := counts[p.Phone]
			known[p.Phone], p.Texts, p.Got, p.Last = true, c.Texts, c.Got, c.Last
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Patient) int {
		switch {
		case a.Clinic == b.Clinic:
			return 0
		case a.Clinic:
			return 1
		}
		return -1
	})
	return writeJSON(w, out)
}
