/** What people may be, as they are offered: whoever sits at a desk first, screens last. */
export const ROLES = ["guard", "supervisor", "liaison", "admin", "wall"] as const;
