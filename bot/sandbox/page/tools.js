// What the parts of the page share.

export const $ = (selector, root = document) => root.querySelector(selector);

// make builds an element; text is set as text, never as markup.
export function make(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

// call asks an endpoint; what it refuses is told at the top of the page.
export async function call(path, body) {
  const asText = typeof body === "string";
  const response = await fetch(path, body === undefined ? {} : {
    method: "POST",
    body: asText ? body : JSON.stringify(body),
    headers: { "Content-Type": asText ? "text/csv" : "application/json" },
  });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.error), { status: response.status });
  return answer;
}

// tell does what somebody asked for, and says at the top of the page what was wrong with it.
export function tell(work) {
  $("#wrong").hidden = true;
  return behind(work);
}

// behind does what the page does by itself: it leaves what was wrong before standing.
let wrongs = 0;
export async function behind(work) {
  const box = $("#wrong");
  try {
    return await work();
  } catch (e) {
    const mine = ++wrongs;
    const away = "The sandbox doesn’t answer: is it still running?";
    box.textContent = e instanceof TypeError ? away : e.message;
    box.hidden = false;
    setTimeout(() => { if (mine === wrongs) box.hidden = true; }, 10000);
  }
}

// shown reads a time as its own clock shows it, wherever the browser is: the offset stands in the
// text.
export function shown(rfc3339) {
  const offset = /([+-])(\d\d):(\d\d)$/.exec(rfc3339);
  const minutes = offset ? (offset[1] + "1") * (offset[2] * 60 + +offset[3]) : 0;
  return new Date(Date.parse(rfc3339) + minutes * 60000);
}
export function format(options) {
  const dates = new Intl.DateTimeFormat("en-US", { timeZone: "UTC", ...options });
  return (at) => dates.format(typeof at === "string" ? shown(at) : at);
}
export const hour = format({ hour: "numeric", minute: "2-digit" });
export const day = format({ weekday: "short", month: "short", day: "numeric" });

// The sandbox's clock tells its offset, for moments that come without one.
let offset = "+00:00";
export const setOffset = (rfc3339) => {
  offset = /([+-]\d\d:\d\d)$/.exec(rfc3339)?.[1] ?? "+00:00";
};

// moment words a moment, in seconds since 1970, by the sandbox's clock.
export function moment(seconds) {
  const minutes = (offset[0] + "1") * (offset.slice(1, 3) * 60 + +offset.slice(4));
  const wall = new Date((seconds + minutes * 60) * 1000);
  return `${day(wall)}, ${hour(wall)}`;
}

// setView shows a part of the page: where there is room for the phone and another, beside it.
const roomy = matchMedia("(min-width: 60rem)");
export function setView(view) {
  const main = $("main");
  main.dataset.view = view;
  if (view !== "phone") main.dataset.side = view;
  pressTabs();
}
export function pressTabs() {
  const { view, side } = $("main").dataset;
  for (const b of document.querySelectorAll(".tabs button")) {
    b.setAttribute("aria-pressed", b.dataset.view === (roomy.matches ? side : view));
  }
}
roomy.addEventListener("change", pressTabs);

// later gives a function that has work done shortly after it was called, once for all calls until
// then. Work that takes long isn't begun again before it has ended.
export function later(ms, work) {
  let waits = false;
  let again = false;
  const ask = () => {
    again = waits;
    if (waits) return;
    waits = true;
    setTimeout(async () => {
      try {
        await work();
      } finally {
        waits = false;
        if (again) ask();
      }
    }, ms);
  };
  return ask;
}

// arrange has a list show these nodes in this order and no others. It moves none that has the focus,
// which would be lost.
export function arrange(list, nodes) {
  const wanted = new Set(nodes);
  for (const e of [...list.children]) if (!wanted.has(e)) e.remove();
  if (nodes.length === 0) return;
  const at = Math.max(0, nodes.findIndex((e) => e.contains(document.activeElement)));
  if (nodes[at].parentNode !== list) list.prepend(nodes[at]);
  for (let i = at - 1; i >= 0; i--) {
    if (nodes[i].nextElementSibling !== nodes[i + 1]) nodes[i + 1].before(nodes[i]);
  }
  for (let i = at + 1; i < nodes.length; i++) {
    if (nodes[i].previousElementSibling !== nodes[i - 1]) nodes[i - 1].after(nodes[i]);
  }
}

// more makes a button that shows what a list leaves out.
export function more(text, press) {
  const button = make("button", "small", text);
  button.type = "button";
  button.addEventListener("click", press);
  return button;
}

// submitOnEnter sends with Enter; Shift+Enter makes a new line.
export function submitOnEnter(area) {
  area.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
      e.preventDefault();
      area.form.requestSubmit();
    }
  });
}
