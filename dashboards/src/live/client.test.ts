import { beforeEach, describe, expect, it } from "vitest";
import { LiveClient } from "./client";
import type { Listener, LiveView, Resume, SessionState } from "./client";
import { ManualClock } from "./manual-clock";
import { NOT_ALLOWED, NOT_SIGNED_IN } from "./protocol";
import type { Frame } from "./protocol";
import { changes, device, heartbeat, snapshot } from "./samples";

const HUB_START_MS = Date.parse("2026-05-01T08:00:00.000Z");

/** The hub as the browser sees it: who we are, and sockets that open, speak and close. */
class PretendHub {
  session: SessionState = "signed-in";
  sockets: { resume: Resume | null; listener: Listener; sent: string[]; open: boolean }[] = [];

  connect = (resume: Resume | null, listener: Listener) => {
    const socket = { resume, listener, sent: [] as string[], open: true };
    this.sockets.push(socket);
    return {
      send: (text: string) => void socket.sent.push(text),
      close: () => void (socket.open = false),
    };
  };

  get socket() {
    const last = this.sockets.at(-1);
    if (last === undefined) throw new Error("nobody connected");
    return last;
  }

  /** Send a frame as the hub stamped it `lateMs` ago. */
  say(frame: Frame, lateMs = 0): void {
    const ts = new Date(HUB_START_MS + clock.monotonic() - lateMs).toISOString();
    this.socket.listener.received(JSON.stringify({ ...frame, ts }));
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let clock: ManualClock;
let hub: PretendHub;
let client: LiveClient;
let view: LiveView;

async function started(): Promise<void> {
  client.start();
  await settled();
}

/** Let time pass in small steps, so that answers of the hub are heard in between. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    clock.advance(Math.min(100, left));
    await settled();
  }
}

beforeEach(() => {
  clock = new ManualClock();
  hub = new PretendHub();
  client = new LiveClient(
    { clock, random: () => 0, whoAmI: () => Promise.resolve(hub.session), connect: hub.connect },
    (now) => {
      view = now;
    },
  );
});

describe("a wall that hears the hub", () => {
  it("connects, then is live with the first snapshot", async () => {
    client.start();
    expect(view.phase).toBe("connecting");
    await settled();
    hub.say(snapshot({ cursor: 3, devices: [device("east-in")] }));
    expect(view.phase).toBe("live");
    expect(view.state.devices.size).toBe(1);
  });

  it("stays live on heartbeats alone", async () => {
    await started();
    hub.say(snapshot({}));
    for (let second = 0; second < 60; second += 1) {
      await pass(1000);
      hub.say(heartbeat(0));
      expect(view.phase).toBe("live");
    }
    expect(hub.sockets).toHaveLength(1);
  });

  it("knows the hub's time whatever its own clock says", async () => {
    await started();
    clock.jumpWall(-86_400_000);
    hub.say(snapshot({}));
    clock.advance(500);
    expect((view.hubOffsetMs ?? 0) + clock.monotonic()).toBe(HUB_START_MS + 500);
  });

  it("ignores what it cannot read", async () => {
    await started();
    hub.say(snapshot({ cursor: 3 }));
    hub.socket.listener.received("{");
    hub.socket.listener.received('{"type":"news","cursor":4}');
    hub.say(changes(4, {}));
    expect(view.state).toMatchObject({ cursor: 4, whole: true });
  });
});

describe("cut off", () => {
  it("says so once the announced time has passed in silence, not before", async () => {
    await started();
    hub.say(snapshot({ cut_off_after_s: 3 }));
    await pass(2900);
    expect(view.phase).toBe("live");
    await pass(100);
    expect(view.phase).toBe("cut-off");
    expect(hub.socket.open).toBe(false);
  });

  it("says so at once when the socket closes", async () => {
    await started();
    hub.say(snapshot({}));
    clock.advance(100);
    hub.socket.listener.closed(1006);
    expect(view.phase).toBe("cut-off");
    expect(view.state.hubMs).toBe(HUB_START_MS);
  });

  it("says so when the page wakes up from sleep, before any old frame is believed", async () => {
    await started();
    hub.say(snapshot({}));
    clock.sleep(60_000);
    client.check();
    expect(view.phase).toBe("cut-off");
  });

  it("is not ended by frames that waited while the page slept", async () => {
    await started();
    hub.say(snapshot({}));
    clock.sleep(60_000);
    hub.say(heartbeat(0), 59_000);
    hub.say(heartbeat(0), 58_000);
    expect(view.phase).toBe("cut-off");
    hub.say(heartbeat(0), 1000);
    expect(view.phase).toBe("live");
    await pass(2100);
    expect(view.phase).toBe("cut-off");
  });

  it("is in doubt after the machine was suspended and its monotonic clock with it", async () => {
    await started();
    hub.say(snapshot({}));
    clock.jumpWall(3_600_000);
    await pass(300);
    expect(view.phase).toBe("cut-off");
    hub.say(heartbeat(0));
    expect(view.phase).toBe("live");
  });

  it("does not take a wall clock that is set back for anything", async () => {
    await started();
    hub.say(snapshot({}));
    clock.jumpWall(-3_600_000);
    await pass(2900);
    expect(view.phase).toBe("live");
    await pass(200);
    expect(view.phase).toBe("cut-off");
  });

  it("is not ended by a socket that opens and says nothing", async () => {
    await started();
    hub.say(snapshot({}));
    hub.socket.listener.closed(1006);
    await pass(1000);
    expect(hub.sockets).toHaveLength(2);
    expect(view.phase).toBe("cut-off");
    await pass(6000);
    expect(hub.sockets.length).toBeGreaterThan(2);
    expect(view.phase).toBe("cut-off");
  });

  it("is said of a hub that was never reached", async () => {
    hub.session = "unreachable";
    await started();
    expect(view.phase).toBe("cut-off");
    expect(view.state.stream).toBeNull();
  });

  it("does not believe a socket it has given up", async () => {
    await started();
    hub.say(snapshot({}));
    const given = hub.socket;
    await pass(3000);
    given.listener.received(JSON.stringify(heartbeat(0)));
    expect(view.phase).toBe("cut-off");
  });
});

describe("coming back", () => {
  it("waits longer after each failure, up to a limit, and tries at once when told to hurry", async () => {
    hub.session = "unreachable";
    await started();
    const pauses: number[] = [];
    for (let tries = 0; tries < 6; tries += 1) {
      pauses.push((view.retryAtMs ?? 0) - clock.monotonic());
      client.hurry();
      await settled();
    }
    expect(pauses).toEqual([250, 500, 1000, 1500, 1500, 1500]);
  });

  it("resumes with stream and cursor, and is live with the first frame that fits", async () => {
    await started();
    hub.say(snapshot({ stream: "run-7", cursor: 41 }));
    hub.socket.listener.closed(1006);
    await pass(500);
    expect(hub.socket.resume).toEqual({ stream: "run-7", cursor: 41 });
    hub.say(changes(42, {}));
    expect(view.phase).toBe("live");
  });

  it("asks for a snapshot once when it missed something, and waits for it", async () => {
    await started();
    hub.say(snapshot({ cursor: 1 }));
    hub.say(changes(3, {}));
    hub.say(changes(4, {}));
    expect(hub.socket.sent).toEqual(['{"type":"snapshot"}']);
    expect(view.phase).toBe("catching-up");
    hub.say(snapshot({ cursor: 4 }));
    expect(view.phase).toBe("live");
  });

  it("has time to catch up after a long absence", async () => {
    await started();
    hub.say(snapshot({ cursor: 1 }));
    hub.socket.listener.closed(1006);
    await pass(60_000);
    const socket = hub.socket;
    hub.say(heartbeat(900));
    await pass(1000);
    expect(socket.open).toBe(true);
    expect(socket.sent).toHaveLength(1);
    hub.say(snapshot({ cursor: 900 }));
    expect(view.phase).toBe("live");
  });

  it("starts afresh when a gap is never filled", async () => {
    await started();
    hub.say(snapshot({ cursor: 1 }));
    for (let beat = 0; beat < 8; beat += 1) {
      if (hub.sockets.length === 1) hub.say(heartbeat(5));
      await pass(500);
    }
    expect(view.phase).toBe("cut-off");
    expect(hub.socket.resume).toBeNull();
  });
});

describe("a wall that is not signed in", () => {
  it("says so and forgets what it showed", async () => {
    await started();
    hub.say(snapshot({ devices: [device("east-in")] }));
    hub.session = "signed-out";
    hub.socket.listener.closed(NOT_SIGNED_IN);
    expect(view.phase).toBe("signed-out");
    expect(view.state.devices.size).toBe(0);
  });

  it("is told apart from one whose role may not see devices", async () => {
    await started();
    hub.socket.listener.closed(NOT_ALLOWED);
    expect(view.phase).toBe("not-allowed");
  });

  it("goes on by itself once somebody signed in", async () => {
    hub.session = "signed-out";
    await started();
    expect(hub.sockets).toHaveLength(0);
    hub.session = "signed-in";
    await pass(6000);
    hub.say(snapshot({}));
    expect(view.phase).toBe("live");
  });
});
