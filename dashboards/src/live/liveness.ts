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

  /** A frame proved the picture whole as it was `lateMs` ago, when the hub sent it. */
  prove(lateMs: number): void {
    this.provenAt = Math.max(this.provenAt, this.clock.monotonic() - lateMs);
    this.provenWall = this.clock.wall() - this.silentMs;
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

  isCutOff(limitMs: number): boolean {
    const leapMs = this.clock.wall() - this.provenWall - this.silentMs;
    return this.doubted || this.silentMs >= limitMs || leapMs >= limitMs;
  }
}
