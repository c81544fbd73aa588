/** The whole page: sidebar, list, thread, panel, and what floats over them. */

import { cls, effect, html, useEffect } from "../dom.js";
import { conversationOf } from "../live.js";
import { loadList } from "../load.js";
import { openId, place, view } from "../router.js";
import { Dialogs } from "../ui/dialog.js";
import { folded, widths } from "../ui/edge.js";
import { Toasts } from "../ui/toast.js";
import { isPhone } from "../ui/width.js";
import { Drawer } from "./drawer.js";
import { currentFilter } from "./filter.js";
import { useKeys } from "./keys.js";
import { Lightbox } from "./lightbox.js";
import { ConversationList } from "./list.js";
import { Palette } from "./palette.js";
import { ContactPanel } from "./panel.js";
import { Sidebar } from "./sidebar.js";
import { TabBar } from "./tab_bar.js";
import { NoThread, Thread } from "./thread.js";
import { viewName } from "./views.js";

/** Write the chosen column widths where the grid reads them. */
function useWidths() {
  useEffect(() => effect(() => {
    const { style } = document.documentElement;
    for (const column of /** @type {const} */ (["list", "panel"])) {
      const width = widths.value[column];
      if (width) style.setProperty(`--w-${column}`, `${width}px`);
      else style.removeProperty(`--w-${column}`);
    }
  }), []);
}

/** The title says what is open. */
function useTitle() {
  useEffect(() => effect(() => {
    const shown = conversationOf(openId.value)?.contact.name ?? viewName(view.value);
    document.title = `${shown} · Hawker`;
  }), []);
}

export function Inbox() {
  useKeys();
  useWidths();
  useTitle();
  useEffect(() => effect(() => {
    loadList(currentFilter.value);
  }), []);
  const { conversation, contact } = place.value;
  const open = conversationOf(openId.value);
  const names = cls("app inbox", conversation && "has-thread", contact && "has-contact", folded.value.list && "no-list", (folded.value.panel || !open) && "no-panel");
  return html`<div class=${names}>
    <${Sidebar} />
    <${ConversationList} />
    ${conversation ? html`<${Thread} key=${conversation} id=${conversation} />` : !isPhone.value && html`<${NoThread} />`}
    ${conversation && open && html`<${ContactPanel} key=${open.contact.id} conversation=${open} />`}
    <${TabBar} />
    <${Drawer} /><${Lightbox} /><${Palette} /><${Dialogs} /><${Toasts} />
  </div>`;
}
