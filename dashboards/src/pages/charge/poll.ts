/** Asks for something again and again, and knows how old the last answer is. No answer overtakes a later question. */
import type { Answer, Refusal } from "@/live/ask";
import type { Clock } from "@/live/clock";

export interface Polled<Body> {
  /** As last heard; null before the first answer. */
  readonly body: Body | null;
  /** Why the last try brought nothing; null if it brought something. */
  readonly refusal: Refusal | null;
  /** Wall time of `body`. */
  readonly heardMs: number;
  /** Monotonic time of `body`. */
  readonly heardAtMs: number;
}

export const NOTHING_HEARD: Polled<never> = { body: null, refusal: null, heardMs: 0, heardAtMs: 0 };

/** How long after an answer to ask again, in ms; null: never. */
export type Pace<Body> = (polled: Polled<Body>) => number | null;

export class Poll<Body> {
  private polled: Polled<Body> = NOTHING_HEARD;
  private question = 0;
  private cancel: () => void = () => undefined;

  constructor(
    private readonly ask: () => Promise<Answer<Body>>,
    private readonly pace: Pace<Body>,
    private readonly clock: Clock,
    private readonly listen: (polled: Polled<Body>) => void,
  ) {}

  /** Ask at once, whatever was asked before. */
  async now(): Promise<void> {
    this.cancel();
    this.question += 1;
    const asked = this.question;
    const answer = await this.ask();
    if (asked === this.question) this.take(answer);
  }

  /** Take what something else has brought, such as a press of a button; a question that is out is forgotten. */
  take(answer: Answer<Body>): void {
    this.question += 1;
    this.polled =
      answer.kind === "done"
        ? { body: answer.body, refusal: null, heardMs: this.clock.wall(), heardAtMs: this.clock.monotonic() }
        : { ...this.polled, refusal: answer };
    this.listen(this.polled);
    this.again();
  }

  /** Wait as long as is right now, from now on. */
  again(): void {
    this.cancel();
    const pause = this.pace(this.polled);
    if (pause !== null) this.cancel = this.clock.after(pause, () => void this.now());
  }

  close(): void {
    this.question += 1;
    this.cancel();
  }
}

/** How long ago it was heard. Telephones asleep stop one of the clocks, so the larger difference counts. */
export function ageMs(polled: Polled<unknown>, clock: Clock): number {
  return Math.max(clock.monotonic() - polled.heardAtMs, clock.wall() - polled.heardMs);
}
