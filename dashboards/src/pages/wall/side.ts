/** How alarms, what needs a person, and the plan share the panes beside the devices. Pure; all lengths in rem. */
import { panelFor } from "./panel";
import type { PanelLayout } from "./panel";
import type { Pane } from "./seams";

export interface SideLayout {
  readonly panel: PanelLayout;
  /** Which pane has what needs a person, and which the plan. */
  readonly attentionAt: number;
  readonly planAt: number;
  /** 0: there is no room for it. */
  readonly planHeight: number;
  /** The plan stands beside what needs a person: below it there is no room for a card. */
  readonly beside: boolean;
  readonly planWidth: number;
  /** So many devices that need a person have a card; null: there is no room even to say that there are any. */
  readonly cards: number | null;
}

const GAP = 1;
/** Of what needs a person. */
const CARDS_HEADING = 2;
const CARD_HIGH = 7.75;
const CARD_WIDE = 20.5;
/** Alarms take so much of a pane that they share, and more if so many of them would not be seen at once (IMO MSC.302). */
const SHARE = 0.57;
const AT_ONCE = 20;
const STEP = 0.5;
/** One, and how many more there are. */
const LOWEST_ALARMS = 6;
/** In a lower pane there is room for alarms alone. */
const HIGH_ENOUGH = 30;
const PLAN_SHARE = 0.445;
const LOWEST_PLAN = 9;
const NARROWEST_CARDS = 17;
const LOWEST_SCENE = 10;

/** `words`: those above and below the alarms. `scene`: a picture stands beside what needs a person, and takes half of it. */
export function sideFor(panes: readonly Pane[], alarms: number, words: number, scene: boolean): SideLayout {
  const last = panes.length - 1;
  const attentionAt = Math.min(1, last);
  const planAt = Math.min(2, last);
  const [first, second, third] = [panes[0], panes[attentionAt], panes[planAt]] as [Pane, Pane, Pane];
  const panel = last > 0 ? panelFor(alarms, first.width, first.height - words) : sharing(first, alarms, words);
  const taken = last > 0 ? 0 : words + (alarms === 0 ? 0 : panel.height) + GAP;
  const isShared = planAt === attentionAt;
  // Pictures of cameras stand between, if only with their distance.
  const left = second.height - taken - CARDS_HEADING - GAP - (isShared ? GAP : 0);
  const planRoom = isShared ? Math.min(last > 0 ? left : first.height * PLAN_SHARE, left) : third.height;
  const planHeight = planRoom < LOWEST_PLAN ? 0 : planRoom;
  /** As high as the plan is, were it 16:9. */
  const plan = isShared ? Math.min(planHeight, (third.width * 9) / 16) : 0;
  const columns = Math.max(1, Math.floor((scene ? second.width / 2 : second.width) / CARD_WIDE));
  const rows = Math.max(0, Math.floor((left - plan) / CARD_HIGH));
  const cards = left < -GAP / 2 ? null : columns * rows;
  const layout = { panel, attentionAt, planAt, planHeight, planWidth: third.width, beside: false, cards };
  const isRoomy = scene ? left + CARDS_HEADING - plan >= LOWEST_SCENE : rows > 0;
  const besideWidth = second.width - NARROWEST_CARDS - GAP;
  if (isRoomy || !isShared || planHeight === 0 || besideWidth < LOWEST_PLAN) return layout;
  const height = left + CARDS_HEADING + GAP;
  const below = scene ? 0 : Math.floor((height - CARDS_HEADING) / CARD_HIGH);
  return { ...layout, beside: true, planHeight: height, planWidth: besideWidth, cards: below };
}

/** The alarms in a pane that they share with the rest. */
function sharing({ width, height }: Pane, alarms: number, words: number): PanelLayout {
  const spare = height - CARDS_HEADING - 2 * GAP;
  const most = spare - words < LOWEST_ALARMS ? height : spare;
  let share = height >= HIGH_ENOUGH ? Math.min(most, height * SHARE) : most;
  let panel = panelFor(alarms, width, share - words);
  while (share < most && panel.shown < Math.min(alarms, AT_ONCE)) {
    share = Math.min(most, share + STEP);
    panel = panelFor(alarms, width, share - words);
  }
  return panel;
}
