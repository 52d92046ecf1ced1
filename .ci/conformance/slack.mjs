// Slack's own framework stands where Beacon does: what its verifier lets through and its parser understands is Slack's.
//
// argv:   the signing secret
// stdout: a line {url} once it listens, then a line {heard} for each thing it was told; it ends with stdin
import bolt from '@slack/bolt';

const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const quiet = () => {};
// stdout is ours, so its log goes elsewhere.
const logger = { debug: quiet, info: quiet, warn: quiet, error: console.error, setLevel: quiet, getLevel: () => 'error', setName: quiet };

const receiver = new bolt.HTTPReceiver({
  signingSecret: process.argv[2],
  endpoints: ['/slack/command', '/slack/interaction', '/slack/event'],
  logger,
});
const app = new bolt.App({
  receiver,
  logger,
  // Nothing of this leaves the machine: the token is never used, and not looked up at Slack.
  tokenVerificationEnabled: false,
  authorize: async () => ({ botToken: 'xoxb-fake', botId: 'BBEACON', botUserId: 'UBEACON' }),
});
app.command('/clinic', async ({ command, ack }) => {
  await ack();
  say({ heard: `command ${command.user_id} ${command.channel_id} ${command.text}` });
});
app.message(async ({ message }) => {
  say({ heard: `message ${message.user} ${message.channel}:${message.thread_ts} ${message.text}` });
});
app.action(/.*/, async ({ action, body, ack }) => {
  await ack();
  say({ heard: `press ${body.user.id} ${body.channel.id}:${body.message.ts} ${action.action_id}` });
});
app.view('form', async ({ view, body, ack }) => {
  await ack();
  const { phone, type, date, time } = view.state.values;
  const said = [phone.phone.value, type.type.selected_option.value, date.date.selected_date, time.time.selected_time];
  say({ heard: `submit ${body.user.id} ${said.join(' ')}` });
});
app.error(async (error) => say({ heard: `error ${error.message}` }));

const server = await app.start({ port: 0, host: '127.0.0.1' });
say({ url: `http://127.0.0.1:${server.address().port}` });
process.stdin.resume();
process.stdin.on('end', () => process.exit());
