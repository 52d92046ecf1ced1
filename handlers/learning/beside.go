package learning

import "github.com/beacon-clinic/beacon/knowledge"

// Beside is what is known beside the files, and what waits, in words for whoever keeps the files.
type Beside struct {
	Live    []string // published, and not in the files yet
	Idle    []string // published wordings of an entry that there isn't: they teach nothing
	Overdue []string // published answers whose review has run out
	Waiting int      // for a second person
}

// BesideOf sums proposals up for the files of a base, on a day ("2006-01-02").
func BesideOf(b *knowledge.Base, all []Proposal, day string) (out Beside) {
	for _, p := range all {
		l := p.Lesson
		switch what := Named(l); {
		case p.State == Waiting:
			out.Waiting++
		case !p.Live() || b.Has(l):
		case !room(b, l, all):
			out.Idle = append(out.Idle, what)
		case l.Whole() && l.ReviewBy < day:
			out.Overdue = append(out.Overdue, what)
			fallthrough
		default:
			out.Live = append(out.Live, what)
		}
	}
	return out
}

// room reports whether wordings have an entry, in the files or published; an answer needs none.
func room(b *knowledge.Base, l knowledge.Lesson, all []Proposal) bool {
	if l.Whole() || b.Filed(l.Entry) {
		return true
	}
	for _, live := range lessons(all) {
		if live.Whole() && live.Entry == l.Entry {
			return true
		}
	}
	return false
}
