/** Settings → Channels: the list, the choice of what to connect, a guide, or one account. */

import { html, useEffect } from "../../dom.js";
import { t } from "../../i18n.js";
import { accounts } from "../../live.js";
import { Empty, Trouble } from "../../ui/trouble.js";
import { failureText } from "../../words.js";
import { Skeleton } from "../skeleton.js";
import { AccountPage } from "./account.js";
import { ChannelList } from "./list.js";
import { Choose } from "./choose.js";
import { Connect } from "./connect.js";
import { failed, guideNamed, guides, loadChannels } from "./store.js";

/** @param {{ rest: string[] }} props the rest of the address: nothing, `new`, `new/{guide}`, or an account's id */
export function Channels({ rest }) {
  useEffect(() => {
    loadChannels();
  }, []);
  if (failed.value) return html`<${Trouble} page title=${t("The channels did not load")} text=${failureText(failed.value)} again=${loadChannels} />`;
  if (!guides.value) return html`<${Skeleton} />`;
  const [first, second] = rest;
  if (!first) return html`<${ChannelList} />`;
  if (first === "new") {
    const guide = second && guideNamed(second);
    return guide ? html`<${Connect} key=${second} guide=${guide} />` : html`<${Choose} />`;
  }
  const account = accounts.value[first];
  const guide = account && guideNamed(account.guide);
  if (!account || !guide) return html`<${Empty} icon="unplug" title=${t("This account is not connected")} text=${t("It was removed, or never there.")} />`;
  return html`<${AccountPage} key=${account.id} account=${account} guide=${guide} />`;
}
