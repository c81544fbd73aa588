/** A voice message or a song: play, place, time, speed. */

import { html, useRef, useState } from "../../dom.js";
import { playTime } from "../../format.js";
import { t } from "../../i18n.js";
import { Icon } from "../../ui/icon.js";

const BARS = 30;
const SPEEDS = [1, 1.5, 2];

/**
 * Heights of the bars: a drawing, always the same for the same message; the sound itself is not read.
 * @param {string} id
 */
function wave(id) {
  let seed = 7;
  for (const letter of id) seed = (seed * 33 + letter.charCodeAt(0)) >>> 0;
  return Array.from({ length: BARS }, (_, at) => {
    seed = (seed * 1_103_515_245 + 12_345) >>> 0;
    return 4 + ((seed >>> 16) % 12) + 8 * Math.abs(Math.sin(at / 3));
  });
}

/** @param {{ message: import("../../types.d.ts").Message }} props */
export function Voice({ message }) {
  const [attachment] = message.attachments;
  const audio = useRef(/** @type {HTMLAudioElement | null} */ (null));
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(message.content?.duration_s ?? 0);
  const [speed, setSpeed] = useState(1);
  if (attachment?.state !== "ready") {
    const words = attachment?.state === "failed" ? t("The file did not arrive.") : t("Fetching the file");
    return html`<span class="playbtn off"><${Icon} name=${attachment?.state === "failed" ? "circle-alert" : "mic"} size="s" /></span><span class="tiny mid">${words}</span>`;
  }
  const toggle = () => (playing ? audio.current?.pause() : audio.current?.play());
  const faster = () => {
    const next = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
    setSpeed(next);
    if (audio.current) audio.current.playbackRate = next;
  };
  const share = length ? at / length : 0;
  const label = playing ? t("Pause") : length ? t("Play voice message, {time}", { time: playTime(length) }) : t("Play voice message");
  return html`<button type="button" class="playbtn" aria-label=${label} onClick=${toggle}><${Icon} name=${playing ? "pause" : "play"} size="s" /></button>
    <svg class="wave" viewBox="0 0 132 26" aria-hidden="true">${wave(message.id).map((height, bar) => html`<rect x=${bar * 4.4} y=${13 - height / 2} width="2.4" height=${height} rx="1.2" class=${bar / BARS < share ? "played" : ""} fill="currentColor" />`)}</svg>
    ${playing || at > 0 ? html`<button type="button" class="speed" onClick=${faster} aria-label=${t("Speed {n}", { n: speed })}>${speed}×</button>` : null}
    <span class="tiny mid">${playTime(at || length)}</span>
    <audio ref=${audio} src=${attachment.url} preload="metadata" onPlay=${() => setPlaying(true)} onPause=${() => setPlaying(false)} onEnded=${() => setAt(0)}
      onTimeUpdate=${() => setAt(audio.current?.currentTime ?? 0)} onLoadedMetadata=${() => Number.isFinite(audio.current?.duration) && setLength(audio.current?.duration ?? 0)}></audio>`;
}
