/** The page on which a household lets its visitors in: English. */
import type chinese from "./words.zh-CN";

const words: typeof chinese = {
  page: "Visitors",
  language: "中文",
  loading: "Loading…",
  retry: "Try again",
  home: "Visitors of {room}",
  limits: {
    heading: "What you may do",
    longest: "At most {hours} h each, up to {days} days ahead",
    open: "At most {most} open at a time, now {open}",
    private: "Whoever has this address can let visitors in for you: do not forward it. What is for your visitor is under “Share”.",
  },
  make: {
    heading: "Let a visitor in",
    how: "How they come",
    plate: "By car, the plate opens",
    code: "On foot, with a door code",
    plateField: "Plate",
    plateHint: "Such as 浙B12345; the gate opens when it reads it",
    alsoCode: "A door code as well",
    visitor: "Visitor (optional, to tell them apart)",
    from: "When they come",
    now: "From now on",
    later: "At a set time",
    fromField: "Beginning",
    last: "Valid for",
    minutes: "{count} min",
    hours: "{count} h",
    send: "Let them in",
    sending: "Sending…",
    needed: "Give the plate",
    needsTime: "Give the time when they come",
    done: "Done. You can share it with your visitor",
  },
  list: {
    heading: "Open passes",
    none: "No pass is open now",
    past: "Earlier visitors ({count})",
    code: "Door code",
    window: "{from} to {until}",
    used: "Came at {time}",
    unused: "Not used yet",
    share: "Share with the visitor",
    copied: "Copied, paste it into a message",
    byHand: "Copy this by hand",
    revoke: "Revoke",
    confirm: "Press again to revoke",
    revoked: "Revoked, it opens nothing any more",
  },
  state: {
    coming: "Coming",
    open: "Open",
    over: "Over",
    revoked: "Revoked",
  },
  share: {
    title: "{site}: visitor's pass",
    plate: "Plate {plate}: the gate opens by itself when you drive up.",
    code: "Door code {code}: type it on the keypad at the door.",
    window: "Valid {from} to {until}",
  },
  problem: {
    "no-key": {
      title: "The address is not complete",
      todo: "Open the whole link that you got from the property office, or scan its code again.",
    },
    "link-unknown": {
      title: "This link is not valid any more",
      todo: "There may be a new one: ask the property office.",
    },
    "unknown-visit": {
      title: "There is no such pass",
      todo: "It may be over. The list is up to date now.",
    },
    "too-many-visits": {
      title: "As many passes as may be are open",
      todo: "Revoke one that you do not need any more first.",
    },
    "plate-refused": {
      title: "This plate gets no visitor's pass",
      todo: "Please ask the property office.",
    },
    "bad-plate": {
      title: "This is no plate",
      todo: "It looks like 浙B12345 or 浙BD12345. Change it and try again.",
    },
    "too-long": {
      title: "Longer than allowed",
      todo: "Choose a shorter time.",
    },
    "too-far-ahead": {
      title: "Too far ahead",
      todo: "Choose an earlier beginning.",
    },
    "bad-range": {
      title: "This time is over",
      todo: "Choose another beginning.",
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
      todo: "Whether it was done is not known: look at the list below before you try again.",
    },
    "hub-down": {
      title: "Not available for the moment",
      todo: "Try again later; if it is urgent, call the gatehouse.",
    },
    other: {
      title: "It did not work",
      todo: "Try again; if that does not help, ask the property office.",
    },
  },
};

export default words;
