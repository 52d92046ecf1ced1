package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
)

const (
	callTime = 10 * time.Second        // one call of Slack's API
	keepTime = 2500 * time.Millisecond // to make an event durable; Slack waits 3 s for an answer
	workTime = 60 * time.Second        // what goes on after the acknowledgement
)

// Staff handles what staff do in Slack. Each method is idempotent by the event's id.
type Staff interface {
	// Command answers as plain text, *bold* allowed; only the one who asked sees it.
	Command(ctx context.Context, c handlers.Command) (string, error)
	// Reply is durable before it returns.
	Reply(ctx context.Context, r handlers.ThreadReply) error
	// Press is durable before it returns.
	Press(ctx context.Context, p handlers.Press) error
}

// Config configures a Slack. [New] checks it.
type Config struct {
	BotToken      string            // xoxb-…
	SigningSecret string            // of the app; without it nothing is taken over HTTP
	AppToken      string            // xapp-…, for Socket Mode
	DeskChannel   string            // the id (C…) of the channel for questions
	UrgentChannel string            // the id of the channel for danger; may be the same
	APIURL        string            // "" is Slack's own
	ShowText      bool              // patients' words appear at the desk; only with a BAA
	VisitTypes    []string          // offered by the booking modal; none: no modal
	Staff         Staff             // who is told
	Transport     http.RoundTripper // nil is the default one
	Log           *slog.Logger      // nil is silence
}

// Slack posts to Slack and serves its requests. Create it with [New].
type Slack struct {
	c    Config
	api  *sdk.Client
	http *http.Client
	work sync.WaitGroup // what goes on after an acknowledgement
	line line           // of Socket Mode
}

// New checks the configuration and returns a Slack. It makes no request.
func New(c Config) (*Slack, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.APIURL == "" {
		c.APIURL = sdk.APIURL
	}
	if !strings.HasSuffix(c.APIURL, "/") {
		c.APIURL += "/" // the SDK glues the method's name to it
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	client := &http.Client{
		Transport: c.Transport,
		Timeout:   callTime,
		// A redirect would carry the token elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
	return &Slack{c: c, http: client, api: sdk.New(c.BotToken,
		sdk.OptionAPIURL(c.APIURL), sdk.OptionAppLevelToken(c.AppToken),
		sdk.OptionHTTPClient(client))}, nil
}

// check names every fault at once.
func (c Config) check() error {
	var faults []error
	missing := func(what string, is bool) {
		if is {
			faults = append(faults, fmt.Errorf("slack: no %s", what))
		}
	}
	missing("bot token", c.BotToken == "")
	missing("signing secret and no app token", c.SigningSecret == "" && c.AppToken == "")
	missing("desk channel", c.DeskChannel == "")
	missing("urgent channel", c.UrgentChannel == "")
	missing("staff", c.Staff == nil)
	return errors.Join(faults...)
}

// desk says whether a channel is one of the desk's two.
func (s *Slack) desk(channel string) bool {
	return channel != "" && (channel == s.c.DeskChannel || channel == s.c.UrgentChannel)
}

// later does what goes on after the acknowledgement: it outlives the request, not workTime.
func (s *Slack) later(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), workTime)
	s.work.Go(func() {
		defer cancel()
		s.survive(ctx, "work after an acknowledgement", func() { do(ctx) })
	})
}

// survive has the program live on though some work panics.
func (s *Slack) survive(ctx context.Context, what string, work func()) {
	if p := guard.Run(work); p != nil {
		s.c.Log.ErrorContext(ctx, "slack: the program panicked",
			"on", what, "what", p.What, "stack", p.Stack)
	}
}

// Wait waits for the work that continues after an acknowledgement. Call it once no more requests
// come in.
func (s *Slack) Wait() { s.work.Wait() }
