// Twilio's own helper judges signatures.
//
// stdin:  [{token, url, params, signature}], a value of params is a string, or an array where the field is repeated
// stdout: [{expected, valid}]: the signature that Twilio would send, and whether the given one is Twilio's
import { text } from 'node:stream/consumers';
import twilio from 'twilio';

const cases = JSON.parse(await text(process.stdin));
const verdicts = cases.map(({ token, url, params, signature }) => ({
  expected: twilio.getExpectedTwilioSignature(token, url, params),
  valid: twilio.validateRequest(token, signature, url, params),
}));
process.stdout.write(JSON.stringify(verdicts));
