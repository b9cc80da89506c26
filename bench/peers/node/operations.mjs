// What Node is measured at: each operation of the JavaScript libraries as a function of one text, made ready by `prepare`.
// The contexts and every document come from the material that the Python side wrote; nothing is fetched.
import {readFileSync} from 'node:fs';

export const readMaterial = file => JSON.parse(readFileSync(file, 'utf8'));

// The same objects every time: jsonld.js keeps contexts that it has processed.
const loaderOf = material => {
  const known = new Map([...Object.entries(material.contexts), ...Object.entries(material.documents)]);
  for(const document of Object.values(material.documents)) {
    for(const method of document.verificationMethod ?? []) {
      known.set(method.id, {'@context': 'https://w3id.org/security/multikey/v1', ...method});
    }
  }
  return async url => {
    if(!known.has(url)) throw new Error(`not in the material: ${url}`);
    return {contextUrl: null, documentUrl: url, document: known.get(url)};
  };
};

const must = result => {
  if(!result.verified) throw result.error ?? result.statusResult?.error ?? new Error('not verified');
  return result;
};

async function dataIntegrity(material) {
  const vc = await import('@digitalbazaar/vc');
  const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
  const {cryptosuite} = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
  const Ed25519Multikey = await import('@digitalbazaar/ed25519-multikey');
  return {vc, DataIntegrityProof, cryptosuite, Ed25519Multikey, documentLoader: loaderOf(material)};
}

async function selective(material) {
  const vc = await import('@digitalbazaar/vc');
  const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
  const suites = await import('@digitalbazaar/ecdsa-sd-2023-cryptosuite');
  const EcdsaMultikey = await import('@digitalbazaar/ecdsa-multikey');
  return {vc, DataIntegrityProof, suites, EcdsaMultikey, documentLoader: loaderOf(material)};
}

const jwtSigner = alg => async material => {
  const jose = await import('jose');
  const {privateJwk, kid} = material.jose[alg];
  const key = await jose.importJWK(privateJwk, alg);
  const encoder = new TextEncoder();
  return text => new jose.CompactSign(encoder.encode(JSON.stringify(JSON.parse(text))))
    .setProtectedHeader({alg, kid, typ: 'JWT'}).sign(key);
};

const jwtVerifier = alg => async material => {
  const jose = await import('jose');
  const key = await jose.importJWK(material.jose[alg].publicJwk, alg);
  const currentDate = new Date(material.now);
  return text => jose.jwtVerify(text, key, {algorithms: [alg], currentDate});
};

const preparing = {
  issue: async material => {
    const {vc, DataIntegrityProof, cryptosuite, Ed25519Multikey, documentLoader} = await dataIntegrity(material);
    const key = await Ed25519Multikey.from(material.ed25519);
    const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite, date: null});
    return text => vc.issue({credential: JSON.parse(text), suite, documentLoader});
  },
  verify: async material => {
    const {vc, DataIntegrityProof, cryptosuite, documentLoader} = await dataIntegrity(material);
    const suite = new DataIntegrityProof({cryptosuite}), now = new Date(material.now);
    const checkStatus = async () => ({verified: true});
    return async text => must(await vc.verifyCredential({credential: JSON.parse(text), suite, documentLoader, checkStatus, now}));
  },
  'verify-status': async material => {
    const {vc, DataIntegrityProof, cryptosuite, documentLoader} = await dataIntegrity(material);
    const status = await import('@digitalbazaar/vc-bitstring-status-list');
    const suite = new DataIntegrityProof({cryptosuite}), now = new Date(material.now);
    const checkStatus = async options => {
      const result = must(await status.checkStatus({...options, documentLoader, suite,
        verifyBitstringStatusListCredential: true, verifyMatchingIssuers: true}));
      if(result.results.some(one => one.status)) throw new Error('revoked');
      return result;
    };
    return async text => must(await vc.verifyCredential({credential: JSON.parse(text), suite, documentLoader, checkStatus, now}));
  },
  canonize: async material => {
    const {cryptosuite, documentLoader} = await dataIntegrity(material);
    return text => cryptosuite.canonize(JSON.parse(text), {documentLoader});
  },
  'sd-base': async material => {
    const {vc, DataIntegrityProof, suites, EcdsaMultikey, documentLoader} = await selective(material);
    const key = await EcdsaMultikey.from(material.p256);
    const cryptosuite = suites.createSignCryptosuite({mandatoryPointers: material.mandatory});
    const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite, date: null});
    return text => vc.issue({credential: JSON.parse(text), suite, documentLoader});
  },
  'sd-derive': async material => {
    const {vc, DataIntegrityProof, suites, documentLoader} = await selective(material);
    const cryptosuite = suites.createDiscloseCryptosuite({selectivePointers: material.reveal});
    const suite = new DataIntegrityProof({cryptosuite});
    return text => vc.derive({verifiableCredential: JSON.parse(text), suite, documentLoader});
  },
  'sd-verify': async material => {
    const {vc, DataIntegrityProof, suites, documentLoader} = await selective(material);
    const suite = new DataIntegrityProof({cryptosuite: suites.createVerifyCryptosuite()}), now = new Date(material.now);
    const checkStatus = async () => ({verified: true});
    return async text => must(await vc.verifyCredential({credential: JSON.parse(text), suite, documentLoader, checkStatus, now}));
  },
  'sign-RS256': jwtSigner('RS256'), 'sign-ES256': jwtSigner('ES256'),
  'verify-RS256': jwtVerifier('RS256'), 'verify-ES256': jwtVerifier('ES256')
};

export const prepare = (operation, material) => preparing[operation](material);
