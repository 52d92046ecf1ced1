package settings

import (
	"strconv"

	"go.yaml.in/yaml/v3"
)

// report records a fault of the value that a path of keys and list indexes leads to.
type report func(path []string, format string, args ...any)

// line returns the line of a value in a document, or of the nearest value that should hold it; 0 if
// there is none. It follows aliases, so a fault is named where the value is written.
func line(doc *yaml.Node, path []string) (line int) {
	if doc == nil || len(doc.Content) == 0 {
		return 0
	}
	n := doc.Content[0]
	for _, step := range path {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		key, value := child(n, step)
		if key == nil {
			return line
		}
		line, n = key.Line, value
	}
	return line
}

// child returns the value under a key of a mapping or at an index of a list, with the node that
// names it; nil if there is none.
func child(n *yaml.Node, step string) (key, value *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i], n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i < len(n.Content) {
			return n.Content[i], n.Content[i]
		}
	}
	return nil, nil
}
