package knowledge_test

import "testing"

func TestBlank(t *testing.T) {
	b := base(t, shipped)
	for _, c := range []struct{ name, text, want string }{
		{name: "nothing to blank", text: "do you have wifi?", want: "do you have wifi?"},
		{
			name: "a number", text: "is there parking, call me at 212-555-0101",
			want: "is there parking, call me at …",
		},
		{name: "a date", text: "can I park on Dec 24?", want: "can I park on …?"},
		{name: "an address", text: "send it to pat@example.com please", want: "send it to … please"},
		{name: "a long number", text: "is 4482 9911 fine?", want: "is … fine?"},
		{name: "known names", text: "can quill bring her dog", want: "can … bring her dog"},
		{
			name: "a name that is said", text: "my name is bo, is there wifi",
			want: "my name is …, is there wifi",
		},
		{name: "a name with a capital", text: "Can Xavier Doe wait with me?", want: "Can … wait with me?"},
		{name: "a clinician", text: "is Dr. Smith in today?", want: "is Dr. … in today?"},
		{name: "a brand of the entries", text: "do you take Aetna", want: "do you take Aetna"},
		{name: "loud", text: "IS THERE WIFI", want: "IS THERE WIFI"},
		{name: "Spanish", text: "me llamo Inés, ¿hay wifi?", want: "me llamo …, ¿hay wifi?"},
		{name: "amounts stay", text: "is 20 mg ok for 2 hours", want: "is 20 mg ok for 2 hours"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := b.Blank(c.text, "Quill Roe"); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	const said = "Yes Quill, the network is Guest. Call 212-555-0101"
	if got := b.BlankStaff(said, "Quill Roe"); got != "Yes …, the network is Guest. Call …" {
		t.Errorf("of staff: %q", got)
	}
}
