// WeChat's part of the phone page: no ticks, a menu at the foot of the chat, and a screen to scan codes.
import { clock, h, icon } from "/static/js/dom.js";
import { t } from "/static/js/i18n.js";

const official = (account) => account.settings.flavour !== "kf";

/** WeChat tells nobody what was read: a time, and nothing for what arrived. */
function stamp(line) {
  return h("span", { class: "t" }, clock(line.at));
}

const sub = (account) => t(official(account) ? "wechat_official" : "wechat_service");

/** Below the last line: the wish to follow, or the account's menu. */
function foot(_lines, tools) {
  const { account, chat } = tools;
  if (!official(account)) return [];
  if (!chat?.state.following) {
    return [h("div", { class: "wx-follow" }, h("span", { class: "small quiet" }, t("not_following")),
      h("button", { type: "button", class: "btn primary", onclick: () => tools.send({ kind: "follow" }) }, t("follow_now")))];
  }
  const items = account.settings.menu ?? [];
  const left = h("div", { class: "wx-left tiny quiet" }, t("left_now", { n: chat.state.messages_left ?? 0 }));
  return items.length ? [left, h("nav", { class: "wx-menu", "aria-label": account.name }, items.map((item) => entry(item, tools)))] : [left];
}

function entry(item, tools) {
  const below = item.sub_button ?? [];
  if (!below.length) return choice(item, tools);
  return h("details", { class: "wx-more" }, h("summary", {}, icon("list", "xs"), item.name), h("div", { class: "wx-sub" }, below.map((one) => choice(one, tools))));
}

const choice = (item, tools) => h("button", { type: "button", class: "wx-item", onclick: () => tools.send({ kind: "menu", name: item.name }) }, item.name);

/** Every code and link that leads here now; a tap is a scan. */
function drawScan(box, tools) {
  const { account } = tools;
  const codes = (account.codes ?? []).map((code) => ({ name: code.scene, wish: { scan: code.scene } }));
  const links = Object.keys(account.links ?? {}).map((scene) => ({ name: scene, wish: { enter: scene } }));
  const all = [...codes, ...links];
  const looks = JSON.stringify([all, account.id, document.documentElement.lang]);
  if (box.dataset.looks === looks) return;
  box.dataset.looks = looks;
  box.replaceChildren(h("div", { class: "wx-scan" },
    h("p", { class: "small quiet" }, t(all.length ? "scan_why" : "scan_none")),
    all.map((one) => h("button", { type: "button", class: "menu-item", onclick: () => scan(one, tools) }, icon("wechat/scan"), h("span", { class: "grow" }, one.name), icon("chevron-right")))));
}

async function scan(one, tools) {
  await tools.act(one.wish);
  tools.go("chat");
}

export default { stamp, sub, foot, screens: { scan: { icon: "wechat/scan", draw: drawScan } } };
