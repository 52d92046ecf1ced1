package slack_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/slack"
)

func TestManifest(t *testing.T) {
	for name, text := range map[string]string{
		"manifest_http.json":   slack.Manifest("https://beacon.example/", false),
		"manifest_socket.json": slack.Manifest("", true),
	} {
		golden(t, name, []byte(text))
		var m struct {
			Display struct {
				Long string `json:"long_description"`
			} `json:"display_information"`
			Settings struct {
				Socket bool `json:"socket_mode_enabled"`
			} `json:"settings"`
		}
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
		if n := len(m.Display.Long); n < 174 || n > 4000 {
			t.Errorf(
				"%s: Slack wants 174 to 4,000 characters, the long description has %d", name, n,
			)
		}
		if m.Settings.Socket != strings.Contains(text, "connections:write") ||
			m.Settings.Socket == strings.Contains(text, "https://beacon.example/slack/event") {
			t.Errorf("%s: %s", name, text)
		}
	}
}
