// Whose phone lies open: takes up a person on an app and the account they talk with.
import { part } from "./apps.js";
import { api } from "./api.js";
import { speak } from "./i18n.js";
import { keyOf, setChat, state } from "./store.js";

/** Open a person's phone, on the account they talked with last or the first of their app. */
export async function openPerson(id, wanted) {
  const one = state.customers.get(id);
  const fitting = state.accounts.filter((each) => each.channel === one.channel);
  const chosen = fitting.find((each) => each.id === (wanted ?? state.last.get(id))) ?? fitting[0];
  Object.assign(state, { who: id, human: one.person, app: one.channel, account: chosen.id, replyTo: null });
  state.screen = part().home ?? "chat";
  state.last.set(id, chosen.id);
  state.unread.delete(id);
  speak(one.channel);
  localStorage.setItem("sandbox.who", id);
  if (!state.chats.has(keyOf(chosen.id, id))) setChat(chosen.id, id, await api.chat(id, chosen.id));
}

/** Install the open app on the phone of the open human. */
export async function install() {
  const created = await api.welcome({ channel: state.app, person: state.human });
  state.customers.set(created.id, created);
  await openPerson(created.id);
}
