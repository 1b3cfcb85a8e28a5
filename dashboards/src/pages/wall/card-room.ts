/** What the alarms and a picture of something grave leave for the cards of a roomy wall. Pure; all lengths in rem. */
import type { Room } from "./use-room";

/** Of the alarms beside the cards; as in the styles. */
export const PANEL_WIDE = 28;
export const PANEL_MARGINS_WIDE = 1.75;
export const PANEL_MARGINS_HIGH = 1.5;
/** Of a picture above the cards. */
const PICTURE_HIGH = 16;

/** On a small screen the alarms stand above. */
export function cardRoomOf(room: Room, pictured: boolean): Room {
  const small = !Number.isFinite(room.height);
  return {
    ...room,
    width: room.width - (small ? 0 : PANEL_WIDE),
    height: room.height - (pictured ? PICTURE_HIGH : 0),
  };
}
