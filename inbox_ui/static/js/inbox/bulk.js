/** One act on all that is checked: asked of the server as a whole, told with its progress, taken back as a whole. */

import * as api from "../api.js";
import { signal } from "../dom.js";
import { soon } from "../format.js";
import { tn } from "../i18n.js";
import { agents, teams } from "../live.js";
import { failureOf } from "../load.js";
import { queryOf } from "../store.js";
import { say } from "../ui/toast.js";
import { failureText } from "../words.js";
import { checked, isWholeView, uncheckAll } from "./checked.js";
import { currentFilter } from "./filter.js";

/** @typedef {import("../types.d.ts").BulkAct} BulkAct */
/** @typedef {{ do: string } & import("../types.d.ts").Json} Action */

const ASK_AGAIN_MS = 500;

/** How far the act is that runs now. */
export const running = signal(/** @type {BulkAct | null} */ (null));

/** What was done, in words. @type {Record<string, (n: number, action: Action) => string>} */
const DONE = {
  close: (n) => tn("{n} conversation closed", "{n} conversations closed", n),
  open: (n) => tn("{n} conversation opened again", "{n} conversations opened again", n),
  snooze: (n, { until }) => tn("{n} conversation snoozed until {when}", "{n} conversations snoozed until {when}", n, { when: soon(until, Date.now()) }),
  tag: (n) => tn("{n} conversation tagged", "{n} conversations tagged", n),
  untag: (n) => tn("{n} tag taken away", "{n} tags taken away", n),
  assign: (n, { agent_id, team_id }) => {
    const name = agents.peek()[agent_id]?.name ?? teams.peek()[team_id]?.name;
    return name ? tn("{n} conversation assigned to {name}", "{n} conversations assigned to {name}", n, { name }) : tn("{n} conversation assigned to nobody", "{n} conversations assigned to nobody", n);
  },
};

/** @param {Action} action */
export async function actOnChecked(action) {
  const chosen = isWholeView.peek() ? { filter: queryOf(currentFilter.peek()) } : { ids: [...checked.peek()] };
  uncheckAll();
  const act = await attempt(() => api.actOnMany({ ...chosen, action }, crypto.randomUUID()));
  if (act) say(DONE[action.do](act.changed, action), { undo: () => takeBack(act) });
}

/** @param {BulkAct} act */
async function takeBack(act) {
  const undone = act.undo_token && (await attempt(() => api.undoMany(act.undo_token ?? "")));
  if (undone) say(tn("{n} conversation is as it was", "{n} conversations are as they were", undone.changed), { icon: "undo-2" });
}

/**
 * Ask, and go on asking until it is done.
 * @param {() => Promise<BulkAct>} ask
 * @returns {Promise<BulkAct | null>}
 */
async function attempt(ask) {
  try {
    let act = await ask();
    while (act.state === "running") {
      running.value = act;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      act = await api.actOf(act.id);
    }
    return act;
  } catch (error) {
    say(failureText(failureOf(error)), { icon: "circle-alert" });
    return null;
  } finally {
    running.value = null;
  }
}
