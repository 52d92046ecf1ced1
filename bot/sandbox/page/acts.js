// What staff do by buttons and forms, and what they are shown for it.
import { blocks, filled } from "./blocks.js";
import { $, call, make, tell } from "./tools.js";

const me = () => $("#me").value;

// shown draws an answer into a box that only whoever asked sees. A press in it takes its place.
export function shown(box, answer, thread) {
  const words = $(".text", box);
  words.replaceChildren(...blocks(answer.blocks, (e, b) => press(e, b, { thread, box })));
  box.hidden = !answer.blocks?.length;
}

// box makes such a box.
export function box() {
  const answer = make("div", "answer");
  answer.hidden = true;
  answer.setAttribute("role", "status");
  const close = make("button", "", "Close");
  close.type = "button";
  close.setAttribute("aria-label", "Close the answer");
  close.addEventListener("click", () => { answer.hidden = true; });
  answer.append(make("div", "text"), close);
  return answer;
}

// came shows what an act came to: an answer, a form, a file.
function came(answer, { thread, box: at, done }) {
  if (answer.modal) {
    form(answer.modal, { thread, box: at, done });
  } else if (at && (answer.blocks?.length || at.contains(document.activeElement))) {
    shown(at, answer, thread);
  }
  if (answer.file) save(answer.file);
  done?.(answer);
}

// press presses a button of blocks.
export async function press(element, button, to) {
  button.disabled = true;
  await tell(async () => {
    const body = { thread: to.thread ?? "", user: me() };
    const action = element.action_id;
    came(await call("/sandbox/press", { ...body, action, value: element.value ?? "" }), to);
  });
  button.disabled = false;
}

// run carries out a typed line.
export async function run(text, to) {
  came(await call("/sandbox/command", { text, user: me() }), to);
}

function save(file) {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([file.text], { type: "text/plain" }));
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(link.href);
}

// form opens a modal. Values that are wrong are told at their fields, and it stays open.
function form(modal, to) {
  const dialog = $("#modal");
  const f = $("form", dialog);
  $("h2", dialog).textContent = modal.title.text;
  $(".blocks", dialog).replaceChildren(...blocks(modal.blocks, (e, b) => press(e, b, to)));
  const submit = $(".main", f);
  submit.hidden = !modal.submit;
  submit.textContent = modal.submit?.text ?? "";
  f.onsubmit = (e) => {
    e.preventDefault();
    send(f, modal, dialog, to);
  };
  $(".close", f).onclick = () => dialog.close();
  if (!dialog.open) dialog.showModal();
}

async function send(f, modal, dialog, to) {
  const submit = $(".main", f);
  submit.disabled = true;
  await tell(async () => {
    const answer = await call("/sandbox/submit", {
      do: modal.private_metadata, values: filled(f), thread: to.thread ?? "", user: me(),
    });
    for (const e of f.querySelectorAll(".fault")) {
      e.textContent = answer.wrong?.[e.dataset.fault] ?? "";
    }
    if (answer.wrong) {
      [...f.elements].find((e) => answer.wrong[e.name])?.focus();
      return;
    }
    if (!answer.modal) dialog.close();
    came(answer, to);
  });
  submit.disabled = false;
}
