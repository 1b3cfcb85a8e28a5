/** Charging orders page by page. */
import { readOrders } from "@/live/charging-desk";
import type { OrderPage } from "@/live/charging-desk";
import type { QueryValue } from "@/live/query";
import { usePages } from "../use-pages";

const PAGE_ROWS = 30;

export const useOrders = (wanted: () => Readonly<Record<string, QueryValue>>) =>
  usePages<number, OrderPage>((before) => readOrders({ ...wanted(), before, limit: PAGE_ROWS }));
