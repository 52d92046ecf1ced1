package slack

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/bot/slack/view"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// asker is who did something, and where: there they are answered. An answer in a channel is
// ephemeral: only they see it.
type asker struct {
	user    string
	channel string // "" for Home, and for shortcuts that belong to no message
	thread  string // the timestamp of the thread's first message, if it was in one
	url     string // the response URL, if there is one
	trigger string // opens one modal within three seconds
	replace bool   // the answer takes the place of the message that was pressed
	view    string // the id of the modal that was pressed
}

// show shows an answer to whoever asked. A failure is logged, not returned: the act is done.
func (s *Slack) show(ctx context.Context, to asker, a answer.Answer) {
	if a.File != nil {
		a.Parts = append(a.Parts, s.give(ctx, to, *a.File)...)
	}
	var err error
	switch {
	case a.Form != nil:
		err = s.openForm(ctx, to, *a.Form)
	case len(a.Parts) == 0:
	case to.view != "":
		_, err = s.api.UpdateViewContext(ctx, s.render(ctx, a).Read("Beacon", a, to.where("")),
			"", "", to.view)
	case to.channel == "" && to.url == "":
		_, err = s.api.OpenViewContext(ctx, to.trigger, s.render(ctx, a).Read("Beacon", a, to.where("")))
	default:
		err = s.say(ctx, to, a)
	}
	if err != nil {
		s.c.Log.ErrorContext(ctx, "slack answer not delivered", "err", err)
	}
}

// tell shows one paragraph to whoever asked.
func (s *Slack) tell(ctx context.Context, to asker, text string) {
	s.show(ctx, to, answer.Say("%s", text))
}

// say sends an answer as ephemeral messages. If Slack takes none with a table in it, as a client
// or a surface may be too old for one, columns of characters are sent instead.
func (s *Slack) say(ctx context.Context, to asker, a answer.Answer) error {
	r := s.render(ctx, a)
	err := s.sayAll(ctx, to, r.Messages(a))
	if refused, ok := errors.AsType[*unsaid](err); ok && refused.first {
		s.c.Log.WarnContext(ctx, "slack refused the blocks of an answer", "err", err)
		r.Plain = true
		err = s.sayAll(ctx, to, r.Messages(a))
	}
	return err
}

// unsaid is the error of a message that Slack refused as it is.
type unsaid struct {
	err   error
	first bool // nothing of the answer was shown before
}

func (u *unsaid) Error() string { return u.err.Error() }

func (u *unsaid) Unwrap() error { return u.err }

// sayAll sends messages one after another. Its error is of the first that failed, after which none
// is sent.
func (s *Slack) sayAll(ctx context.Context, to asker, all []view.Message) error {
	for i, m := range all {
		to.replace = to.replace && i == 0
		err := unlimited(ctx, func() error { return s.sayOne(ctx, to, m) })
		status, isStatus := errors.AsType[sdk.StatusCodeError](err)
		if Word(err) == errBlocks || isStatus && status.Code == badRequest {
			return &unsaid{err: err, first: i == 0}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	errBlocks  = "invalid_blocks"
	badRequest = 400 // how a response URL says so
)

// unlimited makes a call, and makes it once more after the time that Slack says if it comes too soon
// after others. source: https://docs.slack.dev/apis/web-api/rate-limits
func unlimited(ctx context.Context, call func() error) error {
	err := call()
	limit, limited := errors.AsType[*sdk.RateLimitedError](err)
	if !limited {
		return err
	}
	rest := time.NewTimer(limit.RetryAfter)
	defer rest.Stop()
	select {
	case <-ctx.Done():
		return err
	case <-rest.C:
		return call()
	}
}

// sayOne sends an ephemeral message: over the response URL if there is one, otherwise in the
// channel or thread.
func (s *Slack) sayOne(ctx context.Context, to asker, m view.Message) error {
	if to.url != "" {
		return s.respond(ctx, to, m)
	}
	options := []sdk.MsgOption{sdk.MsgOptionText(m.Text, false), sdk.MsgOptionBlocks(m.Blocks...)}
	if to.thread != "" {
		_, err := s.api.PostEphemeralContext(
			ctx, to.channel, to.user, append(options, sdk.MsgOptionTS(to.thread))...,
		)
		if Word(err) != errNoThread { // somebody deleted its first message
			return err
		}
	}
	_, err := s.api.PostEphemeralContext(ctx, to.channel, to.user, options...)
	return err
}

// respond posts to a response URL, which needs no token: whoever knows the URL can post with it, so
// errors don't contain it and it doesn't reach the log. source:
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
func (s *Slack) respond(ctx context.Context, to asker, m view.Message) error {
	err := sdk.PostWebhookCustomHTTPContext(ctx, to.url, s.http, &sdk.WebhookMessage{
		Text: m.Text, Blocks: &sdk.Blocks{BlockSet: m.Blocks}, ResponseType: sdk.ResponseTypeEphemeral,
		ReplaceOriginal: to.replace, ThreadTimestamp: to.thread,
	})
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if err != nil {
		return fmt.Errorf("slack response url: %w", err)
	}
	return nil
}

// result shows what an act came to: its answer, or that it failed. The cause is in the log only,
// since it may name hosts or numbers.
func (s *Slack) result(ctx context.Context, to asker, what string, a answer.Answer, err error) {
	if err != nil {
		s.c.Log.ErrorContext(ctx, what+" failed", "err", err)
		to.replace = false // what was pressed can be pressed again
		a = answer.Say("%s", sorry)
	}
	s.show(ctx, to, a)
}
