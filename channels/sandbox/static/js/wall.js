// The public side of an account: posts with their comments. What is written here, everybody can read.
import { fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";

/** Draw the wall into `box`; half-typed comments stay. */
export function drawWall(box, { chat, send, go }) {
  const posts = [...(chat?.state.wall ?? [])].reverse();
  const looks = JSON.stringify(posts) + document.documentElement.lang;
  if (box.dataset.looks === looks) return;
  box.dataset.looks = looks;
  const typed = new Map([...box.querySelectorAll("input")].map((input) => [input.dataset.post, input.value]));
  const focused = document.activeElement?.dataset?.post;
  fill(box, h("div", { class: "wall" }, posts.map((post) => card(post, typed.get(post.id) ?? "", { send, go }))));
  if (focused) box.querySelector(`input[data-post="${CSS.escape(focused)}"]`)?.focus();
}

function card(post, text, tools) {
  return h("article", { class: "post" },
    h("header", { class: "row" }, icon("seal"), h("b", { class: "grow clip" }, post.by)),
    post.art ? h("div", { class: `art-box ${post.art}`, role: "img", "aria-label": post.text }, icon(ART[post.art] ?? "image")) : null,
    h("p", { class: "small" }, post.text),
    h("div", { class: "remarks" }, post.comments.filter((one) => !one.hidden || one.mine).map((one) => remark(one, tools))),
    form(post, text, tools));
}

const ART = { gift: "package", cup: "coffee", leaf: "leaf" };

function remark(one, { go }) {
  return h("p", { class: one.parent_id ? "small remark reply" : "small remark" }, h("b", {}, one.by), " ", one.text,
    one.mine ? h("button", { type: "button", class: "btn ghost sm", onclick: () => go("chat") }, t("to_chat")) : null);
}

function form(post, text, { send }) {
  const input = h("input", { class: "input", value: text, autocomplete: "off", "data-post": post.id, "aria-label": t("kind_comment"), placeholder: t("add_comment") });
  const submit = (event) => {
    event.preventDefault();
    const said = input.value.trim();
    input.value = "";
    if (said) send({ kind: "comment", post_id: post.id, text: said });
  };
  return h("form", { class: "row", onsubmit: submit }, input, h("button", { type: "submit", class: "btn icon-only sm", "aria-label": t("send") }, icon("send")));
}
