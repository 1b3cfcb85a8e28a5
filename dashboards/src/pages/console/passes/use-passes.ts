/** Passes page by page. */
import { readPasses } from "@/live/passes";
import type { PassesWanted, PassPage } from "@/live/passes";
import { usePages } from "../use-pages";

export const PAGE_ROWS = 50;

/** `wanted` null: what is asked for makes no sense, so nothing is read. */
export const usePasses = (wanted: () => PassesWanted | null) =>
  usePages<string, PassPage>((before) => {
    const asked = wanted();
    return asked && readPasses({ ...asked, ...(before === undefined ? {} : { before }), limit: PAGE_ROWS });
  });
