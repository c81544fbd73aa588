/** What can be done with an account as a whole: rename, pause, resume, remove. */

import { html, useEffect, useRef } from "../../dom.js";
import { t } from "../../i18n.js";
import { failureOf } from "../../load.js";
import { goTo } from "../../router.js";
import { ask } from "../../ui/dialog.js";
import { Icon } from "../../ui/icon.js";
import { Menu } from "../../ui/menu.js";
import { say } from "../../ui/toast.js";
import { failureText } from "../../words.js";
import { changeAccount } from "./requests.js";
import { keep, remove } from "./store.js";

/** @typedef {import("../../types.d.ts").ChannelAccount} ChannelAccount */

/** @param {Promise<any>} asked @param {() => void} [then] */
const attempt = (asked, then) => asked.then(then, (error) => say(failureText(failureOf(error)), { icon: "circle-alert" }));

/** @param {{ account: ChannelAccount, rename: () => void }} props */
export function AccountMenu({ account, rename }) {
  const paused = account.state === "paused";
  const turn = () => attempt(keep(changeAccount(account.id, { state: paused ? "active" : "paused" })));
  const gone = () => attempt(remove(account.id), () => {
    goTo("/settings/channels", { replace: true });
    say(t("{name} was removed. Its conversations stay.", { name: account.name }));
  });
  const askFirst = () => ask({
    title: t("Remove {name}?", { name: account.name }),
    text: t("{platform} is told to deliver no more, what waits is not sent, and the credentials are deleted here. All conversations stay and can be read and searched. To write on this account again, connect it anew.", { platform: account.label }),
    verb: t("Remove {name}", { name: account.name }),
    danger: true,
    act: gone,
  });
  const items = () => [
    { label: t("Rename"), icon: "pencil", act: rename },
    paused ? { label: t("Resume"), icon: "play", act: turn } : { label: t("Pause sending"), icon: "pause", act: turn },
    { label: t("Remove…"), icon: "trash-2", danger: true, act: askFirst },
  ];
  return html`<${Menu} name="account" label=${t("More about this account")} items=${items}><${Icon} name="ellipsis" /><//>`;
}

/** The name, or the field to change it in. @param {{ account: ChannelAccount, editing: import("@preact/signals").Signal<boolean> }} props */
export function Title({ account, editing }) {
  const box = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => {
    if (editing.value) box.current?.select();
  }, [editing.value]);
  if (!editing.value) return html`<h1 class="clip">${account.name}</h1>`;
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const name = box.current?.value.trim();
    editing.value = false;
    if (name && name !== account.name) await attempt(keep(changeAccount(account.id, { name })));
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    editing.value = false;
  };
  return html`<form class="rename" onSubmit=${save}><input class="input" ref=${box} defaultValue=${account.name} maxlength="200" aria-label=${t("Name in Hawker")} onKeyDown=${key} /><button type="submit" class="btn">${t("Save")}</button></form>`;
}
