/** Where a piece of evidence is, and how to show it. Pure. */
import type { EvidenceItem } from "./alarms";

export function addressOfEvidence({ sha256 }: EvidenceItem): string {
  return `/api/v1/media/${sha256 ?? ""}`;
}

export function showsAs({ kind, sha256, gone }: EvidenceItem): "picture" | "clip" | "file" | "nothing" {
  if (!sha256 || gone) return "nothing";
  if (kind === "snapshot" || kind === "picture") return "picture";
  return kind === "clip" ? "clip" : "file";
}

/** Key of the words for why there is nothing to show. */
export function absence({ state, error, gone }: EvidenceItem): "gone" | "failed" | "planned" {
  if (gone) return "gone";
  return state === "failed" || error ? "failed" : "planned";
}
