/** The store before anything is known, and the small steps that every verb is made of. */

/** @typedef {import("../types.d.ts").State} State */
/** @typedef {import("../types.d.ts").Filter} Filter */

/** @type {State} */
export const EMPTY = {
  me: null,
  agents: {},
  teams: {},
  tags: {},
  accounts: {},
  conversations: {},
  versions: {},
  contacts: {},
  threads: {},
  lists: {},
  filters: {},
  counts: null,
  counts_stale: false,
  typing: {},
  visits: {},
  viewing: {},
  drafts: {},
  outbox: [],
  link: { state: "connecting", since: null },
  cursor: 0,
};

/** @type {import("../types.d.ts").List} */
export const EMPTY_LIST = { ids: [], cursor: null, complete: false, loading: false, loaded: false, failed: null, matches: {}, searched: null };

/** @type {import("../types.d.ts").Thread} */
export const EMPTY_THREAD = {
  messages: [],
  complete: false,
  loading: false,
  loaded: false,
  failed: null,
  first_unread_id: null,
  stale: false,
  newer: null,
};

/**
 * Index rows by id.
 * @template {{ id: string }} T
 * @param {T[]} rows
 * @returns {Record<string, T>}
 */
export const byId = (rows) => Object.fromEntries(rows.map((row) => [row.id, row]));

/**
 * Return a record with one entry replaced.
 * @template T
 * @param {Record<string, T>} record
 * @param {string} key
 * @param {T} value
 * @returns {Record<string, T>}
 */
export const put = (record, key, value) => ({ ...record, [key]: value });

/**
 * Return a record without one entry.
 * @template T
 * @param {Record<string, T>} record
 * @param {string} key
 * @returns {Record<string, T>}
 */
export function drop(record, key) {
  if (!(key in record)) return record;
  const { [key]: _, ...rest } = record;
  return rest;
}

/**
 * Say whether an event is news for an object: events without an id always are, others when they are younger than the last one applied.
 * @param {State} state
 * @param {string} key names the object, e.g. "conversation:…"
 * @param {import("../types.d.ts").StoreEvent} event
 */
export const isNews = (state, key, event) => event.id === undefined || event.id > (state.versions[key] ?? 0);

/** Versions kept: more than can come again after a lost connection. */
const MOST_VERSIONS = 2000;

/**
 * Remember that an event was applied to an object.
 * @param {State} state
 * @param {string} key
 * @param {import("../types.d.ts").StoreEvent} event
 * @returns {State}
 */
export function seen(state, key, event) {
  if (event.id === undefined) return state;
  const versions = put(state.versions, key, Math.max(event.id, state.versions[key] ?? 0));
  return { ...state, versions: Object.keys(versions).length > MOST_VERSIONS ? youngest(versions) : versions };
}

/** @param {Record<string, number>} versions */
const youngest = (versions) =>
  Object.fromEntries(Object.entries(versions).sort(([, a], [, b]) => b - a).slice(0, MOST_VERSIONS / 2));
