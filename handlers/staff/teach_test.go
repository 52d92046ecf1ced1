package staff_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// school fakes staff.School; it fails with err.
type school struct {
	taught []knowledge.Taught
	err    error
}

func (s *school) Teach(_ context.Context, t knowledge.Taught) error {
	if s.err == nil {
		s.taught = append(s.taught, t)
	}
	return s.err
}

func (s *school) Forget(_ context.Context, ask string) (bool, error) {
	for i, t := range s.taught {
		if t.Ask == ask {
			s.taught = append(s.taught[:i], s.taught[i+1:]...)
			return true, s.err
		}
	}
	return false, s.err
}

func (s *school) Taught(context.Context) ([]knowledge.Taught, error) { return s.taught, s.err }

func TestTeachKeepsAWording(t *testing.T) {
	for text, ask := range map[string]string{
		"teach hours when can I come":             "when can I come",
		"teach hours   at  what\ttime  is it":     "at what time is it",
		"teach hours open on 12/24/26?":           "open on 12/24/26?", // six digits name nobody
		"teach hours " + strings.Repeat("ñ", 160): strings.Repeat("ñ", 160),
	} {
		t.Run(text, func(t *testing.T) {
			o := newOffice(t)
			s := &school{}
			o.School = s
			want := knowledge.Taught{Entry: "hours", Ask: ask, By: "U1", At: "2026-12-01"}
			got := command(t, o, text, true)
			if !strings.HasPrefix(got, "Learnt, and known within seconds: ") ||
				len(s.taught) != 1 || s.taught[0] != want {
				t.Errorf("%q; taught %+v, want %+v", got, s.taught, want)
			}
		})
	}
}

func TestWhatTeachRefuses(t *testing.T) {
	const (
		usage = "\nUsage: `/clinic teach ENTRY WORDING`"
		entry = ". /clinic ask shows the nearest ones." + usage
		long  = "Say the wording, in 160 characters at most." + usage
		names = "Leave the number out: a wording must not hold what names a patient." + usage
	)
	for text, want := range map[string]string{
		"teach":           `There is no entry ""` + entry,
		"teach dance how": `There is no entry "dance"` + entry,
		"teach hours":     long,
		"teach hours " + strings.Repeat("n", 161): long,
		"teach hours call me at 212-555-0101":     names,
		"teach hours I am at 5 5 5 0 1 0 1":       names,
	} {
		t.Run(text, func(t *testing.T) {
			o := newOffice(t)
			s := &school{}
			o.School = s
			if got := command(t, o, text, true); got != want || len(s.taught) > 0 {
				t.Errorf("%q, want %q; taught %+v", got, want, s.taught)
			}
		})
	}
}

func TestForgetAndTaught(t *testing.T) {
	o := newOffice(t)
	s := &school{}
	o.School = s
	for _, c := range []struct{ text, want string }{
		{text: "taught", want: "Nothing was taught since the files were written."},
		{
			text: "teach hours when can I come",
			want: `Learnt, and known within seconds: "when can I come" asks for hours. ` +
				"Write it into faq/ to keep it.",
		},
		{text: "taught", want: "hours  when can I come  U1  2026-12-01"},
		{
			text: "forget when do I come",
			want: `"when do I come" wasn't taught. /clinic taught lists what was.` +
				"\nUsage: `/clinic forget WORDING`",
		},
		{text: "forget  when can   I come", want: `Forgotten: "when can I come".`},
		{text: "taught", want: "Nothing was taught since the files were written."},
	} {
		if got := command(t, o, c.text, true); got != c.want {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
	s.err = errors.New("away")
	for _, text := range []string{"teach hours when", "forget when", "taught"} {
		out, err := o.Command(t.Context(), handlers.Command{ID: text, FromDesk: true, Text: text})
		if !errors.Is(err, s.err) || !out.Empty() {
			t.Errorf("%s: %v, %v", text, out.Parts, err)
		}
	}
}
