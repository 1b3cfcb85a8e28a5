/** Disclosures page by page. */
import { computed } from "vue";
import { readDisclosures } from "@/live/disclosures";
import type { Disclosure, DisclosurePage } from "@/live/disclosures";
import type { QueryValue } from "@/live/query";
import { usePages } from "@/pages/console/use-pages";

const PAGE_ROWS = 50;

export function useDisclosures(wanted: () => Readonly<Record<string, QueryValue>>) {
  const pages = usePages<string, DisclosurePage>((before) => readDisclosures({ ...wanted(), before, limit: PAGE_ROWS }));
  return { ...pages, rows: computed<readonly Disclosure[]>(() => pages.page.value?.exports ?? []) };
}
