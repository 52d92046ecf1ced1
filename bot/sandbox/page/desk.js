// The desk: cards with their threads, as staff have them in Slack.
import { marked } from "./marks.js";
import { $, call, day, hour, make, submitOnEnter, tell } from "./tools.js";

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
    text.value = "";
    const reply = { thread, text: words, user: me() };
    const done = await tell(() => call("/sandbox/reply", reply));
    if (!done && text.value === "") text.value = words;
  });
  element.append(
    make("header"), make("h3"), make("blockquote"),
    make("ol", "thread"), make("div", "actions"), form,
  );
  return element;
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
  const [title, ...words] = data.text.split("\n");
  $("h3", element).textContent = title;
  $("blockquote", element).textContent = words.join("\n");
  $("blockquote", element).hidden = words.length === 0;
  $("label", element).textContent = data.phone ? `Reply to ${data.phone}` : "Reaches no patient";
  $(".thread", element).replaceChildren(...data.replies.map(line));
  actions($(".actions", element), data);
  place(card);
}

function head(element, data, urgent) {
  const header = $("header", element);
  header.replaceChildren();
  const unread = data.actions.some((a) => a.id === "read"); // a concern, no alarm
  if (urgent) header.append(make("span", "flag", unread ? "Please read" : "Urgent"));
  header.append(make("b", "", data.phone || "Free time"));
  if (!data.open) header.append(make("span", "", "done"));
  else if (data.taken_by) header.append(make("span", "", `${data.taken_by} has this`));
  else header.append(make("span", "", "waits"));
  const time = make("time", "", `${day(data.at)}, ${hour(data.at)}`);
  time.dateTime = data.at;
  header.append(time);
}

function line(l) {
  const item = make("li");
  item.append(make("b", "", `${l.from}: `), l.text, " ");
  if (l.state) item.append(make("span", `state ${l.state}`, l.state + (l.why ? `: ${l.why}` : "")));
  return item;
}

function actions(box, data) {
  const there = [...box.children].map((b) => b.dataset.action).join();
  if (there === data.actions.map((a) => a.id).join()) return; // a button keeps its focus
  const focused = box.contains(document.activeElement);
  box.replaceChildren(...data.actions.map((a) => {
    const b = make("button", "", a.text);
    b.type = "button";
    b.dataset.action = a.id;
    const press = { thread: data.thread, action: a.id };
    b.addEventListener("click", () => {
      tell(() => call("/sandbox/press", { ...press, user: me() }));
    });
    return b;
  }));
  if (focused) box.firstElementChild?.focus();
}

// before says whether card a stands above card b.
function before(a, b) {
  const rank = ({ data }) => [
    data.channel === "urgent" ? 1 : 0, Date.parse(data.at), +data.thread.replace(/\D/g, ""),
  ];
  const [x, y] = [rank(a), rank(b)];
  const i = x.findIndex((v, k) => v !== y[k]);
  return i >= 0 && x[i] > y[i];
}

// place puts the card where it belongs: urgent ones first, then the newest; those done are folded
// away.
function place(card) {
  const home = card.data.open ? $("#cards") : $("#done .cards");
  const { element } = card;
  const after = [...home.children].find((e) => e !== element && before(card, byElement(e))) ?? null;
  if (element.parentNode !== home || after !== element.nextElementSibling) {
    home.insertBefore(element, after);
  }
  const open = [...cards.values()].filter((c) => c.data?.open).length;
  for (const e of document.querySelectorAll("[data-open]")) e.textContent = open || "";
  $("#quiet").hidden = open > 0;
  $("#done").hidden = cards.size === open;
  $("#done .count").textContent = cards.size - open || "";
}

const byElement = (element) => [...cards.values()].find((c) => c.element === element);

async function load() {
  const list = await call("/sandbox/desk");
  const there = new Set(list.map((c) => c.thread));
  for (const [thread, card] of cards) {
    if (!there.has(thread)) { // the sandbox was started anew
      card.element.remove();
      cards.delete(thread);
    }
  }
  list.forEach(show);
}

function start() {
  const answer = $("#answer");
  $("#command").addEventListener("submit", (e) => {
    e.preventDefault();
    tell(async () => {
      const command = $("#clinic").value || "help";
      const { text } = await call("/sandbox/command", { text: command, user: me() });
      $(".text", answer).replaceChildren(...marked(text));
      answer.hidden = false;
      $("#clinic").select();
    });
  });
  $("button", answer).addEventListener("click", () => {
    answer.hidden = true;
    $("#clinic").focus();
  });
}

export const desk = { start, load, show };
