/** Work orders (限时处置). */
import type { TimelineEntry } from "./alarms";
import { look, send, tell } from "./ask";
import type { Answer } from "./ask";
import type { Words } from "./protocol";

export interface WorkOrder {
  readonly id: string;
  readonly number: number;
  readonly kind: string;
  readonly title: Words;
  readonly kind_title: Words;
  readonly alarm: string | null;
  readonly device: string | null;
  readonly area: string | null;
  readonly place: string;
  readonly text: string;
  readonly state: string;
  readonly due: string;
  readonly version: number;
  readonly start: string;
  readonly respond_by: string;
  readonly resolve_by: string;
  readonly responded: string | null;
  readonly done: string | null;
  readonly closed: string | null;
  readonly assigned_to: string | null;
  /** What is needed to say that it is done: `note`, `picture`. */
  readonly proof: readonly string[];
  readonly proofs: number;
  /** The steps that may be done next. */
  readonly can: readonly string[];
}

export interface OrderDetail extends WorkOrder {
  readonly timeline: readonly TimelineEntry[];
}

const of = (id: string, what = ""): string => `/work-orders/${encodeURIComponent(id)}${what}`;

export type OrdersWanted = "open" | "closed";

export const readOrders = (state: OrdersWanted): Promise<Answer<{ readonly orders: readonly WorkOrder[] }>> =>
  look(`/work-orders?state=${state}`);
export const readOrder = (id: string): Promise<Answer<OrderDetail>> => look(of(id));

/** A step, or a comment; quotes the version that the person saw. */
export function doStep(
  order: Pick<WorkOrder, "id" | "version">,
  step: string,
  said: Readonly<Record<string, unknown>>,
): Promise<Answer<WorkOrder>> {
  return tell(of(order.id, `/${step}`), { version: order.version, ...said });
}

/** The same picture twice changes nothing. */
export const addPicture = (id: string, picture: Blob): Promise<Answer<WorkOrder>> => send(of(id, "/pictures"), picture);
