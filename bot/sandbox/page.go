package sandbox

import (
	"embed"
	"net/http"
)

// pages holds the page as it is served: there is no build step.
//
//go:embed page
var pages embed.FS

// servePage is GET / and GET /sandbox/static/{file}. Its Content-Security-Policy forbids loading
// anything from elsewhere, and setting HTML from strings: the page shows what anybody texts.
func servePage(w http.ResponseWriter, r *http.Request) error {
	name, kind := r.PathValue("file"), ""
	switch name {
	case "":
		name, kind = "index.html", "text/html; charset=utf-8"
	case "sandbox.css":
		kind = "text/css; charset=utf-8"
	case "sandbox.js", "acts.js", "blocks.js", "clock.js", "day.js", "desk.js", "failures.js",
		"figures.js", "home.js", "live.js", "marks.js",
		"phone.js", "stories.js", "tools.js":
		kind = "text/javascript; charset=utf-8"
	default:
		return notFound("no such file of the page")
	}
	b, err := pages.ReadFile("page/" + name)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; "+
		"connect-src 'self'; img-src data:; "+
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for "+
		"'script'; trusted-types 'none'")
	_, _ = w.Write(b) // an error means that the page is gone
	return nil
}
