// What the phone's menus offer: other kinds to send, doings with one message, switches of the chat.
import { app } from "./apps.js";
import { api } from "./api.js";
import { h, switchOf } from "./dom.js";
import { t } from "./i18n.js";
import { choiceRow, grid, openSheet, switchRow } from "./sheet.js";
import { changed, openChat, person, state } from "./store.js";

const wish = (body) => ({ account: state.account, ...body });

/** The + menu: every kind that the app's customers can send, and a file of one's own. */
export function showKinds(send) {
  const group = (name) => app().kinds.filter((kind) => kind.group === name).map((kind) => [kind.icon, t(`kind_${kind.name}`), () => send(kind.sample)]);
  openSheet(
    t("attach"),
    grid(t("group_send"), [["paperclip", t("kind_file"), () => pickFile(send)], ...group("send")]),
    ...["change", "rare"].map((name) => [name, group(name)]).filter(([, all]) => all.length).map(([name, all]) => grid(t(`group_${name}`), all)),
  );
}

function pickFile(send) {
  const input = h("input", { type: "file" });
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (file) send(await fileWish(file));
  });
  input.click();
}

export async function fileWish(file) {
  const kind = /^(image\/webp)$/.test(file.type) ? "sticker" : /^(image|video|audio)\//.exec(file.type)?.[1] ?? "document";
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return { kind, data: btoa(text), mime: file.type || "application/octet-stream", filename: file.name };
}

/** What can be done with one message: react, answer, and with one's own: edit, delete. */
export function showLine(line, send, edit) {
  const react = (emoji) => api.act(state.who, wish({ react: line.reactions.customer === emoji ? "" : emoji, message_id: line.id }));
  const reply = () => { state.replyTo = line.id; changed("phone"); document.getElementById("say-input")?.focus(); };
  const can = (kind) => line.by === "customer" && !line.deleted && app().kinds.some((each) => each.name === kind);
  openSheet(
    t("more"),
    h("div", { class: "react-row" }, app().reactions.map((emoji) => h("button", { type: "button", class: line.reactions.customer === emoji ? "react on" : "react", onclick: () => { react(emoji); document.getElementById("sheet").click(); } }, emoji))),
    choiceRow("reply", t("reply"), reply),
    can("edit") ? choiceRow("square-pen", t("edit"), () => edit(line)) : null,
    can("revoke") ? choiceRow("trash-2", t("remove"), () => send({ kind: "revoke", message_id: line.id })) : null,
    choiceRow("copy", t("copy_id"), () => navigator.clipboard.writeText(line.id), { note: line.id.slice(0, 34) }),
  );
}

export function showList(line, tap) {
  openSheet(line.view.list.button, ...line.view.list.sections.map((section) => h("section", {},
    section.title ? h("h4", { class: "tiny quiet" }, section.title) : null,
    section.rows.map((row) => choiceRow("circle-help", row.title, () => tap(line, row), { note: row.description ?? "" })))));
  for (const mark of document.querySelectorAll("#sheet .menu-item > .icon")) mark.remove();
}

/** The ⋯ menu: what this phone tells the shop, and whether it is on. */
export function showSwitches() {
  const one = person();
  const chat = openChat();
  const act = async (body) => { await api.act(state.who, wish(body)); showSwitches(); };
  openSheet(
    one.name,
    switchRow("check-check", t("read_receipts"), switchOf(one.read_receipts, t("read_receipts"), (on) => act({ read_receipts: on }))),
    switchRow("wifi-off", t("phone_on"), switchOf(one.online, t("phone_on"), (on) => act({ online: on }))),
    switchRow("ban", t("block"), switchOf(Boolean(chat?.state.blocked_by_customer), t("block"), (on) => act({ block: on }))),
  );
}
