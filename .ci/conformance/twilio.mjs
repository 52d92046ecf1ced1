// Twilio's own helper judges signatures, and writes TwiML.
//
// stdin:  [{token, url, params, signature}], a value of params is a string, or an array where the field is repeated;
//         or [{twiml}], an element {name, attributes, text, children} of a call's answer
// stdout: [{expected, valid}]: the signature that Twilio would send, and whether the given one is Twilio's;
//         or [{xml}]: the answer as the helper writes it
import { text } from 'node:stream/consumers';
import twilio from 'twilio';

// fill adds the children of an element to it, as the helper makes them.
function fill(element, children = []) {
  for (const { name, attributes, text, children: inner } of children) {
    const add = element[name.toLowerCase()];
    if (!add) throw new Error(`${name} is no element here`);
    fill(add.call(element, attributes, text), inner);
  }
  return element;
}

const cases = JSON.parse(await text(process.stdin));
const verdicts = cases.map(({ token, url, params, signature, twiml }) => (twiml
  ? { xml: fill(new twilio.twiml.VoiceResponse(), twiml.children).toString() }
  : {
    expected: twilio.getExpectedTwilioSignature(token, url, params),
    valid: twilio.validateRequest(token, signature, url, params),
  }));
process.stdout.write(JSON.stringify(verdicts));
