package view

import (
	"cmp"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers/answer"
)

// table renders a table for a message, in several if it has more rows or characters than one takes.
// Each has the heading.
func (r Renderer) table(t answer.Table, in place) (out []block) {
	rows := cells(t.Shown(r.Words))
	var page [][]string
	texts, head := 0, 0
	flush := func() {
		if len(page) > head {
			out = append(out, r.page(page, texts, head > 0, in))
		}
		page = page[:head:head]
		texts = length(page)
	}
	for i, row := range rows {
		more := length([][]string{row})
		if len(page) == maxRows || texts+more > maxCells {
			flush()
		}
		page = append(page, row)
		texts += more
		if i == 0 && t.Head != nil {
			head = 1
		}
	}
	flush()
	return out
}

// cells returns rows that are all as long and of which every cell can be shown. Two rows, of which
// one is the heading, fit a table.
func cells(rows [][]string) (out [][]string) {
	widest := 0
	for _, row := range rows {
		widest = max(widest, min(len(row), maxColumns))
	}
	if widest == 0 {
		return nil
	}
	limit := min(maxCell, maxCells/2/widest-len(fallback))
	for _, row := range rows {
		line := make([]string, widest)
		for i := range line {
			if i < len(row) {
				line[i] = cut(strings.TrimSpace(unmarked.Replace(row[i])), limit)
			}
			line[i] = cmp.Or(line[i], " ") // Slack refuses an empty one
		}
		out = append(out, line)
	}
	return out
}

// length returns how many characters rows have. A time is longer where it is read than its token.
func length(rows [][]string) (n int) {
	for _, row := range rows {
		for _, cell := range row {
			n += units(cell) + len(fallback)*strings.Count(cell, answer.Moment(time.Time{})[:2])
		}
	}
	return n
}

// page renders rows that fit one table. All have as many cells.
func (r Renderer) page(rows [][]string, texts int, head bool, in place) block {
	if in == columns {
		return monospaced(rows)
	}
	t := sdk.NewTableBlock("")
	for i, row := range rows {
		var line []sdk.TableCell
		for _, text := range row {
			line = append(line, cell(text, head && i == 0))
		}
		t.AddRow(line...)
	}
	for range rows[0] {
		t.ColumnSettings = append(t.ColumnSettings, sdk.ColumnSetting{
			Align: sdk.ColumnAlignmentLeft, IsWrapped: true,
		})
	}
	return block{block: t, texts: texts, table: true}
}

// cell renders a cell as rich text, which has mentions and times as elements: nothing that anybody
// wrote is read as markup.
func cell(text string, bold bool) sdk.TableCell {
	var elements []sdk.RichTextSectionElement
	add := func(s string) {
		if s == "" {
			return
		}
		var style *sdk.RichTextSectionTextStyle
		if bold {
			style = &sdk.RichTextSectionTextStyle{Bold: true}
		}
		elements = append(elements, sdk.NewRichTextSectionTextElement(s, style))
	}
	tag := func(s string) string { return string(asIs) + s + string(over) }
	rest := answer.Tokens(text, func(user string) string { return tag("@" + user) },
		func(t time.Time) string { return tag(strconv.FormatInt(t.Unix(), 10)) })
	for rest != "" {
		before, after, _ := strings.Cut(rest, string(asIs))
		add(before)
		token, next, ended := strings.Cut(after, string(over))
		rest = next
		switch user, is := strings.CutPrefix(token, "@"); {
		case !ended:
		case is && member.MatchString(user):
			elements = append(elements, sdk.NewRichTextSectionUserElement(user, nil))
		case is:
			add(user)
		default:
			at, _ := strconv.ParseInt(token, 10, 64) // written above
			plain := time.Unix(at, 0).UTC().Format(fallback)
			elements = append(elements, sdk.NewRichTextSectionDateElement(
				at, "{date_short_pretty} {time}", nil, &plain))
		}
	}
	if len(elements) == 0 {
		add(" ")
	}
	return sdk.NewTableRichTextCell(sdk.NewRichTextSection(elements...))
}

// monospaced renders rows in columns of characters of one width.
func monospaced(rows [][]string) block {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	for _, row := range rows {
		line := answer.Tokens(strings.Join(row, "\t"), func(user string) string { return user },
			func(t time.Time) string { return t.UTC().Format(fallback) })
		_, _ = w.Write([]byte(strings.ReplaceAll(line, "\n", " ") + "\n"))
	}
	_ = w.Flush() // a strings.Builder doesn't fail
	text := cmp.Or(cut(strings.TrimRight(b.String(), "\n"), maxCells), " ")
	return block{texts: units(text), block: sdk.NewRichTextBlock("", &sdk.RichTextPreformatted{
		Type:     sdk.RTEPreformatted,
		Elements: []sdk.RichTextSectionElement{sdk.NewRichTextSectionTextElement(text, nil)},
	})}
}

// list renders a table where Slack shows none: two columns as fields side by side, more as a line a
// row.
func (r Renderer) list(t answer.Table) (out []block) {
	rows := t.Shown(r.Words)
	if len(rows) > 0 && len(rows[0]) == 2 {
		return r.pairs(rows, t.Head != nil)
	}
	var all []string // each cell, and what stands between two, is a piece
	for i, row := range rows {
		if i > 0 {
			all = append(all, "\n")
		}
		some := false
		for c, cell := range row {
			cell = strings.TrimSpace(r.text(cell, maxCell, " "))
			if cell == "" {
				continue
			}
			if some {
				all = append(all, " · ")
			}
			some = true
			all = append(all, strong(cell, i == 0 && t.Head != nil || c == 0))
		}
	}
	for _, text := range paragraphs(all, maxSection) {
		if strings.TrimSpace(text) != "" {
			out = append(out, block{block: section(text), texts: units(text)})
		}
	}
	return out
}

// pairs renders rows of two cells as fields, which Slack shows in two columns.
func (r Renderer) pairs(rows [][]string, head bool) (out []block) {
	for n := maxFields / 2; len(rows) > 0; rows = rows[min(n, len(rows)):] {
		var fields []*sdk.TextBlockObject
		texts := 0
		for i, row := range rows[:min(n, len(rows))] {
			for c := range 2 {
				text := "–"
				if c < len(row) {
					text = cmp.Or(strings.TrimSpace(r.text(row[c], maxCell, " ")), text)
				}
				text = strong(text, head && i == 0 && len(out) == 0 || c == 0)
				fields = append(fields, mrkdwn(text))
				texts += units(text)
			}
		}
		out = append(out, block{block: sdk.NewSectionBlock(nil, fields, nil), texts: texts})
	}
	return out
}

// strong returns an escaped text in bold, if it is to be.
func strong(text string, bold bool) string {
	if !bold {
		return text
	}
	return "*" + strings.ReplaceAll(text, "*", "") + "*"
}
