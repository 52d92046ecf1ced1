package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// pageClient calls the sandbox's own URLs without a network, so that a replay goes the way of the
// page: what works there works for somebody who tries it by hand.
type pageClient struct{ page http.Handler }

// answered is the response of a call, kept in memory. It implements http.ResponseWriter.
type answered struct {
	status int
	header http.Header
	bytes.Buffer
}

// Header and WriteHeader implement http.ResponseWriter.
func (a *answered) Header() http.Header    { return a.header }
func (a *answered) WriteHeader(status int) { a.status = status }

// get reads the JSON at a path into out.
func (p *pageClient) get(path string, out any) error {
	return p.call(http.MethodGet, path, "", out)
}

// post sends in as JSON, or a string as it is, and reads the answer into out; nil if nobody reads
// it.
func (p *pageClient) post(path string, in, out any) error {
	body, ok := in.(string)
	if !ok {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = string(b)
	}
	return p.call(http.MethodPost, path, body, out)
}

// errAway is what is wrong while a failure is switched on: the sandbox answers 503.
var errAway = errors.New("not taken now")

// call makes a request. An answer of 400 or more is an error with its words.
func (p *pageClient) call(method, path, body string, out any) error {
	r, err := http.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.RequestURI = path // NewRequest makes a client's request, without one
	a := &answered{status: http.StatusOK, header: http.Header{}}
	p.page.ServeHTTP(a, r)
	if a.status >= http.StatusBadRequest {
		var said struct{ Error string }
		if json.Unmarshal(a.Bytes(), &said) != nil || said.Error == "" {
			return fmt.Errorf("%s: %s", path, strings.TrimSpace(a.String()))
		}
		if a.status == http.StatusServiceUnavailable {
			return fmt.Errorf("%w: %s", errAway, said.Error)
		}
		return refused{said.Error}
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(a.Bytes(), out)
}
