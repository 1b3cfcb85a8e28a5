/** Figures of the day, which the hub counts once for all who look. Times RFC 3339 UTC, days `2026-11-24` of the site's zone. */
import { look } from "./ask";
import type { Answer } from "./ask";

export interface Figure {
  readonly as_of: string;
  readonly day: string;
}

/** What passed the gates in an hour, today and a week before; null: the hour has not begun. */
export interface HourOfDay {
  readonly hour: number;
  readonly in: number | null;
  readonly out: number | null;
  readonly in_before: number;
  readonly out_before: number;
}

export interface PassesByHour extends Figure {
  readonly before: string;
  readonly hours: readonly HourOfDay[];
}

export interface EnergyOfDay extends Figure {
  readonly ended_wh: number;
  readonly under_way_wh: number;
}

export interface WaterOfDay extends Figure {
  readonly litres: number;
  /** Zones that could not be counted. */
  readonly unknown: number;
  readonly zones: readonly {
    readonly site: string;
    readonly kind: string;
    readonly device: string;
    readonly litres: number | null;
  }[];
}

/** Null: whoever asks may not see it, or, where it is in `failed`, it could not be counted. */
export interface WallFigures {
  readonly passes: PassesByHour | null;
  readonly energy: EnergyOfDay | null;
  readonly water: WaterOfDay | null;
  readonly failed: readonly string[];
}

export const readWallFigures = (): Promise<Answer<WallFigures>> => look("/figures/wall");
