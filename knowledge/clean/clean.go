package clean

// Read says what of a text the patient wrote, whether that is a keyword and nothing else, and what
// its numbers are. sent are the texts that the number was sent lately, newest first. Without them
// an echo of ours that bears no sign of a quotation counts as the patient's. Any input is accepted:
// invalid UTF-8 is dropped, and what is longer than Most is cut.
//
// Each pass removes the outermost layer only, since a forwarded text may hold a quotation with a
// signature in it. A machine's text is looked for in every pass, because an out-of-office reply
// often quotes ours.
func (c *Cleaner) Read(body string, sent []string) Text {
	var out Text
	out.Body, out.Cut = cut(body)
	wrote := out.Body != ""
	toks := lex(out.Body)
	ours := latest(sent)
	for range mostPasses {
		ws := words(toks)
		if out.Machine = len(toks) > 0 && c.machine.wrote(out.Body, toks, ws); out.Machine {
			out.Body, toks = "", nil
			break
		}
		spans, quoted := c.foreign(out.Body, toks, ws, ours)
		if len(spans) == 0 {
			break
		}
		out.Quoted = out.Quoted || quoted
		out.Body = without(out.Body, spans)
		toks = lex(out.Body)
		// A comma or full stop left over beside a quotation is no answer.
		if out.Quoted && !says(toks) {
			out.Body, toks = "", nil
		}
	}
	if out.Body == "" && wrote && !out.Quoted { // a signature and nothing above it
		out.Machine = true
	}
	// Last, on what is left: a STOP that is only quoted must opt nobody out.
	out.Keyword = c.keyword.read(toks)
	out.Numbers = c.numbers.read(out.Body, toks)
	return out
}

// Text is what a text was found to be.
type Text struct {
	// Body is what the patient wrote, without what was quoted and what machines added. It is valid
	// UTF-8 of Most characters at most, with no blanks around it.
	Body string
	// Numbers are the numbers of Body, in order.
	Numbers []Number
	// Machine says that a phone, a carrier or a shop wrote the text and nothing of the patient's is
	// left: Body is empty.
	Machine bool
	// Quoted says that somebody else's words were taken out: a text of ours that came back, or what
	// a reaction is to. With an empty Body the patient has said nothing.
	Quoted bool
	// Keyword is the keyword that Body is, with courtesies, a name or a signature at most: "stop",
	// "yes", "c", "2" …; "" if Body says more.
	Keyword string
	// Cut says that the text had more than Most characters and the rest wasn't read.
	Cut bool
}

// mostPasses bounds how often a text is cleaned: removing one thing may expose another. A text made
// of nested quotations mustn't take quadratic time.
const mostPasses = 8
