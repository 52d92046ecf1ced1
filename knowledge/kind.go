package knowledge

// Languages are those that every word comes in; the first is spoken to whom we don't know.
var languages = [...]string{"en", "es"}

// Languages are those that every word comes in.
func Languages() []string { return languages[:] }

// Language is lang if it is spoken here, else the first.
func Language(lang string) string {
	for _, l := range languages {
		if l == lang {
			return l
		}
	}
	return languages[0]
}
