package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// private is the base of the bot's private listener, as it said it when it started last.
func (p *program) private() (base string) {
	p.t.Helper()
	said := regexp.MustCompile(`msg="private listener" addr=(\S+)`)
	p.await("the private listener", func() bool {
		all := said.FindAllStringSubmatch(p.log.String(), -1)
		if len(all) > 0 {
			base = "http://" + all[len(all)-1][1]
		}
		return base != ""
	})
	return base
}

// read gets a URL.
func (p *program) read(url string) (int, string) {
	p.t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode, string(b)
}

// checked is one check of /status.
type checked struct {
	Name      string
	OK        bool
	State     string
	What, Do  string
	Since     time.Time
	TookMS    float64 `json:"took_ms"`
	LastError string  `json:"last_error"`
}

// status is the check of that name, as /status has it.
func (p *program) status(name string) checked {
	p.t.Helper()
	code, body := p.read(p.private() + "/status")
	var r struct{ Checks []checked }
	if err := json.Unmarshal([]byte(body), &r); err != nil || code != http.StatusOK {
		p.t.Fatalf("/status: %d %v: %s", code, err, body)
	}
	for _, c := range r.Checks {
		if c.Name == name {
			return c
		}
	}
	return checked{}
}

// ready is what /readyz says.
func (p *program) ready() (code int, mode string) {
	p.t.Helper()
	code, body := p.read(p.url + "/readyz")
	var r struct{ Mode string }
	_ = json.Unmarshal([]byte(body), &r) // it may be away
	return code, r.Mode
}

// full says whether the bot is in service, and does everything.
func (p *program) full() bool {
	p.t.Helper()
	code, mode := p.ready()
	return code == http.StatusOK && mode == "full"
}

// down says whether the metrics tell that what a check is about can't be used.
func (p *program) down(check string) bool {
	p.t.Helper()
	_, metrics := p.read(p.private() + "/metrics")
	return strings.Contains(metrics, `beacon_up{check="`+check+`"} 0`)
}

// cli tells Redis something.
func (p *program) cli(args ...string) {
	p.t.Helper()
	if out, err := p.redis.CLI(args...); err != nil || !strings.Contains(out, "OK") {
		p.t.Fatalf("redis %v: %s %v", args, out, err)
	}
}
