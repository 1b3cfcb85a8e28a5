/** Reads how a property ran: what there was before the stretch, the stretch itself, and its extremes. */
import { onScopeDispose, ref, shallowRef } from "vue";
import type { Answer, Refusal } from "@/live/ask";
import { readSeries } from "@/live/things";
import type { Aggregate, Point, Series } from "@/live/things";
import { LEAD_MS, LEAD_STEP_S, SPAN_OF, hourOf, samplesOf } from "./trend";
import type { Sample, Span } from "./trend";

export interface Trend {
  readonly fromMs: number;
  readonly toMs: number;
  readonly samples: readonly Sample[];
  readonly lows: readonly Sample[];
  readonly highs: readonly Sample[];
  readonly truncated: boolean;
}

/** What of a series is wanted. */
export interface TrendWanted {
  readonly key: string;
  readonly property: string;
  readonly boolean: boolean;
  /** Whether steps say something of it: numbers alone can be summed up. */
  readonly numeric: boolean;
  readonly span: Span;
  readonly nowMs: number;
}

export function useTrend() {
  const trend = shallowRef<Trend | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const busy = ref(false);
  let asked = 0;

  async function read(wanted: TrendWanted): Promise<void> {
    const mine = ++asked;
    busy.value = true;
    const answers = await Promise.all(questions(wanted));
    if (mine !== asked) return;
    busy.value = false;
    problem.value = answers.find((each): each is Refusal => each.kind !== "done") ?? null;
    const bodies = answers.flatMap((each) => (each.kind === "done" ? [each.body] : []));
    if (problem.value === null) trend.value = made(wanted, bodies);
  }

  onScopeDispose(() => asked++);
  return { trend, problem, busy, read, forget: () => (trend.value = null) };
}

function questions({ key, property, numeric, span, nowMs }: TrendWanted): readonly Promise<Answer<Series>>[] {
  const { ms, stepS } = SPAN_OF[span];
  const fromMs = hourOf(nowMs - ms);
  const lead = { fromMs: fromMs - LEAD_MS, toMs: fromMs, aggregate: "last" as const, stepS: LEAD_STEP_S };
  const whole = (aggregate: Aggregate): Promise<Answer<Series>> =>
    readSeries(key, property, { fromMs, toMs: nowMs, aggregate, ...(aggregate === "raw" || stepS === null ? {} : { stepS }) });
  const summed: readonly Aggregate[] = numeric && stepS !== null ? ["mean", "min", "max"] : ["raw"];
  return [readSeries(key, property, lead), ...summed.map(whole)];
}

function made({ boolean, span, nowMs }: TrendWanted, bodies: readonly Series[]): Trend {
  const fromMs = nowMs - SPAN_OF[span].ms;
  const [lead, main, low, high] = bodies;
  const before: readonly Point[] = lead?.points.slice(-1) ?? [];
  const samples = (of: Series | undefined): readonly Sample[] =>
    of === undefined ? [] : samplesOf([...before, ...of.points], fromMs, nowMs, boolean);
  return {
    fromMs,
    toMs: nowMs,
    samples: samples(main),
    lows: samples(low),
    highs: samples(high),
    truncated: main?.truncated ?? false,
  };
}
