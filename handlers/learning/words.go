package learning

import "strconv"

// plural counts things in words: "1 wording", "2 wordings".
func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}
