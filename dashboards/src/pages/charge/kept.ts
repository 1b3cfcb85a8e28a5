/** What the phone itself remembers: a request that was not answered, its own orders by code, its account. */

/** The part of `Storage` that is used. */
export interface Store {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

const PREFIX = "hemei.charge";
const MOST_ORDERS = 20;

/** The key of an order, by the code that it was begun with. */
type Orders = readonly (readonly [code: string, key: string])[];

/** `tab` forgets with its tab, `phone` does not. */
export class Kept {
  constructor(
    private readonly tab: Store,
    private readonly phone: Store,
    private readonly random: () => string,
  ) {}

  /** The name of the order to be: always the same one until the hub has answered. */
  requestFor(code: string): string {
    const kept = this.unanswered(code);
    if (kept !== null) return kept;
    const made = this.random();
    this.tab.setItem(`${PREFIX}.request.${code}`, made);
    return made;
  }

  unanswered(code: string): string | null {
    return this.tab.getItem(`${PREFIX}.request.${code}`);
  }

  answered(code: string): void {
    this.tab.removeItem(`${PREFIX}.request.${code}`);
  }

  orderAt(code: string): string | null {
    return this.orders().find(([at]) => at === code)?.[1] ?? null;
  }

  codeOf(key: string): string | null {
    return this.orders().find(([, order]) => order === key)?.[0] ?? null;
  }

  keepOrder(code: string, key: string): void {
    this.write([[code, key] as const, ...this.orders().filter(([at]) => at !== code)].slice(0, MOST_ORDERS));
  }

  forgetOrder(code: string): void {
    this.write(this.orders().filter(([at]) => at !== code));
  }

  get account(): string | null {
    return this.phone.getItem(`${PREFIX}.account`);
  }

  /** Whether the phone will still know it tomorrow. */
  bind(account: string): void {
    this.phone.setItem(`${PREFIX}.account`, account);
  }

  unbind(): void {
    this.phone.removeItem(`${PREFIX}.account`);
  }

  private orders(): Orders {
    try {
      const read: unknown = JSON.parse(this.phone.getItem(`${PREFIX}.orders`) ?? "[]");
      return Array.isArray(read) ? read.filter(isOrder) : [];
    } catch {
      return []; // not ours: as if there were nothing
    }
  }

  private write(orders: Orders): void {
    this.phone.setItem(`${PREFIX}.orders`, JSON.stringify(orders));
  }
}

function isOrder(read: unknown): read is readonly [string, string] {
  return Array.isArray(read) && read.length === 2 && read.every((part) => typeof part === "string");
}
