// Small makers of elements. Text is only ever set as text.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element: attributes (class, aria-…, on… handlers, false and null left out) and children. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Draw an icon of the page's sprite, or, named `<app>/<icon>`, of an app's own icons.svg. */
export function icon(name, size = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${size}`.trim());
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("viewBox", "0 0 24 24");
  const use = document.createElementNS(SVG, "use");
  const [own, symbol] = name.includes("/") ? name.split("/") : [null, name];
  use.setAttribute("href", own ? `/apps/${own}/icons.svg#${symbol}` : `/static/sprite.svg#${symbol}`);
  svg.append(use);
  return svg;
}

export function badge(channel, large = false) {
  return h("span", { class: `ch ${channel}${large ? " l" : ""}`, role: "img", "aria-label": channel }, icon(`ch-${channel}`));
}

/** An avatar of one Han character or two Latin letters, on a hue that follows from the id. */
export function avatar(person) {
  const hue = 1 + ([...person.id].reduce((sum, char) => sum + char.codePointAt(0), 0) % 7);
  const words = person.name.trim().split(/\s+/);
  const han = /\p{Script=Han}/u.exec(person.name);
  const letters = han ? han[0] : words.map((word) => word[0]).slice(0, 2).join("").toUpperCase();
  return h("span", { class: `avatar t${hue}`, "aria-hidden": "true" }, letters, badge(person.channel));
}

export function switchOf(on, label, change) {
  const flip = (event) => change(event.currentTarget.getAttribute("aria-checked") !== "true");
  return h("button", { type: "button", class: on ? "switch on" : "switch", role: "switch", "aria-checked": String(on), "aria-label": label, onclick: flip });
}

export function fill(target, ...children) {
  target.replaceChildren(...children.flat().filter(Boolean));
}

const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const second = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
export const clock = (at) => hour.format(at * 1000);
export const clockSeconds = (at) => second.format(at * 1000);
