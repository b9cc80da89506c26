// An independent OpenID Connect provider on this machine, for the tests of signing in: anybody signs in under the name that they type.
//
//     node provider.mjs FOLDER PORT REDIRECT_URI
//
// FOLDER is where oidc-provider is installed, PORT where it listens (127.0.0.1), REDIRECT_URI where its one client is led back to. It
// says "ready" and runs until its standard input ends.
import { generateKeyPairSync } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, port, redirectUri] = process.argv.slice(2);
const entry = path.join(path.resolve(folder), 'node_modules/oidc-provider/lib/index.js');
const { Provider } = await import(pathToFileURL(entry));

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'okbadges', client_secret: 'a secret of + % and :', redirect_uris: [redirectUri] }],
  cookies: { keys: ['of this run only'] },
  jwks: { keys: [{ ...key, kid: 'of this run', use: 'sig', alg: 'RS256' }] },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
process.stdin.on('end', () => process.exit(0)).resume();
