/**
 * Whether what is on the screen may still be taken for live.
 *
 * Only a frame that proves our picture whole counts; a socket that is merely open proves nothing. Silence is
 * measured on the monotonic clock. A machine that was suspended may have stopped that one too, so a wall clock
 * that ran away from it since the last proof counts as doubt: it can only make us more careful.
 */
import type { Clock } from "./clock";

export class Liveness {
  private provenAt: number;
  private provenWall: number;
  private doubted = false;

  constructor(private readonly clock: Clock) {
    this.provenAt = clock.monotonic();
    this.provenWall = clock.wall();
  }

  /** A frame just proved the picture whole. */
  prove(): void {
    this.provenAt = this.clock.monotonic();
    this.provenWall = this.clock.wall();
    this.doubted = false;
  }

  /** The socket is gone: nothing is proven until the next frame. */
  doubt(): void {
    this.doubted = true;
  }

  /** Milliseconds since the last proof. */
  get silentMs(): number {
    return this.clock.monotonic() - this.provenAt;
  }

  /** This machine's wall time of the last proof, ms since 1970. */
  get lastProofMs(): number {
    return this.provenWall;
  }

  isCutOff(limitMs: number): boolean {
    const leapMs = this.clock.wall() - this.provenWall - this.silentMs;
    return this.doubted || this.silentMs >= limitMs || leapMs >= limitMs;
  }
}
