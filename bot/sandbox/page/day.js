// The day: visits on a time line, each with the texts that have left and those that are planned.
import { phone } from "./phone.js";
import {
  $, arrange, behind, call, day as date, format, hour, later, make, setView, tell,
} from "./tools.js";

const box = () => $("#day");
const weekday = format({ weekday: "short" });
const clock12 = format({ hour: "numeric" });
const monthday = format({ day: "numeric" });
const apart = 4; // pixels between two marks
const high = 30; // of a mark with what is between two, in pixels
let drawn; // the answer that is shown
let raw = ""; // the same, as text: what hasn't changed isn't drawn anew
let from = ""; // the first day that is asked for; "" is today
let only = ""; // the number whose visits alone are shown
let open = ""; // the mark that says more, by its text's id
let now = 0; // what the clock shows, in milliseconds
let asks = 0;

// How the states are drawn and said.
const states = {
  planned: ["○", "will leave"],
  claimed: ["…", "is leaving"],
  held: ["‖", "held back"],
  sent: ["✓", "sent"],
  delivered: ["✓✓", "delivered"],
  failed: ["✗", "failed"],
  skipped: ["–", "left out"],
  dropped: ["–", "will be left out"],
  with: ["+", "goes with another text"],
  check: ["?", "a check, to come"],
  checked: ["?", "a check, done"],
};

const at = (time) => new Date(time).getTime();
const part = (ms) => (ms - at(drawn.from)) / (at(drawn.until) - at(drawn.from));

// mark is a text's button on the line.
function mark(t) {
  const [sign, state] = states[t.state] ?? ["·", t.state];
  const b = make("button", `mark ${t.state}`);
  b.type = "button";
  b.dataset.text = t.id;
  b.setAttribute("aria-expanded", t.id === open);
  const drawnSign = make("span", "tick", sign);
  drawnSign.setAttribute("aria-hidden", true);
  b.append(drawnSign, ` ${t.label}`, make("span", "hidden", `, ${state}, ${date(t.at)}, ${hour(t.at)}`));
  b.addEventListener("click", () => {
    open = open === t.id ? "" : t.id;
    draw();
    $(".told", box())?.scrollIntoView({ block: "nearest" });
  });
  return b;
}

// told says more of a text: what left or would, and why.
function told(t) {
  const all = make("div", "told");
  const [, state] = states[t.state] ?? ["", t.state];
  const head = make("p");
  head.append(make("strong", "", `${date(t.at)}, ${hour(t.at)}: ${state}`), ` · ${t.is}`);
  all.append(head);
  if (t.body) {
    const long = t.segments === 1 ? "1 segment" : `${t.segments} segments`;
    all.append(make("p", "words", t.body), make("p", "size", long));
  }
  all.append(...t.why.map((w) => make("p", "", w)));
  if (t.rules.length) {
    const fold = make("details");
    const list = make("ul");
    list.append(...t.rules.map((r) => make("li", "", r)));
    fold.append(make("summary", "", "Rule by rule"), list);
    all.append(fold);
  }
  return all;
}

function visit(v) {
  const item = make("li", "visit");
  const head = make("h3");
  const name = make("button", "small", v.name || v.phone);
  name.type = "button";
  name.title = "Show this phone";
  name.addEventListener("click", () => {
    phone.show(v.phone);
    setView("phone");
  });
  head.append(name, ` ${date(v.start)}, ${hour(v.start)} · ${v.type}`);
  const track = make("ul", "track");
  const start = make("span", "mark start", `◆ ${hour(v.start)}`);
  for (const t of [...v.texts, { at: v.start }].sort((a, b) => at(a.at) - at(b.at))) {
    const place = make("li");
    place.dataset.at = at(t.at);
    if (!t.id) place.setAttribute("aria-hidden", true); // the heading says it
    place.append(t.id ? mark(t) : start);
    track.append(place);
  }
  const danger = v.stands.startsWith("may be in danger") ? " danger" : "";
  item.append(head, make("p", `stands${danger}`, v.stands), track);
  const shown = v.texts.find((t) => t.id === open);
  if (shown) item.append(told(shown));
  return item;
}

// kept is a visit's line, the one that is there if nothing of it has changed.
const lines = new Map(); // by the visit's id
function kept(v) {
  const says = JSON.stringify(v) + (v.texts.some((t) => t.id === open) ? open : "");
  const old = lines.get(v.id);
  if (old?.says === says) return old.item;
  const item = visit(v);
  lines.set(v.id, { says, item });
  return item;
}

// place puts the marks where their times are: those that would overlap below each other, and at the
// edge, with an arrow, what is before or after the days shown.
function place() {
  if (!drawn) return;
  const tracks = [...box().querySelectorAll(".track")];
  const wide = tracks[0]?.clientWidth;
  if (!wide) return; // it isn't on the screen
  // All is measured before anything is moved: else the browser would lay the page out anew for
  // each mark.
  const marks = tracks.flatMap((track) => [...track.children]);
  for (const e of marks) {
    const x = part(+e.dataset.at);
    e.className = x < 0 ? "early" : x > 1 ? "late" : "";
  }
  const rooms = new Map(marks.map((e) => [e, e.offsetWidth]));
  for (const track of tracks) {
    const lanes = [];
    for (const e of track.children) {
      const x = part(+e.dataset.at) * wide;
      const room = rooms.get(e);
      const flips = x + room > wide && x > wide / 2;
      if (flips && !e.className) e.className = "flips";
      const left = Math.max(0, Math.min(flips ? x - room : x, wide - room));
      let lane = lanes.findIndex((end) => end + apart <= left);
      if (lane < 0) lane = lanes.push(0) - 1;
      lanes[lane] = left + room;
      e.style.transform = `translate(${left}px, ${lane * high}px)`;
    }
    track.style.height = `${lanes.length * high}px`;
  }
}

// line moves the present moment on.
function line(ms) {
  now = ms;
  if (!drawn || box().hidden) return;
  const x = part(now);
  const bar = $(".now", box());
  bar.hidden = x < 0 || x > 1;
  bar.style.left = `${x * 100}%`;
}

function draw() {
  const focused = box().contains(document.activeElement) ? document.activeElement.dataset.text : "";
  const days = make("div", "days");
  days.setAttribute("aria-hidden", true); // each mark says its day
  const ticks = drawn.hours ?? drawn.days;
  const narrow = box().clientWidth < 44 * ticks.length;
  const called = (d) => (narrow ? monthday(d) : `${weekday(d)} ${monthday(d)}`);
  const hours = narrow ? clock12 : hour;
  for (const d of ticks) {
    const e = make("span", "", drawn.hours ? hours(d) : called(d));
    e.style.left = `${part(at(d)) * 100}%`;
    days.append(e);
  }
  $(".days", box()).replaceWith(days);
  arrange($(".visits ol", box()), drawn.visits.map(kept));
  const there = new Set(drawn.visits.map((v) => v.id));
  for (const id of lines.keys()) if (!there.has(id)) lines.delete(id);
  const between = `${date(drawn.days[0])} to ${date(drawn.days.at(-1))}`;
  $("#day-of").textContent = drawn.days.length === 1 ? date(drawn.days[0]) : between;
  $("#day-none").hidden = drawn.visits.length > 0;
  const fewer = "show fewer days, or one patient by “Why these texts?”";
  $("#day-more").textContent = drawn.more
    ? `${drawn.more} more visits around these days: ${fewer}` : "";
  $("#day-only").hidden = !only;
  $("#day-only span").textContent = `Only ${drawn.visits[0]?.name || only}`;
  place();
  line(now);
  if (focused) $(`[data-text="${CSS.escape(focused)}"]`, box())?.focus({ preventScroll: true });
}

async function load() {
  const days = $("#day-days").value;
  const mine = ++asks;
  const r = await call(`/sandbox/day?days=${days}&from=${from}&phone=${encodeURIComponent(only)}`);
  if (mine !== asks) return; // something else was asked for since
  const text = JSON.stringify(r);
  if (text === raw) {
    place();
    return;
  }
  [drawn, raw] = [r, text];
  draw();
}

// changed reads it anew shortly after something has happened, if it is on the screen.
const changed = later(250, () => box().offsetWidth && behind(load));

// step goes so many times the days that are shown on or back.
function step(by) {
  if (!drawn) return;
  const noon = new Date(drawn.days[0].slice(0, 10) + "T12:00:00Z");
  noon.setUTCDate(noon.getUTCDate() + by * drawn.days.length);
  from = noon.toISOString().slice(0, 10);
  tell(load);
}

// show shows the visits of one number alone, with what has become of their texts.
async function show(number) {
  [only, from, open] = [number, "", ""];
  setView("day");
  await tell(load);
  box().scrollIntoView({ block: "nearest" });
  ($(".mark[data-text]", box()) ?? $("#day-only button")).focus({ preventScroll: true });
}

// arrows go from mark to mark of a visit, and from visit to visit; Escape folds what was told.
function arrows(e) {
  if (e.key === "Escape" && open) {
    open = "";
    draw();
  }
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[e.key];
  const on = document.activeElement.closest(".track .mark");
  if (!by || !on || e.altKey || e.ctrlKey || e.metaKey) return;
  e.preventDefault();
  const tracks = [...box().querySelectorAll(".track")];
  const own = tracks.findIndex((t) => t.contains(on));
  const marks = (t) => [...t?.querySelectorAll("button") ?? []];
  const next = e.key === "ArrowUp" || e.key === "ArrowDown"
    ? marks(tracks[own + by])[0] : marks(tracks[own])[marks(tracks[own]).indexOf(on) + by];
  next?.focus();
}

function start() {
  $(".visits", box()).addEventListener("keydown", arrows);
  $("#day-days").addEventListener("change", () => tell(load));
  $("#day-before").addEventListener("click", () => step(-1));
  $("#day-after").addEventListener("click", () => step(1));
  $("#day-now").addEventListener("click", () => { from = ""; tell(load); });
  $("#day-only button").addEventListener("click", () => { only = ""; tell(load); });
  $("#why").addEventListener("click", () => tell(() => {
    if (!phone.selected()) throw new Error("Choose a patient or open a number first.");
    return show(phone.selected());
  }));
  new ResizeObserver(() => {
    if (drawn) place();
    if (raw === "") changed();
  }).observe(box());
}

// forget empties it for another sandbox.
function forget() {
  asks++;
  lines.clear();
  [drawn, raw, from, only, open] = [undefined, "", "", "", ""];
  $(".visits ol", box()).replaceChildren();
}

export const day = { start, changed, line, forget };
