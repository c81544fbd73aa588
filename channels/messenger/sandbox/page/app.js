// Messenger's part of the phone page: no time in bubbles, little portraits for ticks, chips that go away, the Page's posts.
import { messengerFoot } from "/static/js/messaging.js";
import { drawWall } from "/static/js/wall.js";

export default {
  stamp: () => null,
  foot: messengerFoot,
  screens: { wall: { icon: "receipt", draw: drawWall } },
};
