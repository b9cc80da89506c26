// Node as a peer that takes turns: one JSON question on each line of the input, one answer on each line of the output.
//   node peer.mjs MATERIAL.json
//   {"operation": "verify", "texts": "seen", "times": 20} → {"cpu": µs of each, "wall": µs of each, "last": what the last one gave}
import {createInterface} from 'node:readline';
import {prepare, readMaterial} from './operations.mjs';

const material = readMaterial(process.argv[2]);
const ready = new Map(), turns = new Map();

async function answer({operation, texts, times}) {
  if(!ready.has(operation)) ready.set(operation, await prepare(operation, material));
  const act = ready.get(operation), of = material.texts[texts];
  let turn = turns.get(texts) ?? 0, last;
  const cpu = process.cpuUsage(), wall = process.hrtime.bigint();
  for(let done = 0; done < times; done++) last = await act(of[turn++ % of.length]);
  const spent = process.cpuUsage(cpu), passed = Number(process.hrtime.bigint() - wall) / 1000;
  turns.set(texts, turn);
  return {cpu: (spent.user + spent.system) / times, wall: passed / times, last};
}

for await (const line of createInterface({input: process.stdin})) {
  let said;
  try { said = await answer(JSON.parse(line)); } catch(error) { said = {error: String(error?.errors?.[0] ?? error)}; }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
