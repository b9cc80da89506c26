// A wallet made of libraries that are not ours, for the tests of docs/partners/wallets.md.
//
//     node wallet.mjs FOLDER openid  '{"offer": …, "digits": …, "configuration": …, "alg": "EdDSA", "binding": "did", "twist": null}'
//     node wallet.mjs FOLDER vcapi   '{"address": …, "suite": "Ed25519Signature2020"}'
//
// FOLDER is where the libraries are installed. It says as one line of JSON what came of it: the credential, or the last answer that was an
// error. A twist does one thing wrongly. Keys are of this run only, or the one of "seed".
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, command, asked] = process.argv.slice(2);
const load = (name, entry) => import(pathToFileURL(path.join(path.resolve(folder), 'node_modules', name, entry)));
const wish = JSON.parse(asked);

const answers = [];
async function recording(url, options) {
  const response = await fetch(url, options);
  const text = await response.clone().text();
  answers.push({ status: response.status, text, url: String(url) });
  return response;
}

function lastAnswer() {
  const { status, text } = answers.at(-1);
  try {
    return { status, ...JSON.parse(text) };
  } catch {
    return { status, text };
  }
}

// RFC 8032 key from a seed: the PKCS #8 wrapping is always the same 16 bytes.
function ed25519(seed) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

function newKey(alg, seed) {
  const privateKey = alg === 'EdDSA'
    ? ed25519(seed ? Buffer.from(seed, 'hex') : randomBytes(32))
    : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  return { alg, privateKey, publicJwk: createPublicKey(privateKey).export({ format: 'jwk' }) };
}

async function didKeyOf({ alg, publicJwk }) {
  const { encode } = await load('base58-universal', 'lib/index.js');
  const x = Buffer.from(publicJwk.x, 'base64url');
  const odd = alg === 'ES256' && Buffer.from(publicJwk.y, 'base64url').at(-1) % 2;
  const bytes = alg === 'EdDSA'
    ? Buffer.concat([Buffer.from([0xed, 0x01]), x])
    : Buffer.concat([Buffer.from([0x80, 0x24, odd ? 3 : 2]), x]);
  return `did:key:z${encode(bytes)}`;
}

async function openid() {
  const { Openid4vciClient, setGlobalConfig, clientAuthenticationAnonymous } = await wallets();
  setGlobalConfig({ allowInsecureUrls: true }); // this service is on this machine, without TLS
  const key = newKey(wish.alg, wish.seed);
  const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signJwt = async (_signer, { header, payload }) => {
    const input = `${base64url(header)}.${base64url(payload)}`;
    const options = key.alg === 'EdDSA' ? key.privateKey : { key: key.privateKey, dsaEncoding: 'ieee-p1363' };
    const signature = sign(key.alg === 'EdDSA' ? null : 'sha256', Buffer.from(input), options);
    return { jwt: `${input}.${signature.toString('base64url')}`, signerJwk: key.publicJwk };
  };
  const client = new Openid4vciClient({
    callbacks: {
      fetch: recording,
      signJwt,
      generateRandom: (count) => randomBytes(count),
      hash: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
      clientAuthentication: clientAuthenticationAnonymous(),
    },
  });

  const credentialOffer = await client.resolveCredentialOffer(wish.offer);
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
  const exchange = (txCode) =>
    client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer, issuerMetadata, txCode });
  if (wish.twist === 'locked-digits') {
    for (let tries = 0; tries < 5; tries++) await exchange('000000').catch(() => undefined);
  }
  const { accessTokenResponse } = await exchange(wish.twist === 'wrong-digits' ? '000000' : wish.digits);
  if (wish.twist === 'replayed-code') return void (await exchange(wish.digits));
  const accessToken = accessTokenResponse.access_token;

  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata });
  const did = await didKeyOf(key);
  const signer = wish.binding === 'jwk'
    ? { method: 'jwk', alg: key.alg, publicJwk: key.publicJwk }
    : { method: 'did', alg: key.alg, didUrl: `${did}#${did.slice('did:key:'.length)}` };
  const other = { ...issuerMetadata.credentialIssuer, credential_issuer: 'https://other.example' };
  const { jwt } = await client.createCredentialRequestJwtProof({
    issuerMetadata: wish.twist === 'other-audience' ? { ...issuerMetadata, credentialIssuer: other } : issuerMetadata,
    credentialConfigurationId: wish.configuration,
    signer,
    nonce: wish.twist === 'bad-nonce' ? 'invented' : nonce,
  });
  if (wish.twist === 'unknown-configuration' || wish.twist === 'token-in-query') {
    // the library asks for no such thing, so it is asked for by hand
    const inQuery = wish.twist === 'token-in-query';
    const url = issuerMetadata.credentialIssuer.credential_endpoint + (inQuery ? `?access_token=${accessToken}` : '');
    const headers = { 'Content-Type': 'application/json', ...(inQuery ? {} : { Authorization: `Bearer ${accessToken}` }) };
    const body = { credential_configuration_id: inQuery ? wish.configuration : 'Unknown', proofs: { jwt: [jwt] } };
    return void (await recording(url, { method: 'POST', headers, body: JSON.stringify(body) }));
  }
  const { credentialResponse } = await client.retrieveCredentials({
    issuerMetadata,
    accessToken,
    credentialConfigurationId: wish.configuration,
    ...(wish.twist === 'no-proof' ? {} : { proofs: { jwt: [jwt] } }),
  });
  await client.sendNotification({
    issuerMetadata,
    accessToken,
    notification: { notificationId: credentialResponse.notification_id, event: 'credential_accepted' },
  });
  return { credential: credentialResponse.credentials[0].credential, version: issuerMetadata.originalDraftVersion, did };
}

async function wallets() {
  const vci = await load('@openid4vc/openid4vci', 'dist/index.mjs');
  const oauth2 = await load('@openid4vc/oauth2', 'dist/index.mjs');
  return { ...oauth2, ...vci };
}

// The order of messages, the parameters of the presentation and of its proof are those of the Learner Credential Wallet.
async function vcapi() {
  const vc = await load('@digitalcredentials/vc', 'lib/index.js');
  const { securityLoader } = await load('@digitalcredentials/security-document-loader', 'dist/index.js');
  const documentLoader = securityLoader().build();
  const json = (body) => ({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

  const invitation = await (await recording(wish.address, { headers: { Accept: 'application/json' } })).json();
  const url = invitation.protocols.vcapi;
  const { verifiablePresentationRequest: request } = await (await recording(url, json({}))).json();
  const queries = [request.query].flat();
  if (queries.length !== 1 || queries[0].type !== 'DIDAuthentication') throw new Error('another query than DIDAuthentication');
  const { did, suite, presentation } = await (wish.suite === 'Ed25519Signature2020' ? legacy(vc) : dataIntegrity());
  const verifiablePresentation = await vc.signPresentation({
    presentation, challenge: request.challenge, domain: wish.twist === 'other-domain' ? 'https://other.example' : request.domain, suite, documentLoader,
  });
  const address = request.interact?.service[0]?.serviceEndpoint ?? url;
  const given = await recording(address, json({ verifiablePresentation }));
  const again = wish.twist === 'replay' ? await recording(address, json({ verifiablePresentation })) : given;
  if (!again.ok) return undefined;
  const { verifiablePresentation: offered } = await given.json();
  return { credential: [offered.verifiableCredential].flat()[0], did };
}

async function legacy(vc) {
  const { Ed25519Signature2020 } = await load('@digitalcredentials/ed25519-signature-2020', 'lib/index.js');
  const { Ed25519VerificationKey2020 } = await load('@digitalcredentials/ed25519-verification-key-2020', 'dist/index.js');
  const key = await Ed25519VerificationKey2020.generate();
  const did = `did:key:${key.publicKeyMultibase}`;
  Object.assign(key, { controller: did, id: `${did}#${key.publicKeyMultibase}` });
  const presentation = await vc.createPresentation({ holder: did, verify: false });
  return { did, presentation, suite: new Ed25519Signature2020({ signer: key.signer() }) };
}

async function dataIntegrity() {
  const { DataIntegrityProof } = await load('@digitalbazaar/data-integrity', 'lib/index.js');
  const { cryptosuite } = await load('@digitalbazaar/eddsa-rdfc-2022-cryptosuite', 'lib/index.js');
  const { generate } = await load('@digitalbazaar/ed25519-multikey', 'lib/index.js');
  const key = await generate();
  const did = `did:key:${key.publicKeyMultibase}`;
  Object.assign(key, { controller: did, id: `${did}#${key.publicKeyMultibase}` });
  const presentation = { '@context': ['https://www.w3.org/ns/credentials/v2'], type: ['VerifiablePresentation'], holder: did };
  return { did, presentation, suite: new DataIntegrityProof({ signer: key.signer(), cryptosuite }) };
}

let result;
try {
  result = await { openid, vcapi }[command]();
} catch (error) {
  if (!answers.length || answers.at(-1).status < 400) throw error;
}
console.log(JSON.stringify(result ? { ok: true, ...result } : { ok: false, ...lastAnswer() }));
