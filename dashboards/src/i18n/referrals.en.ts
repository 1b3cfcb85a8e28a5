/** The words of hand-overs to police grid officers: English. */
import type chinese from "./referrals.zh-CN";

const referrals: typeof chinese = {
  referral: {
    heading: "Handed to the police",
    none: "Not handed over yet.",
    noReading: "Hand-overs cannot be read now; what is shown may be old.",
    open: "Hand to the police grid…",
    to: "Hand to",
    covers: " (this area)",
    choose: "Choose",
    note: "Note",
    says: "The message holds the alarm's name, place, time, priority and a link: no plate, name or picture; the note stays in this case. The link opens for {days} days.",
    unreachable: "The last messages to this unit did not arrive; call them as well.",
    send: "Hand over",
    notHanded: "Not handed over",
    overdue: "No answer in time",
    handed: "Handed over",
    letter: "Message",
    receipt: "Receipt",
    noReceipt: "Not yet",
    number: "no. {number}",
    due: "Answer before",
    revoked: "Taken back",
    takeBack: "Take back…",
    takeBackNow: "Take back",
    why: "Why it is taken back",
    notTaken: "Not taken back",
    noLetter: "No message goes to this unit; call them.",
    letterTried: "The message has not arrived yet, tries: {count}. The hub goes on trying; call if it is urgent. Why: {reason}",
    letterFailed: "The message did not arrive. Call, or take it back and hand it over again. Why: {reason}",
  },
  referralState: {
    handed: "To be confirmed",
    received: "Receipt confirmed",
    accepted: "Accepted",
    "dealt-with": "Dealt with",
    "not-ours": "Not for that grid",
    revoked: "Taken back",
  },
  policeAnswer: {
    accepted: "Accepted",
    "dealt-with": "Dealt with",
    "not-ours": "Not for that grid",
  },
  letterState: {
    held: "To be sent",
    planned: "To be sent",
    sending: "Being sent",
    sent: "Sent",
    failed: "Did not arrive",
    dropped: "Not sent",
  },
};

export default referrals;
