// A whole process: node thousand.mjs issue|verify MATERIAL.json. Does the operation once for every text and writes what is issued.
import {prepare, readMaterial} from './operations.mjs';

const [operation, file] = process.argv.slice(2);
const material = readMaterial(file);
const act = await prepare(operation, material);
let count = 0;
for(const text of material.texts.whole) {
  const result = await act(text);
  if(operation === 'issue') process.stdout.write(`${JSON.stringify(result)}\n`);
  count += 1;
}
process.stderr.write(`${count}\n`);
