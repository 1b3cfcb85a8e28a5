/** Money, energy and times as people read them. Whole numbers stay whole: no amount goes through a fraction. Pure. */
import { power } from "@/i18n/format";

/** 1234 to "¥12.34". */
export function money(fen: number): string {
  return `${fen < 0 ? "-" : ""}¥${inHundredths(fen)}`;
}

function inHundredths(fen: number): string {
  const whole = Math.abs(Math.round(fen));
  const cents = whole % 100;
  return `${(whole - cents) / 100}.${String(cents).padStart(2, "0")}`;
}

/** 1234 Wh to "1.234 kWh"; from 100 kWh on two digits do. */
export function energy(wh: number): string {
  const whole = Math.max(0, Math.round(wh));
  const rest = whole % 1000;
  const digits = String(rest).padStart(3, "0").slice(0, whole < 100_000 ? 3 : 2);
  return `${(whole - rest) / 1000}.${digits} kWh`;
}

/** What a connector gives at most: 7000 W to "7 kW". */
export function rating(watts: number): string {
  return watts % 1000 === 0 ? `${watts / 1000} kW` : power(watts);
}

/** 3671 s to "1:01:11", 71 s to "01:11". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (figure: number): string => String(figure).padStart(2, "0");
  const minutes = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return whole < 3600 ? minutes : `${Math.floor(whole / 3600)}:${minutes}`;
}

/** 16 digits in fours, to be read out over a telephone. */
export function orderNumber(number: string): string {
  return number.replace(/(.{4})(?=.)/g, "$1 ");
}
