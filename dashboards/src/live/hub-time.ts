/**
 * The hub's time, carried on by our monotonic clock, and how late a frame comes.
 *
 * The first frame of a connection fixes the difference between the two clocks; a later frame may show that it is
 * larger, never at once that it is smaller: such a frame was held up on its way, or in a page that slept. Only
 * slowly is a smaller difference believed, so that two clocks may drift apart.
 */

/** Quartz clocks differ by less than 200 parts in a million. */
const DRIFT = 0.001;

export class HubTime {
  private fresh = true;
  private anchor: { readonly offsetMs: number; readonly atMs: number } | null = null;

  /** Add to our monotonic time to get the hub's, ms since 1970; null before the first frame. */
  get offsetMs(): number | null {
    return this.anchor?.offsetMs ?? null;
  }

  /** A new connection: the hub may be another one, its clock may have been set. Until it speaks, go on as before. */
  restart(): void {
    this.fresh = true;
  }

  forget(): void {
    this.anchor = null;
    this.fresh = true;
  }

  /** Take a frame that the hub stamped with `hubMs`, heard at `nowMs`; returns how many ms late it came. */
  take(hubMs: number, nowMs: number): number {
    const heard = hubMs - nowMs;
    const least = this.anchor === null ? heard : this.anchor.offsetMs - (nowMs - this.anchor.atMs) * DRIFT;
    const offsetMs = this.fresh ? heard : Math.max(heard, least);
    this.fresh = false;
    this.anchor = { offsetMs, atMs: nowMs };
    return offsetMs - heard;
  }
}
