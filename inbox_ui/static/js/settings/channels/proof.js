/** What has proven itself of a connected account: pure, from what the checks found, the last webhook and the first message. */

/** @typedef {import("../../types.d.ts").ChannelAccount} ChannelAccount */
/** @typedef {import("../../types.d.ts").GuideStep} GuideStep */
/** @typedef {import("../../types.d.ts").Finding} Finding */

/**
 * Is there a platform that calls us, and that is called? A chat on our own pages has none.
 * @param {import("../../types.d.ts").Guide} guide
 */
export const callsUs = (guide) => guide.steps.some((step) => step.shows === "webhook");

/**
 * The findings that belong to a step.
 * @param {GuideStep} step
 * @param {ChannelAccount} account
 * @returns {Finding[]}
 */
export const findingsOf = (step, account) => (account.health.items ?? []).filter((item) => step.proof.includes(item.code));

/**
 * The findings that belong to no step.
 * @param {GuideStep[]} steps
 * @param {ChannelAccount} account
 */
export const otherFindings = (steps, account) => {
  const shown = new Set(steps.flatMap((step) => step.proof));
  return (account.health.items ?? []).filter((item) => !shown.has(item.code));
};

/**
 * @param {GuideStep} step
 * @param {ChannelAccount} account
 * @param {boolean} hasMessage has anybody written yet?
 * @returns {"open" | "done" | "trouble"}
 */
export function stateOf(step, account, hasMessage) {
  const found = findingsOf(step, account);
  if (found.some((item) => item.state !== "ok")) return "trouble";
  if (step.shows === "hello") return hasMessage ? "done" : "open";
  if (step.shows === "webhook") return account.last_webhook_at ? "done" : "open";
  if (step.proof.length) return found.length ? "done" : "open";
  return "done";
}

/**
 * The state of every step: the first that is not done is the next one.
 * @param {GuideStep[]} steps
 * @param {ChannelAccount} account
 * @param {boolean} hasMessage
 * @returns {import("./step.js").StepState[]}
 */
export function statesOf(steps, account, hasMessage) {
  const states = steps.map((step) => stateOf(step, account, hasMessage));
  const next = states.indexOf("open");
  return states.map((state, at) => (at === next ? "now" : state));
}
