// The desk: cards with their threads, as staff have them in Slack.
import { box, press, run } from "./acts.js";
import { blocks } from "./blocks.js";
import { $, call, day, hour, make, setView, submitOnEnter, tell } from "./tools.js";

const cards = new Map(); // thread → { data, element }

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

// show brings a card up to date and leaves the reply that is being written alone.
function show(data) {
  let card = cards.get(data.thread);
  if (!card) cards.set(data.thread, card = { element: build(data.thread) });
  card.data = data;
  const { element } = card;
  const urgent = data.channel === "urgent";
  element.classList.toggle("urgent", urgent);
  element.classList.toggle("closed", !data.open);
  head(element, data, urgent);
  body(card, data);
  $("label", element).textContent = data.phone ? `Reply to ${data.phone}` : "Reaches no patient";
  const pressed = (e, b) => press(e, b, { thread: data.thread, box: $(".answer", element) });
  $(".thread", element).replaceChildren(...data.replies.map((l) => line(l, pressed, element, data)));
  place(card);
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
    const edit = small("Edit", () => change($("form", element), l.id, l.text));
    const gone = { thread, id: l.id, text: "", user: me() };
    item.append(" ", edit, " ", small("Delete", () => tell(() => call("/sandbox/revise", gone))));
  }
  return item;
}

// small makes a button that stands within a line.
function small(text, pressed) {
  const button = make("button", "small", text);
  button.type = "button";
  button.addEventListener("click", pressed);
  return button;
}

// before says whether card a stands above card b.
function before(a, b) {
  const rank = ({ data }) => [
    data.channel === "urgent" ? 0 : 1, data.open && data.taken_by ? 1 : 0,
    (data.open ? 1 : -1) * Date.parse(data.at), +data.thread.replace(/\D/g, ""),
  ];
  const [x, y] = [rank(a), rank(b)];
  const i = x.findIndex((v, k) => v !== y[k]);
  return i >= 0 && x[i] < y[i];
}

// place puts the card where it belongs: urgent ones first, then what has waited longest and nobody
// has; those done are folded away, the newest first.
function place(card) {
  const home = card.data.open ? $("#cards") : $("#done .cards");
  const { element } = card;
  const after = [...home.children].find((e) => e !== element && before(card, byElement(e))) ?? null;
  if (element.parentNode !== home || after !== element.nextElementSibling) {
    home.insertBefore(element, after);
  }
  alarm();
  const open = [...cards.values()].filter((c) => c.data?.open).length;
  for (const e of document.querySelectorAll("[data-open]")) e.textContent = open || "";
  $("#quiet").hidden = open > 0;
  $("#done").hidden = cards.size === open;
  $("#done .count").textContent = cards.size - open || "";
}

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

const byElement = (element) => [...cards.values()].find((c) => c.element === element);

// What comes while the list is on its way may be newer than the list, so it is shown after it.
let held;
const came = (data) => (held ? held.push(data) : show(data));

async function load() {
  held ??= [];
  try {
    const list = await call("/sandbox/desk");
    const there = new Set(list.map((c) => c.thread));
    for (const [thread, card] of cards) {
      if (!there.has(thread)) { // the sandbox was started anew
        card.element.remove();
        cards.delete(thread);
      }
    }
    list.forEach(show);
  } finally {
    const later = held ?? [];
    held = undefined;
    later.forEach(show);
  }
}

function start() {
  document.addEventListener("keydown", jump);
  $("#alarm button").addEventListener("click", () => go($("#cards").firstChild));
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
  for (const { element } of cards.values()) element.remove();
  cards.clear();
  $("#answer").hidden = true;
}

export const desk = { start, load, show: came, forget };
