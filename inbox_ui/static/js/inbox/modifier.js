/** The key that commands begin with, as it is called on this machine. */

export const modifier = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl ";
