/** What has proven itself of a connected account. */

import { callsUs, findingsOf, otherFindings, statesOf } from "../../inbox_ui/static/js/settings/channels/proof.js";

/** @param {unknown} found @param {unknown} wanted */
function same(found, wanted) {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (one !== other) throw new Error(`${one} is not ${other}`);
}

const step = (/** @type {Record<string, unknown>} */ told) => ({ title: "", lines: [], fields: [], shows: "", proof: [], link: "", ...told });
const steps = /** @type {any} */ ([
  step({ proof: ["token", "permissions"] }),
  step({ shows: "webhook", proof: ["subscription"] }),
  step({ shows: "hello" }),
]);
const account = (/** @type {Record<string, string>} */ items, /** @type {string | null} */ heard = null) =>
  /** @type {any} */ ({ last_webhook_at: heard, health: { state: "ok", items: Object.entries(items).map(([code, state]) => ({ code, state })) } });

Deno.test("a step is done when all that proves it is in order, and the first that is not is next", () => {
  same(statesOf(steps, account({}), false), ["now", "open", "open"]);
  same(statesOf(steps, account({ token: "ok" }), false), ["done", "now", "open"]);
  same(statesOf(steps, account({ token: "ok", subscription: "ok" }, "2026-11-22T10:00:00Z"), false), ["done", "done", "now"]);
  same(statesOf(steps, account({ token: "ok" }, "2026-11-22T10:00:00Z"), true), ["done", "done", "done"]);
});

Deno.test("what is not in order shows at its step, whatever else is proven", () => {
  same(statesOf(steps, account({ token: "ok", permissions: "error" }, "2026-11-22T10:00:00Z"), true), ["trouble", "done", "done"]);
  same(statesOf(steps, account({ token: "error" }), false), ["trouble", "now", "open"]);
});

Deno.test("every finding shows once: at its step, or with the health", () => {
  const one = account({ token: "ok", quality: "warning", subscription: "ok" });
  const shown = [...steps.flatMap((/** @type {any} */ each) => findingsOf(each, one)), ...otherFindings(steps, one)].map((item) => item.code);
  same(shown.sort(), ["quality", "subscription", "token"]);
});

Deno.test("a chat on our own pages has no platform that calls", () => {
  same([callsUs(/** @type {any} */ ({ steps })), callsUs(/** @type {any} */ ({ steps: steps.slice(2) }))], [true, false]);
});
