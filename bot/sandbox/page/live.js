// Words, live: what an edit of the clinic's words changes, or what is wrong with it.
import { $, call, make, tell } from "./tools.js";

const languages = { en: "English", es: "Spanish" };
let seen = 0; // the saves that were shown: a fresh one unfolds the list

// pieces are what two texts have in common and what each has alone, word by word.
function pieces(was, is) {
  const [a, b] = [was, is].map((s) => s.split(/(?<=\s)/));
  const common = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i][j] = a[i].trim() === b[j].trim()
        ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const out = [[], []]; // of each: [text, whether it alone has it]
  const add = (side, text, alone) => {
    const last = out[side].at(-1);
    if (last?.[1] === alone) last[0] += text;
    else out[side].push([text, alone]);
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i].trim() === b[j].trim()) {
      add(0, a[i++], false);
      add(1, b[j++], false);
    } else if (j === b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) {
      add(0, a[i++], true);
    } else {
      add(1, b[j++], true);
    }
  }
  return out;
}

// side is one half: what is done, and the words with those marked that the other half lacks.
function side(title, what, words, tag, none) {
  const box = make("div", "half");
  box.append(make("h3", "", title));
  if (what) box.append(make("p", "what", what));
  const p = make("p", "says");
  if (words.every(([text]) => text === "")) p.append(make("em", "", none));
  else p.append(...words.flatMap(([text, alone]) => (alone ? [make(tag, "", text.trim()), " "] : text)));
  box.append(p);
  return box;
}

function halves(was, is, none) {
  const [before, now] = was.says && is.says
    ? pieces(was.says, is.says) : [[[was.says, false]], [[is.says, false]]];
  const row = make("div", "halves");
  row.append(side("Before", was.what, before, "del", none), side("Now", is.what, now, "ins", none));
  return row;
}

function answered(a) {
  const item = make("li", a.danger ? "danger" : "");
  const head = make("p", "asked");
  if (a.danger) head.append(make("strong", "flag", "Danger"), " ");
  head.append(`“${a.text}” `, make("small", "", a.from));
  const same = a.was.what === a.is.what;
  const [was, is] = [a.was, a.is].map(({ what, says }) => ({ what: same ? "" : what, says }));
  item.append(head, halves(was, is, "no text"));
  return item;
}

function reworded(s) {
  const item = make("li", s.danger ? "danger" : "");
  const head = make("p", "asked");
  if (s.danger) head.append(make("strong", "flag", "Danger"), " ");
  let how = "";
  if (!s.was) how = ", new";
  if (!s.is) how = ", gone";
  head.append(`${s.name}: ${s.of} in ${languages[s.lang] ?? s.lang}${how} `,
    make("small", "", `${s.file}, line ${s.line}`));
  item.append(head, halves({ says: s.was }, { says: s.is }, "not there"));
  return item;
}

function fault(f) {
  const item = make("li");
  const where = f.file ? `${f.file}${f.line ? `, line ${f.line}` : ""}: ` : "";
  item.append(make("b", "", where), f.what);
  return item;
}

function part(title, items, list, className = "") {
  if (items.length === 0) return [];
  const ul = make("ul", className);
  ul.append(...items.map(list));
  return [make("h2", "", title), ul];
}

const count = (n, one, many) => (n === 1 ? `1 ${one}` : `${n} ${many}`);
const more = (n) => (n ? [make("p", "", `And ${n} more like these.`)] : []);

// summed says in a line how the words stand.
function summed(w, answers, sentences) {
  if (w.wrong?.length) {
    return `${count(w.wrong.length, "fault", "faults")} in what was saved last: the words of before stay in use.`;
  }
  const parts = [];
  if (w.danger) parts.push(`danger is decided otherwise for ${count(w.danger, "text", "texts")}`);
  const n = answers.length + w.more_answers;
  if (n) parts.push(`${count(n, "question gets", "questions get")} another answer`);
  const m = sentences.length + w.more_sentences;
  if (m) parts.push(`${count(m, "sentence is", "sentences are")} worded otherwise`);
  if (parts.length) return `In use: ${parts.join(", ")}.`;
  return w.saved && !w.doing ? "In use: nothing differs from before." : "In use. Save a file, and what it changes shows here.";
}

function drawWatched(w) {
  const [answers, sentences, wrong] = [w.answers ?? [], w.sentences ?? [], w.wrong ?? []];
  $("#words-said").textContent = summed(w, answers, sentences);
  $("#words-read").textContent = w.read
    ? `Your save was read at ${new Date(w.read).toLocaleTimeString()}.` : "";
  $("#words").classList.toggle("bad", wrong.length > 0 || w.danger > 0);
  $("#words-doing").hidden = !w.doing || wrong.length > 0;
  $("#words-doing span").textContent = w.doing ?? "";
  const progress = $("#words-doing progress");
  if (w.done) progress.value = w.done;
  else progress.removeAttribute("value");
  const danger = answers.filter((a) => a.danger);
  $("#words-list").replaceChildren(
    ...part("Not in use yet. Mend this:", wrong, fault, "faults"),
    ...part("What is decided about danger changes. A clinician should read this first", danger, answered),
    ...part("Other answers", answers.filter((a) => !a.danger), answered), ...more(w.more_answers),
    ...part("Other words", sentences, reworded), ...more(w.more_sentences),
    ...part("In use, with these faults:", w.standing ?? [], fault, "faults"),
    ...(w.notes ?? []).map((n) => make("p", "", n)),
  );
  $("#words-from").hidden = answers.length + sentences.length === 0;
  $("#words-dir").textContent = w.dir;
  if (w.saved > seen) $("#words details").open = true;
  seen = w.saved;
}

// show draws how the words stand: null in a story, which speaks the words that are built in.
function show(w) {
  $("#words").hidden = !w;
  if (!w) return;
  $("#words details").hidden = !w.dir;
  $("#words-try").hidden = Boolean(w.dir);
  if (w.dir) {
    drawWatched(w);
    return;
  }
  const lines = (w.try ?? []).flatMap((line, i) => [i ? ", then " : "", make("code", "", line)]);
  $("#words-try").replaceChildren("To edit the words and see here what each save changes: ", ...lines);
}

const load = async () => show(await call("/sandbox/edited"));

function start() {
  $("#words-from").addEventListener("click", () => tell(async () => {
    await call("/sandbox/compare", {});
    $("#words summary").focus();
  }));
}

export const live = { start, load, show };
