/** Keeps a `LiveState` true: connects, resumes, asks anew after a gap, notices silence, tries again. */
import { pauseMs } from "./backoff";
import type { Clock } from "./clock";
import { HubTime } from "./hub-time";
import { Liveness } from "./liveness";
import { ASK_FOR_SNAPSHOT, NOT_ALLOWED, NOT_SIGNED_IN, parseFrame } from "./protocol";
import { NOTHING_YET, apply } from "./reducer";
import type { LiveState } from "./reducer";

/** Why somebody may not look. */
export type Barred = "signed-out" | "not-allowed";

export type Phase = "connecting" | "live" | "catching-up" | "cut-off" | Barred;

export interface Connection {
  send(text: string): void;
  close(): void;
}

export interface Listener {
  received(text: string): void;
  closed(code: number): void;
}

export interface Resume {
  readonly stream: string;
  readonly cursor: number;
}

export type SessionState = "signed-in" | "unreachable" | Barred;

/** The world the client needs; a test gives its own. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: () => number;
  /** Ask the hub over plain HTTP who we are; must answer within a few seconds. */
  readonly whoAmI: () => Promise<SessionState>;
  readonly connect: (resume: Resume | null, listener: Listener) => Connection;
}

/** What there is to show. */
export interface LiveView {
  readonly phase: Phase;
  readonly state: LiveState;
  /** Monotonic time of the next try; null while one is running. */
  readonly retryAtMs: number | null;
  /** Add to the monotonic time to get the hub's, ms since 1970; null before the first frame. */
  readonly hubOffsetMs: number | null;
}

const CHECK_MS = 100;
const FIRST_FRAME_MS = 5_000;
const BARRED_RETRY_MS = 5_000;

const BARRED_BY: ReadonlyMap<number, Barred> = new Map([
  [NOT_SIGNED_IN, "signed-out"],
  [NOT_ALLOWED, "not-allowed"],
]);

export class LiveClient {
  private state: LiveState = NOTHING_YET;
  private readonly liveness: Liveness;
  private connection: Connection | null = null;
  /** Counts attempts, so that what a dropped socket still says is not heard. */
  private attempt = 0;
  private attemptedAt = 0;
  private heardInAttempt = false;
  private provenInAttempt = false;
  private failures = 0;
  private barred: Barred | null = null;
  private retryAt: number | null = null;
  private cancelRetry: () => void = () => undefined;
  private cancelCheck: () => void = () => undefined;
  private readonly hubTime = new HubTime();

  constructor(
    private readonly world: Surroundings,
    private readonly onChange: (view: LiveView) => void,
  ) {
    this.liveness = new Liveness(world.clock);
  }

  start(): void {
    this.check();
    void this.tryNow();
  }

  stop(): void {
    this.cancelCheck();
    this.drop();
    this.cancelRetry();
  }

  get view(): LiveView {
    return {
      phase: this.phase,
      state: this.state,
      retryAtMs: this.retryAt,
      hubOffsetMs: this.hubTime.offsetMs,
    };
  }

  /** Look for silence; runs by itself, call it also when the page wakes up. */
  check(): void {
    this.cancelCheck();
    this.cancelCheck = this.world.clock.after(CHECK_MS, () => {
      this.check();
    });
    if (this.connection !== null && this.overdue) this.fail();
    this.tell();
  }

  /** Do not wait for the pause to end: the network is said to be back. */
  hurry(): void {
    if (this.retryAt !== null) void this.tryNow();
  }

  /** Say something to the hub, if it is there. */
  say(text: string): void {
    if (this.phase === "live") this.connection?.send(text);
  }

  private get limitMs(): number {
    return this.state.cutOffAfterS * 1000;
  }

  private get phase(): Phase {
    if (this.barred !== null) return this.barred;
    if (this.liveness.isCutOff(this.limitMs)) return "cut-off";
    if (this.state.stream === null) return "connecting";
    return this.state.whole ? "live" : "catching-up";
  }

  private get overdue(): boolean {
    if (this.provenInAttempt) return this.liveness.silentMs >= this.limitMs;
    return this.world.clock.monotonic() - this.attemptedAt >= FIRST_FRAME_MS;
  }

  private async tryNow(): Promise<void> {
    this.cancelRetry();
    this.retryAt = null;
    const attempt = ++this.attempt;
    this.attemptedAt = this.world.clock.monotonic();
    this.heardInAttempt = false;
    this.provenInAttempt = false;
    this.tell();
    const session = await this.world.whoAmI();
    if (attempt !== this.attempt) return;
    if (session === "signed-in") this.connect(attempt);
    else this.fail(session === "unreachable" ? null : session);
  }

  private connect(attempt: number): void {
    const { stream, cursor, whole } = this.state;
    this.barred = null;
    this.hubTime.restart();
    this.connection = this.world.connect(stream !== null && whole ? { stream, cursor } : null, {
      received: (text) => {
        if (attempt === this.attempt) this.receive(text);
      },
      closed: (code) => {
        if (attempt === this.attempt) this.fail(BARRED_BY.get(code) ?? null);
      },
    });
  }

  private receive(text: string): void {
    const frame = parseFrame(text);
    if (frame === null) return;
    const wasWhole = this.state.whole;
    this.state = apply(frame, this.state);
    if (this.state.whole) this.prove();
    else if (wasWhole || !this.heardInAttempt) this.connection?.send(ASK_FOR_SNAPSHOT);
    this.heardInAttempt = true;
    this.tell();
  }

  private prove(): void {
    this.liveness.prove(this.hubTime.take(this.state.hubMs, this.world.clock.monotonic()));
    this.provenInAttempt = true;
    this.failures = 0;
  }

  private fail(barred: Barred | null = null): void {
    this.drop();
    this.barred = barred;
    if (barred !== null) this.forget();
    this.failures += 1;
    const { clock, random } = this.world;
    const pause = barred === null ? pauseMs(this.failures, random()) : BARRED_RETRY_MS;
    this.retryAt = clock.monotonic() + pause;
    this.cancelRetry = clock.after(pause, () => void this.tryNow());
    this.tell();
  }

  /** Who may not look sees nothing, not even what was. */
  private forget(): void {
    this.state = NOTHING_YET;
    this.hubTime.forget();
  }

  private drop(): void {
    this.attempt += 1;
    this.connection?.close();
    this.connection = null;
    this.liveness.doubt();
  }

  private tell(): void {
    this.onChange(this.view);
  }
}
