/** The disclosure that is open. A look at its way is in the audit: it is read anew only when something became of it. */
import { computed, onScopeDispose, shallowRef, watch } from "vue";
import type { Refusal } from "@/live/ask";
import { readDisclosure, readDisclosures } from "@/live/disclosures";
import type { DisclosureDetail } from "@/live/disclosures";
import { isMoving } from "./looks";

const SOON_MS = 2_000;
const LATER_MS = 10_000;
/** Numbers begin alike, so a search for one may find a few. */
const FEW = 10;

export function useDisclosure(id: () => string) {
  const detail = shallowRef<DisclosureDetail | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  let question = 0;
  let timer = 0;

  async function load(): Promise<void> {
    const mine = ++question;
    window.clearTimeout(timer);
    const answer = await readDisclosure(id());
    if (mine !== question) return;
    problem.value = answer.kind === "done" ? null : answer;
    if (answer.kind === "done") detail.value = answer.body;
    plan();
  }

  function plan(): void {
    if (detail.value === null) return;
    timer = window.setTimeout(() => (document.hidden ? plan() : void look()), isMoving(detail.value) ? SOON_MS : LATER_MS);
  }

  /** How it stands, by the register, which is no look at it. */
  async function look(): Promise<void> {
    const [mine, before] = [question, detail.value];
    if (before === null) return;
    const answer = await readDisclosures({ text: before.number, limit: FEW });
    if (mine !== question) return;
    const now = answer.kind === "done" ? answer.body.exports.find((each) => each.id === before.id) : undefined;
    if (now !== undefined && (now.version !== before.version || now.state !== before.state)) return await load();
    if (now !== undefined) detail.value = { ...now, steps: before.steps };
    plan();
  }

  watch(
    id,
    () => {
      detail.value = null;
      void load();
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    question += 1;
    window.clearTimeout(timer);
  });
  return { detail, problem, load, known: computed(() => detail.value !== null) };
}
