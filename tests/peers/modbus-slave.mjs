// A slave of npm modbus-serial with plain registers. How to talk to it: tests/drivers/gate/third_party.py.
import { once } from "node:events";
import { createInterface } from "node:readline";
import modbus from "modbus-serial";

const ILLEGAL_DATA_ADDRESS = 2;
const [line, where, unit] = process.argv.slice(2);
const board = { coils: [], discrete: [], inputs: [], holding: [], refuse: {}, exception: 0, late_s: 0 };

const tell = (told) => process.stdout.write(JSON.stringify(told) + "\n");
const refuse = (code) => {
  throw Object.assign(new Error(`exception ${code}`), { modbusErrorCode: code });
};
const at = (table, address) => {
  if (board.exception) refuse(board.exception);
  if (address >= table.length) refuse(ILLEGAL_DATA_ADDRESS);
  return table[address];
};
const late = (value) => {
  if (!board.late_s) return value;
  const wait_ms = board.late_s * 1000;
  board.late_s = 0; // once
  const told = () => tell({ late: true }) && value;
  return new Promise((answer) => setTimeout(() => answer(told()), wait_ms));
};

const vector = {
  getCoil: (address) => at(board.coils, address),
  getDiscreteInput: (address) => late(at(board.discrete, address)),
  getInputRegister: (address) => at(board.inputs, address),
  getHoldingRegister: (address) => at(board.holding, address),
  setCoil: (address, on) => {
    at(board.coils, address);
    const refused = board.refuse[address];
    tell({ coil: address, on, taken: !refused });
    if (refused) refuse(refused);
    board.coils[address] = on;
  },
  setRegister: (address, value) => {
    at(board.holding, address);
    tell({ register: address, value });
    board.holding[address] = value;
  },
};

const listen = async () => {
  const options = { unitID: Number(unit) };
  const server =
    line === "tcp"
      ? new modbus.ServerTCP(vector, { ...options, host: "127.0.0.1", port: Number(where) })
      : new modbus.ServerSerial(vector, { ...options, path: where, baudRate: 9600 });
  for (const wrong of ["serverError", "error"]) {
    server.on(wrong, (error) => {
      console.error(error);
      process.exit(1);
    });
  }
  await once(server, "initialized");
};

let listening = false;
for await (const told of createInterface({ input: process.stdin })) {
  Object.assign(board, JSON.parse(told));
  if (!listening) await listen();
  listening = true;
  tell({ heard: true });
}
process.exit(0);
