/** Drags a device over the plan, by mouse, pen or finger. */
import { onScopeDispose, shallowRef } from "vue";
import { inside } from "./moves";

const SLIP_PX = 4;

export interface Dragged {
  readonly key: string;
  /** On the screen, in pixels. */
  readonly left: number;
  readonly top: number;
  /** Over the plan from 0 to 1; null: beside it. */
  readonly at: { readonly x: number; readonly y: number } | null;
}

/** `frame`: what is seen of the plan, `board`. `drop`: somebody let go of it over that. */
export function useDrag(
  board: () => HTMLElement | null,
  frame: () => HTMLElement | null,
  drop: (dragged: Dragged) => void,
) {
  const dragged = shallowRef<Dragged | null>(null);
  let stop: (() => void) | null = null;

  function dragging(key: string, { clientX, clientY }: PointerEvent): Dragged {
    const area = board()?.getBoundingClientRect();
    const seen = frame()?.getBoundingClientRect();
    const over =
      seen !== undefined && clientX >= seen.left && clientX <= seen.right && clientY >= seen.top && clientY <= seen.bottom;
    const at = over && area !== undefined
      ? { x: inside((clientX - area.left) / area.width), y: inside((clientY - area.top) / area.height) }
      : null;
    return { key, left: clientX, top: clientY, at };
  }

  function begin(key: string, event: PointerEvent): void {
    if (event.button !== 0 || stop !== null) return;
    const { clientX, clientY, pointerId } = event;
    const mine = (other: PointerEvent): boolean => other.pointerId === pointerId;
    const move = (now: PointerEvent): void => {
      if (!mine(now)) return;
      const slipped = Math.hypot(now.clientX - clientX, now.clientY - clientY) < SLIP_PX;
      if (dragged.value !== null || !slipped) dragged.value = dragging(key, now);
    };
    const up = (now: PointerEvent): void => {
      if (!mine(now)) return;
      const last = dragged.value === null ? null : dragging(key, now);
      stop?.();
      if (last?.at) drop(last);
    };
    const give = (now: PointerEvent): void => {
      if (mine(now)) stop?.();
    };
    const escape = (now: KeyboardEvent): void => {
      if (now.key === "Escape") stop?.();
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", give);
    window.addEventListener("keydown", escape);
    stop = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", up);
      window.removeEventListener("pointercancel", give);
      window.removeEventListener("keydown", escape);
      dragged.value = stop = null;
    };
  }

  onScopeDispose(() => stop?.());
  return { dragged, begin };
}
