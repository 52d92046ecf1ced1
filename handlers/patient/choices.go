package patient

import (
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// choices offers entries that fit about equally well, by number. It counts as a miss: after
// mostMisses in a row a person gets the question.
func choices(b *builder, best []screen.Entry) {
	b.talk.Misses++
	var names []string
	b.talk.Choices = nil
	for _, c := range best {
		b.talk.Choices = append(b.talk.Choices, c.ID)
		b.e.Reply.Entries = append(b.e.Reply.Entries, c.ID)
		names = append(names, b.label(c.ID))
	}
	b.choose(replies.Choices, names)
}

// choose asks for the number of one of these. The caller has put what each stands for into
// talk.Choices, in the same order.
func (b *builder) choose(say string, names []string) {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = fmt.Sprintf("%d %s", i+1, name)
	}
	b.e.Reply.Kind = kinds.Choices
	b.say(say, knowledge.Fill{"list": strings.Join(list, ", ")})
}
