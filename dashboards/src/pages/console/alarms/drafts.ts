/** What was typed and not yet sent, by alarm and deed: neither a refusal nor looking at another alarm loses it. */
import { reactive } from "vue";
import type { Deed } from "@/live/alarm-calls";

export interface Draft {
  text: string;
  to: string;
  /** How long to shelve, in minutes. */
  minutes: number;
  forced: boolean;
}

const SHELVE_MIN = 30;
const drafts = reactive(new Map<string, Draft>());

export function draftOf(id: string, deed: Deed): Draft {
  const key = `${id} ${deed}`;
  const kept = drafts.get(key);
  if (kept !== undefined) return kept;
  drafts.set(key, { text: "", to: "", minutes: SHELVE_MIN, forced: false });
  return drafts.get(key) as Draft;
}

export function forgetDraft(id: string, deed: Deed): void {
  drafts.delete(`${id} ${deed}`);
}

/** What the hub is told; `nowMs` is its own time. The word is the field that is still empty. */
export function saidWith(deed: Deed, draft: Draft, nowMs: number): Readonly<Record<string, unknown>> | "reason" | "to" | "text" | "note" {
  const text = draft.text.trim();
  switch (deed) {
    case "shelve":
      return text === "" ? "reason" : { reason: text, until: new Date(nowMs + draft.minutes * 60_000).toISOString() };
    case "assign":
      return draft.to.trim() === "" ? "to" : { to: principalOf(draft.to.trim()) };
    case "comment":
      return text === "" ? "text" : { text };
    case "close":
      return text === "" ? "note" : { note: text, forced: draft.forced };
    default:
      return {};
  }
}

function principalOf(typed: string): string {
  return typed.includes(":") ? typed : `user:${typed}`;
}
