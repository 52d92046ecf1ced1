package knowledge

import (
	"io/fs"

	"go.yaml.in/yaml/v3"
)

// keyLines are the lines of an entry's keys, and of the languages below them: "answer",
// "answer.en". A fault is told where an editor mends it, which may be twenty lines below the id.
type keyLines map[string]int

func keyLinesOf(n *yaml.Node) keyLines {
	lines := keyLines{}
	pairs(n, func(key, value *yaml.Node) {
		lines[key.Value] = key.Line
		pairs(value, func(lang, _ *yaml.Node) { lines[key.Value+"."+lang.Value] = lang.Line })
	})
	return lines
}

func pairs(n *yaml.Node, do func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		do(n.Content[i], n.Content[i+1])
	}
}

// lineOf returns the line of a key in a language; without that language, of the key; without the
// key, of the entry.
func (e *Entry) lineOf(key, lang string) int {
	for _, k := range []string{key + "." + lang, key} {
		if line := e.lines[k]; line > 0 {
			return line
		}
	}
	return e.line
}

func (e *Entry) linesOf(key string) func(lang string) int {
	return func(lang string) int { return e.lineOf(key, lang) }
}

// whereShipped says where a missing sentence of replies/ stands as shipped, so that a file that was
// deleted or renamed is known by its name.
func whereShipped(name string) string {
	files, _ := fs.Glob(shipped, "replies/*.yaml")
	for _, path := range files {
		var words map[string]yaml.Node
		data, err := fs.ReadFile(shipped, path)
		if err != nil || yaml.Unmarshal(data, &words) != nil {
			continue
		}
		if _, ok := words[name]; ok {
			return "put it back into " + path
		}
	}
	return "write it into a file of replies/"
}
