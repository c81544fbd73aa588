/** Record a voice message: press once to begin, again to put it into the tray. Only in a format that the channel takes. */

import { html, useEffect, useRef, useSignal } from "../dom.js";
import { playTime } from "../format.js";
import { t } from "../i18n.js";
import { Icon } from "../ui/icon.js";
import { say } from "../ui/toast.js";
import { isSoundMadeFit } from "./uploads.js";

/** With their codecs: some browsers put into audio/mp4 what no platform plays. */
const FORMATS = ["audio/ogg;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/aac", "audio/mpeg", "audio/wav", "audio/webm;codecs=opus"];

/** Platforms that show a voice message as one, not as a file, want it in this; the server makes it of what the browser records. */
const VOICE = "audio/ogg";

/**
 * The first format that this browser records and the channel takes, else one that the server makes fit.
 * @param {string[]} mimes
 */
function formatFor(mimes) {
  const recorded = globalThis.MediaRecorder ? FORMATS.filter((one) => MediaRecorder.isTypeSupported(one)) : [];
  const mimeOf = (/** @type {string} */ one) => one.split(";")[0];
  return recorded.find((one) => mimes.includes(mimeOf(one))) ?? recorded.find((one) => isSoundMadeFit(mimeOf(one), mimes));
}

/** @param {{ take: (files: Iterable<File>, options?: { voice?: boolean }) => void, mimes: string[], channel: string, disabled: boolean }} props */
export function VoiceButton({ take, mimes, channel, disabled }) {
  const recorder = useRef(/** @type {MediaRecorder | null} */ (null));
  const seconds = useSignal(-1);
  const format = formatFor(mimes);
  useEffect(() => () => recorder.current?.stop(), []);
  if (!format) {
    const why = t("This browser does not record in a format that {channel} takes.", { channel });
    const tell = () => say(why, { icon: "mic" });
    return html`<button type="button" class="btn icon-only cannot" aria-label=${t("Record a voice message")} title=${why} aria-disabled="true" disabled=${disabled} onClick=${tell}><${Icon} name="mic" /></button>`;
  }

  const begin = async () => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      record(stream);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      say(t("The microphone is not available."), { icon: "mic" });
    }
  };
  const record = (/** @type {MediaStream} */ stream) => {
    const made = new MediaRecorder(stream, { mimeType: format });
    /** @type {Blob[]} */
    const pieces = [];
    const clock = setInterval(() => seconds.value++, 1000);
    made.ondataavailable = ({ data }) => pieces.push(data);
    made.onstop = () => {
      clearInterval(clock);
      for (const track of stream.getTracks()) track.stop();
      seconds.value = -1;
      const mime = format.split(";")[0];
      take([new File(pieces, `voice.${mime.split("/")[1]}`, { type: mime })], { voice: mime === VOICE || mimes.includes(VOICE) });
    };
    recorder.current = made;
    seconds.value = 0;
    made.start();
  };
  const running = seconds.value >= 0;
  const press = () => (running ? recorder.current?.stop() : begin());
  const label = running ? t("Stop recording") : t("Record a voice message");
  return html`<button type="button" class=${running ? "btn icon-only recording" : "btn icon-only"} aria-label=${label} title=${label} aria-pressed=${running} disabled=${disabled} onClick=${press}><${Icon} name=${running ? "square" : "mic"} /></button>${running && html`<span class="tiny bad">${playTime(seconds.value)}</span>`}`;
}
