/** Ready answers about the past. Days and months are those of the site. */
import { look } from "./ask";
import type { Answer } from "./ask";
import type { Words } from "./protocol";
import { query } from "./query";

interface Counts {
  readonly in: number;
  readonly out: number;
  readonly in_before: number;
  readonly out_before: number;
}

export interface PassesAnswer {
  readonly day: string;
  readonly before: string;
  readonly hours: readonly (Counts & { readonly hour: number })[];
  readonly days: readonly (Counts & { readonly day: string })[];
}

export interface ChargingAnswer {
  readonly months: readonly { readonly month: string; readonly orders: number; readonly energy_wh: number; readonly income_fen: number }[];
}

export interface WaterAnswer {
  readonly zones: readonly {
    readonly device: string;
    readonly title: Words;
    readonly days: readonly { readonly day: string; readonly litres: number | null; readonly rained_s: number | null }[];
  }[];
}

export interface DoorsAnswer {
  readonly from: string;
  readonly to: string;
  readonly doors: readonly { readonly device: string; readonly hours: readonly number[] }[];
}

export interface AvailabilityAnswer {
  readonly devices: readonly {
    readonly device: string;
    readonly title: Words;
    /** `percent` null: nothing is known. */
    readonly months: readonly { readonly month: string; readonly percent: number | null }[];
  }[];
}

export interface FallsAnswer {
  readonly columns: number;
  readonly rows: number;
  readonly more: boolean;
  readonly cameras: readonly {
    readonly device: string;
    readonly title: Words;
    readonly cells: readonly { readonly column: number; readonly row: number; readonly count: number }[];
    readonly nowhere: number;
  }[];
}

export const askPasses = (): Promise<Answer<PassesAnswer>> => look("/questions/passes");
export const askCharging = (): Promise<Answer<ChargingAnswer>> => look(`/questions/charging${query({ months: 12 })}`);
export const askWater = (): Promise<Answer<WaterAnswer>> => look(`/questions/water${query({ days: 14 })}`);
export const askDoors = (): Promise<Answer<DoorsAnswer>> => look(`/questions/doors${query({ days: 14 })}`);
export const askAvailability = (): Promise<Answer<AvailabilityAnswer>> => look(`/questions/availability${query({ months: 3 })}`);
export const askFalls = (): Promise<Answer<FallsAnswer>> => look("/questions/falls");
