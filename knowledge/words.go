package knowledge

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Words is a text in each language. In YAML it is a map by language, or one text for all of them.
type Words map[string]string

// UnmarshalYAML reads either form.
func (w *Words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = Words{}
		for _, l := range languages {
			(*w)[l] = n.Value
		}
		return nil
	}
	m := map[string]string{}
	if err := n.Decode(&m); err != nil {
		return err
	}
	for l := range m {
		if Language(l) != l {
			return fmt.Errorf("line %d: unknown language %q: want en or es", n.Line, l)
		}
	}
	*w = m
	return nil
}

// In is the text in a language, or in the first if it has none in that one.
func (w Words) In(lang string) string {
	if s := w[Language(lang)]; s != "" {
		return s
	}
	return w[languages[0]]
}
