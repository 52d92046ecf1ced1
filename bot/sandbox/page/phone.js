// The phone: whose it is, what was texted, what to text.
import { $, behind, call, day, hour, make, submitOnEnter, tell } from "./tools.js";

const people = new Map(); // number → { name, phone, button, messages, unread }
const most = 30; // how many are listed at a time; the others are found by name or number
let selected = "";

const pretty = (number) => number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");

function person(number, name, clinic) {
  let p = people.get(number);
  if (!p) {
    p = { name: name || pretty(number), phone: number, unread: 0, button: make("button") };
    p.button.type = "button";
    p.button.append(make("span", "name", p.name), make("span", "count"), make("span", "last"));
    p.button.addEventListener("click", () => {
      select(number);
      $("#text").focus();
    });
    p.item = make("li");
    p.item.append(p.button);
    people.set(number, p);
    if (clinic) $("#clinics").append(p.item);
    else $("#people").append(p.item);
    $("#clinic-phones").hidden = !$("#clinics").firstChild;
    showPerson(p);
  } else if (name && p.name !== name) {
    p.name = name;
    $(".name", p.button).textContent = name;
    if (number === selected) $("#who").textContent = name;
  }
  return p;
}

// list shows the first patients, or the first that a name or a number finds.
function list() {
  const words = $("#number").value.trim().toLowerCase();
  const digits = words.replace(/\D/g, "");
  let room = most;
  for (const p of people.values()) {
    const found = words === "" || p.name.toLowerCase().includes(words)
      || digits.length > 1 && p.phone.includes(digits);
    const there = found && room > 0 || p.phone === selected || p.unread > 0;
    p.item.hidden = !there;
    if (there) room--;
  }
  const hidden = [...people.values()].filter((p) => p.item.hidden).length;
  $("#more").textContent = hidden ? `${hidden} more: find them by name or number` : "";
}

function select(number) {
  selected = number;
  const p = people.get(number);
  if (!p.messages) tell(() => read(number));
  p.unread = 0;
  $("#who").textContent = p.name;
  $("#coming").href = `/sandbox/preview?number=${encodeURIComponent(number)}`;
  $("#coming").hidden = false;
  $("#whose").textContent = p.name === pretty(number) ? "" : pretty(number);
  for (const other of people.values()) showPerson(other);
  const log = $("#log");
  log.setAttribute("aria-live", "off"); // another phone's old messages aren't news
  $("ol", log).replaceChildren();
  showLog(p, false);
  log.removeAttribute("aria-live");
}

function showPerson(p) {
  p.button.setAttribute("aria-current", p.phone === selected);
  const count = $(".count", p.button);
  count.replaceChildren(...(p.unread ? [p.unread, make("span", "hidden", " new")] : []));
  const last = p.messages?.at(-1);
  $(".last", p.button).textContent = last ? last.body : pretty(p.phone);
}

// showLog appends what is new and brings what is there up to date.
function showLog(p, fresh) {
  const log = $("#log");
  const list = $("ol", log);
  if (!p.messages) return; // not read yet
  if (p.messages.length === 0) {
    const none = "No texts yet. Write one below, or turn the clock until a reminder comes.";
    list.replaceChildren(make("li", "none", none));
    return;
  }
  $(".none", list)?.remove();
  const bubbles = list.querySelectorAll(".bubble");
  let date = "";
  p.messages.forEach((m, i) => {
    let b = bubbles[i];
    if (!b) {
      if (day(m.at) !== date) list.append(make("li", "day", day(m.at)));
      b = make("li", "bubble");
      const writer = make("span", "hidden", m.direction === "in" ? "Patient: " : `${m.by || "Clinic"}: `);
      b.append(writer, make("p", "", m.body), make("small"));
      if (fresh) b.classList.add("new");
      list.append(b);
    }
    date = day(m.at);
    const bad = m.status === "undelivered" || m.status === "failed";
    b.classList.toggle("in", m.direction === "in");
    b.classList.toggle("staff", Boolean(m.by));
    b.classList.toggle("bad", bad);
    under($("small", b), m);
    because(b, m.because);
    ring(b, p.phone, m.rings);
  });
  if (p.messages.length > bubbles.length) log.scrollTop = log.scrollHeight;
}

// under says below a bubble when it came and, of the clinic's, how far it got: with a phone's ticks,
// and in words.
const ticks = { sent: "✓", delivered: "✓✓", undelivered: "✗", failed: "✗" };
function under(small, m) {
  const out = m.direction === "out";
  const state = out ? m.status + (m.why ? `: ${m.why}` : "") : "";
  const said = out ? [m.by, hour(m.at), m.kind] : [hour(m.at)];
  const words = said.filter(Boolean).join(" · ");
  if (small.dataset.said === words + state) return; // a screen reader needn't read it again
  small.dataset.said = words + state;
  small.replaceChildren(words);
  if (!out) return;
  const tick = make("span", "tick", ticks[m.status] ?? "");
  tick.setAttribute("aria-hidden", "true");
  small.append(" · ", tick, tick.textContent ? " " : "", state);
}

// because says in a fold why a text was answered as it was. That of the last text is open, until
// the next one comes.
function because(bubble, sentences) {
  if (!sentences?.length || $("details", bubble)) return;
  for (const last of document.querySelectorAll("#log .because.last")) {
    last.classList.remove("last");
    last.open = false;
  }
  const fold = make("details", "because last");
  fold.open = true;
  fold.append(make("summary", "", "Why"));
  fold.append(...sentences.map((s) => make("span", "", s)));
  bubble.append(fold);
}

// ring shows what can be done with a phone that rings, and takes it away when it rings no more.
function ring(bubble, phone, rings) {
  const form = $("form", bubble);
  if (!rings || form) {
    if (!rings) form?.remove();
    return;
  }
  const keys = make("input");
  keys.value = "1";
  keys.inputMode = "tel";
  keys.setAttribute("aria-label", "Keys to press");
  const up = make("button", "", "Pick up and press");
  const down = make("button", "", "Let it ring");
  down.type = "button";
  const press = (what) => tell(() => call("/sandbox/key", { phone, keys: what }));
  const shown = make("form", "keys");
  shown.append(keys, up, down);
  shown.addEventListener("submit", (e) => {
    e.preventDefault();
    if (keys.value) press(keys.value);
  });
  down.addEventListener("click", () => press(""));
  bubble.append(shown);
}

async function read(number, news = true) {
  const messages = await call(`/sandbox/messages?phone=${encodeURIComponent(number)}`);
  const p = person(number);
  const known = p.messages?.length ?? (news ? 0 : messages.length);
  const fresh = messages.slice(known).filter((m) => m.direction === "out").length;
  if (messages.length < known && number === selected) {
    $("#log ol").replaceChildren(); // the sandbox was started anew
  }
  const first = !p.messages;
  p.messages = messages;
  if (number === selected) showLog(p, !first);
  else p.unread += fresh;
  showPerson(p);
  list();
}

// Several events in a row are one reading.
const waiting = new Map();
function changed(number) {
  if (waiting.has(number)) return;
  waiting.set(number, setTimeout(() => {
    waiting.delete(number);
    behind(() => read(number));
  }, 60));
}

async function load() {
  const texted = [];
  for (const { name, phone: number, clinic, texts } of await call("/sandbox/patients")) {
    person(number, name, clinic);
    if (texts || people.get(number).messages?.length) texted.push(number);
    else people.get(number).messages = [];
  }
  if (!selected && people.size > 0) select(people.keys().next().value);
  await Promise.all(texted.map((number) => read(number, false))); // what is there isn't news
  list();
}

// Somebody may have got a visit: an import brings many at once.
let looks;
function looked() {
  looks ??= setTimeout(() => {
    looks = undefined;
    behind(async () => {
      for (const p of await call("/sandbox/patients")) person(p.phone, p.name, p.clinic);
      list();
    });
  }, 300);
}

function send(body) {
  const from = selected;
  return tell(async () => {
    if (!from) throw new Error("Choose a patient or open a number first.");
    await call("/sandbox/text", { from, body });
    return true;
  });
}

// measure says how long a text is as the carrier counts it, when whoever types it pauses.
let typing;
function measure() {
  clearTimeout(typing);
  typing = setTimeout(() => behind(async () => {
    const body = $("#text").value;
    const m = body.trim() && await call("/sandbox/measure", { body });
    if (body !== $("#text").value) return; // that of what stands there now is under way
    const parts = m && [m.characters === 1 ? "1 character" : `${m.characters} characters`,
      m.segments === 1 ? "1 segment" : `${m.segments} segments`, m.encoding];
    $("#size").textContent = parts ? parts.join(" · ") : "";
  }), 150);
}

// follow keeps the last text in sight when the log gets smaller: an alarm takes room above it.
function follow() {
  const log = $("#log");
  let atEnd = true;
  log.addEventListener("scroll", () => {
    atEnd = log.scrollTop + log.clientHeight > log.scrollHeight - 8;
  });
  new ResizeObserver(() => {
    if (atEnd) log.scrollTop = log.scrollHeight;
  }).observe(log);
}

function start() {
  follow();
  const text = $("#text");
  text.addEventListener("input", measure);
  submitOnEnter(text);
  $("#write").addEventListener("submit", async (e) => {
    e.preventDefault();
    const body = text.value;
    if (body.trim() === "") return;
    text.value = "";
    if (!await send(body) && text.value === "") text.value = body;
    measure();
  });
  for (const b of document.querySelectorAll(".tries button")) {
    b.addEventListener("click", () => send(b.textContent));
  }
  $("#number").addEventListener("input", list);
  $("#other").addEventListener("submit", (e) => {
    e.preventDefault();
    const found = [...people.values()].find((p) => !p.item.hidden && p.phone !== selected);
    if (found && /[a-z]/i.test($("#number").value)) {
      $("#number").value = "";
      select(found.phone);
      list();
      $("#text").focus();
      return;
    }
    const digits = $("#number").value.replace(/[^\d+]/g, "");
    const number = digits.startsWith("+") ? digits : `+${digits.length === 10 ? "1" : ""}${digits}`;
    tell(async () => {
      // Refuses what isn't a number.
      await call(`/sandbox/messages?phone=${encodeURIComponent(number)}`);
      person(number);
      await read(number);
      select(number);
      $("#number").value = "";
      list();
      $("#text").focus();
    });
  });
}

// show chooses whose phone is shown.
function show(number) {
  person(number);
  if (selected !== number) select(number);
}

// forget empties the page for another sandbox.
function forget() {
  waiting.forEach(clearTimeout);
  waiting.clear();
  people.clear();
  selected = "";
  for (const list of ["#people", "#clinics", "#log ol"]) $(list).replaceChildren();
}

export const phone = { start, load, show, forget, changed, looked, selected: () => selected };
