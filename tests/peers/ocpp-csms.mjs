// A central system of npm ocpp-rpc in strict mode. How to talk to it: tests/simulators/central.py.
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";
import { RPCServer, createRPCError } from "ocpp-rpc";

const tell = (told) => process.stdout.write(JSON.stringify(told) + "\n");
const told = { password: "", blocked: [], silent: [], failing: [], interval: 3600 };
const posts = new Map();
let transactions = 0;

const now = () => ({ currentTime: new Date().toISOString() });
const verdict = (token) => ({ status: told.blocked.includes(token) ? "Blocked" : "Accepted" });
const answers = {
  BootNotification: () => ({ status: "Accepted", ...now(), interval: told.interval }),
  Heartbeat: now,
  Authorize: ({ idTag, idToken }) =>
    idTag ? { idTagInfo: verdict(idTag) } : { idTokenInfo: verdict(idToken.idToken) },
  StartTransaction: ({ idTag }) => ({ transactionId: ++transactions, idTagInfo: verdict(idTag) }),
  TransactionEvent: ({ idToken }) => (idToken ? { idTokenInfo: verdict(idToken.idToken) } : {}),
};

const welcome = (client) => {
  posts.set(client.identity, client);
  tell({ came: client.identity, protocol: client.protocol });
  for (const wrong of ["strictValidationFailure", "badMessage"]) {
    client.on(wrong, ({ error }) => tell({ violation: `${error}` }));
  }
  client.on("close", () => tell({ left: client.identity }));
  client.handle(({ method, params }) => {
    tell({ said: method, by: client.identity, params });
    if (told.silent.includes(method)) return new Promise(() => {});
    if (told.failing.includes(method)) throw createRPCError("InternalError");
    return answers[method]?.(params) ?? {};
  });
};

const listen = ({ port, cert, key }) => {
  const server = new RPCServer({ protocols: ["ocpp2.0.1", "ocpp1.6"], strictMode: true });
  server.auth((accept, reject, { password }) =>
    password?.toString() === told.password ? accept() : reject(401) || tell({ refused: true }),
  );
  server.on("client", welcome);
  const web = cert
    ? https.createServer({ cert: readFileSync(cert), key: readFileSync(key) })
    : http.createServer();
  web.on("upgrade", server.handleUpgrade);
  web.listen(port, "localhost", () => tell({ listening: port }));
};

const ask = async ({ id, post, ask: method, params }) => {
  try {
    tell({ id, answer: await posts.get(post).call(method, params) });
  } catch (error) {
    tell({ id, error: `${error}` });
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  const wish = JSON.parse(line);
  if (wish.ask) ask(wish);
  else if (wish.listen) Object.assign(told, wish.set) && listen(wish.listen);
  else Object.assign(told, wish.set) && tell({ heard: true });
}
process.exit(0);
