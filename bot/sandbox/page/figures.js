// Figures: what the front desk did, as Home and `bot stats` have it, with pictures.
import { $, behind, call, later, make } from "./tools.js";

const box = () => $("#figures");
let raw = ""; // what is shown, as it came: what hasn't changed isn't drawn anew

function picture({ alt, light, dark }) {
  const both = make("picture");
  const night = make("source");
  night.media = "(prefers-color-scheme: dark)";
  night.srcset = `data:image/svg+xml;base64,${dark}`;
  const img = make("img");
  img.alt = alt;
  img.src = `data:image/svg+xml;base64,${light}`;
  both.append(night, img);
  return both;
}

function row(r) {
  const line = make("tr", r.part ? "part" : "");
  const head = make("th", "", r.label);
  head.scope = "row";
  line.append(head, ...r.says.map((s) => make("td", "", s.replace(" %", "\u00a0%"))));
  return line;
}

function draw({ periods, rows }) {
  const head = make("tr");
  head.append(make("td"), ...periods.map((p) => Object.assign(make("th", "", p), { scope: "col" })));
  $("thead", box()).replaceChildren(head);
  $("tbody", box()).replaceChildren(...rows.map(row));
  let whole = "";
  const pictures = [];
  for (const r of rows) {
    if (!r.part) whole = r.label;
    if (!r.picture) continue;
    const figure = make("figure");
    const title = r.part ? `${whole}: ${r.label}, of a hundred` : r.label;
    figure.append(make("figcaption", "", title), picture(r.picture));
    pictures.push(figure);
  }
  $(".pictures", box()).replaceChildren(...pictures);
  $("#figures-none").hidden = pictures.length > 0;
}

async function load() {
  const r = await call("/sandbox/figures");
  const text = JSON.stringify(r);
  if (text === raw) return;
  raw = text;
  draw(r);
}

// changed reads them anew shortly after something has happened, if they are on the screen.
const changed = later(300, () => box().offsetWidth && behind(load));

export const figures = { changed };
