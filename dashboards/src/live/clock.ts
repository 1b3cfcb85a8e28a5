/** Time is a parameter: who needs the time is given a clock. */

export interface Clock {
  /** Milliseconds since an arbitrary start; never goes back. Everything that is measured uses this. */
  monotonic(): number;
  /** Milliseconds since 1970 by this machine's own clock; for showing, never for measuring. */
  wall(): number;
  /** Call once after `ms`; returns what cancels it. */
  after(ms: number, call: () => void): () => void;
}

export const browserClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};
