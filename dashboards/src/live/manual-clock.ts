import type { Clock } from "./clock";

/** A clock that a test moves; both times advance together, and what falls due is called in order. */
export class ManualClock implements Clock {
  private elapsed = 0;
  private wallStart = Date.parse("2026-01-01T00:00:00Z");
  private due: { at: number; call: () => void }[] = [];

  monotonic(): number {
    return this.elapsed;
  }

  wall(): number {
    return this.wallStart + this.elapsed;
  }

  after(ms: number, call: () => void): () => void {
    const entry = { at: this.elapsed + ms, call };
    this.due.push(entry);
    return () => {
      this.due = this.due.filter((other) => other !== entry);
    };
  }

  /** Move both times forward. */
  advance(ms: number): void {
    const end = this.elapsed + ms;
    for (;;) {
      const next = this.due.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.due = this.due.filter((entry) => entry !== next);
      this.elapsed = Math.max(this.elapsed, next.at);
      next.call();
    }
    this.elapsed = end;
  }

  /** The page sleeps: time passes, no timer runs until it wakes. */
  sleep(ms: number): void {
    this.elapsed += ms;
  }

  /** Make the wall clock jump; the monotonic one stays. */
  jumpWall(ms: number): void {
    this.wallStart += ms;
  }
}
