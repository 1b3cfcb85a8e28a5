/** Keeps presses on this phone (IndexedDB), so that closing the page or an empty battery loses none. */
import type { Kept } from "./kept";

const NAME = "hemei-console";
const PRESSES = "presses";

export interface KeptStore {
  /** In the order of pressing. */
  all(): Promise<readonly Kept[]>;
  add(kept: Omit<Kept, "n">): Promise<void>;
  put(...kept: readonly Kept[]): Promise<void>;
  remove(n: number): Promise<void>;
}

/** Each call is one transaction; it rejects if the browser keeps nothing (a private window, a full phone). */
export function phoneStore(): KeptStore {
  let opened: Promise<IDBDatabase> | null = null;
  const run = async <Result>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<Result> | null): Promise<Result | null> => {
    const database = await (opened ??= open());
    const transaction = database.transaction(PRESSES, mode);
    const request = work(transaction.objectStore(PRESSES));
    return await new Promise((done, failed) => {
      transaction.oncomplete = () => done(request?.result ?? null);
      transaction.onabort = () => failed(transaction.error);
    });
  };
  return {
    all: async () => ((await run<Kept[]>("readonly", (store) => store.getAll())) ?? []),
    add: async (kept) => void (await run("readwrite", (store) => store.add(kept))),
    put: async (...kept) =>
      void (await run("readwrite", (store) => {
        for (const each of kept) store.put(each);
        return null;
      })),
    remove: async (n) => void (await run("readwrite", (store) => store.delete(n))),
  };
}

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(PRESSES, { keyPath: "n", autoIncrement: true });
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}
