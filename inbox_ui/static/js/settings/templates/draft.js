/** A template while it is being written: plain parts in, the API's components out. Pure. */

import { part, placeholders } from "../../templates/filled.js";

/** @typedef {import("../../types.d.ts").Json} Json */
/**
 * @typedef {{ name: string, language: string, category: string, named: boolean, header: string, header_text: string, header_media: string,
 *   body: string, footer: string, examples: Record<string, string>, buttons: Json[], offer: string, others: Json[], security: boolean,
 *   expires_minutes: number }} Draft
 */

/** @type {Draft} */
export const BLANK = {
  name: "", language: "en", category: "utility", named: false, header: "", header_text: "", header_media: "", body: "", footer: "", examples: {},
  buttons: [], offer: "", others: [], security: true, expires_minutes: 10,
};

/** What is edited here; other parts are kept as they are. */
const EDITED = ["header", "body", "footer", "buttons", "limited_time_offer"];

/**
 * @param {import("../../types.d.ts").TemplateVersion} version
 * @param {string} name
 * @returns {Draft}
 */
export function draftOf(version, name) {
  const { components } = version;
  const [header, body, footer, buttons, offer] = ["header", "body", "footer", "buttons", "limited_time_offer"].map((type) => part(components, type));
  const headed = Object.fromEntries(Object.entries(header?.examples ?? {}).map(([key, value]) => [`header.${key}`, value]));
  return {
    ...BLANK,
    name,
    language: version.language,
    category: version.category,
    named: version.parameter_format === "named",
    header: header?.format ?? "",
    header_text: header?.text ?? "",
    header_media: header?.media_id ?? header?.example ?? "",
    body: body?.text ?? "",
    footer: footer?.text ?? "",
    examples: { ...body?.examples, ...headed },
    buttons: buttons?.buttons ?? [],
    offer: offer?.text ?? "",
    others: components.filter((one) => !EDITED.includes(one.type)),
    security: body?.security ?? false,
    expires_minutes: footer?.expires_minutes ?? 0,
  };
}

const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/**
 * @param {Draft} draft
 * @returns {Json[]}
 */
export function componentsOf(draft) {
  if (draft.category === "authentication") return codeParts(draft);
  const taken = (/** @type {string} */ words, /** @type {string} */ prefix) => Object.fromEntries(placeholders(words).map((name) => [name, draft.examples[prefix + name] ?? ""]));
  return [
    ...(draft.header === "text" ? [{ type: "header", format: "text", text: draft.header_text, examples: taken(draft.header_text, "header.") }] : []),
    ...(draft.header && draft.header !== "text" ? [{ type: "header", format: draft.header, ...(draft.header_media ? (ID.test(draft.header_media) ? { media_id: draft.header_media } : { example: draft.header_media }) : {}) }] : []),
    ...(draft.offer ? [{ type: "limited_time_offer", text: draft.offer, expires: true }] : []),
    { type: "body", text: draft.body, examples: taken(draft.body, "") },
    ...(draft.footer ? [{ type: "footer", text: draft.footer }] : []),
    ...(draft.buttons.length ? [{ type: "buttons", buttons: draft.buttons }] : []),
    ...draft.others,
  ];
}

/** @param {Draft} draft */
const codeParts = (draft) => [
  { type: "body", security: draft.security },
  ...(draft.expires_minutes ? [{ type: "footer", expires_minutes: draft.expires_minutes }] : []),
  { type: "buttons", buttons: draft.buttons.some((one) => one.kind === "otp") ? draft.buttons : [{ kind: "otp", otp_type: "copy_code", text: draft.buttons[0]?.text ?? "Copy code" }] },
];

/**
 * The variables of a draft, with the keys that examples and defaults go by.
 * @param {Draft} draft
 */
export const variablesOf = (draft) => [...(draft.header === "text" ? placeholders(draft.header_text).map((name) => ({ key: `header.${name}`, name })) : []), ...placeholders(draft.body).map((name) => ({ key: name, name }))];

/**
 * The text with the next variable behind it.
 * @param {Draft} draft
 */
export function withVariable(draft) {
  const used = placeholders(draft.body);
  const next = draft.named ? `name_${used.length + 1}` : String(Math.max(0, ...used.map(Number).filter(Number.isFinite)) + 1);
  return `${draft.body}${draft.body.endsWith(" ") || !draft.body ? "" : " "}{{${next}}} `;
}

/** The examples as values of the preview. @param {Draft} draft */
export const valuesOf = (draft) => ({ ...draft.examples, header: draft.header_media });
