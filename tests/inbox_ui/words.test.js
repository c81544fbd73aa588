/** Small decisions about texts: languages, links, lengths, runs, what a message becomes. */

import assert from "node:assert/strict";
import { langOf } from "../../inbox_ui/static/js/script.js";
import { linkify } from "../../inbox_ui/static/js/inbox/bubbles/text.js";
import { lengthIn } from "../../inbox_ui/static/js/inbox/measure.js";
import { bodiesOf } from "../../inbox_ui/static/js/inbox/sending.js";

for (
  const [text, language, expected] of /** @type {[string, string | null, string | undefined][]} */ ([
    ["收到！可唔可以星期六送到觀塘？", null, "zh-Hant-HK"],
    ["請問可以超商取貨嗎", null, "zh-Hant"],
    ["请问这款茶饼是哪一年的", null, "zh-Hans"],
    ["錫の茶筒、海外発送できますか？", null, "ja"],
    ["骨", "zh-TW", "zh-Hant-TW"],
    ["骨", "zh_CN", "zh-Hans-CN"],
    ["Hello", "en", "en"],
    ["Hello", "zh-HK", undefined],
    ["Hello", null, undefined],
    ["안녕하세요", null, "ko"],
  ])
) {
  Deno.test(`the language of ${text} (${language})`, () => assert.equal(langOf(text, language), expected));
}

for (
  const [text, hrefs] of /** @type {[string, string[]][]} */ ([
    ["see https://shop.example/a?b=c. Thanks", ["https://shop.example/a?b=c"]],
    ["睇 https://shop.example/茶，好靚", ["https://shop.example/茶"]],
    ["(www.shop.example)", ["https://www.shop.example"]],
    ["javascript:alert(1) <b>no</b>", []],
    ["https://a.example https://b.example", ["https://a.example", "https://b.example"]],
  ])
) {
  Deno.test(`links in ${text}`, () => {
    const parts = linkify(text);
    assert.deepEqual(parts.flatMap((part) => (typeof part === "string" ? [] : [part.href])), hrefs);
    assert.equal(parts.map((part) => (typeof part === "string" ? part : part.text)).join(""), text);
  });
}

Deno.test("lengths are counted in the platform's unit", () => {
  const counts = /** @type {const} */ (["characters", "utf16_units", "utf8_bytes"]).map((unit) => lengthIn("茶🍵", { n: 1, unit }));
  assert.deepEqual(counts, [2, 3, 7]);
});

const limit = { n: 10, unit: /** @type {const} */ ("characters") };
const able = /** @type {any} */ ({ text: limit, media: { image: { mimes: [], max_bytes: 1, caption: limit }, audio: { mimes: [], max_bytes: 1, caption: null } } });
const file = (/** @type {string} */ kind) => /** @type {any} */ ({ kind, media_id: kind, voice: kind === "audio" });

for (
  const [label, text, tray, expected] of /** @type {[string, string, any[], any[]][]} */ ([
    ["text alone", "hi", [], [{ kind: "text", text: "hi", reply_to_id: "r" }]],
    ["a picture with its caption", "hi", [file("image")], [{ kind: "image", media_id: "image", caption: "hi", reply_to_id: "r" }]],
    ["a caption that is too long goes apart", "hello world!", [file("image")], [{ kind: "image", media_id: "image", reply_to_id: "r" }, { kind: "text", text: "hello world!" }]],
    ["a voice message has no caption", "hi", [file("audio")], [{ kind: "audio", media_id: "audio", voice: true, reply_to_id: "r" }, { kind: "text", text: "hi" }]],
  ])
) {
  Deno.test(`what goes out: ${label}`, () => assert.deepEqual(bodiesOf({ text, tray, able, reply_to_id: "r" }).map((one) => one.body), expected));
}
