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

	"github.com/beacon-clinic/beacon/bot/slack/view"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/guard"
)

const (
	// callTime bounds one call of Slack's API, for callers whose context has no deadline or a
	// later one.
	callTime = 10 * time.Second
	// keepTime bounds the storing of an event or a press. Slack waits three seconds for an answer;
	// the rest is for the way back.
	keepTime = 2500 * time.Millisecond
	// workTime bounds the work that continues after an acknowledgement.
	workTime = 60 * time.Second
)

// Staff handles what staff do in Slack. Each method is idempotent by the event's id, since Slack
// delivers an event again that wasn't acknowledged in time. The methods may be called concurrently.
type Staff interface {
	// Command carries out a typed line. Only the person who gave it sees the answer.
	Command(ctx context.Context, c handlers.Command) (answer.Answer, error)
	// Reply stores a reply to a patient. The reply is durable once it returns nil.
	Reply(ctx context.Context, r handlers.ThreadReply) error
	// Revise acts on a message in a thread that its writer changed or deleted. What comes of it is
	// durable once it returns nil.
	Revise(ctx context.Context, r handlers.Revision) error
	// Press carries out a pressed button. What it does is durable once the error is nil.
	Press(ctx context.Context, p handlers.Press) (answer.Answer, error)
	// Submit carries out the act that a form completes, or returns what is wrong, by field.
	Submit(ctx context.Context, f handlers.Submission) (answer.Answer, map[string]string, error)
}

// Meter counts what isn't let in. It is called concurrently.
type Meter interface {
	// Refused counts what is refused by the door ("slack") and by what was wrong.
	Refused(door, because string)
}

// uncounted is a Meter that counts nothing.
type uncounted struct{}

func (uncounted) Refused(string, string) {}

// Config configures a Slack. BotToken, both channels, Staff, and one of SigningSecret and AppToken
// are required; [New] checks them.
type Config struct {
	BotToken      string // xoxb-…
	SigningSecret string // the app's; without it every request over HTTP is refused
	AppToken      string // xapp-…; needed for Socket Mode
	DeskChannel   string // the id (C…) of the channel for questions
	UrgentChannel string // the id of the channel for danger; may be the same
	APIURL        string // the base of the Web API; "" means Slack's own
	// ShowText shows at the desk what patients wrote, are called and come for. It needs a BAA (a
	// contract under HIPAA) with Slack. Without it the desk sees the last four digits of a number,
	// times, and what kind of matter it is.
	ShowText bool
	Staff    Staff // handles what staff do
	// Home returns what the App Home of a member of the desk's channels shows. Nil: there is none.
	Home      func(ctx context.Context, user string) (answer.Answer, error)
	Transport http.RoundTripper // nil means http.DefaultTransport
	Meter     Meter             // nil: nothing is counted
	Now       func() time.Time  // nil: time.Now
	Log       *slog.Logger      // nil: nothing is logged
}

// Slack posts to Slack and serves its requests. Create it with [New]. Its methods may be called
// concurrently.
type Slack struct {
	c    Config
	api  *sdk.Client
	view view.Renderer
	http *http.Client   // for the API and for response URLs
	work sync.WaitGroup // the work that continues after an acknowledgement
	line line           // the state of the Socket Mode connection
	who  who            // which installation this is, and who its users are

	present  deskMembers // who is at the desk
	homes    homes       // the Homes that are kept up to date
	pictures pictures

	groups groups // who is in which user group
}

// New checks the configuration and returns a Slack. The error names everything that is missing. New
// makes no request, so a wrong token shows only in [Slack.Auth].
func New(c Config) (*Slack, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.APIURL == "" {
		c.APIURL = sdk.APIURL
	}
	if !strings.HasSuffix(c.APIURL, "/") {
		c.APIURL += "/" // the SDK appends the method's name as it is
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Meter == nil {
		c.Meter = uncounted{}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	client := &http.Client{
		Transport: c.Transport,
		Timeout:   callTime,
		// A redirect would carry the token to wherever it points.
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
	return &Slack{
		c: c, view: view.Renderer{Words: c.ShowText}, http: client,
		who: who{users: map[string]known{}}, homes: homes{of: map[string]*home{}},
		pictures: pictures{ids: map[string]string{}},
		api: sdk.New(c.BotToken, sdk.OptionAPIURL(c.APIURL),
			sdk.OptionAppLevelToken(c.AppToken), sdk.OptionHTTPClient(client)),
	}, nil
}

// check reports every missing field at once, so that an operator needn't start the program once per
// fault.
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

// desk reports whether a channel is one of the desk's two. Only their members may see patients'
// data and write to patients, so whatever comes from elsewhere is ignored or runs with fewer
// rights.
func (s *Slack) desk(channel string) bool {
	return channel != "" && (channel == s.c.DeskChannel || channel == s.c.UrgentChannel)
}

// later runs do in a goroutine, so that the request can be acknowledged meanwhile. do has workTime
// and isn't cancelled when the request ends. A panic in it is logged.
func (s *Slack) later(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), workTime)
	s.work.Go(func() {
		defer cancel()
		s.survive(ctx, "work after an acknowledgement", func() { do(ctx) })
	})
}

// survive runs work and logs its panic, which would otherwise end the program: net/http recovers
// panics only in its own goroutines. what names the work in the log. The panic's value isn't
// logged, since it may hold a patient's words.
func (s *Slack) survive(ctx context.Context, what string, work func()) {
	if p := guard.Run(work); p != nil {
		s.c.Log.ErrorContext(ctx, "slack: the program panicked",
			"on", what, "what", p.What, "stack", p.Stack)
	}
}

// Wait waits for the work that continues after an acknowledgement. Call it once no more requests
// come in.
func (s *Slack) Wait() { s.work.Wait() }
