// The apps on the phone: what their platforms say about them, and the part of the page that each may bring along.
import { state } from "./store.js";
import { setWords } from "./i18n.js";

const parts = new Map();

/** Load what there is of every app's part of the page: app.js, words.js, app.css. The README says what they may hold. */
export async function loadParts() {
  await Promise.all(state.apps.filter((app) => !parts.has(app.name)).map(async ({ name, page }) => {
    const load = (file) => (page.includes(file) ? import(`/apps/${name}/${file}`) : {});
    if (page.includes("app.css")) document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: `/apps/${name}/app.css` }));
    const [own, { words }] = await Promise.all([load("app.js"), load("words.js")]);
    setWords(name, words ?? {});
    parts.set(name, own.default ?? {});
  }));
}

export const app = () => state.apps.find((each) => each.name === state.app);
export const appOf = (name) => state.apps.find((each) => each.name === name);

/** The open app's own part of the page; an empty one when it has none. */
export const part = () => parts.get(state.app) ?? {};

export const account = () => state.accounts.find((each) => each.id === state.account);
