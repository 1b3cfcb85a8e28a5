/** How states of the register look: grey while all is well; each has a mark and a word too. */
import type { ImportState, RowState } from "@/live/imports";
import type { ListState } from "@/live/lists";
import type { Face, REMOVAL_STATES, Withdrawal } from "@/live/register";
import type { Icon, Tone } from "@/look/look";

type Shown = { readonly tone: Tone; readonly icon: Icon };
type RemovalState = (typeof REMOVAL_STATES)[number];

export const FACE_LOOKS: Readonly<Record<Face, Shown>> = {
  none: { tone: "normal", icon: "person" },
  consented: { tone: "normal", icon: "running" },
  withdrawn: { tone: "stale", icon: "returned" },
};

export const REMOVAL_LOOKS: Readonly<Record<RemovalState, Shown>> = {
  open: { tone: "attention", icon: "outdated" },
  refused: { tone: "alarm", icon: "warning" },
  acknowledged: { tone: "normal", icon: "running" },
  proven: { tone: "normal", icon: "running" },
  waived: { tone: "stale", icon: "hand" },
};

export const LIST_LOOKS: Readonly<Record<ListState, Shown>> = {
  current: { tone: "normal", icon: "running" },
  pushing: { tone: "moving", icon: "falling" },
  behind: { tone: "alarm", icon: "warning" },
  offline: { tone: "attention", icon: "offline" },
  never: { tone: "alarm", icon: "warning" },
};

export const IMPORT_LOOKS: Readonly<Record<ImportState, Shown>> = {
  reading: { tone: "moving", icon: "outdated" },
  unreadable: { tone: "stale", icon: "warning" },
  previewed: { tone: "attention", icon: "eye" },
  applying: { tone: "moving", icon: "falling" },
  applied: { tone: "normal", icon: "running" },
  cancelled: { tone: "stale", icon: "returned" },
};

export const ROW_LOOKS: Readonly<Record<RowState, Shown>> = {
  new: { tone: "normal", icon: "person" },
  changed: { tone: "moving", icon: "returned" },
  unchanged: { tone: "stale", icon: "running" },
  bad: { tone: "attention", icon: "warning" },
  conflict: { tone: "attention", icon: "hand" },
};

/** Of a whole withdrawal; `key` names the words, `count` fills their blank. */
export interface ProofLook extends Shown {
  readonly key: string;
  readonly count: number;
}

/** What a terminal refused is graver than what is waited for. */
export function proofLook(withdrawal: Withdrawal, refused: number): ProofLook {
  if (refused > 0) return { ...REMOVAL_LOOKS.refused, key: "proof.refused", count: refused };
  if (!withdrawal.complete) return { ...REMOVAL_LOOKS.open, key: "proof.waits", count: withdrawal.open };
  const key = withdrawal.terminals === 0 ? "proof.noTerminals" : "proof.complete";
  return { ...REMOVAL_LOOKS.proven, key, count: withdrawal.terminals };
}
