package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// pageClient calls the sandbox's own URLs without a network.
type pageClient struct{ page http.Handler }

// answered is the response of a call.
type answered struct {
	status int
	header http.Header
	bytes.Buffer
}

func (a *answered) Header() http.Header    { return a.header }
func (a *answered) WriteHeader(status int) { a.status = status }

func (p *pageClient) get(path string, out any) error {
	return p.call(http.MethodGet, path, "", out)
}

// post sends JSON, or a string as it is.
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

func (p *pageClient) call(method, path, body string, out any) error {
	r, err := http.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.RequestURI = path
	a := &answered{status: http.StatusOK, header: http.Header{}}
	p.page.ServeHTTP(a, r)
	if a.status >= http.StatusBadRequest {
		return fmt.Errorf("%s: %s", path, strings.TrimSpace(a.String()))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(a.Bytes(), out)
}
