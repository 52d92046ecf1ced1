package settings

import (
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Span is a part of a day, "9:00-18:00", in minutes since midnight; To is exclusive. It never
// reaches over midnight.
type Span struct{ From, To int }

// UnmarshalYAML reads a span like "9:00-18:00".
func (s *Span) UnmarshalYAML(n *yaml.Node) error {
	from, to, ok := strings.Cut(n.Value, "-")
	var err1, err2 error
	s.From, err1 = minutes(from)
	s.To, err2 = minutes(to)
	if !ok || err1 != nil || err2 != nil || s.From >= s.To {
		return fmt.Errorf("line %d: %q: want a span like 9:00-18:00", n.Line, n.Value)
	}
	return nil
}

// minutes reads a time of day, "24:00" included, as minutes since midnight.
func minutes(s string) (int, error) {
	if strings.TrimSpace(s) == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", strings.TrimSpace(s))
	return t.Hour()*60 + t.Minute(), err
}

// hour12 writes minutes since midnight as an hour of the clock's face: "9", "8:30".
func hour12(m int) string {
	h := (m/60+11)%12 + 1
	if m%60 == 0 {
		return fmt.Sprint(h)
	}
	return fmt.Sprintf("%d:%02d", h, m%60)
}

// weekdays are the keys of hours, by [time.Weekday].
var weekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
