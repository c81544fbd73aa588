/** What the window knows: messages by id in their order, words on their way, what was read. No DOM here. */

export const state = {
  looks: /** @type {any} */ (null),
  token: "",
  user: "",
  asked: false,
  open: false,
  view: /** @type {"chat"|"form"|"whatsapp"} */ ("chat"),
  messages: /** @type {any[]} */ ([]),
  outbox: /** @type {any[]} */ ([]),
  read: "",
  online: true,
  typingUntil: 0,
  seen: { delivered: "", read: "" },
  answering: /** @type {any} */ (null),
  hint: "",
};

/** Take messages in: a known one is replaced, mine takes the place of the word it was, all stand in their order. @param {any[]} found @param {boolean} reset */
export function takeMessages(found, reset) {
  const known = new Map(reset ? [] : state.messages.map((one) => [one.id, one]));
  for (const one of found) known.set(one.id, one);
  state.messages = [...known.values()].sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1));
  const arrived = new Set(found.map((one) => one.cid));
  state.outbox = state.outbox.filter((word) => !arrived.has(word.cid));
  if (found.some((one) => !one.mine)) state.typingUntil = 0;
}

/** Begin anew, as somebody else. */
export function forget() {
  Object.assign(state, { token: "", user: "", messages: [], outbox: [], read: "", seen: { delivered: "", read: "" }, answering: null });
}

/** The newest message of the shop's. */
export const newestTheirs = () => state.messages.findLast((one) => !one.mine);

/** How many of the shop's messages were not read. */
export function unread() {
  const upTo = state.messages.findIndex((one) => one.id === state.seen.read);
  return state.messages.filter((one, n) => !one.mine && !one.read && n > upTo).length;
}

/** Was this message of mine read? Everything up to the one that was is. @param {any} message */
export function wasRead(message) {
  const upTo = state.messages.findIndex((one) => one.ref === state.read);
  return upTo >= 0 && state.messages.indexOf(message) <= upTo;
}

let keyOfBrowser = "";

/** Remember under a name of the account's own; pages that may not keep anything remember until they are left. @param {string} account */
export function recall(account) {
  keyOfBrowser = `hawker-chat:${account}`;
  try {
    const kept = JSON.parse(localStorage.getItem(keyOfBrowser) ?? "{}");
    Object.assign(state, { token: kept.token ?? "", outbox: kept.outbox ?? [] });
  } catch {
    return;
  }
}

export function remember() {
  const { token, outbox } = state;
  try {
    if (token) localStorage.setItem(keyOfBrowser, JSON.stringify({ token, outbox: outbox.filter((one) => one.word.kind !== "file") }));
    else localStorage.removeItem(keyOfBrowser);
  } catch {
    return;
  }
}
