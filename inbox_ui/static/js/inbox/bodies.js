/** What stands inside a bubble, by kind of message. A kind that is not in the table is shown as unsupported, never as nothing. */

import { html } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../ui/icon.js";
import { Buttons, Choice, Form, ListQuestion } from "./bubbles/choices.js";
import { Cards } from "./bubbles/contacts.js";
import { File, Picture, Sticker, Video } from "./bubbles/media.js";
import { Cart } from "./bubbles/order.js";
import { Place } from "./bubbles/place.js";
import { Referral, StoryHead } from "./bubbles/referral.js";
import { RichText } from "./bubbles/text.js";
import { CardRow } from "./bubbles/cards.js";
import { Template } from "./bubbles/template.js";
import { Unsupported } from "./bubbles/unsupported.js";
import { Voice } from "./bubbles/voice.js";

/** @typedef {import("../types.d.ts").Message} Message */
/** @typedef {import("../types.d.ts").Conversation} Conversation */
/** @typedef {{ shape: string, view: (props: { message: Message, conversation: Conversation }) => any }} Body */

/** @type {Body} */
const TEXT = { shape: "", view: ({ message }) => html`<${RichText} text=${message.text} note=${message.direction === "note"} />` };

/** @type {Record<string, Body>} */
const BODIES = {
  text: TEXT,
  note: TEXT,
  postback: TEXT,
  share: TEXT,
  template: { shape: "block template-bubble", view: Template },
  cards: { shape: "block", view: CardRow },
  comment: TEXT,
  mini_program: TEXT,
  music: TEXT,
  image: { shape: "picture", view: Picture },
  video: { shape: "picture", view: Video },
  sticker: { shape: "sticker", view: Sticker },
  audio: { shape: "voice", view: Voice },
  document: { shape: "file-bubble", view: File },
  location: { shape: "block place", view: Place },
  contacts: { shape: "block contact-block", view: Cards },
  order: { shape: "block", view: Cart },
  buttons: { shape: "with-buttons", view: Buttons },
  list: { shape: "with-buttons", view: ListQuestion },
  button_reply: { shape: "", view: Choice },
  list_reply: { shape: "", view: Choice },
  form_reply: { shape: "block", view: Form },
  story_reply: { shape: "", view: StoryHead },
  story_mention: { shape: "", view: StoryHead },
  referral: { shape: "", view: ({ message }) => html`<${RichText} text=${message.text} />` },
  system: { shape: "", view: ({ message }) => html`<span class="row"><${Icon} name="info" size="s" />${message.text || t("System message")}</span>` },
  unsupported: { shape: "unsup", view: Unsupported },
};

/**
 * @param {Message} message
 * @param {Conversation} conversation
 */
export function bodyOf(message, conversation) {
  const { shape, view: View } = BODIES[message.kind] ?? BODIES.unsupported;
  const wiped = message.deleted_at && !message.text && !message.attachments.length;
  if (wiped) return { shape: "", content: html`<span class="quiet">${t("This message was deleted.")}</span>` };
  const referral = message.content?.referral;
  const content = html`${referral && html`<${Referral} referral=${referral} />`}<${View} message=${message} conversation=${conversation} />`;
  return { shape, content };
}
