/** The live line: events in order since the last one applied, again and again, whatever happens to the network. */

/** @typedef {import("./types.d.ts").StoreEvent} StoreEvent */

/** Waits between attempts grow to this, each shortened by chance so that a whole shop does not come back in one moment. */
const LONGEST_WAIT_MS = 20_000;

/** The server is asked this often whether it is still there. */
const PING_EVERY_MS = 25_000;

/** Nothing heard for this long after a ping: the line is dead, though the browser does not know it. */
const PONG_WITHIN_MS = 10_000;

/** The session ended, or rights changed: the page must be loaded anew. */
const OVER = new Set([4401, 4403]);

/**
 * Open the line and keep it open.
 * @param {{
 *   since: () => number,
 *   hello: (event: StoreEvent, resumed: boolean) => void,
 *   event: (event: StoreEvent) => void,
 *   caughtUp: (event: StoreEvent) => void,
 *   reset: (event: StoreEvent) => void,
 *   lost: () => void,
 *   over: () => void,
 * }} on `since` 0: nothing applied yet; `hello.resumed`: missed events follow, then `caughtUp`
 * @returns {{ say: (frame: import("./types.d.ts").Json) => void, retry: () => void, close: () => void }}
 */
export function connect(on) {
  /** @type {WebSocket | null} */
  let socket = null;
  let attempts = 0;
  let closed = false;
  let heard = Date.now();
  let greeted = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const open = () => {
    clearTimeout(timer);
    if (closed || socket) return;
    const since = on.since();
    const address = new URL("/ws", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    if (since) address.searchParams.set("since", String(since));
    const opened = new WebSocket(address);
    socket = opened;
    heard = Date.now();
    opened.onmessage = ({ data }) => {
      if (socket !== opened) return;
      heard = Date.now();
      receive(JSON.parse(data), since > 0);
    };
    opened.onclose = ({ code }) => {
      if (socket === opened) end(code);
    };
  };

  /**
   * @param {StoreEvent} event
   * @param {boolean} resumed
   */
  const receive = (event, resumed) => {
    if (event.type === "hello") {
      attempts = 0;
      greeted = true;
      on.hello(event, resumed);
    } else if (event.type === "reset") on.reset(event);
    else if (event.type === "caught_up") on.caughtUp(event);
    else if (event.type !== "pong") on.event(event);
  };

  /** @param {number} code */
  const end = (code) => {
    socket = null;
    if (closed) return;
    if (OVER.has(code) && greeted) return on.over();
    on.lost();
    const longest = Math.min(LONGEST_WAIT_MS, 500 * 2 ** attempts);
    attempts += 1;
    timer = setTimeout(open, longest * (0.5 + Math.random() / 2));
  };

  /** Drop a line that is known to be dead, and try again at once. */
  const retry = () => {
    const dead = socket;
    socket = null;
    dead?.close();
    open();
  };

  /** Drop a line that is known to be dead, and wait before the next attempt. */
  const drop = () => {
    const dead = socket;
    socket = null;
    dead?.close();
    end(0);
  };

  const pings = setInterval(() => {
    if (socket?.readyState !== WebSocket.OPEN) return;
    const asked = socket;
    const pinged = Date.now();
    asked.send('{"type":"ping"}');
    setTimeout(() => {
      if (socket === asked && heard < pinged) drop();
    }, PONG_WITHIN_MS);
  }, PING_EVERY_MS);

  addEventListener("online", retry);
  addEventListener("offline", drop);
  open();

  return {
    say: (frame) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    },
    retry,
    close: () => {
      closed = true;
      clearInterval(pings);
      removeEventListener("online", retry);
      removeEventListener("offline", drop);
      socket?.close();
    },
  };
}
