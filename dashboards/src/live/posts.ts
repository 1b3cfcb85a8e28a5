/** Posts: who is on duty, hand-over, presence. */
import type { Duty } from "./alarms";
import { look, tell } from "./ask";
import type { Answer } from "./ask";
import type { Words } from "./protocol";

/** Where one is on duty oneself, and what one may do. */
export interface YourDuty {
  readonly who: string;
  readonly post: string | null;
  readonly may_sign_on: readonly string[];
  readonly may_act: boolean;
  readonly reason: string;
}

export interface PostList {
  readonly posts: readonly Duty[];
  readonly you: YourDuty;
}

/** An alarm that is handed over. */
export interface HandoverItem {
  readonly alarm: string;
  readonly title: Words;
  readonly device: string;
  readonly area: string | null;
  readonly priority: string;
  readonly state: string;
  readonly suppression: string;
  readonly raised: string;
  readonly shelved_until: string | null;
  readonly children: number;
  /** It came in after whoever leaves had prepared. */
  readonly new: boolean;
}

export interface Handover {
  readonly id: string;
  readonly post: string;
  readonly who: string;
  readonly prepared: string;
  readonly note: string;
  readonly items: readonly HandoverItem[];
  readonly over: readonly HandoverItem[];
}

const of = (post: string, what = ""): string => `/posts/${encodeURIComponent(post)}${what}`;

export const readPosts = (): Promise<Answer<PostList>> => look("/posts");
export const readHandovers = (post: string): Promise<Answer<{ readonly handovers: readonly Handover[] }>> =>
  look(of(post, "/handover"));

export const signOn = (post: string): Promise<Answer<unknown>> => tell(of(post, "/sign-on"), {});
export const signOff = (post: string, reason: string): Promise<Answer<unknown>> =>
  tell(of(post, "/sign-off"), { reason });
export const prepare = (post: string, note: string): Promise<Answer<unknown>> => tell(of(post, "/handover"), { note });
export const present = (post: string): Promise<Answer<unknown>> => tell(of(post, "/presence"), {});

/** Every item by name, or the hub refuses and says which are missing. */
export function accept(handover: Handover, alarms: readonly string[], note: string): Promise<Answer<unknown>> {
  return tell(of(handover.post, "/handover/accept"), { handover: handover.id, alarms, note });
}
