/** What an alarm or an entry of its timeline carries in `data`, as single facts that can be read. Pure. */

export interface Fact {
  readonly name: string;
  readonly said: unknown;
  readonly unit: string | null;
  /** What `said` is: a value, the type of an event, a connectivity, ms since 1970. */
  readonly is: "value" | "event" | "connectivity" | "time";
}

type Data = Readonly<Record<string, unknown>>;

/** For machines; people have it in other words beside. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "piece",
  "sha256",
  "action_id",
  "link",
  "skew_ms",
  "media",
  "ts",
  "order",
  "event_seq",
  "matched",
  "format",
  "request",
  "referral",
]);
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

/**
 * The event that raised it first, then the values that were looked at (`values`: name → `{value, unit}`), then all
 * else that is there.
 */
export function factsOf(data: Data): readonly Fact[] {
  const { event, values, connectivity, missed, input, ...rest } = data;
  return [
    // A bare number is the event's place in the ledger.
    ...(isData(event) ? ofEvent(event) : []),
    ...(isData(values) ? Object.entries(values).map(ofValue) : []),
    ...(typeof connectivity === "string" && connectivity !== "online"
      ? [fact("connectivity", connectivity, "connectivity")]
      : []),
    ...(isData(missed) ? [fact("missed", missed["new"])] : []),
    ...ofRest(rest),
    ...(isData(input) ? ofRest(input) : []),
  ];
}

function ofEvent(event: Data): readonly Fact[] {
  const data = event["data"];
  return [fact("event", event["type"], "event"), ...(isData(data) ? ofRest(data) : [])];
}

function ofValue([name, said]: [string, unknown]): Fact {
  if (!isData(said)) return fact(name, said);
  return { ...fact(name, said["value"]), unit: typeof said["unit"] === "string" ? said["unit"] : null };
}

function ofRest(data: Data): readonly Fact[] {
  return Object.entries(data)
    .filter(([name, said]) => !LEFT_OUT.has(name) && said !== null && said !== "" && !isEmpty(said))
    // Kinds of order are the site's own, and the order beside says its kind as the site calls it.
    .filter(([name]) => name !== "kind" || !("order" in data))
    .map(([name, said]) => {
      if (name.endsWith("_ms") && typeof said === "number") return fact(name.slice(0, -3), said, "time");
      if (typeof said === "string" && RFC_3339.test(said)) return fact(name, Date.parse(said), "time");
      return fact(name, said);
    });
}

function fact(name: string, said: unknown, is: Fact["is"] = "value"): Fact {
  return { name, said, unit: null, is };
}

function isData(said: unknown): said is Data {
  return typeof said === "object" && said !== null && !Array.isArray(said);
}

function isEmpty(said: unknown): boolean {
  return typeof said === "object" && said !== null && Object.keys(said).length === 0;
}
