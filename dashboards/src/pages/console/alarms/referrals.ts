/** How a hand-over to the police looks, and what is wrong with its letter. Pure. */
import type { Referral, ReferralState } from "@/live/referrals";
import type { Icon, Tone } from "@/look/look";

interface Look {
  readonly tone: Tone;
  readonly icon: Icon;
}

const LOOKS: Readonly<Record<ReferralState, Look>> = {
  handed: { tone: "attention", icon: "paper" },
  received: { tone: "moving", icon: "eye" },
  accepted: { tone: "moving", icon: "hand" },
  "dealt-with": { tone: "normal", icon: "returned" },
  "not-ours": { tone: "attention", icon: "warning" },
  revoked: { tone: "stale", icon: "folded" },
};

/** One that nobody answered in time is as grave as one that was sent back. */
export function lookOf({ state, overdue }: Pick<Referral, "state" | "overdue">): Look {
  return overdue ? { tone: "attention", icon: "warning" } : (LOOKS[state] ?? LOOKS.handed);
}

/** Key of the words that say that the letter did not arrive yet; null: nothing is wrong. */
export function troubleOf({ letter, state }: Pick<Referral, "letter" | "state">): string | null {
  if (state !== "handed") return null;
  if (letter === null) return "referral.noLetter";
  if (letter.state === "failed") return "referral.letterFailed";
  return letter.state !== "sent" && letter.attempts > 0 && letter.reason !== "" ? "referral.letterTried" : null;
}
