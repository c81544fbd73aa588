// A file inside a bubble. Only files that lie in the laboratory are loaded; an address elsewhere is named, not fetched.
import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

export function mediaOf(media) {
  if (!media) return null;
  if (!media.file_id) return h("div", { class: "row file" }, icon(ICONS[media.kind] ?? "file-text"), h("span", { class: "clip tiny" }, media.link));
  const src = `/sandbox/media/${media.file_id}`;
  switch (media.kind) {
    case "image": return h("div", { class: "frame" }, h("img", { class: "art", src, alt: media.filename || t("kind_image") }));
    case "sticker": return h("img", { class: "sticker", src, alt: t("kind_sticker") });
    case "video": return h("div", { class: "frame" }, h("video", { class: "art", src, controls: true, preload: "metadata" }));
    case "audio": return voice(src, media);
    default: return h("a", { class: "row file", href: src, target: "_blank", rel: "noopener" }, icon("file-text"), h("span", { class: "grow clip" }, media.filename || media.mime), h("span", { class: "tiny quiet" }, size(media.size_bytes)));
  }
}

const ICONS = { image: "image", video: "video", audio: "mic", document: "file-text" };

/** A voice note: play button, a wave drawn from the file's id, running time. */
function voice(src, media) {
  const audio = h("audio", { src, preload: "none" });
  const mark = icon("play");
  const button = h("button", { type: "button", class: "play", "aria-label": t("play"), onclick: () => (audio.paused ? audio.play() : audio.pause()) }, mark);
  const bars = [...media.file_id, ...media.file_id].map((digit) => h("i", { "data-h": digit }));
  return h("div", { class: "row voice" }, button, h("span", { class: "bars", "aria-hidden": "true" }, bars), media.voice ? icon("mic", "xs") : null, audio);
}

function size(bytes) {
  if (!bytes) return "";
  return bytes < 1_048_576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
