/** One charging order, read anew while something may still become of it. */
import { onScopeDispose, shallowRef } from "vue";
import type { Refusal } from "@/live/ask";
import { readOrder } from "@/live/charging-desk";
import type { StaffOrderDetail } from "@/live/charging-desk";
import { useRefresh } from "../passes/use-refresh";

const READ_EVERY_MS = 3_000;

export function useOrder(number: string) {
  const order = shallowRef<StaffOrderDetail | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  let question = 0;

  async function load(): Promise<void> {
    const mine = ++question;
    const answer = await readOrder(number);
    if (mine !== question) return;
    problem.value = answer.kind === "done" ? null : answer;
    if (answer.kind === "done") order.value = answer.body;
  }

  void load();
  useRefresh(load, () => null, () => order.value?.state !== "settled", READ_EVERY_MS);
  onScopeDispose(() => question++);
  return { order, problem, load };
}
