/** Devices that were found, tests of their way to the screens, and what is proven. */
import { look, tell } from "./ask";
import type { Answer } from "./ask";
import type { TraceTimes } from "./alarms";
import type { Words } from "./protocol";

export const STANDINGS = ["never", "old", "unprovable", "proven", "gone"] as const;
/** How it stands with a device's way: never proven, too long ago, no alarm could, proven, taken away. */
export type Standing = (typeof STANDINGS)[number];

export interface Proof {
  readonly alarm: string;
  readonly key: string;
  readonly title: Words;
  readonly at: string;
  /** Null where a state raised the alarm, which is no event. */
  readonly event: string | null;
  readonly event_type: string | null;
  readonly sha256: string | null;
  readonly trace: TraceTimes;
  /** The test within which it came; null: by itself. */
  readonly test: string | null;
}

export type TestState = "running" | "proven" | "nothing" | "ended";

export interface DeviceTest {
  readonly id: string;
  readonly device: string;
  readonly title: Words;
  readonly who: string;
  readonly state: TestState;
  readonly started: string;
  readonly until: string;
  readonly ended: string | null;
  readonly proof: Proof | null;
}

/** What was heard of the device since the test began. */
export interface TestProgress extends DeviceTest {
  readonly event: { readonly type: string; readonly time: string; readonly received: string; readonly late_s: number } | null;
  /** `counted`: it was open before, and this was but counted in it. */
  readonly alarm: { readonly id: string; readonly title: Words; readonly counted: boolean; readonly trace: TraceTimes } | null;
}

export interface DeviceRow {
  /** `site/kind/device`. */
  readonly device: string;
  readonly kind: string;
  readonly title: Words;
  readonly found: string;
  readonly gone: string | null;
  readonly area: string | null;
  readonly placed: boolean;
  readonly product: string | null;
  readonly driver: string | null;
  readonly firmware: string | null;
  readonly connectivity: string | null;
  readonly clock_offset_s: number | null;
  /** How many alarm definitions concern it. */
  readonly alarms: number;
  readonly standing: Standing;
  readonly proof: Proof | null;
  /** The test that runs. */
  readonly test: string | null;
}

export interface Commissioning {
  readonly proof_days: number;
  readonly unplaced: number;
  readonly standings: Readonly<Partial<Record<Standing, number>>>;
  readonly devices: readonly DeviceRow[];
}

export interface DeviceCommissioning extends DeviceRow {
  readonly definitions: readonly {
    readonly key: string;
    readonly title: Words;
    readonly priority: string;
    /** Whether the device itself may raise it. */
    readonly provable: boolean;
    /** Actions that it really sets off elsewhere. */
    readonly links: readonly string[];
    readonly tells: boolean;
  }[];
  readonly tests: readonly DeviceTest[];
}

const BASE = "/commissioning";

export const readCommissioning = (): Promise<Answer<Commissioning>> => look(BASE);
export const readDevice = (device: string): Promise<Answer<DeviceCommissioning>> => look(`${BASE}/devices/${device}`);
export const beginTest = (device: string): Promise<Answer<DeviceTest>> => tell(`${BASE}/devices/${device}/tests`, {});
export const readTest = (id: string): Promise<Answer<TestProgress>> => look(`${BASE}/tests/${id}`);
export const endTest = (id: string): Promise<Answer<DeviceTest>> => tell(`${BASE}/tests/${id}/end`, {});
