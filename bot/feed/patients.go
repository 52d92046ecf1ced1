package feed

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// twoPhones stands for the phone of a patient who has two numbers in a file of patients.
const twoPhones = "two"

// readPatients returns the phones of a file of patients by their key: by the column that the other
// file has too, or that is named as keys of patients are.
func readPatients(data []byte, key string) (map[string]string, error) {
	src, err := open(data, How{})
	if err != nil {
		return nil, err
	}
	l := layout{at: map[string]int{}, names: src.header.fields, open: map[string][]int{}}
	s := sample{rows: src.rows[:min(len(src.rows), sampled)]}
	l.choose("phone", names("phone"), s.filter("phone", How{}, Rules{}))
	at := slices.IndexFunc(l.names, func(h string) bool { return Plain(h) == Plain(key) })
	if at < 0 {
		l.choose("patient", append(names("patient"), "id"), func(int) bool { return true })
		at = -1
		if i, ok := l.at["patient"]; ok {
			at = i
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("it has no column %q, by which the visits name their patients",
			strings.TrimSpace(key))
	}
	phone, ok := l.at["phone"]
	if !ok {
		return nil, errors.New("it has no column of phones, or several: keep one, called Cell Phone")
	}
	out := map[string]string{}
	for _, r := range src.rows {
		if at >= len(r.fields) || phone >= len(r.fields) {
			continue
		}
		k, p := strings.TrimSpace(r.fields[at]), strings.TrimSpace(r.fields[phone])
		switch was, twice := out[k]; {
		case k == "" || p == "" && twice:
		case !twice || was == "":
			out[k] = p
		case digits(was) != digits(p):
			out[k] = twoPhones
		}
	}
	return out, nil
}
