package main

import (
	"go/ast"
	"os"
	"regexp"
	"testing"
)

// TestSecurityNamesItsTests checks that each test which SECURITY.md names exists, so that no claim
// outlives what holds it.
func TestSecurityNamesItsTests(t *testing.T) {
	page, err := os.ReadFile("../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				there[f.Name.Name] = true
			}
		}
	}
	named := regexp.MustCompile("`(Test[A-Za-z0-9]+)`").FindAllStringSubmatch(string(page), -1)
	if len(named) < 20 {
		t.Errorf("only %d tests are named", len(named))
	}
	for _, n := range named {
		if !there[n[1]] {
			t.Errorf("SECURITY.md names %s: there is no such test", n[1])
		}
	}
}
