package slack

import (
	"encoding/json"
	"strings"
)

// The types of the manifest hold only what Beacon sets. The SDK's own types write empty sections,
// which Slack's editor complains about.
type (
	manifest struct {
		Display  display  `json:"display_information"`
		Features features `json:"features"`
		OAuth    oauth    `json:"oauth_config"`
		Settings settings `json:"settings"`
	}
	display struct {
		Name            string `json:"name"`
		Description     string `json:"description"`
		LongDescription string `json:"long_description"`
		Background      string `json:"background_color"`
	}
	features struct {
		Home      appHome    `json:"app_home"`
		Bot       bot        `json:"bot_user"`
		Shortcuts []shortcut `json:"shortcuts"`
		Commands  []slash    `json:"slash_commands"`
	}
	appHome struct {
		Home     bool `json:"home_tab_enabled"`
		Messages bool `json:"messages_tab_enabled"`
		ReadOnly bool `json:"messages_tab_read_only_enabled"`
	}
	shortcut struct {
		Name        string `json:"name"`
		Type        string `json:"type"` // global, or message
		Callback    string `json:"callback_id"`
		Description string `json:"description"`
	}
	bot struct {
		Name   string `json:"display_name"`
		Online bool   `json:"always_online"`
	}
	slash struct {
		Command     string `json:"command"`
		URL         string `json:"url,omitempty"`
		Description string `json:"description"`
		Hint        string `json:"usage_hint"`
		Escape      bool   `json:"should_escape"`
	}
	oauth struct {
		Scopes struct {
			Bot []string `json:"bot"`
		} `json:"scopes"`
	}
	settings struct {
		Events struct {
			URL string   `json:"request_url,omitempty"`
			Bot []string `json:"bot_events"`
		} `json:"event_subscriptions"`
		Interactivity struct {
			Enabled bool   `json:"is_enabled"`
			URL     string `json:"request_url,omitempty"`
		} `json:"interactivity"`
		OrgDeploy bool `json:"org_deploy_enabled"`
		Socket    bool `json:"socket_mode_enabled"`
		Rotation  bool `json:"token_rotation_enabled"`
	}
)

// about is the app's long description, shown to people who look it up in Slack. Slack wants 174 to
// 4,000 characters. source: https://docs.slack.dev/reference/app-manifest
const about = "Beacon is the clinic's front desk by text message. Questions that it can't " +
	"answer become cards in the desk's channel; what staff write in a card's thread goes to the " +
	"patient as a text. " +
	"Never invite patients into this workspace: the channels are for staff."

// aboutSocket is added to about for Socket Mode, which needs a second token. No manifest can create
// one, so a person has to.
const aboutSocket = " For Socket Mode, make an app-level token with the scope connections:write " +
	"under Basic Information; it is SLACK_APP_TOKEN."

// Manifest returns the Slack app's manifest as JSON, to be pasted into Slack in one go. publicURL
// is the base at which Slack reaches Beacon; it may be "" with Socket Mode, which needs none.
// source: https://docs.slack.dev/reference/app-manifest
func Manifest(publicURL string, socket bool) string {
	at := func(path string) string {
		if publicURL == "" {
			return ""
		}
		return strings.TrimRight(publicURL, "/") + path
	}
	m := manifest{
		Display: display{
			Name: "Beacon", Description: "The clinic's front desk by text message",
			LongDescription: about, Background: "#1f3a5f",
		},
		Features: features{
			// In its messages the app gives whoever asks the files that are for them alone.
			Home: appHome{Home: true, Messages: true, ReadOnly: true},
			Bot:  bot{Name: "Beacon", Online: true},
			Shortcuts: []shortcut{
				{
					Name: "Book a visit", Type: "global", Callback: shortcutBook,
					Description: "Book a patient's visit",
				},
				{
					Name: "Add to knowledge", Type: "message", Callback: shortcutLearn,
					Description: "Have Beacon answer this the next time",
				},
			},
			Commands: []slash{{
				Command: "/clinic", URL: at("/slack/command"),
				Description: "Patients' texts and visits",
				Hint: "help | today | find WHO | book | move WHO WHEN | off WHO | arrived WHO | " +
					"noshow WHO | say WHO TEXT | why WHO | ask QUESTION | status",
			}},
		},
	}
	if socket {
		m.Display.LongDescription += aboutSocket
	}
	m.OAuth.Scopes.Bot = scopes()
	m.Settings.Events.URL = at("/slack/event")
	m.Settings.Events.Bot = []string{"app_home_opened", "message.channels", "message.groups"}
	m.Settings.Interactivity.Enabled = true
	m.Settings.Interactivity.URL = at("/slack/interaction")
	m.Settings.Socket = socket
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(m) // strings and booleans only: it can't fail
	// JSON rather than YAML: Slack's page takes either, and a YAML parser reads JSON too.
	return b.String()
}

// scopes returns what the app may do, sorted. chat:write lets it post only in channels that it was
// invited to. The history scopes deliver replies in threads, and find a card again after a crash.
// channels:read and groups:read tell whether a channel is archived, public or shared; users:read,
// who is a guest or of another workspace; usergroups:read, who has a role of clinic.yaml.
// files:write and im:write give one person a file; the first also shows the pictures of Home.
func scopes() []string {
	return []string{
		"channels:history", "channels:read", "chat:write", "commands", "files:write",
		"groups:history", "groups:read", "im:write", "reactions:write", "usergroups:read",
		"users:read",
	}
}
