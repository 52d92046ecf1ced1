package main

import (
	"fmt"
	"strings"
)

// breaks switches a failure of the sandbox on by its name on the page, or all of them off.
func (s *script) breaks(what string) error {
	const well = "all is well"
	if what == well {
		return s.page.post("/sandbox/fail", map[string]any{"id": "", "on": false}, nil)
	}
	var all []struct{ ID, Name string }
	if err := s.page.get("/sandbox/failures", &all); err != nil {
		return err
	}
	names := []string{well}
	for _, f := range all {
		if f.Name == what {
			return s.page.post("/sandbox/fail", map[string]any{"id": f.ID, "on": true}, nil)
		}
		names = append(names, f.Name)
	}
	return fmt.Errorf("now: want one of: %s", strings.Join(names, ", "))
}
