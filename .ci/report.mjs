// Reads `go test -json`: prints go's line of each package, and whole what failed. A skipped test is a failure, since what isn't run
// shows nothing; only what needs ../shared may be skipped where there is none.
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

const shared = existsSync('../shared');
const said = new Map(); // of each test that runs
const skipped = [];
const excused = [];
let tests = 0;
let failed = false;

const put = (text) => process.stdout.write(text);
for await (const line of createInterface({ input: process.stdin })) {
  let e;
  try {
    e = JSON.parse(line);
  } catch {
    put(line + '\n'); // not of a test: go itself
    continue;
  }
  const key = `${e.Package} ${e.Test ?? ''}`;
  switch (e.Action) {
    case 'build-output':
      put(e.Output);
      break;
    case 'output':
      said.set(key, (said.get(key) ?? '') + e.Output);
      break;
    case 'build-fail':
      failed = true;
      break;
    case 'pass':
    case 'fail':
    case 'skip':
      finish(e, said.get(key) ?? '');
      said.delete(key);
  }
}
// A test that was running when its process died has no end; what it said tells why.
for (const [key, text] of said) put(`--- unfinished: ${key}\n${text}`);

function finish(e, text) {
  failed ||= e.Action === 'fail';
  if (!e.Test) {
    // A package says its line last; what comes before counts only if it failed. One without tests isn't skipped.
    const lines = text.split('\n').filter((line) => line && line !== 'PASS');
    put((e.Action === 'fail' ? lines : lines.slice(-1)).map((line) => line + '\n').join(''));
    return;
  }
  tests++;
  if (e.Action === 'fail') put(text.replace(/^=== (RUN|PAUSE|CONT) .*\n/gm, ''));
  if (e.Action !== 'skip') return;
  const entry = `${e.Package} ${e.Test}: ${text.split('\n').filter((line) => line && !/^(===|\s*---) /.test(line)).join(' ').trim()}`;
  (!shared && text.includes('../shared') ? excused : skipped).push(entry);
}

for (const entry of excused) put(`skipped, for want of ../shared: ${entry}\n`);
for (const entry of skipped) put(`FAIL: skipped: ${entry}\n`);
if (tests === 0) put('FAIL: no test ran\n');
put(`${tests} tests, ${skipped.length + excused.length} skipped\n`);
process.exitCode = failed || skipped.length > 0 || tests === 0 ? 1 : 0;
