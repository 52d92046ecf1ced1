// Slack's own client calls what we take for Slack's Web API: what it sends is understood there, and it understands the answers.
//
// stdin:  {url, token, steps: [{method, args}]}; an argument "$2.view.id" is what the step of that number answered.
//         The method "upload" sends a file, and "pages METHOD" goes through all pages.
// stdout: [answer], an error is {error, needed, messages, retryAfter}
import { text } from 'node:stream/consumers';
import { LogLevel, WebClient } from '@slack/web-api';

const { url, token, steps } = JSON.parse(await text(process.stdin));
const quiet = () => {};
const client = new WebClient(token, {
  slackApiUrl: url,
  rejectRateLimitedCalls: true,
  retryConfig: { retries: 0 },
  logger: { debug: quiet, info: quiet, warn: quiet, error: console.error, setLevel: quiet, getLevel: () => LogLevel.ERROR, setName: quiet },
});
const answers = [];
const filled = (v) => {
  if (typeof v === 'string' && v.startsWith('$')) {
    return v.slice(1).split('.').reduce((o, key) => o[key], answers);
  }
  if (Array.isArray(v)) return v.map(filled);
  if (v && typeof v === 'object') return Object.fromEntries(Object.entries(v).map(([k, one]) => [k, filled(one)]));
  return v;
};

async function run(method, args) {
  if (method === 'upload') return client.filesUploadV2(args);
  if (!method.startsWith('pages ')) return client.apiCall(method, args);
  const found = { pages: 0, messages: 0 };
  for await (const page of client.paginate(method.slice(6), args)) {
    found.pages++;
    found.messages += page.messages.length;
  }
  return found;
}

for (const { method, args } of steps) {
  try {
    answers.push(await run(method, filled(args ?? {})));
  } catch (e) {
    const { error = e.message, needed, response_metadata: more } = e.data ?? {};
    answers.push({ error, needed, messages: more?.messages, retryAfter: e.retryAfter });
  }
}
process.stdout.write(JSON.stringify(answers));
