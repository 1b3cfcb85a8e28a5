/** The months of which there may be a report, the newest first: of the one that goes on, what is over of it. */
import type { Civil } from "@/i18n/calendar";

const MONTHS = 24;

export interface ReportMonth {
  /** `2026-11` */
  readonly month: string;
  readonly ended: boolean;
}

export function monthsUntil(today: Pick<Civil, "year" | "month">): readonly ReportMonth[] {
  return Array.from({ length: MONTHS }, (_, back) => {
    const count = today.year * 12 + today.month - 1 - back;
    const number = String((count % 12) + 1).padStart(2, "0");
    return { month: `${String(Math.floor(count / 12))}-${number}`, ended: back > 0 };
  });
}

export function reportAddress(month: string, form: "html" | "pdf", language: string): string {
  return `/api/v1/reports/monthly/${month}.${form}?language=${language}`;
}
