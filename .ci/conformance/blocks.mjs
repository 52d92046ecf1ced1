// The TypeScript compiler judges JSON by Slack's own types, and the attributes of TwiML by Twilio's.
//
// stdin:  [{name, kind, json}], kind is message, modal, home or manifest, or an element of TwiML: Gather, Dial, Number
// stdout: {name: [fault]}, of the faulty ones only
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const types = {
  message: `import type { KnownBlock, MessageMetadata } from '@slack/types';
    type Judged = { text: string; blocks: KnownBlock[]; metadata?: MessageMetadata };`,
  modal: `import type { ModalView, KnownBlock } from '@slack/types';
    type Judged = ModalView & { blocks: KnownBlock[] };`,
  home: `import type { HomeView, KnownBlock } from '@slack/types';
    type Judged = HomeView & { blocks: KnownBlock[] };`,
  manifest: `import type { AppsManifestCreateArguments } from '@slack/web-api';
    type Judged = AppsManifestCreateArguments['manifest'];`,
};
for (const element of ['Gather', 'Dial', 'Number']) {
  types[element] = `import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
    type Judged = VoiceResponse.${element}Attributes;`;
}
const modules = fileURLToPath(new URL('./node_modules', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'beacon-blocks-'));
try {
  const files = JSON.parse(await text(process.stdin));
  // JSON is TypeScript. As a literal it is checked strictly: a field that the type doesn't have is a fault as well.
  files.forEach(({ kind, json }, i) => writeFileSync(join(dir, `${i}.ts`), `${types[kind]}\nexport const judged: Judged = ${json};\n`));
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({
    compilerOptions: {
      strict: true, noEmit: true, skipLibCheck: true, target: 'es2022', module: 'preserve', types: [],
      paths: { '@slack/*': [`${modules}/@slack/*`], 'twilio/*': [`${modules}/twilio/*`] },
    },
    include: ['*.ts'],
  }));
  const tsc = spawnSync(process.execPath, [join(modules, 'typescript/bin/tsc'), '-p', dir, '--pretty', 'false'], { encoding: 'utf8', cwd: dir });
  if (tsc.error) throw tsc.error;
  const faults = {};
  let last;
  for (const line of tsc.stdout.split('\n').filter(Boolean)) {
    const at = /^(\d+)\.ts\((.*)$/.exec(line);
    // Lines that begin with a blank go on about the fault before them.
    if (at) (faults[(last = files[at[1]].name)] ??= []).push('(' + at[2]);
    else if (last && /^\s/.test(line)) faults[last].push(line.trim());
    else throw new Error(line);
  }
  if (tsc.status !== 0 && !last) throw new Error(`tsc: exit ${tsc.status} ${tsc.stderr}`);
  process.stdout.write(JSON.stringify(faults));
} finally {
  rmSync(dir, { recursive: true });
}
