// The phone: whose it is, what was texted, what to text.
import {
  $, arrange, behind, call, day, hour, later, make, more, submitOnEnter, tell,
} from "./tools.js";

const people = new Map(); // number → { name, phone, clinic, unread, got, last, item }
const most = 30; // how many are listed at a time; the others are found by name or number
const step = 100; // texts that are shown at a time; earlier ones are asked for
let room = step; // how many are shown of the phone that is selected
let selected = "";
let counted = false; // whether it is known what each phone has got
let reads = 0;

const pretty = (number) => number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");

// person returns whose number it is; what isn't known yet is taken in.
function person(number, name, clinic) {
  let p = people.get(number);
  if (!p) people.set(number, p = { name: pretty(number), phone: number, clinic, unread: 0, got: 0 });
  if (name && p.name !== name) {
    p.name = name;
    if (number === selected) title(p);
  }
  return p;
}

// entry is a person's line in the list.
function entry(p) {
  if (!p.item) {
    const button = make("button");
    button.type = "button";
    button.append(make("span", "name"), make("span", "count"), make("span", "last"));
    button.addEventListener("click", () => {
      select(p.phone);
      $("#text").focus();
    });
    p.item = make("li");
    p.item.append(button);
  }
  const button = p.item.firstChild;
  const says = [p.name, p.unread, p.last ?? pretty(p.phone), p.phone === selected].join("\n");
  if (button.says === says) return p.item;
  button.says = says;
  button.setAttribute("aria-current", p.phone === selected);
  $(".name", button).textContent = p.name;
  $(".count", button).replaceChildren(...(p.unread ? [p.unread, make("span", "hidden", " new")] : []));
  $(".last", button).textContent = p.last ?? pretty(p.phone);
  return p.item;
}

// found gives the patients whom the words in the field find: all of them without any.
function found() {
  const words = $("#number").value.trim().toLowerCase();
  const digits = words.replace(/\D/g, "");
  return [...people.values()].filter((p) => !p.clinic && (words === ""
    || p.name.toLowerCase().includes(words) || digits.length > 1 && p.phone.includes(digits)));
}

// list shows the first patients, or the first that a name or a number finds: those with new texts
// rather than others.
function list() {
  const all = [...people.values()];
  const own = all.filter((p) => !p.clinic);
  const fits = found();
  const news = fits.filter((p) => p.unread > 0);
  const first = own.filter((p) => p.phone === selected);
  const there = new Set([...new Set([...first, ...news, ...fits])].slice(0, most));
  for (const p of own) if (!there.has(p)) p.item = undefined;
  arrange($("#people"), own.filter((p) => there.has(p)).map(entry));
  arrange($("#clinics"), all.filter((p) => p.clinic).map(entry));
  $("#clinic-phones").hidden = !$("#clinics").firstChild;
  const hidden = own.length - there.size;
  const unread = own.filter((p) => p.unread > 0 && !there.has(p)).length;
  const which = unread ? `, ${unread} of them with new texts` : "";
  $("#more").textContent = hidden ? `${hidden} more${which}: find them by name or number` : "";
}

function title(p) {
  $("#who").textContent = p.name;
  $("#whose").textContent = p.name === pretty(p.phone) ? "" : pretty(p.phone);
}

function select(number) {
  [selected, room] = [number, step];
  const p = person(number);
  p.unread = 0;
  title(p);
  $("#coming").href = `/sandbox/preview?number=${encodeURIComponent(number)}`;
  $("#coming").hidden = false;
  list();
  const log = $("#log");
  log.setAttribute("aria-live", "off"); // another phone's old messages aren't news
  $("ol", log).replaceChildren();
  bubbles.clear();
  tell(read);
}

const bubbles = new Map(); // what the log shows, by the text's id, and each day's line

// showLog shows the newest texts of a phone: it appends what is new and brings what is there up to
// date.
function showLog(messages, fresh) {
  const log = $("#log");
  const there = messages.slice(-room);
  const known = new Set(bubbles.keys());
  const nodes = [];
  const line = (key, build) => {
    if (!bubbles.has(key)) bubbles.set(key, build());
    known.delete(key);
    nodes.push(bubbles.get(key));
    return nodes.at(-1);
  };
  if (messages.length > there.length) line("earlier", earlier);
  if (messages.length === 0) {
    const none = "No texts yet. Write one below, or turn the clock until a reminder comes.";
    line("none", () => make("li", "none", none));
  }
  const last = there.findLast((m) => m.because?.length);
  for (const m of there) {
    line(m.at.slice(0, 10), () => make("li", "day", day(m.at)));
    const b = line(m.id, () => bubble(m, fresh));
    const says = JSON.stringify([m, m === last]);
    if (b.says === says) continue;
    b.says = says;
    const bad = m.status === "undelivered" || m.status === "failed";
    b.classList.toggle("bad", bad);
    under($("small", b), m);
    because(b, m.because, m === last);
    ring(b, selected, m.rings);
  }
  for (const key of known) bubbles.delete(key);
  const end = nodes.at(-1);
  const news = end.parentNode === null;
  arrange($("ol", log), nodes);
  if (news) log.scrollTop = log.scrollHeight;
}

function bubble(m, fresh) {
  const b = make("li", "bubble");
  const writer = make("span", "hidden", m.direction === "in" ? "Patient: " : `${m.by || "Clinic"}: `);
  b.append(writer, make("p", "", m.body), make("small"));
  b.classList.toggle("new", fresh);
  b.classList.toggle("in", m.direction === "in");
  b.classList.toggle("staff", Boolean(m.by));
  return b;
}

// earlier is the line above the log by which more of it is shown; what is in sight stays there.
function earlier() {
  const line = make("li", "day");
  line.append(more("Earlier texts", () => {
    room += step;
    const log = $("#log");
    const below = log.scrollHeight - log.scrollTop;
    tell(async () => {
      await read();
      log.scrollTop = log.scrollHeight - below;
      if (!line.isConnected) log.focus();
    });
  }));
  return line;
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
function because(bubble, sentences, last) {
  if (!sentences?.length) return;
  let fold = $("details", bubble);
  if (!fold) {
    fold = make("details", "because");
    fold.append(make("summary", "", "Why"), ...sentences.map((s) => make("span", "", s)));
    bubble.append(fold);
  }
  if (fold.classList.contains("last") === last) return;
  fold.open = last;
  fold.classList.toggle("last", last);
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

// read shows the newest texts of the phone that is selected.
async function read() {
  const [number, mine] = [selected, ++reads];
  const of = encodeURIComponent(number);
  const messages = await call(`/sandbox/messages?phone=${of}&last=${room + 1}`);
  if (mine !== reads || number !== selected) return; // it is read anew
  showLog(messages, bubbles.size > 0);
  $("#log").removeAttribute("aria-live");
}

// came takes in a text that is new or has changed. Several in a row are one reading.
let stale = false; // whether what the log shows has changed
const renew = later(60, async () => {
  list();
  if (stale) {
    stale = false;
    await behind(read);
  }
});
function came({ phone: number, message, new: fresh }) {
  const p = person(number);
  if (fresh) p.last = message.body;
  if (fresh && message.direction === "out") {
    p.got++;
    if (number !== selected) p.unread++;
  }
  stale ||= number === selected;
  renew();
}

// count asks whose phones there are, and what each has got: what came while nobody listened is new,
// but for what is there at first.
async function count() {
  for (const { name, phone: number, clinic, got = 0, last } of await call("/sandbox/patients")) {
    const p = person(number, name, clinic);
    if (counted && number !== selected) p.unread = Math.max(0, p.unread + got - p.got);
    [p.got, p.last] = [got, last];
  }
  counted = true;
}

async function load() {
  await count();
  if (!selected && people.size > 0) select(people.keys().next().value);
  else if (selected) await read();
  list();
}

// Somebody may have got a visit: an import brings many at once.
const looked = later(300, () => behind(async () => {
  await count();
  list();
}));

// send says whether the phone has sent it. What Beacon refuses has left it all the same, and comes
// again by itself: written twice, it would be two texts.
async function send(body) {
  const from = selected;
  let refused = false;
  const ok = await tell(async () => {
    if (!from) throw new Error("Choose a patient or open a number first.");
    await call("/sandbox/text", { from, body }).catch((e) => {
      refused = e.status === 503;
      throw e;
    });
    return true;
  });
  return ok || refused;
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
    const other = found().find((p) => p.phone !== selected);
    if (other && /[a-z]/i.test($("#number").value)) {
      $("#number").value = "";
      select(other.phone);
      $("#text").focus();
      return;
    }
    const digits = $("#number").value.replace(/[^\d+]/g, "");
    const number = digits.startsWith("+") ? digits : `+${digits.length === 10 ? "1" : ""}${digits}`;
    tell(async () => {
      // Refuses what isn't a number.
      await call(`/sandbox/messages?phone=${encodeURIComponent(number)}&last=0`);
      $("#number").value = "";
      select(number);
      $("#text").focus();
    });
  });
}

// show chooses whose phone is shown.
function show(number) {
  if (selected !== number) select(number);
}

// forget empties the page for another sandbox.
function forget() {
  people.clear();
  bubbles.clear();
  reads++;
  [selected, counted, stale] = ["", false, false];
  for (const list of ["#people", "#clinics", "#log ol"]) $(list).replaceChildren();
}

export const phone = { start, load, show, forget, came, looked, selected: () => selected };
