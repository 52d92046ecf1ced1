// The marks of Slack's that the page draws in what staff read: blocks, code, quotes, bold, italic,
// struck; tags between angle brackets; a few emoji by name.
import { make, moment } from "./tools.js";

const inline = new RegExp([
  "`([^`\\n]+)`",
  "(?<![\\w*_~])([*_~])(?=\\S)([^\\n]*?\\S)\\2(?![\\w*_~])",
  "<([^<>\\n]+)>",
].join("|"), "g");
const names = { "*": "strong", _: "em", "~": "s" };
const emoji = {
  telephone_receiver: "\u260e", x: "\u2717", white_check_mark: "\u2713", warning: "\u26a0",
  hourglass_flowing_sand: "\u231b", rotating_light: "\u26a0",
};

// plain is text without marks, as it was typed.
const plain = (s) => s.replace(/:([a-z_]+):/g, (all, name) => emoji[name] ?? all)
  .replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);

// tag is what stands between angle brackets: a mention, a time, a link.
function tag(inside) {
  const [what, label] = inside.split("|");
  const date = /^!date\^(\d+)/.exec(what);
  if (date) {
    const time = make("time", "", moment(+date[1]));
    time.dateTime = new Date(date[1] * 1000).toISOString();
    return time;
  }
  if (/^(https?:|tel:|mailto:)/.test(what)) {
    const a = make("a", "", plain(label ?? what.replace(/^(tel|mailto):/, "")));
    a.href = plain(what);
    a.target = "_blank";
    a.rel = "noreferrer";
    return a;
  }
  if (what.startsWith("!subteam")) return "@group";
  return /^[@!#]/.test(what) ? `@${plain(label ?? what.slice(1))}` : plain(`<${inside}>`);
}

// spans is a line with its code, bold, italic and struck parts.
function spans(line) {
  const nodes = [];
  let end = 0;
  for (const m of line.matchAll(inline)) {
    nodes.push(plain(line.slice(end, m.index)));
    if (m[1] !== undefined) {
      nodes.push(make("code", "", plain(m[1])));
    } else if (m[4] !== undefined) {
      nodes.push(tag(m[4]));
    } else {
      const e = make(names[m[2]]);
      e.append(...spans(m[3]));
      nodes.push(e);
    }
    end = m.index + m[0].length;
  }
  return [...nodes, plain(line.slice(end))];
}

// lines is running text, in which lines that begin with "> " are a quotation.
function lines(text) {
  const nodes = [];
  let quote;
  for (const line of text.replace(/^\n|\n$/g, "").split("\n")) {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line);
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
  const pre = make("pre", "", plain(text.replace(/^\n|\n$/g, "")));
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
