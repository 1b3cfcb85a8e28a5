/** Something that a button opens below itself: Escape shuts it, and so does a press elsewhere. */
import { onMounted, onScopeDispose, ref } from "vue";
import type { Ref } from "vue";

export interface Menu {
  readonly open: Ref<boolean>;
  /** Shut it and give the focus back to its button. */
  readonly shut: () => void;
}

/** `menu`: the button and what it opens. */
export function useMenu(menu: () => HTMLElement | null, button: () => HTMLElement | null): Menu {
  const open = ref(false);

  function shut(): void {
    open.value = false;
    button()?.focus();
  }

  function elsewhere(event: Event): void {
    if (event.target instanceof Node && menu()?.contains(event.target) !== true) open.value = false;
  }

  onMounted(() => {
    document.addEventListener("pointerdown", elsewhere);
  });
  onScopeDispose(() => {
    document.removeEventListener("pointerdown", elsewhere);
  });
  return { open, shut };
}
