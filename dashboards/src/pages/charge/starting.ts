/** Asking for an order, so that however often it is asked there is one order. Pure but for what it is given. */
import type { Answer, Refusal } from "@/live/ask";
import type { Order } from "@/live/charging";
import type { Kept } from "./kept";
import { isAnswer } from "./problems";

export type Placed = { readonly key: string; readonly order: Order };

export type Outcome =
  | { readonly kind: "placed"; readonly key: string }
  /** The hub says no; the next press is a new request. */
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** Whether there is an order is not known; the next press is the same request. */
  | { readonly kind: "unanswered"; readonly refusal: Refusal };

type Begin = (code: string, request: string, account: string | null) => Promise<Answer<Placed>>;

export async function startAt(code: string, kept: Kept, begin: Begin): Promise<Outcome> {
  const answer = await begin(code, kept.requestFor(code), kept.account);
  if (answer.kind === "done") {
    kept.keepOrder(code, answer.body.key);
    kept.answered(code);
    return { kind: "placed", key: answer.body.key };
  }
  if (!isAnswer(answer)) return { kind: "unanswered", refusal: answer };
  kept.answered(code);
  return { kind: "refused", refusal: answer };
}
