// The page of Beacon's sandbox: it uses the JSON endpoints that anybody may use, and listens to
// their events.
import { day } from "./day.js";
import { desk } from "./desk.js";
import { failures } from "./failures.js";
import { home } from "./home.js";
import { phone } from "./phone.js";
import { stories } from "./stories.js";
import {
  $, call, day as date, format, hour, make, pressTabs, setOffset, setView, shown, tell,
} from "./tools.js";

const full = format({
  weekday: "short", month: "short", day: "numeric",
  hour: "numeric", minute: "2-digit", second: "2-digit",
});

// The clock runs on between events.
let face, faceSet;
function showClock() {
  if (!face) return;
  const since = face.still ? 0 : Date.now() - faceSet;
  day.line(Date.parse(face.now) + since);
  $("#now").textContent = full(new Date(+shown(face.now) + since));
}
function setClock(clock) {
  [face, faceSet] = [clock, Date.now()];
  setOffset(clock.now);
  $("#now").dateTime = clock.now;
  $("#next").textContent = clock.next
    ? `next event: ${date(clock.next)}, ${hour(clock.next)}` : "nothing planned";
  showClock();
}

function cameDue(sent) {
  if (sent === 0) return "nothing came due";
  if (sent === 1) return "one thing came due and was carried out";
  return `${sent} things came due and were carried out`;
}

function clockButtons() {
  const buttons = document.querySelectorAll("[data-turn]");
  for (const b of buttons) {
    b.addEventListener("click", async () => {
      for (const other of buttons) other.disabled = true;
      await tell(async () => {
        const { now, sent, stopped } = await call("/sandbox/clock", JSON.parse(b.dataset.turn));
        const why = stopped ? `; ${stopped}` : "";
        $("#said").textContent = `It is now ${date(now)}, ${hour(now)}: ${cameDue(sent)}${why}.`;
      });
      for (const other of buttons) other.disabled = false;
      $("#turning").hidden = true;
      b.focus();
    });
  }
  $("#turning button").addEventListener("click", () => {
    tell(() => call("/sandbox/clock", { stop: true }));
  });
}

// A turn that takes longer shows how far it is, and can be stopped.
function setTurning({ from, now, to, sent }) {
  setClock({ now });
  $("#next").textContent = cameDue(sent);
  $("#turning").hidden = false;
  $("#turning progress").value = (new Date(now) - new Date(from)) / (new Date(to) - new Date(from));
}

function tabs() {
  pressTabs();
  for (const b of document.querySelectorAll(".tabs button")) {
    b.addEventListener("click", () => {
      setView(b.dataset.view);
      day.changed();
    });
  }
}

function importer() {
  $("#file").addEventListener("change", async (e) => {
    if (e.target.files[0]) $("#csv").value = await e.target.files[0].text();
  });
  $("#import").addEventListener("submit", (e) => {
    e.preventDefault();
    tell(async () => {
      const r = await call("/sandbox/import", $("#csv").value);
      const list = make("ul");
      for (const f of [...r.faults, ...r.warnings]) {
        const where = `Line ${f.line}${f.column ? `, ${f.column}` : ""}`;
        list.append(make("li", "", `${where}: ${f.what}`));
      }
      const counts = [`${r.imported} imported`, `${r.updated} updated`, `${r.unchanged} unchanged`];
      if (r.cancelled) counts.push(`${r.cancelled} cancelled`);
      $("#imported").replaceChildren(make("p", "", `${counts.join(", ")}.`), list);
    });
  });
}

// anew forgets what was shown: another sandbox is on the stage.
function anew() {
  phone.forget();
  desk.forget();
  day.forget();
  $("#said").textContent = "";
  $("#modal").close();
}

let source;
function listen() {
  source?.close();
  source = new EventSource("/sandbox/events");
  source.addEventListener("failures", (e) => failures.show(JSON.parse(e.data)));
  source.addEventListener("open", () => tell(async () => {
    if (await stories.load()) anew();
    await failures.load();
    await phone.load();
    await desk.load();
    day.changed();
  }));
  source.addEventListener("clock", (e) => {
    setClock(JSON.parse(e.data));
    $("#turning").hidden = true;
  });
  source.addEventListener("turning", (e) => setTurning(JSON.parse(e.data)));
  source.addEventListener("message", (e) => {
    if (e.data) phone.changed(JSON.parse(e.data).phone);
  });
  source.addEventListener("people", () => {
    phone.looked();
    day.changed();
  });
  source.addEventListener("card", (e) => desk.show(JSON.parse(e.data)));
  for (const what of ["clock", "message", "card"]) {
    source.addEventListener(what, home.changed);
    source.addEventListener(what, day.changed);
  }
}

clockButtons();
tabs();
importer();
phone.start();
desk.start();
home.start();
day.start();
failures.start();
stories.start(() => {
  anew();
  listen();
});
setInterval(showClock, 1000);
listen();
