/** The live line: it asks whether the server is there, and comes back from where it was when nobody answers. */

import assert from "node:assert/strict";
import { connect } from "../../inbox_ui/static/js/socket.js";

/** A clock that moves when told to. */
class Clock {
  now = 1_000_000;
  /** @type {Map<number, { at: number, every: number, run: () => void }>} */
  timers = new Map();
  last = 0;

  install() {
    const add = (/** @type {boolean} */ again) => (/** @type {() => void} */ run, /** @type {number} */ ms) => {
      this.last += 1;
      this.timers.set(this.last, { at: this.now + ms, every: again ? ms : 0, run });
      return this.last;
    };
    const remove = (/** @type {number} */ id) => this.timers.delete(id);
    Object.assign(globalThis, { setTimeout: add(false), setInterval: add(true), clearTimeout: remove, clearInterval: remove });
    Date.now = () => this.now;
  }

  /** @param {number} ms */
  pass(ms) {
    const until = this.now + ms;
    for (;;) {
      const next = [...this.timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!next) break;
      const [id, timer] = next;
      this.now = timer.at;
      if (timer.every) timer.at += timer.every;
      else this.timers.delete(id);
      timer.run();
    }
    this.now = until;
  }
}

/** The browser's socket, with the server's end in the test's hand. */
class Line {
  static OPEN = 1;
  /** @type {Line[]} */
  static all = [];
  readyState = 1;
  /** @type {string[]} */
  sent = [];
  closed = false;

  /** @param {URL} address */
  constructor(address) {
    this.address = String(address);
    Line.all.push(this);
  }

  /** @param {string} frame */
  send(frame) {
    this.sent.push(JSON.parse(frame).type);
  }

  close() {
    this.closed = true;
  }

  /** @param {any} frame */
  say(frame) {
    /** @type {any} */ (this).onmessage({ data: JSON.stringify(frame) });
  }
}

function open() {
  const real = { setTimeout, setInterval, clearTimeout, clearInterval, WebSocket };
  const realNow = Date.now;
  const clock = new Clock();
  clock.install();
  Line.all = [];
  Object.assign(globalThis, { WebSocket: Line });
  Object.defineProperty(globalThis, "location", { value: new URL("https://shop.example/"), configurable: true });
  /** @type {string[]} */
  const heard = [];
  const tell = (/** @type {string} */ what) => () => heard.push(what);
  const on = { since: () => 7, hello: tell("hello"), event: tell("event"), caughtUp: tell("caught_up"), reset: tell("reset"), lost: tell("lost"), over: tell("over") };
  const line = connect(on);
  const end = () => {
    line.close();
    Object.assign(globalThis, real);
    Date.now = realNow;
  };
  return { clock, heard, end };
}

Deno.test("a server that answers is asked every 25 s and kept", () => {
  const { clock, heard, end } = open();
  const [only] = Line.all;
  only.say({ type: "hello", id: 7 });
  for (let n = 1; n <= 4; n += 1) {
    clock.pass(25_000);
    assert.equal(only.sent.length, n);
    only.say({ type: "pong" });
  }
  assert.deepEqual(new Set(only.sent), new Set(["ping"]));
  assert.deepEqual([Line.all.length, only.closed, heard], [1, false, ["hello"]]);
  end();
});

Deno.test("an event that comes after the ping is as good as a pong", () => {
  const { clock, heard, end } = open();
  clock.pass(25_500);
  Line.all[0].say({ type: "conversation.updated", id: 8 });
  clock.pass(20_000);
  assert.deepEqual([Line.all.length, heard], [1, ["event"]]);
  end();
});

Deno.test("when no pong comes the line is dropped, and the next one resumes", () => {
  const { clock, heard, end } = open();
  Line.all[0].say({ type: "hello", id: 7 });
  clock.pass(34_999);
  assert.equal(Line.all[0].closed, false);
  clock.pass(1);
  assert.deepEqual([Line.all[0].closed, heard], [true, ["hello", "lost"]]);
  clock.pass(1000);
  assert.equal(Line.all.length, 2);
  assert.equal(Line.all[1].address, "wss://shop.example/ws?since=7");
  Line.all[0].say({ type: "conversation.updated", id: 8 });
  assert.deepEqual(heard, ["hello", "lost"], "what a dropped line still says is not heard");
  end();
});
