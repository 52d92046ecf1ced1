package screen

import "slices"

// group is the places of classes that count together.
type group []int

// in returns the probability of the classes together.
func (g group) in(p []float32) (sum float64) {
	for _, at := range g {
		sum += float64(p[at])
	}
	return sum
}

// groups are the classes that the evidence looks at.
type groups struct {
	own, others, crisis, emergency, danger group // own and others: whose crisis it is
	concern, clinical, grave               group // grave: both
	chat, small                            group // small talk with greetings, and without
	outside                                group
	acts, wishes                           group // wishes: the acts, and what else a patient wants
}

// group finds the places of the groups. Some kinds are several classes to the model: a crisis may
// be another's, and small talk has three. A class that the model doesn't know adds nothing.
func (l *learnt) group() {
	places := func(classes ...string) (out group) {
		for _, c := range classes {
			if at := l.kinds.Place(c); at >= 0 {
				out = append(out, at)
			}
		}
		return out
	}
	l.groups = groups{
		own: places("crisis"), others: places(classOther), crisis: places("crisis", classOther),
		emergency: places("emergency"), danger: places("crisis", classOther, "emergency"),
		concern: places(classConcern), clinical: places("clinical"),
		grave: places(classConcern, "clinical"),
		chat:  places(classChat, "courtesy", "greeting"), small: places(classChat, "courtesy"),
		outside: places(ClassOutside), acts: places(acts[:]...),
		wishes: places("confirm", "decline", "reschedule", "late", "optout", "help", "start",
			"person"),
	}
	for i, kind := range judged {
		if l.judged[i] = places(kind); kind == classChat {
			l.judged[i] = l.groups.chat
		}
	}
}

// abouts returns the places of the entries that each of judged is the act of, by their ids.
func (l *learnt) abouts(meant map[string]string) (out [len(judged)]group) {
	for _, entry := range sortedKeys(meant) {
		at, kind := l.kinds.Place(ClassEntry+entry), slices.Index(judged[:], meant[entry])
		if at >= 0 && kind >= 0 {
			out[kind] = append(out[kind], at)
		}
	}
	return out
}
