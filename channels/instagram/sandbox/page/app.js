// Instagram's part of the phone page: "Seen" below what was read, stories in the chat, the account's pictures with their comments.
import { instagramFoot, story } from "/static/js/messaging.js";
import { drawWall } from "/static/js/wall.js";
import { h, icon } from "/static/js/dom.js";

/** The shop's face in the ring of somebody who has a story. */
const face = () => {
  const seal = icon("seal");
  seal.setAttribute("class", "shop-face");
  return h("span", { class: "ring" }, seal);
};

export default {
  face,
  sub: (account) => account.display,
  stamp: () => null,
  bubble: story,
  foot: instagramFoot,
  screens: { wall: { icon: "image", draw: drawWall } },
};
