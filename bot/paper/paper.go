// Package paper makes pages for paper: all that patients can be sent (words.go), and what one
// patient is to get (preview.go), each for somebody to read and sign. A page is one HTML file that
// loads nothing, runs nothing and reads well on a screen too.
package paper

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

//go:embed *.html *.css *.tsv
var files embed.FS

// head is what every page has.
type head struct {
	Title   string
	Running template.CSS // what printers put at the top of each sheet, in quotes
	Style   template.CSS
	Clinic  *settings.Clinic
	Printed string
}

// newHead returns the head of a page that is made now.
func newHead(title string, c *settings.Clinic, now time.Time) (head, error) {
	style, err := files.ReadFile("paper.css")
	return head{
		Title: title, Running: quoted(c.Name + ": " + strings.ToLower(title[:1]) + title[1:]),
		Style: template.CSS(style), Clinic: c, Printed: day(c, now),
	}, err
}

// quoted writes a text as a string of CSS: the template knows none in a margin, and a clinic's name
// may hold anything.
func quoted(text string) template.CSS {
	var out strings.Builder
	for _, r := range text {
		if r == ' ' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			out.WriteRune(r)
			continue
		}
		fmt.Fprintf(&out, "\\%06x ", r) // an escape takes the blank after it in
	}
	return template.CSS(`"` + out.String() + `"`)
}

// day writes the day of a moment, by the clinic's clock, as people read it.
func day(c *settings.Clinic, t time.Time) string {
	return t.In(c.Location()).Format("Monday, January 2, 2006")
}

// write writes a page by the template of its name.
func write(to io.Writer, name string, page any) error {
	t, err := template.New(name).Funcs(template.FuncMap{
		"phone": knowledge.PhoneText, "count": count, "link": link,
	}).ParseFS(files, "*.html")
	if err != nil {
		return err
	}
	return t.Execute(to, page)
}

// link reports whether a source is an address on the web.
func link(source string) bool {
	return strings.HasPrefix(source, "https://") && !strings.ContainsAny(source, " \t")
}

// count writes a number of things: "1 text", "2 texts".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// size says how long a text is, as who pays for it counts.
func size(body string) string {
	n, gsm := knowledge.Segments(body)
	out := count(knowledge.Length(body), "character") + ", " + count(n, "segment")
	if !gsm {
		out += " (it has characters that make it cost double)"
	}
	return out
}
