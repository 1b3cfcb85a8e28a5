import { computed, ref, shallowRef } from "vue";
import { describe, expect, it } from "vitest";
import { DRIVER_KIND } from "./protocol";
import { apply, NOTHING_YET } from "./reducer";
import { changes, device, snapshot } from "./samples";
import { pathsThrough } from "./use-live";

describe("the path to a device", () => {
  const gate = device("east-in");
  const host = device("gates", { kind: DRIVER_KIND });
  const start = apply(snapshot({ devices: [gate, host, device("east-out")] }), NOTHING_YET);

  it("is the same until the link or the driver host changes, so that other cards are left alone", () => {
    const state = shallowRef(start);
    const cutOffSinceMs = ref<number | null>(null);
    const pathTo = pathsThrough(state, cutOffSinceMs);
    let drawn = 0;
    const card = computed(() => {
      drawn += 1;
      return pathTo(gate);
    });
    expect(card.value).toEqual({ cutOffSinceMs: null, link: "online", linkSinceMs: null, driver: host });
    state.value = apply(changes(1, { devices: [device("east-out", { version: 2 })] }), state.value);
    expect(card.value.driver).toBe(host);
    expect(drawn).toBe(1);
    const away = device("gates", { kind: DRIVER_KIND, connectivity: "driver-offline" });
    state.value = apply(changes(2, { devices: [away] }), state.value);
    expect(card.value.driver?.connectivity).toBe("driver-offline");
    state.value = apply(changes(3, { link: "offline" }), state.value);
    expect(card.value.link).toBe("offline");
    cutOffSinceMs.value = 7;
    expect(card.value.cutOffSinceMs).toBe(7);
    expect(drawn).toBe(4);
  });

  it("has no driver where none is named or heard of", () => {
    const pathTo = pathsThrough(shallowRef(start), ref(null));
    expect(pathTo(device("x", { driver: null })).driver).toBeNull();
    expect(pathTo(device("x", { driver: "doors" })).driver).toBeNull();
  });
});
