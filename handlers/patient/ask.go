package patient

import "github.com/beacon-clinic/beacon/handlers"

// Ask returns what the bot would answer to a text from a number in the given state, as if the
// number had been reminded of its visits. Nothing is stored and nothing sent. It is for trying the
// bot out, and for measuring it: staff ask with /clinic ask, a developer with bot ask.
func (h *Handler) Ask(s handlers.State, body string) (handlers.Reply, error) {
	t := handlers.Text{ID: "ask", Body: body, At: h.Now()}
	b := h.decide(s, t, h.Base.Read(body, nil), h.reminded(s))
	if b.e.Reply.Also == nil {
		b.e.Reply.Also = []string{} // JSON has an empty list, not null
	}
	return b.e.Reply, b.err
}

// reminded returns the rows that there would be if every reminder of the visits ahead had just
// left: a bare YES or NO then answers a question, as it mostly does in a patient's hands.
func (h *Handler) reminded(s handlers.State) (out []handlers.Record) {
	for _, v := range s.Visits {
		for _, step := range h.Base.Clinic.Reminders.Plan {
			out = append(out, handlers.Record{
				Outgoing: handlers.Outgoing{
					ID: v.ID + ":" + step.Kind, Visit: v.ID, Start: v.Start, Kind: step.Kind,
				},
				History: []handlers.Moved{{State: handlers.Sent, At: h.Now()}},
			})
		}
	}
	return out
}
