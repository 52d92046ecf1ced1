// The clock: it shows the sandbox's time, is turned, and plays.
import { day } from "./day.js";
import { $, behind, call, day as date, format, hour, setOffset, shown, tell } from "./tools.js";

const full = format({
  weekday: "short", month: "short", day: "numeric",
  hour: "numeric", minute: "2-digit", second: "2-digit",
});
const danger = "a patient may be in danger";
const beat = 500; // between two turns of a clock that plays, in milliseconds
let face; // what the clock showed last
let faceSet; // when it did, in milliseconds
let playing; // of what plays now: another play is another object

// The clock runs on between events.
function run() {
  if (!face) return;
  const since = face.still ? 0 : Date.now() - faceSet;
  day.line(Date.parse(face.now) + since);
  $("#now").textContent = full(new Date(+shown(face.now) + since));
}

function set(to) {
  [face, faceSet] = [to, Date.now()];
  setOffset(to.now);
  $("#now").dateTime = to.now;
  $("#next").textContent = to.next
    ? `next event: ${date(to.next)}, ${hour(to.next)}` : "nothing planned";
  run();
}

// show takes what the clock shows. It says whether that may have changed what is planned.
function show(to) {
  const another = to.sent > 0 || to.now.slice(0, 10) !== face?.now.slice(0, 10);
  set(to);
  $("#turning").hidden = true;
  return another;
}

function cameDue(sent) {
  if (sent === 0) return "nothing came due";
  if (sent === 1) return "one thing came due and was carried out";
  return `${sent} things came due and were carried out`;
}

// turning shows how far a turn is that takes longer; it can be stopped.
function turning({ from, now, to, sent }) {
  set({ now });
  $("#next").textContent = cameDue(sent);
  $("#turning").hidden = Boolean(playing); // which has a button of its own
  $("#turning progress").value = (new Date(now) - new Date(from)) / (new Date(to) - new Date(from));
}

function turns() {
  const buttons = document.querySelectorAll("[data-turn]");
  for (const b of buttons) {
    b.addEventListener("click", async () => {
      pause();
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
  $("#turning button").addEventListener("click", stop);
}

const stop = () => tell(() => call("/sandbox/clock", { stop: true }));

// play lets the clock go on by itself, beat by beat, until it is paused or a patient may be in danger.
async function play() {
  const mine = playing = { alarmed: false };
  $("#play").textContent = "❚❚ Pause";
  $("#said").textContent = "The clock plays: all that happens is shown as it comes.";
  const end = (on, why) => pause(`The clock was paused on ${date(on)} at ${hour(on)}: ${why}.`);
  while (playing === mine) {
    if (mine.alarmed) {
      end(face.now, danger);
      return;
    }
    const began = Date.now();
    const advance = `${$("#speed").value * beat / 1000}s`;
    const r = await behind(() => call("/sandbox/clock", { advance, until: "alarm" }));
    if (playing !== mine) return;
    if (!r) pause("The clock was paused.");
    else if (r.stopped) end(r.now, r.stopped);
    else await new Promise((go) => { setTimeout(go, Math.max(0, began + beat - Date.now())); });
  }
}

// pause ends a play, if one goes on, and says why.
function pause(why = "") {
  if (!playing) return;
  playing = undefined;
  $("#play").textContent = "▶ Play";
  $("#said").textContent = why;
}

function start() {
  turns();
  $("#play").addEventListener("click", () => {
    if (!playing) {
      play();
      return;
    }
    pause(`The clock was paused on ${$("#now").textContent}.`);
    stop(); // a turn that takes long
  });
  // A turn that goes on ends at it by itself; this is for one that begins between two turns.
  document.addEventListener("alarm", () => { if (playing) playing.alarmed = true; });
  setInterval(run, 1000);
}

export const clock = { start, show, turning, pause };
