// The marks of Slack's that the page draws in answers to staff: blocks, code, quotes, bold, italic,
// struck.
import { make } from "./tools.js";

const inline = /`([^`\n]+)`|(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\2(?![\w*_~])/g;
const names = { "*": "strong", _: "em", "~": "s" };

// spans is a line with its code, bold, italic and struck parts.
function spans(line) {
  const nodes = [];
  let end = 0;
  for (const m of line.matchAll(inline)) {
    nodes.push(line.slice(end, m.index));
    if (m[1] !== undefined) {
      nodes.push(make("code", "", m[1]));
    } else {
      const e = make(names[m[2]]);
      e.append(...spans(m[3]));
      nodes.push(e);
    }
    end = m.index + m[0].length;
  }
  return [...nodes, line.slice(end)];
}

// lines is running text, in which lines that begin with "> " are a quotation.
function lines(text) {
  const nodes = [];
  let quote;
  for (const line of text.replace(/^\n|\n$/g, "").split("\n")) {
    const quoted = /^> ?(.*)$/.exec(line);
    if (!quoted) {
      nodes.push(...(nodes.length && !quote ? ["\n"] : []), ...spans(line));
      quote = undefined;
    } else if (quote) {
      quote.append("\n", ...spans(quoted[1]));
    } else {
      quote = make("blockquote");
      quote.append(...spans(quoted[1]));
      nodes.push(quote);
    }
  }
  return nodes;
}

// block keeps columns; what is too wide for the page is scrolled, by keyboard too.
function block(text) {
  const pre = make("pre", "", text.replace(/^\n|\n$/g, ""));
  pre.tabIndex = 0;
  return pre;
}

// marked gives the nodes that show a text as Slack would; an unclosed mark stays as it is.
export function marked(text) {
  const parts = text.split("```");
  if (parts.length % 2 === 0) { // the last block isn't closed
    const rest = parts.pop();
    parts[parts.length - 1] += "```" + rest;
  }
  return parts.flatMap((part, i) => {
    if (i % 2) return [block(part)];
    return part.trim() ? lines(part) : [];
  });
}
