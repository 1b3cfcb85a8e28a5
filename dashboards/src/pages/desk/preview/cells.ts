/** A cell of a table that leaves: as it stands in the bundle's CSV, and what its word means. Pure. */
const LONGEST = 64;

/** What is long is cut for the screen; it leaves whole. */
export function shownCell(cell: string): string {
  return cell.length > LONGEST ? `${cell.slice(0, LONGEST)}…` : cell;
}

/** Columns whose cells are words of devices and hub → the group in which our words for them stand. */
const GROUPS: Readonly<Record<string, string>> = {
  kind: "kind",
  outcome: "passOutcome",
  reason: "passReason",
  direction: "direction",
  means: "means",
  category: "passCategory",
  colour: "plateColour",
  priority: "priority",
  state: "alarmState",
  property: "property",
};

/** How pages find words: of a group, of an event's type, of a device `gate/east-in`, of an area. */
export interface Speech {
  readonly named: (key: string) => string;
  readonly happened: (type: string) => string;
  readonly title: (device: string) => string;
  readonly area: (key: string) => string;
}

/** What a cell means, for whoever does not know the word; empty: it says so itself. `kind`: of the row's device. */
export function glossOf(key: string, cell: string, kind: string, speech: Speech): string {
  if (!/^[a-z][\w.-]*$/i.test(cell)) return "";
  if (key === "device") return kind === "" ? "" : speech.title(`${kind}/${cell}`);
  if (key === "area") return speech.area(cell);
  if (key === "type") return speech.happened(cell);
  const group = GROUPS[key];
  return group === undefined ? "" : speech.named(`${group}.${cell}`);
}
