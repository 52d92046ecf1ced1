package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// refused is the error of a request that the sandbox answered with a refusal, in its words. What
// was asked wasn't done.
type refused struct{ what string }

// Error implements error.
func (r refused) Error() string { return r.what }

// askSandbox posts to the sandbox that runs on this machine, found by PORT, and returns the body of
// its answer. what is the part of the URL after /sandbox/, kind the type of the data. How long it
// waits is ctx's matter. The error tells a refusal (refused), another program on that port, and no
// answer (noAnswer) apart, since each asks something else of the user.
func askSandbox(
	ctx context.Context, w world, c *Config, what, kind string, data []byte,
) ([]byte, error) {
	url := "http://localhost:" + c.Port + "/sandbox/" + what
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	resp, err := (&http.Client{Transport: w.transport}).Do(req)
	if err != nil {
		return nil, noAnswer(c, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, noAnswer(c, err)
	}
	if resp.StatusCode != http.StatusOK {
		// The sandbox refuses in JSON; anything else comes from another program.
		var said struct{ Error string }
		if json.Unmarshal(body, &said) != nil || said.Error == "" {
			return nil, fmt.Errorf(
				"what answers on port %s is no sandbox (%s): set PORT to the sandbox's, "+
					"or REDIS_URL",
				c.Port, resp.Status,
			)
		}
		return nil, refused{said.Error}
	}
	return body, nil
}

// sandboxStore is where the sandbox of this machine keeps what it knows, and what its clock shows.
type sandboxStore struct {
	URL string    `json:"url"`
	Now time.Time `json:"now"`
}

// findSandbox asks the sandbox that runs on this machine for its store.
func findSandbox(w world, c *Config) (in sandboxStore, err error) {
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	body, err := askSandbox(ctx, w, c, "store", "application/json", []byte("{}"))
	if err != nil {
		return in, err
	}
	return in, json.Unmarshal(body, &in)
}

// clock returns a clock that goes on from the sandbox's.
func (s sandboxStore) clock(now func() time.Time) func() time.Time {
	began := now()
	return func() time.Time { return s.Now.Add(now().Sub(began)) }
}

// noAnswer returns the error of a request that wasn't answered. It tells a sandbox that isn't there
// from one that got the request, and so may have done what it asked.
func noAnswer(c *Config, err error) error {
	if op := new(net.OpError); errors.As(err, &op) && op.Op == "dial" {
		return fmt.Errorf(
			"REDIS_URL is not set and no sandbox answers on this machine (port %s): "+
				"set REDIS_URL, or start the sandbox (go run ./bot) first",
			c.Port,
		)
	}
	why := "broke off"
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		why = "hasn't answered in time"
	case errors.Is(err, context.Canceled):
		why = "wasn't waited for"
	}
	return fmt.Errorf(
		"the sandbox on port %s %s: it may be at it still. Look at its page, http://localhost:%s, "+
			"and give the command again: what is done stays as it is",
		c.Port, why, c.Port,
	)
}
