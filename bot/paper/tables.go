package paper

import "strings"

// heading is what a file of words is called on paper, and what is in it.
type heading struct {
	file, title, about string
	staff              bool // it is for staff: no patient gets these
}

// headings returns those of the files, in the order of the page.
func headings() (out []heading, err error) {
	rows, err := table("headings.tsv")
	for _, r := range rows {
		out = append(out, heading{r[0], r[1], r[2], r[3] == "staff"})
	}
	return out, err
}

// occasion is what a sentence is called on paper, and when a patient gets it.
type occasion struct{ title, when string }

// occasions returns those of the sentences of replies/, by name.
func occasions() (map[string]occasion, error) {
	rows, err := table("occasions.tsv")
	out := map[string]occasion{}
	for _, r := range rows {
		out[r[0]] = occasion{r[1], r[2]}
	}
	return out, err
}

// table reads the rows of a file: four cells between tabs each, the last ones empty if left out.
func table(name string) (rows [][4]string, err error) {
	data, err := files.ReadFile(name)
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "#") {
			var row [4]string
			copy(row[:], strings.Split(line, "\t"))
			rows = append(rows, row)
		}
	}
	return rows, err
}
