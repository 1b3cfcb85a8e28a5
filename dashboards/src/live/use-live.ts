/** The live client in a page: browser sockets and clock below, Vue refs above. */
import { computed, onScopeDispose, provide, ref, shallowRef, watch } from "vue";
import type { ComputedRef, Ref } from "vue";
import { LiveClient } from "./client";
import type { Connection, Listener, LiveView, Phase, Resume, SessionState } from "./client";
import { browserClock } from "./clock";
import { keepZone } from "@/i18n/zone";
import type { Path } from "@/look/freshness";
import { Painted, paintedMessage } from "./painted";
import { PICTURE } from "./picture";
import { DRIVER_KIND } from "./protocol";
import type { Device } from "./protocol";
import type { LiveState } from "./reducer";

const SESSION_TIMEOUT_MS = 4_000;
const SHOWN_STEP_MS = 500;
const PAINT_EVERY_MS = 100;

export interface Live {
  readonly phase: ComputedRef<Phase>;
  readonly state: ComputedRef<LiveState>;
  readonly nowMs: Readonly<Ref<number>>;
  /** The hub's time of the last frame, ms since 1970, while this screen is cut off; 0 if there was none. */
  readonly cutOffSinceMs: ComputedRef<number | null>;
  /** Whole seconds until the next try; null while one is running or none is due. */
  readonly retryInS: ComputedRef<number | null>;
}

/**
 * Connect for as long as the component lives, and hand its picture down to all cards below. `paints`: whether the page
 * shows alarms, so that the hub may hear when they reached a screen.
 */
export function useLive(paints = true): Live {
  const surroundings = { clock: browserClock, random: Math.random, whoAmI, connect };
  const painted = new Painted();
  const client = new LiveClient(surroundings, paced((next) => {
    const before = view.value.state.alarms;
    view.value = next;
    nowMs.value = shownTime(next.hubOffsetMs);
    if (paints && next.state.alarms !== before) afterPaint(() => {
      const ids = painted.take(next.state.alarms);
      if (ids.length > 0) client.say(paintedMessage(ids));
    });
  }));
  const view = shallowRef(client.view);
  const nowMs = ref(shownTime(null));
  const phase = computed(() => view.value.phase);
  const state = computed(() => view.value.state);
  const cutOffSinceMs = computed(() => (phase.value === "cut-off" ? state.value.hubMs : null));
  const retryInS = computed(() => {
    const { retryAtMs } = view.value;
    return retryAtMs === null ? null : Math.max(0, Math.ceil((retryAtMs - browserClock.monotonic()) / 1000));
  });
  provide(PICTURE, { nowMs, pathTo: pathsThrough(state, cutOffSinceMs) });
  watch(() => state.value.site?.timezone, keepZone, { immediate: true });
  keepAwake(client);
  client.start();
  return { phase, state, nowMs, cutOffSinceMs, retryInS };
}

function shownTime(hubOffsetMs: number | null): number {
  const now = hubOffsetMs === null ? browserClock.wall() : hubOffsetMs + browserClock.monotonic();
  return Math.floor(now / SHOWN_STEP_MS) * SHOWN_STEP_MS;
}

/**
 * Show the first view at once, then the newest at a pace that a slow machine can keep; a hidden page paints nothing.
 * News of an alarm waits for nothing but the next frame.
 */
function paced(show: (view: LiveView) => void): (view: LiveView) => void {
  let newest: LiveView | null = null;
  let shown: LiveView | null = null;
  let paintedAt = -Infinity;
  const paint = (): void => {
    if (newest === null) return;
    paintedAt = performance.now();
    show((shown = newest));
    newest = null;
  };
  return (view) => {
    const due = newest !== null;
    newest = view;
    if (document.hidden) paint();
    else if (shown !== null && view.state.alarms !== shown.state.alarms) requestAnimationFrame(paint);
    else if (!due) setTimeout(() => requestAnimationFrame(paint), paintedAt + PAINT_EVERY_MS - performance.now());
  };
}

/** Call once what was shown in this frame is on the screen; not while nobody can see the page. */
function afterPaint(call: () => void): void {
  if (!document.hidden) requestAnimationFrame(() => setTimeout(call));
}

/**
 * The path to each device. What a card reads here changes only when the link or its driver host does, so that
 * news of one device draws one card and not all of them.
 */
export function pathsThrough(
  state: Readonly<Ref<LiveState>>,
  cutOffSinceMs: Readonly<Ref<number | null>>,
): (device: Device) => Path {
  const link = computed(() => state.value.link);
  const linkSinceMs = computed(() => state.value.linkSinceMs);
  const hosts = computed<ReadonlyMap<string, Device>>((before) => {
    const now = new Map<string, Device>();
    for (const [key, device] of state.value.devices) if (device.kind === DRIVER_KIND) now.set(key, device);
    const same = before?.size === now.size && [...now].every(([key, host]) => before.get(key) === host);
    return same ? before : now;
  });
  return ({ site, driver }) => ({
    cutOffSinceMs: cutOffSinceMs.value,
    link: link.value,
    linkSinceMs: linkSinceMs.value,
    driver: hosts.value.get(`${site}/${DRIVER_KIND}/${driver ?? ""}`) ?? null,
  });
}

/** Timers of a hidden page are throttled or stopped: look at once when it is seen again. */
function keepAwake(client: LiveClient): void {
  const look = (): void => {
    client.check();
  };
  const hurry = (): void => {
    client.hurry();
  };
  const wakes = ["visibilitychange", "resume"] as const;
  for (const wake of wakes) document.addEventListener(wake, look);
  for (const wake of ["pageshow", "focus"]) window.addEventListener(wake, look);
  window.addEventListener("online", hurry);
  onScopeDispose(() => {
    for (const wake of wakes) document.removeEventListener(wake, look);
    for (const wake of ["pageshow", "focus"]) window.removeEventListener(wake, look);
    window.removeEventListener("online", hurry);
    client.stop();
  });
}

async function whoAmI(): Promise<SessionState> {
  try {
    const signal = AbortSignal.timeout(SESSION_TIMEOUT_MS);
    const { ok, status } = await fetch("/api/v1/session", { signal, cache: "no-store" });
    if (status === 401) return "signed-out";
    if (status === 403) return "not-allowed";
    return ok ? "signed-in" : "unreachable";
  } catch {
    return "unreachable";
  }
}

function connect(resume: Resume | null, listener: Listener): Connection {
  const address = new URL("/api/v1/live", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  if (resume !== null) {
    address.searchParams.set("stream", resume.stream);
    address.searchParams.set("cursor", String(resume.cursor));
  }
  const socket = new WebSocket(address);
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") listener.received(data);
  };
  socket.onclose = ({ code }) => {
    listener.closed(code);
  };
  return {
    send: (text) => {
      socket.send(text);
    },
    close: () => {
      socket.close();
    },
  };
}
