// The socket that says what changed. Comes back by itself; whenever it opens, everything is loaded anew, so nothing falls between.

export function listen(onFrame, onOpen) {
  let tries = 0;
  const open = () => {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/sandbox/live`);
    socket.onopen = () => {
      tries = 0;
      onOpen();
    };
    socket.onmessage = (event) => JSON.parse(event.data).forEach(onFrame);
    socket.onclose = () => setTimeout(open, Math.min(5000, 300 * 2 ** tries++));
  };
  open();
}
