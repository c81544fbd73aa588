/** What one may choose for a conversation: whom to give it to, until when to snooze it, how urgent it is. Menus and palette share them. */

import { t } from "../i18n.js";
import { agents, me, teams } from "../live.js";
import { html } from "../dom.js";
import { Avatar } from "../ui/icon.js";
import { presenceNames, priorityNames } from "../words.js";
import { assign, prioritise, snooze, snoozeTimes } from "./actions.js";

/** @typedef {import("../types.d.ts").Conversation} Conversation */
/** @typedef {import("../ui/menu.js").Item} Item */

/**
 * @param {Conversation} one
 * @returns {Item[]}
 */
export const agentItems = (one) => agentChoices((agent_id) => assign(one, { agent_id }), one.assignee_id);

/**
 * @param {(agent_id: string | null) => void} pick
 * @param {string | null} [now] whom it belongs to; left out: to several
 * @returns {Item[]}
 */
export function agentChoices(pick, now) {
  const mine = me.value?.id;
  const rows = Object.values(agents.value).filter((agent) => !agent.disabled_at).sort((a, b) => Number(b.id === mine) - Number(a.id === mine) || a.name.localeCompare(b.name));
  const items = rows.map((agent) => ({
    label: agent.id === mine ? t("{name} (you)", { name: agent.name }) : agent.name,
    note: `${agent.presence.online ? presenceNames()[agent.presence.state] : t("Offline")} · ${agent.open_load} / ${agent.capacity}`,
    picture: html`<${Avatar} id=${agent.id} name=${agent.name} presence=${agent.presence} />`,
    checked: now === undefined ? undefined : now === agent.id,
    act: () => pick(agent.id),
  }));
  return [...items, { label: t("Nobody"), icon: "user-x", checked: now === undefined ? undefined : !now, act: () => pick(null) }];
}

/**
 * @param {Conversation} one
 * @returns {Item[]}
 */
export const teamItems = (one) => teamChoices((team_id) => assign(one, { team_id }), one.team_id);

/**
 * @param {(team_id: string | null) => void} pick
 * @param {string | null} [now]
 * @returns {Item[]}
 */
export const teamChoices = (pick, now) => [
  ...Object.values(teams.value).map((team) => ({ label: team.name, icon: "users", checked: now === undefined ? undefined : now === team.id, act: () => pick(team.id) })),
  { label: t("No team"), icon: "x", checked: now === undefined ? undefined : !now, act: () => pick(null) },
];

/**
 * @param {Conversation} one
 * @returns {Item[]}
 */
export const snoozeItems = (one) =>
  snoozeTimes(Date.now()).map(({ label, at, note, keys }) => ({ label, note, keys, icon: "alarm-clock", act: () => snooze(one, at) }));

/**
 * @param {Conversation} one
 * @returns {Item[]}
 */
export const priorityItems = (one) =>
  priorityNames().map(([value, label]) => ({ label, icon: "flag", checked: one.priority === value, act: () => prioritise(one, value) }));
