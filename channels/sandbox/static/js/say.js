// What goes out of the phone: words, files, taps, changed words.
import { api, Refused } from "./api.js";
import { fill, icon } from "./dom.js";
import { t } from "./i18n.js";
import { changed, state } from "./store.js";

let editing = null;

/** Say or do something as the open person; what the app refuses is told at the foot of the page. */
async function attempt(doing) {
  try {
    await doing();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    dispatchEvent(new CustomEvent("refused", { detail: error.message }));
  }
}

export async function send(wish) {
  const answer = state.replyTo ? { reply_to: state.replyTo } : {};
  state.replyTo = null;
  await attempt(() => api.write(state.who, { account: state.account, ...answer, ...wish }));
  changed("phone");
}

export const act = (wish) => attempt(() => api.act(state.who, { account: state.account, ...wish }));

export const tap = (line, choice) => attempt(() => api.act(state.who, { account: state.account, action: "tap", button: choice.id, message_id: line.id }));

/** Take the words of a message back into the field; the next send changes it. */
export function edit(line) {
  const input = document.getElementById("say-input");
  editing = line.id;
  input.value = line.view.text ?? "";
  goFace();
  input.focus();
}

/** Send the field's words; with an empty field a voice note, as the button then says. */
export function say() {
  const input = document.getElementById("say-input");
  const text = input.value.trim();
  input.value = "";
  goFace();
  if (editing && text) send({ kind: "edit", message_id: editing, text });
  else send(text ? { kind: "text", text } : { kind: "voice" });
  editing = null;
}

export function goFace() {
  const button = document.getElementById("go");
  const filled = Boolean(document.getElementById("say-input").value.trim());
  button.setAttribute("aria-label", t(filled ? "send" : "voice"));
  fill(button, icon(filled ? "send" : "mic"));
}
