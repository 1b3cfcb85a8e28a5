import type zhCN from "./offline.zh-CN";

const en: typeof zhCN = {
  offline: {
    nothing: "The hub cannot be reached: nothing here is live. For what matters use the radio or the telephone.",
    fresh: "The console has been updated; reload to use the new one.",
    reload: "Reload",
    waiting: "Waiting to be sent ({count})",
    decide: "Yours to decide ({count})",
    show: "Show",
    hide: "Hide",
    heading: "Pressed without a network, and not there yet",
    pressed: "pressed {time}",
    waits: "is sent by itself once the hub answers",
    behind: "waits for you to decide on the one before",
    others: "{count} of {who}: sent only once they sign in themselves",
    signIn: "Sign in as {who}; then it is sent by itself",
    overtaken: "It has moved on since, so nothing was done:",
    becameClosed: "This alarm is closed.",
    refused: "The hub did not take it: {reason}",
    sendAgain: "Seen; {deed} all the same",
    tryAgain: "Try again",
    drop: "Do not send it",
    kept: "No network: kept on this phone ({time}), and sent by itself once there is one. Until then nobody else sees it.",
    notKept: "No network, and this phone keeps nothing: it was not done. Tell them by radio or telephone.",
  },
};

export default en;
