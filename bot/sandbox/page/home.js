// Home: the day, as the tab of the app in Slack shows it.
import { press } from "./acts.js";
import { blocks } from "./blocks.js";
import { $, behind, call, tell } from "./tools.js";

const box = () => $("#home");
const open = () => box().open;
let waits;

async function load() {
  const { blocks: list } = await call(`/sandbox/home?user=${encodeURIComponent($("#me").value)}`);
  const at = $(".answer", box());
  const drawn = blocks(list, (e, b) => press(e, b, { box: at, done: changed }));
  $(".blocks", box()).replaceChildren(...drawn);
}

// changed draws it anew shortly after something has happened, if it is open.
function changed() {
  if (!open() || waits) return;
  waits = setTimeout(() => {
    waits = undefined;
    if (open()) behind(load);
  }, 400);
}

function start() {
  box().addEventListener("toggle", () => { if (open()) tell(load); });
  $("#me").addEventListener("change", changed);
}

export const home = { start, changed };
