/** The contacts: a list to search and narrow, and beside it, or on a phone instead of it, the one that is open. */

import { cls, html, useEffect } from "../dom.js";
import { Palette } from "../inbox/palette.js";
import { Sidebar } from "../inbox/sidebar.js";
import { TabBar } from "../inbox/tab_bar.js";
import { t } from "../i18n.js";
import { state } from "../live.js";
import { path } from "../router.js";
import { useSettingsKeys } from "../settings/keys.js";
import { Dialogs } from "../ui/dialog.js";
import { Toasts } from "../ui/toast.js";
import { ContactDetail } from "./detail.js";
import { ContactList } from "./list.js";
import { calledBy } from "./person.js";

export function ContactsPage() {
  useSettingsKeys();
  const id = path.value.split("/")[2] || null;
  const contact = id ? state.value.contacts[id] : undefined;
  useEffect(() => {
    document.title = `${contact ? calledBy(contact) : t("Contacts")} · Hawker`;
  }, [contact]);
  return html`<div class="app">
    <${Sidebar} />
    <div class=${cls("contacts", id && "has-contact")}>
      <${ContactList} open=${id} />
      ${id && html`<${ContactDetail} key=${id} id=${id} />`}
    </div>
    <${TabBar} />
    <${Palette} /><${Dialogs} /><${Toasts} />
  </div>`;
}
