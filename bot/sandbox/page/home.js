// Home: the day, as the tab of the app in Slack shows it.
import { press } from "./acts.js";
import { blocks } from "./blocks.js";
import { $, behind, call, later, tell } from "./tools.js";

const box = () => $("#home");
const open = () => box().open;

async function load() {
  const { blocks: list } = await call(`/sandbox/home?user=${encodeURIComponent($("#me").value)}`);
  const at = $(".answer", box());
  const drawn = blocks(list, (e, b) => press(e, b, { box: at, done: changed }));
  $(".blocks", box()).replaceChildren(...drawn);
}

// changed draws it anew shortly after something has happened, if it is open.
const changed = later(400, () => open() && behind(load));

function start() {
  box().addEventListener("toggle", () => { if (open()) tell(load); });
  $("#me").addEventListener("change", changed);
}

export const home = { start, changed };
