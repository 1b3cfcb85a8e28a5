import { describe, expect, it } from "vitest";
import { device } from "@/live/samples";
import { needing } from "./attention";
import { cardsFit } from "./areas";
import { BLOCK_GAP, TILE_GAP, denseFor } from "./dense";
import { keyOf } from "@/live/protocol";
import { byKind, keepingOrder, nameOf, numberOf } from "./groups";
import { spread } from "./spread";
import { property } from "@/live/samples";

const CLEAR = { cutOffSinceMs: null, link: "online", linkSinceMs: null, driver: null } as const;
/** The sample community: five kinds by tiles, chargers in rows with a name each. */
const SAMPLE = [
  ...[4, 12, 16, 11, 11].map((tiles) => ({ tiles, rows: [] })),
  { tiles: 0, rows: [9, 11, 11] },
];

describe("tiles", () => {
  it("of the sample community are all on the screen, in letters of at least 1 rem", () => {
    const { columns, cells, tileHeight, letters } = denseFor(SAMPLE, 66.6, 52);
    expect(cells).toBe(11);
    const rows = SAMPLE.reduce((sum, { tiles }) => sum + Math.ceil(tiles / columns), 0) + 3;
    expect(rows * (tileHeight + TILE_GAP) + SAMPLE.length * BLOCK_GAP).toBeLessThanOrEqual(52);
    expect(letters).toBeGreaterThanOrEqual(1);
  });

  it("are larger where there are few", () => {
    expect(denseFor([{ tiles: 3, rows: [] }], 66.6, 52).letters).toBeGreaterThan(denseFor(SAMPLE, 66.6, 52).letters);
  });

  it("stand two in a row on a phone", () => {
    expect(denseFor(SAMPLE, 22.4, Infinity)).toMatchObject({ columns: 2, cells: 3, letters: 1 });
  });

  it("scroll where they cannot fit, and stay readable", () => {
    const { tileHeight, columns } = denseFor([{ tiles: 500, rows: [] }], 72, 52);
    expect(tileHeight).toBeGreaterThan(2.8);
    expect(72 / columns).toBeGreaterThan(10.5);
  });
});

describe("a wall", () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => device(`g${n}`, { location: null }));

  it("has cards while all fit, and tiles for more", () => {
    const wall = { width: 120, height: 58 };
    expect(cardsFit(many(6), wall)).toBe(true);
    expect(cardsFit(many(53), wall)).toBe(false);
  });

  it("on a phone has cards while nobody scrolls for ever", () => {
    const phone = { width: 24, height: Infinity };
    expect(cardsFit(many(6), phone)).toBe(true);
    expect(cardsFit(many(53), phone)).toBe(false);
  });
});

describe("groups", () => {
  it("stand in their usual order, devices by area and number, whatever their states", () => {
    const at = (id: string, kind: string, area: string) =>
      device(id, { kind, location: { area, floor: 0, x: null, y: null } });
    const devices = [
      at("s", "sensor", "a"),
      at("oven", "oven", "a"),
      at("d10", "door", "b"),
      at("d2", "door", "b"),
      at("d3", "door", "a"),
      device("gates", { kind: "driver" }),
      at("g", "gate", "a"),
    ];
    const shown = (list: typeof devices) => byKind(list).map(({ kind, devices: all }) => [kind, all.map((d) => d.device)]);
    expect(shown(devices)).toEqual([
      ["gate", ["g"]],
      ["door", ["d3", "d2", "d10"]],
      ["sensor", ["s"]],
      ["oven", ["oven"]],
    ]);
    expect(shown([...devices].reverse())).toEqual(shown(devices));
  });
});

describe("rows", () => {
  const connector = (id: string, area: string) =>
    device(id, { kind: "charger", location: { area, floor: 0, x: null, y: null } });

  it("are of what stands side by side, in the order of its numbers", () => {
    const devices = ["bike-b-2", "bike-a-10", "bike-a-9", "bike-b-1"].map((id) => connector(id, "shed"));
    const [group] = byKind([...devices, connector("garage-1", "garage")]);
    expect(group?.rows.map(({ devices: all }) => all.map(numberOf))).toEqual([["1"], ["9", "10"], ["1", "2"]]);
    expect(group?.devices).toHaveLength(5);
    expect(byKind([device("g1")])[0]?.rows).toEqual([]);
  });

  it("keep their places while states change, and are laid out anew when one comes, goes or moves", () => {
    const stand = keepingOrder();
    const of = (list: ReturnType<typeof device>[]) => new Map(list.map((each) => [keyOf(each), each]));
    const [one, two, moved] = [connector("a-1", "shed"), connector("a-2", "shed"), connector("a-1", "garage")];
    const lists = [[one, two], [two, one], [{ ...one, connectivity: "device-offline" as const }, two]];
    for (const list of [...lists, [one], [moved, two], [device("g1"), moved]]) {
      expect(stand(of(list))).toEqual(byKind(list));
    }
  });

  it("are named by what their titles have in common", () => {
    expect(nameOf(["车棚A柜1号插座", "车棚A柜10号插座", "车棚A柜12号插座"])).toBe("车棚A柜");
    expect(nameOf(["E-bike shed, box A, socket 1", "E-bike shed, box A, socket 10"])).toBe("E-bike shed, box A");
    expect(nameOf(["地库11号充电桩", "地库12号充电桩"])).toBe("地库");
    expect(nameOf(["Lobby charger"])).toBe("Lobby charger");
    expect(nameOf(["one", "two"])).toBe("");
    expect(nameOf([])).toBe("");
  });
});

describe("what needs a person", () => {
  it("is the gravest first, people before things, and nothing that is well", () => {
    const smoke = device("smoke", { kind: "sensor", properties: { alarm: property(true) } });
    const covered = device("eye", { kind: "camera", properties: { picture: property("covered") } });
    const blurred = device("blur", { kind: "camera", properties: { picture: property("out-of-focus") } });
    const gone = device("gone", { connectivity: "device-offline" });
    const strange = device("odd", { connectivity: "unknown" });
    const all = [device("well"), strange, gone, blurred, covered, smoke];
    expect(needing(all, () => CLEAR).map((each) => each.device)).toEqual(["smoke", "eye", "blur", "gone", "odd"]);
  });
});

describe("markers on the plan", () => {
  const size = { x: 0.04, y: 0.07 };

  it("that are apart stay where they are", () => {
    const apart = [
      { key: "a", x: 0.2, y: 0.2 },
      { key: "b", x: 0.8, y: 0.8 },
    ];
    for (const [at, spot] of spread(apart, size).entries()) {
      expect(spot.x).toBeCloseTo(apart[at]?.x ?? NaN);
      expect(spot.y).toBeCloseTo(apart[at]?.y ?? NaN);
    }
  });

  it("that would cover one another end side by side, inside, and always in the same places", () => {
    const crowd = Array.from({ length: 12 }, (_, n) => ({ key: `${n}`, x: 0.98 + (n % 3) * 0.005, y: 0.5 + n * 0.003 }));
    const placed = spread(crowd, size);
    expect(spread(crowd, size)).toEqual(placed);
    for (const [at, one] of placed.entries()) {
      expect(one.x).toBeGreaterThanOrEqual(size.x / 2 - 1e-9);
      expect(one.x).toBeLessThanOrEqual(1 - size.x / 2 + 1e-9);
      for (const other of placed.slice(at + 1)) {
        const covered = Math.min(1 - Math.abs(one.x - other.x) / size.x, 1 - Math.abs(one.y - other.y) / size.y);
        expect(covered, `${one.key} and ${other.key}`).toBeLessThan(0.25);
      }
    }
  });
});
