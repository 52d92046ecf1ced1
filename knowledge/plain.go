package knowledge

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// plainly says what the YAML reader says of a line in the words of whoever edits the file, and with
// what to do. What it has no words for stays as it is.
func plainly(fault string) string {
	m := yamlFault.FindStringSubmatch(fault)
	line, said := m[1], m[2]
	for _, k := range broken() {
		if said != k.said {
			continue
		}
		n, _ := strconv.Atoi(line) // none: it is the first
		if k.above {
			n++
		}
		return fmt.Sprintf("line %d: %s", max(n, 1), k.plain)
	}
	if k := unknownKey.FindStringSubmatch(said); k != nil {
		said = fmt.Sprintf("unknown key %q: mend how it is written, or take it out", k[1])
	}
	if k := twice.FindStringSubmatch(said); k != nil {
		said = fmt.Sprintf("%s stands in line %s already: keep one", k[1], k[2])
	}
	if k := wrongKind.FindStringSubmatch(said); k != nil {
		is, want := cmp.Or(yamlKinds()[k[1]], k[1]), cmp.Or(goKinds()[k[3]], "something else")
		said = strings.TrimSpace(fmt.Sprintf("want %s, not %s %s", want, is, k[2]))
	}
	if line == "" {
		return said
	}
	return "line " + line + ": " + said
}

var (
	yamlFault  = regexp.MustCompile(`^(?:line (\d+): )?(.*)$`)
	unknownKey = regexp.MustCompile(`^field (\S+) not found in type \S+$`)
	twice      = regexp.MustCompile(`^mapping key (".*") already defined at line (\d+)$`)
	wrongKind  = regexp.MustCompile("^cannot unmarshal !!(\\w+)(?: (`.*`))? into (.+)$")
)

// yamlFaults is what the reader says of YAML that it can't take apart.
type yamlFaults struct {
	said, plain string
	// above: it names the line above the one that it means
	above bool
}

func broken() []yamlFaults {
	const (
		list = "the list that begins here with [ is broken: put a comma between two texts, a " +
			"quote at both ends of each, and ] at the end"
		values = "what begins here with { is broken: put a comma between two values, a quote at " +
			"both ends of each text, and } at the end"
		indent = "this line, or one of the part that it begins, isn't in line: indent it with " +
			"blanks like its neighbours, and put each text between double quotes"
		tab = "a tab: indent with blanks"
	)
	return []yamlFaults{
		{said: "did not find expected ',' or ']'", plain: list, above: true},
		{said: "did not find expected ',' or '}'", plain: values, above: true},
		{said: "did not find expected key", plain: indent, above: true},
		{said: "did not find expected '-' indicator", plain: indent, above: true},
		{said: "did not find expected node content", above: true, plain: "a text is missing here, or " +
			"there is a comma too many"},
		{said: "mapping values are not allowed in this context", plain: "a colon where none can be: " +
			"put the text between double quotes, and see that the one above has both of its, or " +
			"indent the line like its neighbours"},
		{said: "could not find expected ':'", plain: "the colon after a name is missing, or the text " +
			"isn't between double quotes"},
		{said: "found unexpected end of stream", plain: "the text that begins here has no quote at " +
			"its end"},
		{said: "found character that cannot start any token", plain: "a tab, or a sign that no text " +
			"begins with: indent with blanks, and put the text between double quotes"},
		{said: "found a tab character that violates indentation", plain: tab},
		{said: "found a tab character where an indentation space is expected", plain: tab},
		{said: "found unknown escape character", plain: "a backslash within double quotes: take it " +
			"out, or write two"},
		{said: "block sequence entries are not allowed in this context", plain: "a - where no list " +
			"goes on: indent it like its neighbours"},
	}
}

// yamlKinds are the kinds of values as people call them, and goKinds what is wanted.
func yamlKinds() map[string]string {
	return map[string]string{
		"str": "the text", "seq": "a list", "map": "names with values", "int": "the number",
		"float": "the number", "bool": "", "null": "nothing", "timestamp": "the date",
	}
}

func goKinds() map[string]string {
	return map[string]string{
		"string": "a text", "[]string": "a list of texts", "bool": "true or false", "int": "a number",
		"float64": "a number", "[]yaml.Node": "a list", "language.Words": "a text for each language",
		"map[string]string": "names with texts", "map[string][]string": "a list for each language",
	}
}
