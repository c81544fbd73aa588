/** Is the window as narrow as a phone, where list, thread and contact are shown one at a time? */

import { signal } from "../dom.js";

const query = matchMedia("(width < 640px)");

export const isPhone = signal(query.matches);

query.addEventListener("change", () => {
  isPhone.value = query.matches;
});
