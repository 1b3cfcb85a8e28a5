/** The page on which a police grid officer answers a hand-over: English. */
import type chinese from "./words.zh-CN";

const words: typeof chinese = {
  page: "For the police grid",
  language: "中文",
  loading: "Loading…",
  retry: "Try again",
  sending: "Sending…",
  from: "Handed over by {site}",
  done: "Your answer has arrived, thank you. This link has ended; you can close the page.",
  doneLate: "Your answer has arrived, stands in the case and calls the desk, thank you. This link has ended; you can close the page.",
  closed: "The community closed this case on {at}: nothing more is needed. If there is something to say, answer before {due}; it calls the desk.",
  private: "This page holds no plates, names or pictures. For those, ask the community with the papers that the law wants.",
  facts: {
    priority: "Priority",
    place: "Where",
    raised: "When",
    unit: "Handed to",
    handed: "Handed over",
    received: "Received",
    due: "Answer before",
  },
  receipt: {
    heading: "Confirm receipt",
    name: "Name",
    number: "Police number",
    hint: "Name and number are kept with this hand-over alone, for the community to check.",
    send: "I have it",
    needsName: "Give your name",
    needsNumber: "Give your police number: 4 to 20 digits or letters",
  },
  answers: {
    heading: "Answer",
    which: "What becomes of it",
    words: "In your words (optional)",
    stays: "The link stays; please answer once more when it is dealt with.",
    ends: "This ends the link; it cannot be changed later.",
    send: "Send the answer",
  },
  answer: {
    accepted: "Accepted",
    "dealt-with": "Dealt with",
    "not-ours": "Not for our grid",
  },
  state: {
    handed: "To be confirmed",
    received: "Receipt confirmed",
    accepted: "Accepted",
    "dealt-with": "Dealt with",
    "not-ours": "Not for our grid",
    revoked: "Taken back",
  },
  priority: {
    critical: "Critical",
    high: "High",
    medium: "Medium",
    low: "Low",
  },
  problem: {
    "no-key": {
      title: "The address is not complete",
      todo: "Open the whole link from the message that you got.",
    },
    "link-unknown": {
      title: "There is no such link",
      todo: "Open the whole link from the message that you got.",
    },
    "link-over": {
      title: "This link has ended",
      todo: "It was answered, taken back, or is too old. Call the community's desk if you need it.",
    },
    "already-received": {
      title: "Somebody has confirmed receipt already",
      todo: "You can answer below.",
    },
    "not-received": {
      title: "Confirm receipt first",
      todo: "Give name and police number, then answer.",
    },
    "too-many-answers": {
      title: "As many answers as may be were sent",
      todo: "Please call the community's desk.",
    },
    throttled: {
      title: "Too many tries",
      todo: "Try again in {seconds} s.",
    },
    "no-network": {
      title: "Your phone is offline",
      todo: "Check the network and try again; what you typed is kept.",
    },
    unreachable: {
      title: "The hub did not answer",
      todo: "Try again; the same answer sent twice counts once.",
    },
    "hub-down": {
      title: "The system is not available now",
      todo: "Try again later; call the community's desk if it is urgent.",
    },
    other: {
      title: "That did not work",
      todo: "Try again; call the community's desk if it goes on.",
    },
  },
};

export default words;
