/** The row below the text: emoji, files, voice, and what the channel can do besides. */

import { html, useRef } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../ui/icon.js";
import { Menu } from "../ui/menu.js";
import { channelName } from "../words.js";
import { askButtons } from "./builders/buttons.js";
import { askList } from "./builders/list.js";
import { askLocation } from "./builders/location.js";
import { pickTemplate } from "../templates/picker.js";
import { EmojiPicker } from "./emoji.js";
import { VoiceButton } from "./voice_recorder.js";

/**
 * @param {{ conversation: import("../types.d.ts").Conversation, able: import("../types.d.ts").Capabilities | undefined, text: string,
 *   input: { current: HTMLTextAreaElement | null }, write: (text: string) => void, take: (files: Iterable<File>, options?: { voice?: boolean }) => void, shut: boolean }} props
 */
export function Tools({ conversation, able, text, input, write, take, shut }) {
  const file = useRef(/** @type {HTMLInputElement | null} */ (null));
  const insert = (/** @type {string} */ piece) => {
    const from = input.current?.selectionStart ?? text.length;
    const to = input.current?.selectionEnd ?? from;
    write(text.slice(0, from) + piece + text.slice(to));
    requestAnimationFrame(() => input.current?.setSelectionRange(from + piece.length, from + piece.length));
  };
  const choose = () => {
    if (file.current?.files) take(file.current.files);
    if (file.current) file.current.value = "";
  };
  const more = [
    ...(able?.buttons ? [{ label: t("Question with buttons"), icon: "list-checks", disabled: shut, act: () => askButtons(conversation, able, text) }] : []),
    ...(able?.list ? [{ label: t("Question with a list"), icon: "list-checks", disabled: shut, act: () => askList(conversation, able, text) }] : []),
    ...(able?.templates ? [{ label: t("Template"), icon: "layout-template", act: () => pickTemplate(conversation) }] : []),
    ...(able?.location ? [{ label: t("Place"), icon: "map-pin", disabled: shut, act: () => askLocation(conversation) }] : []),
  ];
  const hasMedia = !!able && Object.keys(able.media).length > 0;
  const mimes = Object.values(able?.media ?? {}).flatMap((one) => one.mimes);
  return html`<${EmojiPicker} insert=${insert} disabled=${shut} />
    ${hasMedia && html`<button type="button" class="btn icon-only" aria-label=${t("Attach")} title=${t("Attach")} disabled=${shut} onClick=${() => file.current?.click()}><${Icon} name="paperclip" /></button><input type="file" hidden multiple ref=${file} onChange=${choose} accept=${mimes.includes("*/*") ? undefined : mimes.join(",")} />`}
    ${able?.media.audio && html`<${VoiceButton} take=${take} mimes=${able.media.audio.mimes} channel=${channelName(conversation.channel)} disabled=${shut} />`}
    ${more.length > 0 && html`<span class="sep"></span><${Menu} name="more-tools" label=${t("More to send")} items=${() => more} align="start"><${Icon} name="ellipsis" /><//>`}`;
}
