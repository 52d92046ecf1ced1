package sandbox

import "net/http"

// paperPolicy is the Content-Security-Policy of the pages that are printed and signed: their own
// style, and nothing else.
const paperPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// serveWords is GET /sandbox/words.
func (s *Sandbox) serveWords(w http.ResponseWriter, r *http.Request) error {
	page, err := s.cfg.Load().Words(r.Context())
	return writePaper(w, page, err)
}

// servePreview is GET /sandbox/preview?number=….
func (s *Sandbox) servePreview(w http.ResponseWriter, r *http.Request) error {
	phone, err := s.cfg.Load().Phone(r.URL.Query().Get("number"))
	if err != nil {
		return badRequest("number: " + err.Error())
	}
	page, err := s.cfg.Load().Preview(r.Context(), phone)
	return writePaper(w, page, err)
}

// writePaper answers with a page. The address of one may hold a number: no other page is told it.
func writePaper(w http.ResponseWriter, page []byte, err error) error {
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", paperPolicy)
	_, _ = w.Write(page) // an error means that the page is gone
	return nil
}
