// Slack's own framework stands where Beacon does: what its verifier lets through and its parser understands is Slack's.
//
// argv:   the signing secret; or, for Socket Mode, the app's token and the base of the Web API
// stdout: a line {url} once it listens or is connected, then a line {heard} for each thing it was told; it ends with stdin
import bolt from '@slack/bolt';

const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const quiet = () => {};
// stdout is ours, so its log goes elsewhere.
const logger = { debug: quiet, info: quiet, warn: quiet, error: console.error, setLevel: quiet, getLevel: () => 'error', setName: quiet };

const [secret, api] = process.argv.slice(2);
const receiver = api
  ? new bolt.SocketModeReceiver({ appToken: secret, installerOptions: { clientOptions: { slackApiUrl: api } }, logger })
  : new bolt.HTTPReceiver({ signingSecret: secret, endpoints: ['/slack/command', '/slack/interaction', '/slack/event'], logger });
const app = new bolt.App({
  receiver,
  logger,
  // Nothing of this leaves the machine: the token is never used, and not looked up at Slack.
  tokenVerificationEnabled: false,
  authorize: async () => ({ botToken: 'xoxb-fake', botId: 'BBEACON', botUserId: 'UBEACON' }),
});
const heard = (...words) => say({ heard: words.join(' ') });
app.command('/clinic', async ({ command, ack }) => {
  await ack();
  heard('command', command.user_id, command.channel_id, command.text);
});
app.event('message', async ({ event: m }) => {
  if (m.subtype === 'message_changed') heard('changed', m.message.user, m.previous_message.text, '→', m.message.text);
  else if (m.subtype === 'message_deleted') heard('deleted', m.previous_message.user, m.deleted_ts);
  else heard('message', m.user, `${m.channel}:${m.thread_ts}`, m.text);
});
app.event('app_home_opened', async ({ event }) => heard('home', event.user, event.tab));
app.action(/.*/, async ({ action, body, ack }) => {
  await ack();
  const at = body.view ? body.view.callback_id || body.view.type : `${body.channel.id}:${body.container.message_ts}`;
  heard('press', body.user.id, at, action.action_id, action.value ?? action.selected_option?.value ?? '');
});
app.shortcut(/.*/, async ({ shortcut, ack }) => {
  await ack();
  heard(shortcut.type, shortcut.user.id, shortcut.callback_id, shortcut.message?.text ?? '');
});
app.view({ callback_id: /.*/, type: 'view_submission' }, async ({ view, body, ack }) => {
  await ack();
  const said = Object.values(view.state.values).flatMap((block) => Object.values(block))
    .map((v) => v.value ?? v.selected_option?.value ?? v.selected_date ?? v.selected_time).filter(Boolean);
  heard('submit', body.user.id, view.callback_id, ...said);
});
app.view({ callback_id: /.*/, type: 'view_closed' }, async ({ view, body, ack }) => {
  await ack();
  heard('closed', body.user.id, view.callback_id);
});
app.error(async (error) => heard('error', error.message));

const server = await app.start(...(api ? [] : [{ port: 0, host: '127.0.0.1' }]));
say({ url: api ? 'http://127.0.0.1:0' : `http://127.0.0.1:${server.address().port}` });
process.stdin.resume();
process.stdin.on('end', () => process.exit());
