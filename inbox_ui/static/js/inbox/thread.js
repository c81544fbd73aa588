/** The open conversation: head, messages, composer. Holds its place while older messages come in above, and follows the end while it is in sight. */

import { html, signal, useEffect, useLayoutEffect, useRef } from "../dom.js";
import { t, tn } from "../i18n.js";
import { conversationOf, dispatch, link, state } from "../live.js";
import { loadContact, loadNewer, loadThread } from "../load.js";
import { go, place, up } from "../router.js";
import { threadOf } from "../store.js";
import { Icon } from "../ui/icon.js";
import { Empty, Trouble } from "../ui/trouble.js";
import { failureText } from "../words.js";
import { Announcer } from "./announcer.js";
import { Composer } from "./composer.js";
import { ChannelChoice } from "./channel_choice.js";
import { jumpTo } from "./jump.js";
import { readTo } from "./reading.js";
import { ThreadHead } from "./thread_head.js";
import { Timeline } from "./timeline.js";
import { loadBefore, useTogether } from "./together.js";

export const NoThread = () =>
  html`<main class="thread no-thread" aria-label=${t("Conversation")}>
    <${Empty} page icon="message-circle" title=${t("No conversation is open")} text=${t("Choose one in the list, or press ↓.")} />
  </main>`;

/** @param {{ id: string }} props */
export function Thread({ id }) {
  const conversation = conversationOf(id);
  const own = threadOf(state.value, id);
  const thread = useTogether(conversation) ?? own;
  useOpening(id, conversation?.contact.id);
  if (!conversation) {
    return html`<main class="thread" aria-label=${t("Conversation")}>
      <header class="thread-head only-phone"><button type="button" class="btn icon-only" aria-label=${t("Back")} onClick=${up}><${Icon} name="chevron-left" /></button></header>
      ${thread.failed && html`<${Trouble} page title=${t("This conversation did not load")} text=${failureText(thread.failed)} again=${() => loadThread(id)} />`}
    </main>`;
  }
  return html`<main class="thread" aria-label=${t("Conversation with {name}", { name: conversation.contact.name })} tabindex="-1">
    <${ThreadHead} conversation=${conversation} />
    <${Scroller} conversation=${conversation} thread=${thread} />
    <${Announcer} conversation=${conversation} messages=${own.messages} />
    <${ChannelChoice} conversation=${conversation} /><${Composer} key=${id} conversation=${conversation} />
  </main>`;
}

/**
 * Load what is missing when a conversation is opened; what was seen before is there at once.
 * @param {string} id
 * @param {string | undefined} contact_id
 */
function useOpening(id, contact_id) {
  const live = link.value.state === "live";
  const { stale, loaded } = threadOf(state.value, id);
  const { message } = place.value;
  useEffect(() => {
    if (live && message) jumpTo(id, message);
  }, [id, live, message]);
  useEffect(() => {
    if (live && message && !loaded) return;
    if (live && (stale || !loaded)) loadThread(id).then(() => dispatch({ type: "thread_opened", conversation_id: id }));
    else if (loaded) dispatch({ type: "thread_opened", conversation_id: id });
  }, [id, live, stale]);
  useEffect(() => {
    if (matchMedia("(pointer: coarse)").matches) /** @type {HTMLElement | null} */ (document.querySelector("main.thread"))?.focus({ preventScroll: true });
  }, [id]);
  useEffect(() => {
    if (live && contact_id) loadContact(contact_id).catch(console.warn);
  }, [contact_id, live]);
}

/** So near to the end counts as being there. */
const NEAR_PX = 80;

/** So near to the edge of the loaded part, the next page is loaded. */
const NEXT_PAGE_PX = 300;

/**
 * @param {{ conversation: import("../types.d.ts").Conversation, thread: import("../types.d.ts").Thread }} props
 */
function Scroller({ conversation, thread }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const atEnd = useRef(signal(true)).current;
  const fromEnd = useRef(0);
  const { messages, loaded, complete, failed, newer } = thread;
  const first = useRef(messages[0]?.id);
  const last = messages.at(-1);
  const seen = useRef(last?.id);

  const look = () => {
    if (!box.current) return;
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    fromEnd.current = scrollHeight - scrollTop;
    const end = fromEnd.current - clientHeight < NEAR_PX;
    if (end !== atEnd.peek()) atEnd.value = end;
    if (end) seen.current = last?.id;
    if (scrollTop < NEXT_PAGE_PX && !complete) loadBefore(conversation);
    if (newer && fromEnd.current - clientHeight < NEXT_PAGE_PX) loadNewer(conversation.id);
  };
  const toEnd = () => box.current?.scrollTo({ top: box.current.scrollHeight });

  useLayoutEffect(() => {
    const isOurs = last?.status === "waiting";
    if ((atEnd.peek() && !newer) || isOurs) toEnd();
    else if (box.current && first.current !== messages[0]?.id) box.current.scrollTop = box.current.scrollHeight - fromEnd.current;
    first.current = messages[0]?.id;
  }, [messages[0]?.id, last?.id, loaded, thread.first_unread_id]);
  useFollow(box, atEnd, toEnd);
  useEffect(() => {
    if (atEnd.value && !newer) readTo(conversation, messages.filter((one) => one.conversation_id === conversation.id));
  }, [last?.id, atEnd.value, newer, conversation.unread_count]);
  const toNewest = async () => {
    if (place.peek().message) go({ conversation: conversation.id });
    atEnd.value = true;
    if (newer) await loadThread(conversation.id);
    toEnd();
  };

  const unseen = atEnd.value ? 0 : messages.length - 1 - messages.findIndex((one) => one.id === seen.current);
  return html`<div class="scroll-box">
    <div class="scroll" ref=${box} role="log" aria-live="off" aria-label=${t("Messages")} tabindex="0" onScroll=${look} aria-busy=${!loaded}>
      ${failed && html`<${Trouble} title=${t("The messages did not load")} text=${failureText(failed)} again=${() => loadThread(conversation.id)} />`}
      ${!loaded && !messages.length && !failed && html`<${SkeletonMessages} />`}
      ${messages.length > 0 && html`<${Timeline} conversation=${conversation} thread=${thread} />`}
    </div>
    ${(!atEnd.value || newer) && html`<button type="button" class="btn jump" onClick=${toNewest} aria-label=${unseen > 0 ? tn("{n} new message, to the end", "{n} new messages, to the end", unseen) : t("To the end")} title=${t("To the end")}>
      <${Icon} name="arrow-down" />${unseen > 0 && html`<span class="count">${unseen}</span>`}
    </button>`}
  </div>`;
}

/**
 * Keep the end in sight when pictures grow or the keyboard opens.
 * @param {{ current: HTMLElement | null }} box
 * @param {import("@preact/signals").Signal<boolean>} atEnd
 * @param {() => void} toEnd
 */
function useFollow(box, atEnd, toEnd) {
  useEffect(() => {
    if (!box.current) return;
    const watch = new ResizeObserver(() => atEnd.peek() && toEnd());
    watch.observe(box.current);
    const grown = () => atEnd.peek() && toEnd();
    box.current.addEventListener("load", grown, true);
    return () => watch.disconnect();
  }, []);
}

const SkeletonMessages = () =>
  html`<div class="skeleton-messages" aria-hidden="true"><span class="bubble-bar a"></span><span class="bubble-bar b"></span><span class="bubble-bar c out"></span><span class="bubble-bar a"></span></div>`;
