/** Files on their way to a message: chosen, pasted or dropped, sent up with progress, shown in the tray. */

import * as api from "../api.js";
import { signal } from "../dom.js";
import { size } from "../format.js";
import { t } from "../i18n.js";
import { failureOf } from "../load.js";
import { failureText } from "../words.js";

/** @typedef {import("../types.d.ts").Capabilities} Capabilities */
/**
 * @typedef {{ key: string, name: string, mime: string, size_bytes: number, kind: string, preview: string, share: number, media_id: string | null,
 *   failure: string, abort: () => void, voice: boolean }} Upload
 */

/** Trays, by conversation. */
export const trays = signal(/** @type {Record<string, Upload[]>} */ ({}));

/** @param {string} mime */
export const kindOf = (mime) => (/^(image|video|audio)\//.exec(mime)?.[1] ?? "document");

/** Pictures that the server makes into a JPEG or PNG that the channel takes, smaller if need be. */
const MADE_FIT = new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/tiff"]);

/**
 * @param {string} mime
 * @param {Capabilities} able
 */
const isMadeFit = (mime, able) => MADE_FIT.has(mime) && !!able.media.image?.mimes.some((one) => one === "image/jpeg" || one === "image/png" || one === "*/*");

/** Recordings that the server puts into another form. */
const RECORDED = new Set(["audio/webm", "audio/ogg", "audio/mp4", "audio/mpeg", "audio/wav", "audio/aac"]);
const MADE_OF_RECORDED = ["audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac"];

/**
 * Can a recording in this form be made into one that a channel takes?
 * @param {string} mime
 * @param {string[]} mimes that the channel takes
 */
export const isSoundMadeFit = (mime, mimes) => RECORDED.has(mime) && MADE_OF_RECORDED.some((one) => mimes.includes(one));

/**
 * Which message kind a file can go out as, or why none.
 * @param {{ type: string, size: number }} file
 * @param {Capabilities} able
 * @returns {{ kind: string, failure: string }}
 */
export function fit({ type, size: bytes }, able) {
  const mime = type.split(";")[0];
  const natural = kindOf(mime);
  if (isMadeFit(mime, able)) return { kind: "image", failure: "" };
  if (isSoundMadeFit(mime, able.media.audio?.mimes ?? [])) return { kind: "audio", failure: "" };
  const takes = (/** @type {string} */ kind) => able.media[kind]?.mimes.some((one) => one === mime || one === "*/*") ?? false;
  const kind = takes(natural) && bytes <= able.media[natural].max_bytes ? natural : takes("document") ? "document" : takes(natural) ? natural : "";
  if (!kind) return { kind: natural, failure: t("This kind of file cannot be sent here.") };
  const most = able.media[kind].max_bytes;
  return { kind, failure: bytes > most ? t("Too large: at most {size}.", { size: size(most) }) : "" };
}

/**
 * @param {string} conversation_id
 * @param {string} key
 * @param {Partial<Upload>} changes
 */
function change(conversation_id, key, changes) {
  const tray = (trays.value[conversation_id] ?? []).map((one) => (one.key === key ? { ...one, ...changes } : one));
  trays.value = { ...trays.value, [conversation_id]: tray };
}

/**
 * Put files into a tray and send them up.
 * @param {string} conversation_id
 * @param {Iterable<File>} files
 * @param {Capabilities} able
 * @param {{ voice?: boolean }} [options]
 */
export function addFiles(conversation_id, files, able, { voice = false } = {}) {
  for (const file of files) {
    const { kind, failure } = fit(file, able);
    const key = crypto.randomUUID();
    const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : "";
    /** @type {Upload} */
    const one = { key, name: file.name, mime: file.type, size_bytes: file.size, kind, preview, share: 0, media_id: null, failure, abort: () => {}, voice };
    trays.value = { ...trays.value, [conversation_id]: [...(trays.value[conversation_id] ?? []), one] };
    if (!failure) start(conversation_id, key, file);
  }
}

/**
 * @param {string} conversation_id
 * @param {string} key
 * @param {File} file
 */
async function start(conversation_id, key, file) {
  const { done, abort } = api.upload(file, file.name, (share) => change(conversation_id, key, { share }));
  change(conversation_id, key, { abort });
  try {
    const { media_id } = await done;
    change(conversation_id, key, { media_id, share: 1 });
  } catch (error) {
    change(conversation_id, key, { failure: failureText(failureOf(error)) });
  }
}

/**
 * @param {string} conversation_id
 * @param {string} key
 */
export function removeFile(conversation_id, key) {
  const tray = trays.value[conversation_id] ?? [];
  tray.find((one) => one.key === key)?.abort();
  trays.value = { ...trays.value, [conversation_id]: tray.filter((one) => one.key !== key) };
}

/** @param {string} conversation_id */
export const emptyTray = (conversation_id) => {
  trays.value = { ...trays.value, [conversation_id]: [] };
};
