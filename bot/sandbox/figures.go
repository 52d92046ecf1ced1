package sandbox

import "net/http"

// Figures is what the page shows of what the front desk did: a table, and pictures of what people
// would rather look at.
type Figures struct {
	Periods []string `json:"periods"`
	Rows    []Figure `json:"rows"`
}

// Figure is a row of the table.
type Figure struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Part  bool   `json:"part,omitempty"` // it is a part of the last row above that is none
	// Says is the figure in words, and Values the same for programs, null if there is none; each by
	// the periods.
	Says    []string   `json:"says"`
	Values  []*float64 `json:"values"`
	Picture *Picture   `json:"picture,omitempty"`
}

// Picture is an image for a light page and for a dark one, with what it says in words.
type Picture struct {
	Alt   string `json:"alt"`
	Light []byte `json:"light"` // SVG
	Dark  []byte `json:"dark"`
}

// serveFigures is GET /sandbox/figures: the figures of Home and of `bot stats`.
func (s *Sandbox) serveFigures(w http.ResponseWriter, r *http.Request) error {
	f, err := s.cfg.Load().Figures(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, f)
}
