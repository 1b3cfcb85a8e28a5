/** How a hand-over to the police looks, and what is wrong with its letter. Pure. */
import type { Referral, ReferralState } from "@/live/referrals";
import type { Icon, Tone } from "@/look/look";

interface Look {
  readonly tone: Tone;
  readonly icon: Icon;
  /** Key of the words where they are not those of the state. */
  readonly word?: string;
}

const LOOKS: Readonly<Record<ReferralState, Look>> = {
  handed: { tone: "attention", icon: "paper" },
  received: { tone: "moving", icon: "eye" },
  accepted: { tone: "moving", icon: "hand" },
  "dealt-with": { tone: "normal", icon: "returned" },
  "not-ours": { tone: "attention", icon: "warning" },
  revoked: { tone: "stale", icon: "folded" },
};
const NOTHING_SAID: ReadonlySet<ReferralState> = new Set(["handed", "received"]);

const OVERDUE: Look = { tone: "attention", icon: "warning", word: "referral.overdue" };
const UNANSWERED: Look = { tone: "stale", icon: "folded", word: "referral.unanswered" };

/** One that nobody answered in time is as grave as one that was sent back; of a closed case nobody waits for an answer. */
export function lookOf({ state, overdue }: Pick<Referral, "state" | "overdue">, closed = false): Look {
  if (overdue) return OVERDUE;
  return closed && NOTHING_SAID.has(state) ? UNANSWERED : (LOOKS[state] ?? LOOKS.handed);
}

/** Key of the words that say that the letter did not arrive yet; null: nothing is wrong. */
export function troubleOf({ letter, state }: Pick<Referral, "letter" | "state">): string | null {
  if (state !== "handed") return null;
  if (letter === null) return "referral.noLetter";
  if (letter.state === "failed") return "referral.letterFailed";
  return letter.state !== "sent" && letter.attempts > 0 && letter.reason !== "" ? "referral.letterTried" : null;
}
