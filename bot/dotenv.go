package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/joho/godotenv"
)

// loadDotenv puts the variables of a .env file into the environment. The file is optional, and a
// variable that is set already wins over it. A malformed file sets nothing and is an error: to go
// on would start the sandbox in place of the clinic.
//
// The error names the line and never its content. The library's own quotes the rest of the file,
// which would put every secret after a typing error into the platform's log.
func loadDotenv(name string) error {
	data, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := godotenv.UnmarshalBytes(data); err != nil {
		return fmt.Errorf(
			"%s:%d: want lines like NAME=value, with a quotation mark at both ends or at none",
			name, faultyLine(string(data)),
		)
	}
	return godotenv.Load(name)
}

// faultyLine returns the line of a malformed .env file at which the first statement stands that
// can't be read, counted from 1. What stands before it can be, and nothing longer, since a value in
// quotation marks may span lines.
func faultyLine(data string) int {
	lines, whole := strings.SplitAfter(data, "\n"), 0
	for n := range lines {
		if _, err := godotenv.Unmarshal(strings.Join(lines[:n], "")); err == nil {
			whole = n
		}
	}
	return whole + 1
}
