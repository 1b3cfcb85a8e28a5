/** What was set aside, page by page. */
import { computed } from "vue";
import { readSetAside } from "@/live/feed";
import type { AsidePage } from "@/live/feed";
import { usePages } from "@/pages/console/use-pages";

export function useSetAside() {
  const pages = usePages<number, AsidePage>((before) => readSetAside(before));
  return { ...pages, items: computed(() => pages.page.value?.set_aside ?? null) };
}
