// One message as the customer's phone shows it.
import { clock, h, icon } from "./dom.js";
import { has, t } from "./i18n.js";
import { mediaOf } from "./media.js";

/** Draw a line. `tap(line, button)` chooses, `open(line)` shows what can be done with it, `find(id)` looks up a quote;
 * `stamp(line, mine)` is the app's own way of time and ticks. */
export function bubble(line, { tap, open, openList, find, language, stamp: ownStamp }) {
  const view = line.view;
  if (view.kind === "notice") return notice(view);
  const mine = line.by === "customer";
  const rich = Boolean(view.media ?? view.album ?? view.header ?? view.buttons ?? view.list ?? view.cards ?? view.products ?? view.order ?? view.location ?? view.contacts ?? view.template ?? view.ask ?? view.form);
  const lost = line.status === "failed" || line.status === "pending";
  const parts = line.deleted ? [h("i", { class: "gone quiet" }, icon("ban", "xs"), t("deleted"))] : [
    marks(view), line.reply_to ? quote(find(line.reply_to)) : null, ...content(view),
  ];
  const top = line.deleted ? null : mediaOf(view.media ?? view.header?.media) ?? album(view.album) ?? (view.location ? h("div", { class: "map" }, icon("map-pin", "l")) : null);
  if (view.cards?.length && !line.deleted) return carousel(line, tap);
  return h("div", { class: ["pb", mine && "mine", rich && "rich", view.big && "big", lost && !mine && "lost", Object.keys(line.reactions).length && "reacted"].filter(Boolean).join(" "), lang: mine ? language || null : null, tabindex: "0", role: "article", onclick: (event) => event.target.closest("button, a, audio, video") || open(line), onkeydown: (event) => event.key === "Enter" && event.target === event.currentTarget && open(line) },
    top,
    h("div", { class: rich ? "in" : "said" }, parts, (ownStamp ?? stamp)(line, mine)),
    line.deleted ? null : buttons(view, line, tap, openList),
    reactions(line));
}

const notice = (view) => h("div", { class: "pb-notice" }, has(`notice_${view.notice}`) ? t(`notice_${view.notice}`, { detail: view.detail ?? "" }) : view.notice);

/** Cards lie side by side, wider than a bubble. */
function carousel(line, tap) {
  const cards = line.view.cards.map((card) => h("div", { class: "card" }, mediaOf(card.header?.media), h("b", { class: "block" }, card.title ?? ""), h("span", { class: "words small" }, card.text), (card.buttons ?? []).map((button) => choice(button, line, tap))));
  return h("div", { class: line.by === "customer" ? "cards mine" : "cards", role: "article" }, cards, reactions(line));
}

const album = (pictures) => (pictures ? h("div", { class: "album" }, pictures.map((one) => mediaOf(one))) : null);

function marks(view) {
  if (view.about) return h("div", { class: "mark" }, icon("reply", "xs"), h("span", { class: "clip" }, `${t("about")}: ${view.about}`));
  if (view.ad) return h("div", { class: "mark" }, icon("megaphone", "xs"), t("from_ad"));
  if (view.frequently_forwarded) return h("div", { class: "mark" }, icon("forward", "xs"), t("forwarded_often"));
  return view.forwarded ? h("div", { class: "mark" }, icon("forward", "xs"), t("forwarded")) : null;
}

export const gist = (line) => line.view.text || line.view.location?.name || line.view.media?.filename || (has(`kind_${line.view.kind}`) ? t(`kind_${line.view.kind}`) : line.view.kind);

function quote(line) {
  return line ? h("div", { class: "pb-quote clip" }, gist(line)) : null;
}

function content(view) {
  const texts = [];
  if (view.header?.text) texts.push(h("b", { class: "block" }, view.header.text));
  if (view.text) texts.push(h("span", { class: "words" }, linked(view.text)));
  if (view.note) texts.push(h("span", { class: "tiny quiet block" }, view.note));
  if (view.footer) texts.push(h("span", { class: "tiny quiet block" }, view.footer));
  return [...special(view), ...texts];
}

function special(view) {
  if (view.location) return [place(view.location)];
  if (view.contacts) return view.contacts.map((one) => h("div", { class: "row" }, icon("user"), h("span", {}, h("b", { class: "block" }, one.name), h("span", { class: "tiny quiet" }, (one.phones ?? []).join(", ")))));
  if (view.order) return cart(view.order.items);
  if (view.form) return Object.entries(view.form).map(([key, value]) => h("div", { class: "cart-line tiny" }, h("span", { class: "quiet" }, key), h("span", {}, String(value))));
  if (view.products) return view.products.map((sku) => h("div", { class: "row" }, icon("package"), h("span", { class: "mono" }, sku)));
  if (view.share) return [h("b", { class: "block small" }, icon(view.share.kind === "reel" ? "play" : "image", "xs"), " ", view.share.title || t(`kind_${view.share.kind}`))];
  return [];
}

const place = (spot) => h("div", {}, h("b", { class: "block" }, spot.name ?? ""), h("span", { class: "tiny quiet" }, spot.address ?? `${spot.latitude}, ${spot.longitude}`));

function cart(items) {
  const currency = items[0]?.currency ?? "HKD";
  const money = new Intl.NumberFormat("en-HK", { style: "currency", currency });
  const total = items.reduce((sum, item) => sum + item.quantity * item.item_price, 0);
  return [
    h("div", { class: "row" }, icon("shopping-cart"), h("b", { class: "grow" }, t("items", { n: items.reduce((sum, item) => sum + item.quantity, 0) })), h("b", {}, money.format(total))),
    ...items.map((item) => h("div", { class: "cart-line tiny" }, h("span", {}, item.title ?? item.product_retailer_id), h("span", {}, `${item.quantity} × ${money.format(item.item_price)}`))),
  ];
}

/** Addresses become links; everything else stays text. */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, index) => (index % 2 ? h("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part) : part));
}

function buttons(view, line, tap, openList) {
  const asks = view.kind === "ask" ? [{ id: view.ask, title: t(`share_${view.ask}`), kind: "reply" }] : [];
  const list = view.list ? [h("button", { type: "button", class: "cta", onclick: () => openList(line) }, icon("list"), view.list.button)] : [];
  const catalog = view.kind === "catalog" ? [h("span", { class: "cta" }, icon("package"), t("open_catalog"))] : [];
  const all = [...(view.buttons ?? []), ...asks].map((button) => choice(button, line, tap));
  return [...all, ...list, ...catalog];
}

const ICONS = { web_url: "external-link", url: "external-link", phone_number: "phone", copy_code: "copy", flow: "list-checks" };

function choice(button, line, tap) {
  if (button.url) return h("a", { class: "cta", href: button.url, target: "_blank", rel: "noopener noreferrer" }, icon("external-link"), button.title);
  return h("button", { type: "button", class: "cta", onclick: () => tap(line, button) }, icon(ICONS[button.kind] ?? "reply"), button.title || button.code || "");
}

function stamp(line, mine) {
  const failed = line.status === "failed" ? h("span", { class: "bad" }, t("not_arrived", { code: line.extra.error?.code ?? "" })) : null;
  const waits = !mine && line.status === "pending" ? icon("clock") : null;
  const ticks = mine ? icon("check-check") : null;
  if (ticks && line.status === "read") ticks.classList.add("seen");
  return h("span", { class: "t" }, line.edited ? `${t("edited")} ` : null, failed ?? waits, clock(line.at), ticks);
}

function reactions(line) {
  const given = Object.values(line.reactions);
  return given.length ? h("span", { class: "reactions" }, given.join(" ")) : null;
}
