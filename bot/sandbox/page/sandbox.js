// The page of Beacon's sandbox: it uses the JSON endpoints that anybody may use, and listens to
// their events.
import { clock } from "./clock.js";
import { day } from "./day.js";
import { desk } from "./desk.js";
import { failures } from "./failures.js";
import { figures } from "./figures.js";
import { home } from "./home.js";
import { live } from "./live.js";
import { phone } from "./phone.js";
import { stories } from "./stories.js";
import { $, behind, call, make, pressTabs, setView, tell } from "./tools.js";

function tabs() {
  pressTabs();
  for (const b of document.querySelectorAll(".tabs button")) {
    b.addEventListener("click", () => {
      setView(b.dataset.view);
      day.changed();
      figures.changed();
    });
  }
}

const told = 50; // of an import's faults; a file with one in each line needs no more to be mended

function importer() {
  $("#file").addEventListener("change", async (e) => {
    if (e.target.files[0]) $("#csv").value = await e.target.files[0].text();
  });
  $("#import").addEventListener("submit", (e) => {
    e.preventDefault();
    tell(async () => {
      const r = await call("/sandbox/import", $("#csv").value);
      const list = make("ul");
      const all = [...r.faults, ...r.warnings];
      for (const f of all.slice(0, told)) {
        const where = `Line ${f.line}${f.column ? `, ${f.column}` : ""}`;
        list.append(make("li", "", `${where}: ${f.what}`));
      }
      if (all.length > told) list.append(make("li", "", `and ${all.length - told} more`));
      const counts = [`${r.imported} imported`, `${r.updated} updated`, `${r.unchanged} unchanged`];
      if (r.cancelled) counts.push(`${r.cancelled} cancelled`);
      $("#imported").replaceChildren(make("p", "", `${counts.join(", ")}.`), list);
    });
  });
}

// anew forgets what was shown: another sandbox is on the stage.
function anew() {
  clock.pause();
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
  source.addEventListener("words", (e) => live.show(JSON.parse(e.data)));
  source.addEventListener("open", () => behind(async () => {
    if (await stories.load()) anew();
    await failures.load();
    await live.load();
    await phone.load();
    await desk.load();
    day.changed();
    figures.changed();
  }));
  source.addEventListener("clock", (e) => {
    if (!clock.show(JSON.parse(e.data))) return;
    day.changed();
    figures.changed();
  });
  source.addEventListener("turning", (e) => clock.turning(JSON.parse(e.data)));
  source.addEventListener("message", (e) => {
    if (e.data) phone.came(JSON.parse(e.data));
  });
  source.addEventListener("people", () => {
    phone.looked();
    day.changed();
  });
  source.addEventListener("card", (e) => desk.show(JSON.parse(e.data)));
  for (const what of ["clock", "message", "card"]) source.addEventListener(what, home.changed);
  for (const what of ["message", "card"]) {
    source.addEventListener(what, day.changed);
    source.addEventListener(what, figures.changed);
  }
}

clock.start();
tabs();
importer();
phone.start();
desk.start();
home.start();
day.start();
failures.start();
live.start();
stories.start(() => {
  anew();
  listen();
});
listen();
