/** Where answers are written: modes, text, tray, tools, Send. */

import { cls, html, useEffect, useRef, useSignal } from "../dom.js";
import { t } from "../i18n.js";
import { accountOf, agents, link } from "../live.js";
import { sayTyping } from "../session.js";
import { Icon } from "../ui/icon.js";
import { close } from "./actions.js";
import { answering, answerNone, draftOf, focusWish, setDraft } from "./drafts.js";
import { answeredSince, CollisionNotice, isClosedWindow, WindowLine } from "./window_line.js";
import { isTooLong } from "./measure.js";
import { ReplyTo, Tray } from "./tray.js";
import { addNote, sendReply } from "./sending.js";
import { SendButton } from "./send_button.js";
import { TextBox } from "./text_box.js";
import { Tools } from "./tools.js";
import { addFiles, emptyTray, trays } from "./uploads.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */

/** @param {{ conversation: Conversation }} props */
export function Composer({ conversation }) {
  const id = conversation.id;
  const mode = useSignal(/** @type {"reply" | "note"} */ ("reply"));
  const note = useSignal("");
  const warned = useSignal(false);
  const started = useRef(Date.now());
  const input = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const account = accountOf(conversation);
  const able = account?.capabilities;
  const isNote = mode.value === "note";
  const text = isNote ? note.value : draftOf(id);
  const tray = trays.value[id] ?? [];
  const shut = !isNote && isClosedWindow(conversation, able);

  useWishes(input, mode);
  const write = (/** @type {string} */ value) => {
    if (isNote) note.value = value;
    else {
      if (!draftOf(id)) started.current = Date.now();
      setDraft(id, value);
    }
    if (value) sayTyping(id, !isNote);
  };
  const ready = !!text.trim() || (!isNote && tray.length > 0);
  const blocked = tray.some((one) => one.failure || !one.media_id) || (!!able && isTooLong(text.trim(), able.text) && !isNote);
  const rival = isNote ? null : answeredSince(id, started.current);

  const send = (/** @type {{ andClose?: boolean, anyway?: boolean }} */ { andClose = false, anyway = false } = {}) => {
    if (!ready || (blocked && !isNote) || !able) return;
    if (rival && !anyway) {
      warned.value = true;
      return;
    }
    if (isNote) {
      addNote(id, text, mentioned(text));
      note.value = "";
    } else {
      sendReply(id, { text, tray, able, answered: answering.value[id] });
      setDraft(id, "");
      emptyTray(id);
      answerNone(id);
    }
    warned.value = false;
    started.current = Date.now();
    if (andClose) close(conversation);
    input.current?.focus();
  };
  const take = (/** @type {Iterable<File>} */ files, /** @type {{ voice?: boolean }} */ options = {}) => able && addFiles(id, files, able, options);

  return html`<footer class="composer" onDragOver=${(/** @type {DragEvent} */ event) => event.preventDefault()} onDrop=${(/** @type {DragEvent} */ event) => drop(event, take)}>
    ${warned.value && rival && html`<${CollisionNotice} message=${rival} read=${() => { warned.value = false; started.current = Date.now(); }} anyway=${() => send({ anyway: true })} />`}
    ${!isNote && html`<${WindowLine} conversation=${conversation} able=${able} writing=${!!text} />`}
    <div class=${cls("box", isNote && "is-note")}>
      <div class="modes" role="tablist" aria-label=${t("Mode")}>
        <button type="button" role="tab" aria-selected=${!isNote} onClick=${() => { mode.value = "reply"; input.current?.focus(); }}>${t("Reply")}</button>
        <button type="button" role="tab" aria-selected=${isNote} onClick=${() => { mode.value = "note"; input.current?.focus(); }}>${t("Note")}</button>
      </div>
      ${!isNote && html`<${ReplyTo} conversation=${conversation} /><${Tray} id=${id} />`}
      <${TextBox} input=${input} text=${text} write=${write} send=${send} paste=${take} disabled=${shut} label=${isNote ? t("Internal note") : t("Reply")} conversation=${conversation} />
      <div class="tools">
        ${isNote ? html`<span class="tiny only-team"><${Icon} name="lock" size="xs" />${t("Only your team sees this")}</span>` : html`<${Tools} conversation=${conversation} able=${able} input=${input} write=${write} text=${text} take=${take} shut=${shut} />`}
        <${SendButton} note=${isNote} send=${send} ready=${ready && !blocked && !shut} offline=${link.value.state === "offline"} text=${text} able=${able} />
      </div>
    </div>
  </footer>`;
}

/**
 * @param {DragEvent} event
 * @param {(files: Iterable<File>) => void} take
 */
function drop(event, take) {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  take(event.dataTransfer.files);
}

/**
 * Keys and "reply to" ask for the composer from elsewhere; opening a conversation does so on a desktop.
 * @param {{ current: HTMLTextAreaElement | null }} input
 * @param {import("@preact/signals").Signal<"reply" | "note">} mode
 */
function useWishes(input, mode) {
  const wish = focusWish.value;
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) input.current?.focus();
    else if (matchMedia("(pointer: fine)").matches) input.current?.focus({ preventScroll: true });
    first.current = false;
  }, [wish]);
  useEffect(() => {
    const change = (/** @type {Event} */ event) => {
      mode.value = /** @type {CustomEvent} */ (event).detail;
      input.current?.focus();
    };
    addEventListener("hawker:compose", change);
    return () => removeEventListener("hawker:compose", change);
  }, []);
}

/** @param {string} text */
const mentioned = (text) => Object.values(agents.peek()).filter((one) => text.includes(`@${one.name}`)).map((one) => one.id);
