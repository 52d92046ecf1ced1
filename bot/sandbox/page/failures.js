// The failures that can be switched on: what is broken, what then happens, what staff see.
import { $, call, make, tell } from "./tools.js";

const rows = new Map(); // id → its box

const fail = (id, on) => tell(async () => show(await call("/sandbox/fail", { id, on })));

function row(f) {
  const item = make("li");
  const box = make("input");
  box.type = "checkbox";
  box.id = `fail-${f.id}`;
  box.setAttribute("aria-describedby", `${box.id}-says`);
  box.addEventListener("change", () => fail(f.id, box.checked));
  const label = make("label", "", f.name);
  label.htmlFor = box.id;
  const says = make("p", "", `${f.broken} ${f.then} Staff see: ${lower(f.staff)}`);
  says.id = `${box.id}-says`;
  item.append(box, label, says);
  rows.set(f.id, box);
  $("#failures ul").append(item);
}

const lower = (s) => s[0].toLowerCase() + s.slice(1);

// show brings the list and the banner up to date.
function show(list) {
  for (const f of list) {
    if (!rows.has(f.id)) row(f);
    rows.get(f.id).checked = f.on;
  }
  const on = list.filter((f) => f.on);
  $("#broken").hidden = on.length === 0;
  const lines = on.map((f) => {
    const line = make("p");
    line.append(make("strong", "", `${f.name}. `), `${f.broken} ${f.then} Staff see: ${lower(f.staff)}`);
    return line;
  });
  $("#broken div").replaceChildren(...lines);
}

function start() {
  $("#broken button").addEventListener("click", () => {
    fail("", false);
    $("#failures summary").focus();
  });
}

const load = async () => show(await call("/sandbox/failures"));

export const failures = { start, load, show };
