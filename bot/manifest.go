package main

import (
	"errors"
	"fmt"

	"github.com/beacon-clinic/beacon/bot/slack"
)

// manifestCommand is `bot slack-manifest`.
type manifestCommand struct{}

// Run prints the Slack app's manifest as JSON: for PUBLIC_URL, or with SLACK_APP_TOKEN for Socket
// Mode, which needs no URL. Nothing else needs to be configured, since the tokens come from the app
// that is made of the manifest. A URL that Slack would reject later is refused here.
func (manifestCommand) Run(w world, c *Config) error {
	if c.PublicURL == "" && c.SlackAppToken == "" {
		return errors.New("PUBLIC_URL: missing; the app's URLs are made of it (with " +
			"SLACK_APP_TOKEN set, Socket Mode needs none)")
	}
	if c.PublicURL != "" {
		if err := checkURL(c.PublicURL); err != nil {
			return fmt.Errorf("PUBLIC_URL: %w", err)
		}
	}
	_, err := fmt.Fprintln(w.out, slack.Manifest(c.PublicURL, c.SlackAppToken != ""))
	return err
}
