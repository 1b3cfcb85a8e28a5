// Charging stations by npm ocpp-rpc in strict mode. How to talk to it: tests/drivers/charger/ocpp/station.py.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { RPCClient } from "ocpp-rpc";

const tell = (told) => process.stdout.write(JSON.stringify(told) + "\n");
const stations = new Map();

const open = async ({ station, endpoint, identity, password, protocols, ca, answers }) => {
  const client = new RPCClient({
    endpoint,
    identity,
    password,
    protocols,
    strictMode: true,
    reconnect: false,
    wsOpts: ca ? { ca: readFileSync(ca) } : {},
  });
  for (const wrong of ["strictValidationFailure", "badMessage"]) {
    client.on(wrong, ({ error }) => tell({ station, wrong: `${wrong}: ${error.message}` }));
  }
  client.on("socketError", (error) => tell({ station, wrong: error.message }));
  client.on("disconnect", ({ code, reason }) => tell({ station, closed: code, reason }));
  client.handle(({ method, params }) => {
    tell({ station, asked: method, params });
    return answers[method] ?? { status: "Accepted" };
  });
  stations.set(station, client);
  try {
    await client.connect();
    return { protocol: client.protocol };
  } catch (error) {
    return { refused: error.code, why: error.message };
  }
};

const call = async ({ station, method, params }) => {
  try {
    return { result: await stations.get(station).call(method, params) };
  } catch (error) {
    return { failed: error.rpcErrorCode ?? error.message };
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  const { number, ...told } = JSON.parse(line);
  const doing = told.method ? call(told) : told.endpoint ? open(told) : stations.get(told.station).close();
  doing.then((done) => tell({ number, done }));
}
process.exit(0);
