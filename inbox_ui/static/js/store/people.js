/** People: who reads this page, the others of the shop, and what they are doing now. */

import { byId, drop, put } from "./state.js";

/** @typedef {import("../types.d.ts").Verb} Verb */

/** @type {Verb} */
export const meLoaded = (state, event) => ({ ...state, me: { ...state.me, ...event.me } });

/** @type {Verb} */
export const directoryLoaded = (state, { agents, teams, tags, accounts }) => ({
  ...state,
  agents: byId(agents),
  teams: byId(teams),
  tags: byId(tags),
  accounts: byId(accounts),
});

/** @type {Verb} */
export const tagCreated = (state, { tag }) => ({ ...state, tags: put(state.tags, tag.id, tag) });

/** @type {Verb} */
export const accountLoaded = (state, { account }) => ({
  ...state,
  accounts: account.state === "removed" ? drop(state.accounts, account.id) : put(state.accounts, account.id, account),
});

/** @type {Verb} */
export const presenceChanged = (state, event) => {
  const { id, ...told } = event.data;
  const agent = state.agents[id];
  const presence = { state: told.state, online: told.online };
  const me = state.me && state.me.id === id ? { ...state.me, presence } : state.me;
  return { ...state, me, agents: agent ? put(state.agents, id, { ...agent, presence }) : state.agents };
};

/** What a customer looks at in the shop now; null = nobody knows. @type {Verb} */
export const visitSeen = (state, { conversation_id, at, data }) => {
  const visit = data && { page_at: at, ...data };
  return { ...state, visits: put(state.visits, /** @type {string} */ (conversation_id), visit) };
};

/** How long one sign of typing is believed. */
const TYPING_LASTS_MS = 6000;

/** @type {Verb} */
export const typingSeen = (state, event) => {
  const id = /** @type {string} */ (event.conversation_id ?? event.data?.conversation_id);
  const who = event.data?.contact ? "contact" : event.data?.agent_id;
  if (!id || !who || who === state.me?.id) return state;
  const until = Date.parse(event.at ?? "") + TYPING_LASTS_MS;
  return { ...state, typing: put(state.typing, id, put(state.typing[id] ?? {}, who, until)) };
};

/**
 * Who has just written is not typing any more.
 * @param {import("../types.d.ts").State} state
 * @param {import("../types.d.ts").Message} message
 */
export function typingDone(state, message) {
  const who = message.direction === "inbound" ? "contact" : message.agent_id ?? "";
  const people = state.typing[message.conversation_id];
  return people?.[who] ? { ...state, typing: put(state.typing, message.conversation_id, drop(people, who)) } : state;
}

/**
 * Forget signs of typing that are too old.
 * @type {Verb}
 */
export const typingExpired = (state, { now }) => {
  /** @type {typeof state.typing} */
  const typing = {};
  for (const [id, people] of Object.entries(state.typing)) {
    const fresh = Object.entries(people).filter(([, until]) => until > now);
    if (fresh.length) typing[id] = Object.fromEntries(fresh);
  }
  return { ...state, typing };
};

/** @type {Verb} */
export const viewingSeen = (state, event) => {
  const id = /** @type {string} */ (event.conversation_id);
  const { agent_id, viewing } = event.data;
  if (!id || agent_id === state.me?.id) return state;
  const others = (state.viewing[id] ?? []).filter((known) => known !== agent_id);
  return { ...state, viewing: put(state.viewing, id, viewing ? [...others, agent_id] : others) };
};

/** @type {Verb} */
export const contactLoaded = (state, event) => {
  const contact = event.contact ?? event.data;
  const known = state.contacts[contact.id];
  const { id, name, avatar_url, language, phone } = contact;
  const brief = { id, name, avatar_url, language, phone };
  const conversations = Object.fromEntries(
    Object.entries(state.conversations).map(([key, one]) =>
      one.contact.id === id ? [key, { ...one, contact: { ...one.contact, ...brief } }] : [key, one]
    ),
  );
  return { ...state, conversations, contacts: put(state.contacts, id, { ...known, ...contact }) };
};
