// The desk: cards with their threads, as staff have them in Slack.
import { box, press, run } from "./acts.js";
import { blocks } from "./blocks.js";
import {
  $, arrange, call, day, hour, later, make, more, setView, submitOnEnter, tell,
} from "./tools.js";

const cards = new Map(); // thread → { data, rank, element, drawn, said }
const step = 30; // cards that are drawn at a time, of those open and of those done
const room = { open: step, done: step };

const me = () => $("#me").value;

function build(thread) {
  const element = make("article", "card new");
  const form = make("form");
  const row = make("span", "row");
  const text = make("textarea");
  const label = make("label", "hidden");
  const button = make("button", "", "Reply");
  text.id = `reply-${thread}`;
  label.htmlFor = text.id;
  text.rows = 1;
  text.placeholder = "Reply to the patient";
  submitOnEnter(text);
  row.append(text, button);
  form.append(label, row);
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    const words = text.value;
    if (words.trim() === "") return;
    const id = form.dataset.changes;
    change(form, "", "");
    const wrote = { thread, text: words, user: me() };
    const done = await tell(() => (id
      ? call("/sandbox/revise", { ...wrote, id }) : call("/sandbox/reply", wrote)));
    if (!done && text.value === "") change(form, id, words);
  });
  form.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && form.dataset.changes) change(form, "", "");
  });
  element.append(make("header"), make("div", "blocks"), make("ol", "thread"), box(), form);
  return element;
}

// change has the form change a message that was written before, or, without an id, write a new one.
function change(form, id, words) {
  form.dataset.changes = id;
  $("textarea", form).value = words;
  $("button", form).textContent = id ? "Save the change" : "Reply";
  if (id) $("textarea", form).focus();
}

// show takes in a card as it now stands. Several in a row are drawn at once.
function show(data) {
  const card = cards.get(data.thread) ?? {};
  cards.set(data.thread, card);
  card.data = data;
  card.rank = rank(data);
  if (data.channel === "urgent") alarm();
  soon();
}

// fresh brings a card's element up to date and leaves the reply that is being written alone.
function fresh(card) {
  const { data } = card;
  card.element ??= build(data.thread);
  const { element } = card;
  if (card.shows === data) return element;
  card.shows = data;
  const urgent = data.channel === "urgent";
  element.classList.toggle("urgent", urgent);
  element.classList.toggle("closed", !data.open);
  head(element, data, urgent);
  body(card, data);
  $("label", element).textContent = data.phone ? `Reply to ${data.phone}` : "Reaches no patient";
  thread(card, data);
  return element;
}

// thread draws the lines below a card: the newest, and the earlier ones when they are asked for.
function thread(card, data) {
  const { element } = card;
  const pressed = (e, b) => press(e, b, { thread: data.thread, box: $(".answer", element) });
  const lines = data.replies.map((l) => line(l, pressed, element, data));
  if (data.earlier) {
    const item = make("li");
    const lead = data.earlier === 1 ? "1 earlier line" : `${data.earlier} earlier lines`;
    item.append(more(lead, () => tell(async () => {
      const [whole] = await call(`/sandbox/desk?thread=${data.thread}`);
      if (whole) show(whole);
    })));
    lines.unshift(item);
  }
  $(".thread", element).replaceChildren(...lines);
}

// body draws the card's blocks anew if they have changed; a button that stays keeps its focus.
function body(card, data) {
  const drawn = JSON.stringify(data.blocks);
  if (card.drawn === drawn) return;
  card.drawn = drawn;
  const { element } = card;
  const at = $(".blocks", element);
  const focused = at.contains(document.activeElement) ? document.activeElement.dataset.action : "";
  const pressed = (e, b) => press(e, b, { thread: data.thread, box: $(".answer", element) });
  at.replaceChildren(...blocks(data.blocks, pressed));
  if (focused) {
    const buttons = [...at.querySelectorAll("button")];
    (buttons.find((b) => b.dataset.action === focused) ?? buttons[0])?.focus();
  }
}

function head(element, data, urgent) {
  const header = $("header", element);
  header.replaceChildren();
  const unread = data.actions.some((a) => a.id === "read"); // a concern, no alarm
  if (urgent) header.append(make("span", "flag", unread ? "Please read" : "Urgent"));
  if (!data.open) header.append(make("span", "", "done"));
  else if (data.taken_by) header.append(make("span", "", `${data.taken_by} has this`));
  else header.append(make("span", "", "waits"));
  const time = make("time", "", `${day(data.at)}, ${hour(data.at)}`);
  time.dateTime = data.at;
  header.append(time);
}

function line(l, pressed, element, { thread }) {
  const item = make("li");
  if (l.blocks) item.append(...blocks(l.blocks, pressed));
  else item.append(make("b", "", `${l.from}: `), l.text, " ");
  if (l.edited) item.append(make("span", "state", "edited"), " ");
  if (l.state) {
    const state = `state ${l.state.replace(" ", "-")}`;
    item.append(make("span", state, l.state + (l.why ? `: ${l.why}` : "")));
  }
  if (l.id && l.from === me()) {
    const edit = more("Edit", () => change($("form", element), l.id, l.text));
    const gone = { thread, id: l.id, text: "", user: me() };
    item.append(" ", edit, " ", more("Delete", () => tell(() => call("/sandbox/revise", gone))));
  }
  return item;
}

// rank says where a card stands: urgent ones first, then what has waited longest and nobody has;
// those done are folded away, the newest first.
const rank = ({ open, channel, taken_by: taken, at, thread }) => [
  open && channel !== "urgent" ? 1 : 0, open && taken ? 1 : 0,
  (open ? 1 : -1) * Date.parse(at), (open ? 1 : -1) * thread.replace(/\D/g, ""),
];
function byRank({ rank: a }, { rank: b }) {
  const i = a.findIndex((v, k) => v !== b[k]);
  return i < 0 ? 0 : a[i] - b[i];
}

// used says that somebody is at a card, which mustn't go from under their hands.
const used = ({ element: e }) => e
  && (e.contains(document.activeElement) || $("textarea", e).value || !$(".answer", e).hidden);

// some gives the elements of the first cards, and of those that are used.
function some(list, first) {
  return list.flatMap((card, i) => {
    if (i < first || used(card)) return [fresh(card)];
    card.element = card.shows = card.drawn = undefined;
    return [];
  });
}

// draw shows every card where it belongs, if there is room for it.
function draw() {
  const all = [...cards.values()].sort(byRank);
  const open = all.filter(({ data }) => data.open);
  const done = all.filter(({ data }) => !data.open);
  arrange($("#cards"), some(open, room.open));
  arrange($("#done .cards"), some(done, room.done));
  for (const { data, element } of done) if (!element) cards.delete(data.thread);
  const rest = open.length - $("#cards").children.length;
  $("#cards-more").hidden = rest <= 0;
  $("#cards-more").textContent = `${rest} more wait: show the next`;
  for (const e of document.querySelectorAll("[data-open]")) e.textContent = open.length || "";
  $("#quiet").hidden = open.length > 0;
  $("#done").hidden = done.length === 0;
  if (done.length > room.done) $("#done-more").hidden = false;
  const known = $("#done .cards").children.length;
  $("#done .count").textContent = $("#done-more").hidden ? known || "" : `${known}+`;
}
const soon = later(40, draw);

let alarms = 0; // that nobody has

// alarm says, wherever the page is scrolled to, that patients may be in danger and nobody has them.
function alarm() {
  const untaken = [...cards.values()].filter(({ data }) => data?.open && !data.taken_by
    && data.channel === "urgent" && !data.actions.some((a) => a.id === "read")).length;
  const who = untaken === 1 ? "A patient" : `${untaken} patients`;
  const words = `${who} may be in danger, and nobody has ${untaken === 1 ? "the case" : "the cases"}`;
  $("#alarm").hidden = untaken === 0;
  if (untaken > alarms) document.dispatchEvent(new Event("alarm"));
  alarms = untaken;
  if ($("#alarm span").textContent !== words) $("#alarm span").textContent = words;
  document.title = untaken ? `(${untaken} urgent) Beacon sandbox` : "Beacon sandbox";
}

// go puts a card on the screen and the focus into it.
function go(element) {
  setView("desk");
  element.scrollIntoView({ block: "start" });
  ($(".blocks button", element) ?? $("textarea", element)).focus({ preventScroll: true });
}

// Alt and an arrow go from card to card.
function jump(e) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (!e.altKey || !by) return;
  const all = [...$("#cards").children];
  const at = all.findIndex((card) => card.contains(document.activeElement));
  const to = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  if (!to) return;
  e.preventDefault();
  go(to);
}

// What comes while the list is on its way may be newer than the list, so it is shown after it.
let held;
const came = (data) => (held ? held.push(data) : show(data));

async function load() {
  held ??= [];
  try {
    const list = await call(`/sandbox/desk?done=${room.done + 1}`);
    const there = new Set(list.map((c) => c.thread));
    for (const [thread, card] of cards) {
      if (!there.has(thread)) { // the sandbox was started anew
        card.element?.remove();
        cards.delete(thread);
      }
    }
    list.forEach(show);
    $("#done-more").hidden = list.filter((c) => !c.open).length <= room.done;
    alarm();
    soon();
  } finally {
    const later = held ?? [];
    held = undefined;
    later.forEach(show);
  }
}

function start() {
  document.addEventListener("keydown", jump);
  $("#alarm button").addEventListener("click", () => {
    draw();
    go($("#cards").firstChild);
  });
  $("#cards-more").addEventListener("click", () => {
    const next = $("#cards").children.length;
    room.open += step;
    draw();
    if ($("#cards").children[next]) go($("#cards").children[next]);
  });
  $("#done-more").addEventListener("click", () => {
    room.done += step;
    tell(load);
  });
  $("#book").addEventListener("click", () => tell(() => run("book", { box: $("#answer") })));
  const answer = $("#answer");
  answer.replaceWith(Object.assign(box(), { id: "answer" }));
  $("#command").addEventListener("submit", (e) => {
    e.preventDefault();
    tell(async () => {
      await run($("#clinic").value || "help", { box: $("#answer") });
      $("#clinic").select();
    });
  });
}

// forget empties the desk for another sandbox.
function forget() {
  cards.clear();
  Object.assign(room, { open: step, done: step });
  draw();
  alarm();
  $("#answer").hidden = true;
}

export const desk = { start, load, show: came, forget };
