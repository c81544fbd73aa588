/** What the window shows instead of the chat: the form before it, and the way to WhatsApp. */

import { anchor, h, qrCode } from "./dom.js";
import { server } from "./net.js";
import { state } from "./store.js";
import { answerForm, handOver } from "./talk.js";

const TYPES = { name: ["text", "name"], email: ["email", "email"], phone: ["tel", "tel"], text: ["text", "off"] };

/** @param {Record<string, string>} words */
export function formPage(words) {
  const { questions, consent } = state.looks;
  const problem = h("p", { class: "bad", role: "alert" });
  const fields = questions.map((one) => h("label", {}, one.label, one.required ? " *" : "", h("input", { name: one.name, type: TYPES[one.kind][0], autocomplete: TYPES[one.kind][1], required: one.required, maxlength: 200 })));
  const agree = consent && h("label", { class: "agree" }, h("input", { type: "checkbox", name: "agreed", required: true }), h("span", {}, consent.text, " ", consent.url && anchor(consent.url, words.privacy)));
  const submit = async (event) => {
    event.preventDefault();
    const given = new FormData(event.target);
    try {
      await answerForm(Object.fromEntries(questions.map((one) => [one.name, String(given.get(one.name) ?? "")])), given.has("agreed"));
    } catch (refusal) {
      problem.textContent = words[refusal.code === "answer_missing" ? "required" : "offline"];
    }
  };
  return h("form", { class: "page", onsubmit: submit }, h("h3", {}, words.before), fields, agree, problem, h("button", { class: "wide full", type: "submit" }, words.begin));
}

/** @param {Record<string, string>} words */
export function whatsappPage(words) {
  const page = h("div", { class: "page" }, h("h3", {}, words.whatsapp), h("p", { class: "soft" }, words.whatsapp_how));
  handOver().then(
    (told) => {
      const onPhone = matchMedia("(pointer: coarse)").matches;
      page.append(...(onPhone ? [] : [h("p", { class: "soft" }, words.whatsapp_scan), qrCode(told.qr, words.whatsapp_scan)]), anchor(told.url, words.whatsapp_open, { class: "wide full" }));
    },
    () => {
      state.view = "chat";
      server.onChange();
    },
  );
  return page;
}
