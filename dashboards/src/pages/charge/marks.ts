/** The shapes of small drawn marks, so that nothing is told by colour alone. */
export const MARKS = {
  bolt: "M13 3L6 13h5l-1 8 8-11h-6z",
  plug: "M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4",
  car: "M4 17v-4l2-5h12l2 5v4zM7 17v2M17 17v2M5 13h14",
  bike: "M6 13a4 4 0 1 0 0 8 4 4 0 0 0 0-8M18 13a4 4 0 1 0 0 8 4 4 0 0 0 0-8M6 17l4-8h5l3 8M10 17H6M9 6h3M15 9l-1-4h3",
  check: "M5 13l5 5L20 7",
  busy: "M5 4h14M5 20h14M7 4c0 5 5 6 5 8s-5 3-5 8M17 4c0 5-5 6-5 8s5 3 5 8",
  warning: "M12 3l10 18H2zM12 10v5M12 18v.5",
  question: "M8 9a4 4 0 1 1 6 3.4c-1.3.8-2 1.6-2 3.1M12 19.5v.5",
  offline: "M3 3l18 18M5 12a10 10 0 0 1 4-3M19 12a10 10 0 0 0-6-3.5M8.5 15.5a5 5 0 0 1 6 0M12 20v.1",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3 3",
  closed: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M6 6l12 12",
  account: "M4 7h14a2 2 0 0 1 2 2v9H6a2 2 0 0 1-2-2zM4 7a2 2 0 0 1 2-2h10M16 13h.5",
  receipt: "M6 3v18l2-1.5 2 1.5 2-1.5 2 1.5 2-1.5 2 1.5V3zM9 8h6M9 12h6",
  place: "M12 21c4-5 7-8 7-11a7 7 0 0 0-14 0c0 3 3 6 7 11M12 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
} as const;

export type Mark = keyof typeof MARKS;
