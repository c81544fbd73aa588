/** One message as the log shows it. */

import { anchor, firstAddress, h, icon, linked } from "./dom.js";
import { server } from "./net.js";
import { state, wasRead } from "./store.js";
import { retry, say } from "./talk.js";

const w = (name) => state.looks.words[name];

/** @param {any} one @param {{ first: boolean, last: boolean, newest: boolean, answer: (one: any) => void }} where */
export function bubble(one, where) {
  const parts = one.deleted ? [h("div", { class: "b gone" }, w("deleted"))] : content(one, where.newest);
  const canAnswer = !one.deleted && one.ref;
  return h(
    "div",
    { class: ["m", one.mine && "mine", where.first && "first", where.last && "last", one.cards && "has-cards"].filter(Boolean).join(" ") },
    h("span", { class: "sr" }, `${w(one.mine ? "you" : "us")}: `),
    parts,
    one.reactions?.length > 0 && h("div", { class: "hearts" }, one.reactions.map((emoji) => h("span", {}, emoji))),
    canAnswer && h("button", { type: "button", class: "reply round", "aria-label": w("reply"), onclick: () => where.answer(one) }, icon("reply")),
    where.last && meta(one),
  );
}

function content(one, newest) {
  const files = (one.files ?? []).map(file);
  const said = one.text && one.kind !== "location" && h("div", { class: "b" }, quote(one.reply), linked(one.text));
  switch (one.kind) {
    case "buttons":
      return [said, chips(one, one.buttons, newest)];
    case "list":
      return [said, rows(one, newest)];
    case "cards":
      return [said, h("div", { class: "cards" }, one.cards.map((each) => card(one, each, newest)))];
    case "location":
      return [spot(one.place)];
    case "form_reply":
      return [h("div", { class: "b" }, Object.entries(one.values).map(([label, value]) => h("div", {}, `${label}: ${value}`)))];
  }
  const pay = !one.mine && payLink(one.text);
  const found = [...files, said, pay && anchor(pay, w("pay"), { class: "wide full b" })].filter(Boolean);
  return found.length ? found : [h("div", { class: "b gone" }, w("unsupported"))];
}

/** A payment page of the shop's own inbox. @param {string} text */
function payLink(text) {
  const address = firstAddress(text);
  return address.startsWith(`${new URL(server.base).origin}/pay/`) ? address : "";
}

const quote = (reply) => reply && h("span", { class: "quote clip" }, `${w(reply.mine ? "you" : "us")}: ${reply.text || w(kindName(reply.kind))}`);

/** @param {string} kind */
export const kindName = (kind) => ({ image: "photo", video: "video", audio: "audio", location: "place" })[kind] ?? "file";

function file(one) {
  const url = one.url ?? `${server.base}/${one.path}`;
  if (one.mime.startsWith("image/")) return anchor(url, h("img", { src: url, alt: one.name || w("photo"), loading: "lazy", onload: (event) => event.target.dispatchEvent(new CustomEvent("grown", { bubbles: true, composed: true })) }), { class: "pic" });
  if (one.mime.startsWith("video/")) return h("div", { class: "pic" }, h("video", { src: url, controls: true, preload: "metadata", "aria-label": one.name || w("video") }));
  if (one.mime.startsWith("audio/")) return h("audio", { src: url, controls: true, preload: "metadata", "aria-label": w("audio") });
  return h("div", { class: "b" }, anchor(url, [icon("file"), h("span", {}, one.name || w("file"), h("small", {}, size(one.size)))], { class: "doc" }));
}

const size = (bytes) => (bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round((bytes ?? 0) / 1e3))} KB`);

function chips(one, buttons, newest) {
  return h("div", { class: "chips" }, buttons.map((button) =>
    button.url ? anchor(button.url, button.title, { class: "chip full" }) : h("button", { type: "button", class: "chip", disabled: !newest, onclick: () => say({ kind: "button", id: button.id, title: button.title, reply_to: one.ref }, { text: button.title }) }, button.title)));
}

function rows(one, newest) {
  return h("details", { class: "rows", open: newest }, h("summary", {}, icon("list"), one.button || w("choose")), one.sections.map((section) => [
    section.title && h("h4", {}, section.title),
    (section.rows ?? []).map((row) => h("button", { type: "button", disabled: !newest, onclick: () => say({ kind: "row", id: row.id, title: row.title, description: row.description, reply_to: one.ref }, { text: row.title }) }, row.title, row.description && h("small", {}, row.description))),
  ]));
}

function card(one, each, newest) {
  const picture = each.image && h("img", { src: each.image, alt: "", loading: "lazy" });
  return h("article", { class: "card" }, picture && (each.url ? anchor(each.url, picture, { "aria-label": each.title }) : picture),
    h("div", {}, h("b", {}, each.title), h("small", {}, each.subtitle), each.buttons.length ? chips(one, each.buttons, newest).childNodes.length && h("span", { class: "chips" }, ...chips(one, each.buttons, newest).childNodes) : each.url && anchor(each.url, w("view"), { class: "chip" })));
}

function spot(where) {
  const url = `https://www.openstreetmap.org/?mlat=${where.latitude}&mlon=${where.longitude}#map=17/${where.latitude}/${where.longitude}`;
  return h("div", { class: "b" }, anchor(url, [icon("pin"), h("span", {}, where.name || w("place"), h("small", {}, where.address))], { class: "doc" }));
}

function meta(one) {
  if (one.failed) {
    const reason = w(one.failed)?.replace("{n}", state.looks.uploads?.max_mib) ?? w("failed");
    return h("div", { class: "meta bad", role: "alert" }, reason, h("button", { type: "button", onclick: () => retry(one.word) }, w("retry")));
  }
  const time = h("time", { datetime: one.at }, new Date(one.at).toLocaleTimeString(state.looks.language, { hour: "2-digit", minute: "2-digit" }));
  if (!one.mine) return h("div", { class: "meta" }, time, one.edited && w("edited"));
  const stage = one.word && !one.word.safe ? "sending" : one.ref && wasRead(one) ? "read" : "sent";
  return h("div", { class: "meta" }, time, h("span", { class: stage === "read" && "done", role: "img", "aria-label": w(stage), title: w(stage) }, icon({ sending: "clock", sent: "tick", read: "ticks" }[stage])));
}
