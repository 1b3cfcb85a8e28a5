/** What is typed about a visitor, and what the hub is told. What was typed stays until it is sent. */
import { reactive } from "vue";
import type { NewVisit } from "@/live/visits";
import { momentOf } from "./wanted";

export interface VisitDraft {
  plate: string;
  code: boolean;
  household: string | null;
  /** What that is called. */
  room: string;
  visitor: string;
  phone: string;
  later: boolean;
  /** As a date field writes it. */
  from: string;
  /** How long; 0: until `until`. */
  minutes: number;
  until: string;
}

export const MINUTES = [30, 60, 120, 240, 480, 1440] as const;
const USUAL_MIN = 120;
const drafts = reactive(new Map<string, VisitDraft>());

/** `about`: where it is typed; `plate`: what it begins with there. */
export function visitDraftOf(about: string, plate = ""): VisitDraft {
  const kept = drafts.get(about);
  if (kept !== undefined) return kept;
  drafts.set(about, {
    plate,
    code: false,
    household: null,
    room: "",
    visitor: "",
    phone: "",
    later: false,
    from: "",
    minutes: USUAL_MIN,
    until: "",
  });
  return drafts.get(about) as VisitDraft;
}

export function forgetVisitDraft(about: string): void {
  drafts.delete(about);
}

/** What the hub is told; a word where something is missing. */
export function visitOf(draft: VisitDraft): NewVisit | "needed" | "needsTime" {
  const plate = draft.plate.trim();
  if (plate.length === 1 || (plate === "" && !draft.code)) return "needed";
  const from = draft.later ? momentOf(draft.from) : null;
  const until = draft.minutes === 0 ? momentOf(draft.until) : null;
  if ((draft.later && from === null) || (draft.minutes === 0 && until === null)) return "needsTime";
  return {
    ...(plate === "" ? {} : { plate }),
    ...(draft.code ? { code: true } : {}),
    ...(draft.household === null ? {} : { household: draft.household }),
    ...(draft.visitor.trim() === "" ? {} : { visitor: draft.visitor.trim() }),
    ...(draft.phone.trim() === "" ? {} : { phone: draft.phone.trim() }),
    ...(from === null ? {} : { from }),
    ...(until === null ? { minutes: draft.minutes } : { until }),
  };
}
