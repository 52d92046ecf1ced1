// The phone: whose it is, what was texted, what to text.
import { $, call, day, hour, make, submitOnEnter, tell } from "./tools.js";

const people = new Map(); // number → { name, phone, button, messages, unread }
let selected = "";

const pretty = (number) => number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");

function person(number, name) {
  let p = people.get(number);
  if (!p) {
    p = { name: name || pretty(number), phone: number, messages: undefined, unread: 0, button: make("button") };
    p.button.type = "button";
    p.button.append(make("span", "name", p.name), make("span", "count"), make("span", "last"));
    p.button.addEventListener("click", () => { select(number); $("#text").focus(); });
    const item = make("li");
    item.append(p.button);
    $("#people").append(item);
    people.set(number, p);
  }
  return p;
}

function select(number) {
  selected = number;
  const p = people.get(number);
  p.unread = 0;
  $("#who").textContent = p.name;
  $("#whose").textContent = p.name === pretty(number) ? "" : pretty(number);
  $("#made").textContent = "";
  for (const other of people.values()) showPerson(other);
  const log = $("#log");
  log.setAttribute("aria-live", "off"); // another phone's old messages aren't news
  log.replaceChildren();
  showLog(p, false);
  log.removeAttribute("aria-live");
}

function showPerson(p) {
  p.button.setAttribute("aria-current", p.phone === selected);
  const count = $(".count", p.button);
  count.textContent = p.unread || "";
  count.setAttribute("aria-label", p.unread ? `${p.unread} new` : "");
  const last = p.messages?.at(-1);
  $(".last", p.button).textContent = last ? last.body : pretty(p.phone);
}

// showLog appends what is new and brings what is there up to date.
function showLog(p, fresh) {
  const log = $("#log");
  if (!p.messages) return; // not read yet
  if (p.messages.length === 0) {
    log.replaceChildren(make("li", "none", "No texts yet. Write one below, or turn the clock until a reminder comes."));
    return;
  }
  $(".none", log)?.remove();
  const bubbles = log.querySelectorAll(".bubble");
  let date = "";
  p.messages.forEach((m, i) => {
    let b = bubbles[i];
    if (!b) {
      if (day(m.at) !== date) log.append(make("li", "day", day(m.at)));
      b = make("li", "bubble");
      b.append(make("span", "hidden", m.direction === "in" ? "Patient: " : "Clinic: "), make("p", "", m.body), make("small"));
      if (fresh) b.classList.add("new");
      log.append(b);
    }
    date = day(m.at);
    const bad = m.status === "undelivered" || m.status === "failed";
    b.classList.toggle("in", m.direction === "in");
    b.classList.toggle("bad", bad);
    const said = m.direction === "in" ? [hour(m.at)] : [hour(m.at), m.kind, m.status + (m.why ? `: ${m.why}` : "")];
    const small = said.filter(Boolean).join(" · ");
    if ($("small", b).textContent !== small) $("small", b).textContent = small;
  });
  if (p.messages.length > bubbles.length) log.scrollTop = log.scrollHeight;
}

async function read(number) {
  const messages = await call(`/sandbox/messages?phone=${encodeURIComponent(number)}`);
  const p = person(number);
  const known = p.messages?.length ?? messages.length; // what is there at first isn't news
  const fresh = messages.slice(known).filter((m) => m.direction === "out").length;
  if (messages.length < known && number === selected) $("#log").replaceChildren(); // the sandbox was started anew
  const first = !p.messages;
  p.messages = messages;
  if (number === selected) showLog(p, !first);
  else p.unread += fresh;
  showPerson(p);
}

// Several events in a row are one reading.
const waiting = new Map();
function changed(number) {
  if (waiting.has(number)) return;
  waiting.set(number, setTimeout(() => { waiting.delete(number); tell(() => read(number)); }, 60));
}

async function load() {
  for (const { name, phone } of await call("/sandbox/patients")) person(phone, name);
  if (!selected && people.size > 0) select(people.keys().next().value);
  await Promise.all([...people.keys()].map(read));
}

// made says what the bot took the text for.
function made(r) {
  const parts = [`taken as ${r.kind || "nothing"}`];
  if (r.also.length) parts.push(`also ${r.also.join(", ")}`);
  if (r.entry) parts.push(`entry ${r.entry}`);
  if (r.confidence) parts.push(`sure to ${Math.round(r.confidence * 100)} %`);
  if (r.lang) parts.push(r.lang);
  if (!r.replies.length) parts.push("no reply");
  if (r.note) parts.push(r.note);
  $("#made").textContent = parts.join(" · ");
}

function send(body) {
  const from = selected;
  return tell(async () => {
    if (!from) throw new Error("Choose a patient or open a number first.");
    const r = await call("/sandbox/text", { from, body });
    if (from === selected) made(r);
    return true;
  });
}

function start() {
  const text = $("#text");
  submitOnEnter(text);
  $("#write").addEventListener("submit", async (e) => {
    e.preventDefault();
    const body = text.value;
    if (body.trim() === "") return;
    text.value = "";
    if (!await send(body) && text.value === "") text.value = body;
  });
  for (const b of document.querySelectorAll(".tries button")) b.addEventListener("click", () => send(b.textContent));
  $("#other").addEventListener("submit", (e) => {
    e.preventDefault();
    const digits = $("#number").value.replace(/[^\d+]/g, "");
    const number = digits.startsWith("+") ? digits : `+${digits.length === 10 ? "1" : ""}${digits}`;
    tell(async () => {
      await call(`/sandbox/messages?phone=${encodeURIComponent(number)}`); // refuses what isn't a number
      person(number);
      await read(number);
      select(number);
      $("#number").value = "";
      $("#text").focus();
    });
  });
}

export const phone = { start, load, changed };
