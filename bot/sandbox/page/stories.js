// Stories: written conversations that the page plays step by step, each in a sandbox of its own.
import { phone } from "./phone.js";
import { $, call, make, setView, tell } from "./tools.js";

const pause = 900; // between two steps that play by themselves, in milliseconds
const patience = 1500; // after which a step says that it goes on, in milliseconds
let state = { stories: [], playing: null };
let last = Promise.resolve(); // the act or the reading that is done last: one follows another
let acting = 0;
let running = false;
let changed; // told when another sandbox is on the stage

const scene = () => state.playing?.scene ?? 0;
const ended = () => state.playing.done.length === state.playing.steps;

// names are whose phone a number is, by its last four digits, as the story's visits say.
function names() {
  const all = new Map();
  for (const { text } of state.playing.began) {
    const [, name, number] = /^visit [^,]*,([^, ]+)[^,]*,\+?\d*(\d{4}),/.exec(text) ?? [];
    if (!number) continue;
    const known = all.get(number) ?? [];
    all.set(number, known.includes(name) ? known : [...known, name]);
  }
  return (number) => all.get(number)?.join(" and ")
    ?? (number === "0112" ? "The on-call phone" : `…${number}`);
}

// words is a line of the conversation as people say it.
function words(text, name) {
  let m = /^(\d{4}): (.*)$/.exec(text);
  if (m) return `${name(m[1])} texts: “${m[2]}”`;
  m = /^(\d{4}) hears (.*)$/.exec(text);
  if (m) return m[2] === "nothing" ? `${name(m[1])} gets no text` : `${name(m[1])} gets: “${m[2]}”`;
  m = /^wait (?:(\d+)h)?(?:(\d+)m)?$/.exec(text);
  if (m) return `${m[1] ? `${m[1]} h ` : ""}${m[2] ? `${m[2]} min ` : ""}go by`;
  m = /^(desk|urgent) (shows|hides) (.*)$/.exec(text);
  if (!m) return text;
  const where = m[1] === "desk" ? "The desk" : "The urgent channel";
  return `${where} ${m[2] === "shows" ? "shows" : "doesn’t show"}: “${m[3]}”`;
}

// otherwise are the lines of a step that didn't come as they are written.
const otherwise = (step) => step.lines.filter((l) => l.came);

function line(l, name) {
  const item = make("li", l.came ? "bad" : l.check ? "good" : "did");
  if (l.check || l.came) {
    const mark = make("span", "", l.came ? "✗ " : "✓ ");
    mark.setAttribute("aria-hidden", true);
    item.append(mark, make("span", "hidden", l.came ? "Otherwise: " : "Checked: "));
  }
  item.append(words(l.text, name));
  if (l.came) item.append(make("small", "", l.came));
  return item;
}

function stepped(s, name) {
  const item = make("li");
  for (const r of s.remarks) item.append(make("p", "", r));
  const lines = make("ul");
  lines.append(...s.lines.map((l) => line(l, name)));
  item.append(lines);
  if (s.seen) {
    const seen = make("details");
    seen.append(make("summary", "", "What staff are shown"), make("pre", "", s.seen));
    $("pre", seen).tabIndex = 0;
    item.append(seen);
  }
  return item;
}

// begun shows the desk: a story comes to it, and neither to the figures nor to the time line.
function begun() {
  if ($("main").dataset.side !== "desk") setView("desk");
  $("#story-next").focus();
}

function list() {
  $("#story-list ol").replaceChildren(...state.stories.map((s) => {
    const item = make("li");
    const b = make("button", "", s.title);
    b.type = "button";
    b.addEventListener("click", () => act({ do: "begin", name: s.name }, begun));
    item.append(b, make("span", "", s.why));
    return item;
  }));
}

// draw shows the story that goes on, or the list of them.
function draw() {
  const p = state.playing;
  $("#story-list").hidden = Boolean(p);
  $("#story").hidden = !p;
  if (!p) {
    $("#story-said").textContent = "";
    return;
  }
  const at = state.stories.findIndex((s) => s.name === p.name) + 1;
  $("#story h2").textContent = `${at} of ${state.stories.length}. ${p.title}`;
  $("#story .why").textContent = p.why;
  const name = names();
  const log = $("#story ol");
  log.replaceChildren(...p.done.map((s) => stepped(s, name)));
  log.parentNode.hidden = p.done.length === 0;
  log.parentNode.scrollTop = log.parentNode.scrollHeight;
  $("#story-next").hidden = ended();
  $("#story-all").hidden = ended();
  $("#story-all").textContent = running ? "Stop" : "Play to the end";
  said(p);
}

// said says what a step has come to.
function said(p) {
  const bad = p.done.flatMap(otherwise).length;
  const count = `Step ${p.done.length} of ${p.steps}`;
  const so = bad ? `${bad} came otherwise than written` : "everything came as written";
  const end = ended() ? " The story has ended." : "";
  const none = "This sandbox is the story’s own: it begins anew, and its clock stands still between "
    + "the steps. Yours waits, and is as it was when you leave.";
  $("#story-said").textContent = p.done.length ? `${count}: ${so}.${end}` : none;
}

// look puts on the screen what a step is about.
function look({ phone: number, desk }) {
  if (number) phone.show(number);
  setView(desk || !number ? "desk" : "phone");
}

function act(body, then) {
  acting++;
  last = last.then(() => done(body, then)).finally(() => acting--);
  return last;
}

async function done(body, then) {
  const before = scene();
  const late = setTimeout(() => {
    $("#story-said").textContent = "This takes a while: the bot learns from what staff wrote, or much comes due.";
  }, patience);
  const ok = await tell(async () => {
    state = await call("/sandbox/story", body);
    return true;
  });
  clearTimeout(late);
  if (!ok) running = false;
  draw();
  if (scene() !== before) changed();
  if (ok) then?.();
  return ok;
}

async function next() {
  if (acting) return false; // pressed twice
  const ok = await act({ do: "next" });
  const step = state.playing?.done.at(-1);
  if (!ok || !step) return false;
  phone.looked();
  look(step);
  if (ended() && [$("#story-next"), $("#story-all"), document.body].includes(document.activeElement)) {
    $("#story-leave").focus();
  }
  return !ended();
}

async function all() {
  running = !running;
  draw();
  while (running && await next()) {
    await new Promise((go) => { setTimeout(go, pause); });
  }
  running = false;
  draw();
}

// load reads what goes on, once the acts before are done: what was read while one went on would be
// older than what it came to. It says whether that is in another sandbox than the page showed.
function load() {
  const read = last.then(async () => {
    const before = scene();
    state = await call("/sandbox/stories");
    list();
    draw();
    return scene() !== before;
  });
  last = read.catch(() => {});
  return read;
}

function start(onChange) {
  changed = onChange;
  $("#story-next").addEventListener("click", () => { running = false; next(); });
  $("#story-all").addEventListener("click", all);
  $("#story-leave").addEventListener("click", () => {
    running = false;
    act({ do: "leave" }, () => $("#story-list summary").focus());
  });
}

export const stories = { start, load };
