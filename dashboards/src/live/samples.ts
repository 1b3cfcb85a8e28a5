/** Plausible frames for the tests. */
import type { AlarmDetail, AlarmView } from "./alarms";
import type { Changes, Device, Heartbeat, HubEvent, Property, Scalar, Snapshot } from "./protocol";

const TS = "2026-01-01T00:00:00.000Z";

export function property(value: Scalar, changed: Partial<Property> = {}): Property {
  return { value, unit: null, quality: "good", ts: TS, stale: false, ...changed };
}

export function device(id: string, changed: Partial<Device> = {}): Device {
  return {
    site: "hemei",
    kind: "gate",
    device: id,
    tenant: "default",
    title: { "zh-CN": `闸 ${id}`, en: `Gate ${id}` },
    model: null,
    driver: "gates",
    location: { area: "east-gate", floor: 0, x: 0.8, y: 0.4 },
    availability: { status: "ready", ts: TS, reason: null },
    connectivity: "online",
    properties: { state: property("closed"), position: property(0, { unit: "%" }) },
    actions: [],
    events_missed: 0,
    boots: 1,
    last_event: null,
    version: 1,
    ...changed,
  };
}

export function event(seq: number): HubEvent {
  const time = new Date(Date.parse(TS) + seq * 1000).toISOString();
  return { seq, site: "hemei", kind: "gate", device: "east-in", type: "hemei.gate.opened", time, data: {} };
}

export function alarm(id: string, changed: Partial<AlarmView> = {}): AlarmView {
  return {
    id,
    site: "hemei",
    kind: "sensor",
    device: "bike-shed-smoke",
    area: "bike-shed",
    key: "sensor-smoke",
    title: { "zh-CN": `烟雾 ${id}`, en: `Smoke ${id}` },
    priority: "critical",
    alarm_kind: "condition",
    latching: false,
    review: false,
    state: "unacknowledged",
    suppression: "none",
    active: true,
    count: 1,
    version: 1,
    raised: TS,
    last: TS,
    returned: null,
    acknowledged: null,
    acknowledged_by: null,
    assigned_to: null,
    closed: null,
    parent: null,
    children: 0,
    shelved_until: null,
    data: {},
    rationale: {},
    steps: [],
    ...changed,
  };
}

export function alarmDetail(id: string, changed: Partial<AlarmDetail> = {}): AlarmDetail {
  const raised = { n: 1, ts: TS, kind: "raised", who: "hub", post: null, note: "", data: {} };
  return { ...alarm(id), timeline: [raised], evidence: [], trace: {}, orders: [], ...changed };
}

export function snapshot(changed: Partial<Snapshot>): Snapshot {
  return {
    type: "snapshot",
    stream: "run-1",
    cursor: 0,
    ts: TS,
    heartbeat_s: 1,
    cut_off_after_s: 3,
    site: { id: "hemei", title: { "zh-CN": "和美小区", en: "Hemei Community" } },
    link: "online",
    devices: [],
    processes: [],
    ...changed,
  };
}

export function changes(cursor: number, changed: Partial<Changes>): Changes {
  return { type: "changes", cursor, ts: TS, devices: [], removed: [], events: [], ...changed };
}

export function heartbeat(cursor: number): Heartbeat {
  return { type: "heartbeat", cursor, ts: TS };
}
