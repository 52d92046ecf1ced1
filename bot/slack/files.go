package slack

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/bot/slack/view"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// mostPictures is of how many pictures the files are remembered.
const mostPictures = 500

// pictures remembers the ids of the files that Slack has of our pictures, by what they hold.
type pictures struct {
	mu  sync.Mutex
	ids map[string]string
}

// render returns the renderer of an answer, whose pictures Slack then has. One that can't be
// uploaded is shown by its words.
func (s *Slack) render(ctx context.Context, a answer.Answer) view.Renderer {
	r := s.view
	for _, p := range a.Parts {
		if p.Picture == nil || len(p.Picture.PNG) == 0 {
			continue
		}
		id, err := s.upload(ctx, *p.Picture)
		if err != nil {
			s.c.Log.WarnContext(ctx, "slack: a picture isn't shown", "name", p.Picture.Name, "err", err)
			continue
		}
		if r.Files == nil {
			r.Files = map[string]string{}
		}
		r.Files[p.Picture.Name] = id
	}
	return r
}

// upload gives Slack a picture, once, and returns the id of its file. It is shared with no channel:
// whoever sees the message or Home in which it stands sees it. source:
// https://docs.slack.dev/messaging/working-with-files#upload
func (s *Slack) upload(ctx context.Context, p answer.Picture) (string, error) {
	sum := sha256.Sum256(p.PNG)
	key := hex.EncodeToString(sum[:])
	s.pictures.mu.Lock()
	id := s.pictures.ids[key]
	s.pictures.mu.Unlock()
	if id != "" {
		return id, nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	f, err := s.api.UploadFileContext(ctx, sdk.UploadFileParameters{
		Reader: bytes.NewReader(p.PNG), FileSize: len(p.PNG), Filename: p.Name + ".png",
		Title: p.Name, AltTxt: veil.Shown(p.Alt, false),
	})
	if err != nil {
		return "", fmt.Errorf("slack files: %w", refusal(err))
	}
	s.pictures.mu.Lock()
	defer s.pictures.mu.Unlock()
	if len(s.pictures.ids) >= mostPictures {
		clear(s.pictures.ids)
	}
	s.pictures.ids[key] = f.ID
	return f.ID, nil
}

// give gives whoever asked a file, in the conversation that they alone have with us, and returns
// what to say of it. source: https://docs.slack.dev/reference/methods/conversations.open
func (s *Slack) give(ctx context.Context, to asker, f answer.File) []answer.Part {
	text := answer.Tokens(veil.Shown(f.Text, s.c.ShowText), s.naming(ctx),
		func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") })
	alone, _, _, err := s.api.OpenConversationContext(
		ctx, &sdk.OpenConversationParameters{Users: []string{to.user}},
	)
	if err == nil {
		_, err = s.api.UploadFileContext(ctx, sdk.UploadFileParameters{
			Reader: bytes.NewReader([]byte(text)), FileSize: len(text), Filename: f.Name,
			Title: veil.Shown(f.Title, false), Channel: alone.ID,
		})
	}
	if err != nil {
		s.c.Log.ErrorContext(ctx, "slack: a file wasn't given", "err", refusal(err))
		return []answer.Part{{Text: "The file couldn't be sent to you. Please try again; if it stays " +
			"so, whoever looks after Beacon finds the reason with `bot doctor`."}}
	}
	return []answer.Part{{Text: "You have it in your messages with Beacon."}}
}

// naming returns what names a member of staff in plain text. Who Slack can't name keeps their id.
func (s *Slack) naming(ctx context.Context) func(user string) string {
	call := s.calling(ctx)
	return func(user string) string { return cmp.Or(call(user), user) }
}

// calling returns what a member of staff is called, as they have it in Slack; "" if that isn't
// known. Slack is asked for each once.
func (s *Slack) calling(ctx context.Context) func(user string) string {
	names := map[string]string{}
	return func(user string) string {
		if _, asked := names[user]; !asked {
			names[user] = ""
			if u, err := s.api.GetUserInfoContext(ctx, user); err == nil {
				names[user] = cmp.Or(u.Profile.DisplayName, u.RealName)
			}
		}
		return names[user]
	}
}
