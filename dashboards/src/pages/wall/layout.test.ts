import { describe, expect, it } from "vitest";
import { GAP, layoutFor } from "./layout";

const WIDTH = 118;
const HEIGHT = 57;
const wall = (counts: number[]) => layoutFor(counts, WIDTH, HEIGHT);

describe("cards are as large as the screen lets them be", () => {
  it("with areas side by side and their cards below one another", () => {
    expect(wall([2, 2, 2])).toMatchObject({ columns: 3, span: 1 });
  });

  it("or with the cards of an area side by side", () => {
    expect(wall([2, 2, 2, 2, 2, 2])).toMatchObject({ columns: 4, span: 2 });
    expect(wall([6, 6, 4])).toMatchObject({ columns: 6, span: 6 });
  });

  it("so that few of them fill the height and can be read from afar", () => {
    const { cardHeight, letters } = wall([2, 2, 2]);
    expect(2 * (cardHeight + GAP)).toBeGreaterThan(0.9 * HEIGHT);
    expect(letters).toBeGreaterThan(1.65);
  });

  it("yet never without bounds", () => {
    expect(wall([1])).toMatchObject({ columns: 2, letters: 2.5 });
    expect(wall([1]).cardHeight).toBeLessThan(HEIGHT);
  });

  it.each([1, 2, 3, 5, 8, 13, 20])("and %d areas of two stay on the screen", (areas) => {
    const { columns, span, cardHeight } = wall(Array<number>(areas).fill(2));
    const bands = Math.ceil(areas / Math.floor(columns / span));
    const rows = bands * Math.ceil(2 / span);
    if (cardHeight > 11) expect(rows * (cardHeight + GAP) - GAP + bands * 1.9).toBeLessThanOrEqual(HEIGHT + 0.01);
  });
});

describe("a wall with more cards than fit", () => {
  it("scrolls, and its letters stay readable", () => {
    expect(wall([200])).toEqual({ columns: 6, span: 6, cardHeight: 11, letters: 1 });
  });
});

describe("a phone", () => {
  it("has the cards below one another, each as high as it needs", () => {
    expect(layoutFor([2, 2, 2], 22.4, Infinity)).toMatchObject({ columns: 1, span: 1, cardHeight: 11 });
  });
});
