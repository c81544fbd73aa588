// The three dialogs: a new person, numbers with their keys, one exchange on the wire.
import { api, Refused } from "./api.js";
import { app } from "./apps.js";
import { badge, clockSeconds, fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { state } from "./store.js";

const dialog = document.getElementById("dialog");
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

function show(title, ...content) {
  const close = h("button", { type: "button", class: "btn icon-only sm", "aria-label": t("close"), onclick: () => dialog.close() }, icon("x"));
  fill(dialog, h("div", { class: "dialog-in" }, h("h2", { class: "row" }, h("span", { class: "grow" }, title), close), ...content));
  if (!dialog.open) dialog.showModal();
}

export function showNewPerson(select) {
  const asks = new Set(app().asks);
  const help = h("p", { class: "help" }, asks.has("phone") ? t("number_help") : "");
  const name = h("input", { class: "input", id: "np-name", required: true, autofocus: true, autocomplete: "off", maxlength: "60" });
  const user = h("input", { class: "input", id: "np-user", autocomplete: "off", placeholder: "sofia.steeps" });
  const phone = h("input", { class: "input", id: "np-phone", inputmode: "tel", autocomplete: "off", placeholder: "+852 5550 …" });
  const hide = h("input", { type: "checkbox", id: "np-hide" });
  const submit = async (event) => {
    event.preventDefault();
    try {
      const wish = { channel: state.app, name: name.value, phone: phone.value, username: user.value, hide_phone: hide.checked };
      const created = await api.welcome(wish);
      state.customers.set(created.id, created);
      dialog.close();
      select(created.id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      help.textContent = error.message;
      help.parentElement.classList.add("bad");
      (asks.has("phone") ? phone : name).focus();
    }
  };
  show(`${t("new_person")} · ${app().label}`,
    h("form", { class: "col form", onsubmit: submit },
      h("div", { class: "field" }, h("label", { for: "np-name" }, t("name")), name),
      asks.has("username") ? h("div", { class: "field" }, h("label", { for: "np-user" }, t("username"), " ", optional()), user) : null,
      asks.has("phone") ? h("div", { class: "field" }, h("label", { for: "np-phone" }, t("number"), " ", optional()), phone) : null,
      help,
      asks.has("hide_phone") ? h("label", { class: "row small", for: "np-hide" }, hide, t("hide_phone")) : null,
      h("div", { class: "row end-row" },
        h("button", { type: "button", class: "btn", onclick: () => dialog.close() }, t("cancel")),
        h("button", { type: "submit", class: "btn primary" }, t("create")))));
}

const optional = () => h("span", { class: "quiet" }, t("optional"));

export async function showKeys() {
  state.accounts = await api.accounts();
  show(t("keys"), state.accounts.map(keysOf));
}

function keysOf(account) {
  const pill = h("span", { class: account.callback_url ? "pill good" : "pill" }, icon(account.callback_url ? "check" : "plug"), t(account.callback_url ? "connected" : "not_connected"));
  const callback = h("input", { class: "input mono", value: account.callback_url, "aria-label": t("callback"), placeholder: "http://127.0.0.1:8000/webhooks/…" });
  const save = async () => { await api.changeAccount(account.id, { webhook_url: callback.value.trim() }); showKeys(); };
  const secrets = { external_id: account.external_id, ...account.credentials };
  return h("section", { class: "keys-of" },
    h("h3", { class: "row" }, h("span", { class: "grow" }, badge(account.channel), ` ${account.name} · ${account.display ?? account.external_id}`), pill),
    Object.entries(secrets).map(([name, value]) => h("div", { class: "key" }, h("span", { class: "tiny quiet" }, name), h("code", { class: "clip" }, value), copy(value))),
    h("div", { class: "key" }, h("span", { class: "tiny quiet" }, t("callback")), callback, h("button", { type: "button", class: "btn sm", onclick: save }, t("save"))));
}

function copy(value) {
  const button = h("button", { type: "button", class: "btn ghost sm" }, icon("copy"), t("copy"));
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(value);
    button.replaceChildren(icon("check"), t("copied"));
  });
  return button;
}

export async function showExchange(n) {
  const entry = await api.exchange(n);
  const facts = [clockSeconds(entry.at), entry.url, entry.status ?? t("no_answer"), `${entry.took_ms} ms`, entry.again ? t("attempt", { n: entry.again + 1 }) : "", entry.note];
  show(entry.label,
    h("p", { class: "tiny quiet facts" }, facts.filter(Boolean).join(" · ")),
    body(t("sent_body"), entry.request), body(t("answer_body"), entry.response));
}

function body(title, text) {
  if (!text) return null;
  return h("section", {}, h("h3", { class: "row" }, h("span", { class: "grow" }, title), copy(text)), h("pre", { class: "body", tabindex: "0" }, pretty(text)));
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
