/** Alarms handed to police grid officers: as the console makes and follows them, and as an officer answers by their link. */
import { look, tell } from "./ask";
import type { Answer } from "./ask";
import type { AlarmView } from "./alarms";
import type { Words } from "./protocol";

export const POLICE_ANSWERS = ["accepted", "dealt-with", "not-ours"] as const;
export type PoliceAnswer = (typeof POLICE_ANSWERS)[number];

export type ReferralState = "handed" | "received" | PoliceAnswer | "revoked";

export interface Referral {
  readonly id: string;
  readonly grid: string;
  readonly unit: Words;
  readonly state: ReferralState;
  /** Its time is over, and nobody answered for good. */
  readonly overdue: boolean;
  /** An officer may still say something. */
  readonly waits: boolean;
  readonly note: string;
  readonly handed: string;
  readonly handed_by: string;
  readonly due: string;
  readonly received: string | null;
  /** Null where one may not see names. */
  readonly officer: { readonly name: string; readonly number: string } | null;
  /** `late`: it came after the case was closed. */
  readonly answers: readonly { readonly at: string; readonly answer: PoliceAnswer; readonly words: string; readonly late: boolean }[];
  readonly revoked: string | null;
  readonly revoked_by: string | null;
  readonly letter: { readonly state: string; readonly attempts: number; readonly reason: string } | null;
}

export interface Grid {
  readonly key: string;
  readonly title: Words;
  readonly answer_days: number;
  readonly reachable: boolean;
}

export interface Referrals {
  readonly referrals: readonly Referral[];
  readonly grids: readonly Grid[];
  /** Who looks after the alarm's area; null: nobody. */
  readonly covering: string | null;
}

/** What an officer's link shows. */
export interface OfficerPage {
  readonly site: Words;
  readonly unit: Words;
  readonly title: Words;
  readonly priority: string;
  readonly place: Words;
  readonly raised: string;
  /** When the community closed the case; null: it is open. */
  readonly closed: string | null;
  readonly handed: string;
  readonly due: string;
  readonly state: ReferralState;
  readonly received: string | null;
  readonly answers: readonly { readonly at: string; readonly answer: PoliceAnswer }[];
}

const of = (alarm: string, more = ""): string => `/alarms/${encodeURIComponent(alarm)}/referrals${more}`;
const own = (key: string, more = ""): string => `/police/by-key/${encodeURIComponent(key)}${more}`;

export const readReferrals = (alarm: string): Promise<Answer<Referrals>> => look(of(alarm));

export function handOver(alarm: Pick<AlarmView, "id" | "version">, grid: string, note: string): Promise<Answer<Referral>> {
  return tell(of(alarm.id), { version: alarm.version, grid, note });
}

export const takeBack = (alarm: string, id: string, reason: string): Promise<Answer<Referral>> =>
  tell(of(alarm, `/${encodeURIComponent(id)}/revoke`), { reason });

export const readHandedToMe = (key: string): Promise<Answer<OfficerPage>> => look(own(key));
export const confirmReceipt = (key: string, name: string, number: string): Promise<Answer<OfficerPage>> =>
  tell(own(key, "/receipt"), { name, number });
export const answerHandOver = (key: string, answer: PoliceAnswer, words: string): Promise<Answer<OfficerPage>> =>
  tell(own(key, "/answers"), { answer, words });
