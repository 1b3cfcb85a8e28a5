/** Which colours a page has: dark grey for a dim room, light grey for a lit one, or by the hour. Pure. */

export const PALETTES = ["night", "day"] as const;
export type Palette = (typeof PALETTES)[number];

export const PALETTE_CHOICES = ["auto", ...PALETTES] as const;
export type PaletteChoice = (typeof PALETTE_CHOICES)[number];

/** Hours by the site's clock between which a room is lit by day. */
const DAY_BEGINS = 7;
const DAY_ENDS = 19;

/** `search` is the address's query, `stored` what was chosen before; without either, by the hour. */
export function choosePalette(search: string, stored: string | null): PaletteChoice {
  const wanted = new URLSearchParams(search).get("palette") ?? stored;
  return PALETTE_CHOICES.find((choice) => choice === wanted) ?? "auto";
}

/** `hour` is the one that the site's clock shows. */
export function paletteAt(choice: PaletteChoice, hour: number): Palette {
  if (choice !== "auto") return choice;
  return hour >= DAY_BEGINS && hour < DAY_ENDS ? "day" : "night";
}

/** The choice that a press on the switch leads to. */
export function nextChoice(choice: PaletteChoice): PaletteChoice {
  return PALETTE_CHOICES[(PALETTE_CHOICES.indexOf(choice) + 1) % PALETTE_CHOICES.length] ?? "auto";
}
