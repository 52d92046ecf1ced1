// Block Kit as Slack draws it: the blocks of messages, Homes and modals, pressable.
import { marked } from "./marks.js";
import { make } from "./tools.js";

const text = (o) => (o?.type === "mrkdwn" ? marked(o.text) : [o?.text ?? ""]);

function button(e, press) {
  const b = make("button", e.style === "primary" ? "main" : e.style ?? "");
  b.type = "button";
  b.append(...text(e.text));
  b.dataset.action = e.action_id;
  b.addEventListener("click", () => press(e, b));
  return b;
}

// The elements that a form is filled in with; name is their block's, by which the value is sent.
const fields = {
  plain_text_input(e, name) {
    const field = make(e.multiline ? "textarea" : "input");
    if (e.multiline) field.rows = 4;
    if (e.max_length) field.maxLength = e.max_length;
    field.placeholder = e.placeholder?.text ?? "";
    field.value = e.initial_value ?? "";
    return field;
  },
  static_select(e) {
    const field = make("select");
    field.append(new Option(e.placeholder?.text ?? "Choose", ""));
    for (const o of e.options) field.append(new Option(o.text.text, o.value));
    field.value = e.initial_option?.value ?? "";
    return field;
  },
  datepicker(e) {
    const field = make("input");
    field.type = "date";
    field.value = e.initial_date ?? "";
    return field;
  },
  timepicker(e) {
    const field = make("input");
    field.type = "time";
    field.value = e.initial_time ?? "";
    return field;
  },
  checkboxes(e) {
    const field = make("input");
    field.type = "checkbox";
    field.value = e.options[0].value;
    field.checked = Boolean(e.initial_options?.length);
    return field;
  },
};

function input(b) {
  const box = make("p", "field");
  const field = fields[b.element.type]?.(b.element);
  if (!field) return box;
  field.name = b.block_id;
  field.id = `field-${b.block_id}`;
  field.required = !b.optional;
  const label = make("label", "", b.label.text);
  label.htmlFor = field.id;
  const ticked = field.type === "checkbox" ? b.element.options[0].text.text : "";
  const hint = b.hint?.text ?? ticked;
  box.append(label, field);
  if (hint) {
    const small = make("small", "", hint);
    small.id = `${field.id}-hint`;
    field.setAttribute("aria-describedby", small.id);
    box.append(small);
  }
  const wrong = make("strong", "fault");
  wrong.dataset.fault = b.block_id;
  box.append(wrong);
  return box;
}

const cellText = (c) => (c.type === "rich_text" ? c.elements.flatMap(rich) : [c.text ?? ""]);

function table(b) {
  const frame = make("div", "table");
  const t = make("table");
  frame.tabIndex = 0; // what is too wide is scrolled, by keyboard too
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", "Table");
  for (const row of b.rows) {
    const tr = make("tr");
    for (const c of row) {
      const cell = make("td");
      cell.append(...cellText(c));
      tr.append(cell);
    }
    t.append(tr);
  }
  frame.append(t);
  return frame;
}

// rich draws what a rich text is made of.
function rich(e) {
  const inside = () => (e.elements ?? []).flatMap(rich);
  const nodes = { rich_text_preformatted: "pre", rich_text_quote: "blockquote" };
  if (nodes[e.type]) {
    const node = make(nodes[e.type]);
    if (e.type === "rich_text_preformatted") node.tabIndex = 0;
    node.append(...inside());
    return [node];
  }
  if (e.type === "text" && e.style?.bold) return [make("strong", "", e.text)];
  if (e.type === "text") return [e.text];
  if (e.type === "user") return [`@${e.user_id}`];
  if (e.type === "date") return [e.fallback ?? ""];
  if (e.type === "link") return [e.text ?? e.url];
  return inside();
}

function section(b, press) {
  const box = make("div", "section");
  const words = make("div", "words");
  if (b.text) words.append(...text(b.text));
  for (const f of b.fields ?? []) {
    const p = make("p");
    p.append(...text(f));
    words.append(p);
  }
  box.append(words);
  if (b.accessory?.type === "button") box.append(button(b.accessory, press));
  return box;
}

const draw = {
  header: (b) => make("h3", "", b.text.text),
  section,
  divider: () => make("hr"),
  table,
  input,
  context(b) {
    const p = make("p", "context");
    p.append(...b.elements.flatMap((e) => (e.type === "image" ? [e.alt_text] : text(e))));
    return p;
  },
  actions(b, press) {
    const box = make("div", "actions");
    box.append(...b.elements.filter((e) => e.type === "button").map((e) => button(e, press)));
    return box;
  },
  image(b) {
    const img = make("img");
    img.alt = b.alt_text;
    img.src = b.slack_file?.id ?? b.image_url;
    return img;
  },
  rich_text(b) {
    const box = make("div", "rich");
    box.append(...b.elements.flatMap(rich));
    return box;
  },
};

// blocks gives the nodes that show blocks. press is called with the element that was pressed, and
// its button.
export function blocks(list, press) {
  return (list ?? []).flatMap((b) => {
    const node = draw[b.type]?.(b, press);
    return node ? [node] : [];
  });
}

// filled gives what a form holds, by field.
export function filled(form) {
  const values = {};
  for (const e of form.elements) {
    if (e.name) values[e.name] = e.type === "checkbox" && !e.checked ? "" : e.value.trim();
  }
  return values;
}
