/**
 * Keeps the built console on the phone and opens it where the hub is away. It keeps the page and what that is made of,
 * never anything that the API says. One worker is one build: `__BUILD__` and `__FILES__` are written into it.
 */
import { PAGE, cacheOf, fromHub, outlived, treatmentOf } from "./shell";

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface WorkerScope {
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(kind: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(kind: "fetch", listener: (event: Fetching) => void): void;
}

declare const __BUILD__: string;
declare const __FILES__: readonly string[];

/** A dead spot swallows requests: nobody waits longer than this for a page that is kept. */
const PATIENCE_MS = 4_000;

const scope = self as unknown as WorkerScope;

async function install(): Promise<void> {
  const cache = await caches.open(cacheOf(__BUILD__));
  await cache.addAll([PAGE, ...__FILES__].map((address) => new Request(address, { cache: "no-cache" })));
  await scope.skipWaiting(); // pages that are open go on with files of their own build, which are kept
}

async function activate(): Promise<void> {
  const names = outlived(await caches.keys(), __BUILD__);
  await Promise.all(names.map((name) => caches.delete(name)));
  await scope.clients.claim();
}

/** The page as the hub has it, or as it was kept. */
async function page(request: Request): Promise<Response> {
  const kept = await (await caches.open(cacheOf(__BUILD__))).match(PAGE);
  const asked = fetch(request);
  if (kept === undefined) return asked;
  const answer = await Promise.race([asked.catch(() => null), after(PATIENCE_MS)]);
  return answer !== null && fromHub(answer.status) ? answer : kept;
}

async function asset(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

function after(ms: number): Promise<null> {
  return new Promise((done) => setTimeout(() => done(null), ms));
}

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(activate()));
scope.addEventListener("fetch", (event) => {
  const treatment = treatmentOf(event.request, location.origin);
  if (treatment === "page") event.respondWith(page(event.request));
  else if (treatment === "asset") event.respondWith(asset(event.request));
});
