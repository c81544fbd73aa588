// What the page knows. Frames and answers change it here; drawing reads it.

export const state = {
  // apps as /sandbox/apps tells them; human: whose phone this is; who: that human as the open app's customer, null: not installed
  apps: [],
  accounts: [],
  customers: new Map(),
  chats: new Map(),
  unread: new Map(),
  typing: new Map(),
  app: null,
  human: null,
  who: null,
  account: null,
  last: new Map(),
  screen: "chat",
  replyTo: null,
  faults: {},
  faultsFor: "",
  wire: [],
  lastMinute: 0,
  scripts: null,
};

const watchers = new Map();

/** Draw `part` again soon; many changes in one frame draw once. What is drawn anew while it is pressed would not hear the press. */
export function changed(...parts) {
  for (const part of parts) {
    if (!watchers.has(part) || due.has(part)) continue;
    due.add(part);
    requestAnimationFrame(function draw() {
      if (pressed) return requestAnimationFrame(draw);
      due.delete(part);
      watchers.get(part)();
    });
  }
}
const due = new Set();
let pressed = false;
addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => { pressed = false; }), true);

export function draws(part, draw) {
  watchers.set(part, draw);
}

export const keyOf = (account, customer) => `${account}/${customer}`;
export const person = () => state.customers.get(state.who);
export const onApp = (human, app) => [...state.customers.values()].find((one) => one.person === human && one.channel === app);
export const openChat = () => state.chats.get(keyOf(state.account, state.who));

export function setChat(account, customer, { lines, state: chatState }) {
  state.chats.set(keyOf(account, customer), { lines: new Map(lines.map((line) => [line.id, line])), state: chatState });
}

const onFrame = {
  line({ account, customer, line }) {
    const key = keyOf(account, customer);
    const chat = state.chats.get(key);
    const isNew = chat ? !chat.lines.has(line.id) : line.by === "business" && line.status === "pending";
    chat?.lines.set(line.id, line);
    if (line.by === "business" && isNew) {
      state.typing.delete(key);
      if (customer !== state.who || account !== state.account) state.unread.set(customer, (state.unread.get(customer) ?? 0) + 1);
    }
    changed("people", "phone");
  },
  chat({ account, customer, state: chatState }) {
    const chat = state.chats.get(keyOf(account, customer));
    if (chat) chat.state = chatState;
    changed("phone");
  },
  typing({ account, customer, seconds }) {
    const key = keyOf(account, customer);
    state.typing.set(key, Date.now() + seconds * 1000);
    setTimeout(() => changed("phone"), seconds * 1000 + 50);
    changed("phone");
  },
  customer({ customer }) {
    state.customers.set(customer.id, customer);
    changed("people", "phone");
  },
  faults({ account, faults }) {
    state.faults[account] = faults;
    changed("trouble");
  },
  wire({ entry, last_minute }) {
    state.wire = [entry, ...state.wire].slice(0, 60);
    state.lastMinute = last_minute;
    changed("wire");
  },
  scripts({ scripts }) {
    state.scripts = scripts;
    changed("crowd");
  },
};

/** Apply one frame of the live socket. Unknown ones are for pages newer than this. */
export function apply(frame) {
  onFrame[frame.type]?.(frame);
}

export const isTyping = () => (state.typing.get(keyOf(state.account, state.who)) ?? 0) > Date.now();
