"""What one verification may ask the world, and whose key it finds there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.fetching import Fetched, FetchError
from okbadges.credentials.jwt_signing import sign_vc_jwt
from okbadges.errors import CredentialError
from okbadges.verification.resolve import Documents, controller_document, controllers_key
from verification.making import NOW, Maker, World, check, credential, outcome_of, world_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from okbadges.credentials.signers import Signer

URL = "https://issuer.example/x"


def code_when(action: Callable[[], object]) -> str:
    """Return the code of the error that is raised."""
    with pytest.raises(CredentialError) as refusal:
        action()
    return refusal.value.code


def test_each_url_is_asked_once() -> None:
    """The second look at a document, and at one that cannot be had, costs no second fetch."""
    world = World({URL: {"a": 1}})
    documents = Documents(world)
    assert documents.get(URL) == documents.get(URL) == b'{"a":1}'
    for _ in range(2):
        assert code_when(lambda: documents.get("https://gone.example/")) == "unreachable"
    assert world.asked == [URL, "https://gone.example/"]


def test_fetches_are_counted() -> None:
    """A credential that names many hosts gets eight answers at most."""
    world = World({f"https://h{number}.example/": {} for number in range(20)})
    documents = Documents(world)
    for number in range(8):
        documents.get(f"https://h{number}.example/")
    assert code_when(lambda: documents.get("https://h9.example/")) == "too-many-fetches"
    assert len(world.asked) == 8


def test_bytes_are_counted_together() -> None:
    """Many large answers are cut off as one too large answer is."""
    documents = Documents(World({f"https://h{n}.example/": bytes(600) for n in range(3)}), max_bytes=1_000)
    documents.get("https://h0.example/")
    assert code_when(lambda: documents.get("https://h1.example/")) == "too-large"
    assert Documents(World({URL: bytes(1_000)}), max_bytes=1_000).get(URL) == bytes(1_000)


@pytest.mark.parametrize("status", [204, 302, 404, 500])
def test_only_200_is_an_answer(status: int) -> None:
    """Any other status leaves the question open."""
    assert code_when(lambda: Documents(World({URL: Fetched(status, {}, b"{}")})).get(URL)) == "unreachable"


@pytest.mark.parametrize(
    "url", ["http://issuer.example/x", "file:///etc/passwd", "", "//issuer.example", "https//x", "http://[x"]
)
def test_only_https_is_asked(url: str) -> None:
    """Other schemes never reach the fetch function; plain http does so for this machine alone, where the fetcher decides."""
    world = World({"http://localhost:8000/x": {}})
    assert code_when(lambda: Documents(world).get(url)) == "url-not-allowed"
    assert world.asked == []
    assert Documents(world).get("http://localhost:8000/x") == b"{}"


def test_whatever_a_fetch_function_raises_is_no_answer() -> None:
    """A caller's own fetch may fail in its own way."""

    def broken(url: str) -> Fetched:
        raise KeyError(url)

    assert code_when(lambda: Documents(broken).get(URL)) == "unreachable"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"a":1,"a":2}', b"", b"[" * 5_000])
def test_a_document_that_is_no_strict_json_is_no_answer(body: bytes) -> None:
    """A login page or a document with doubled members proves nothing about the issuer."""
    assert code_when(lambda: Documents(World({URL: body})).get_json(URL)) == "not-json"


def test_a_did_web_is_looked_up_where_its_name_says() -> None:
    """The document of a did:web is asked at exactly one URL."""
    maker = Maker.by_web()
    world = world_of(maker)
    assert controller_document(maker.did, Documents(world)) == maker.did_document()
    assert world.asked == ["https://issuer.example/issuers/house/did.json"]


def test_a_did_web_of_this_machine_is_asked_over_http() -> None:
    """In development the issuer is on localhost; whether it may be asked is for the fetch function to decide."""
    world = World({"http://localhost:8000/issuers/demo/did.json": {"id": "x"}})
    assert controller_document("did:web:localhost%3A8000:issuers:demo", Documents(world)) == {"id": "x"}


def test_a_did_key_is_not_looked_up_at_all() -> None:
    """The key is in the name."""
    world, maker = World(), Maker.by_key()
    key = controllers_key(maker.did, maker.method, Documents(world), now=NOW)
    assert key == maker.signer.public_key
    assert world.asked == []


@pytest.mark.parametrize("issuer", ["did:foo:bar", "urn:uuid:1", "not a name", "https://issuer.example/x#part"])
def test_other_identifiers_cannot_be_looked_up(issuer: str) -> None:
    """An identifier whose keys cannot be found leaves the question open, as `FetchError`."""
    with pytest.raises(FetchError) as refusal:
        controller_document(issuer, Documents(World()))
    assert refusal.value.code == "did-unsupported"


def test_a_key_of_another_is_refused_before_anything_is_asked() -> None:
    """The verification method must begin with the issuer's own identifier."""
    maker, other = Maker.by_web(), Maker.by_web("did:web:evil.example")
    world = world_of(maker, other)
    assert code_when(lambda: controllers_key(maker.did, other.method, Documents(world), now=NOW)) == "key-not-issuers"
    assert world.asked == []


def changed(maker: Maker, **members: Any) -> World:
    """Return a world in which the issuer's document has other members."""
    return World({"https://issuer.example/issuers/house/did.json": {**maker.did_document(), **members}})


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"assertionMethod": []}, "purpose-mismatch"),
        ({"id": "did:web:evil.example"}, "did-document-mismatch"),
        ({"verificationMethod": []}, "key-not-issuers"),
    ],
)
def test_the_document_must_let_the_key_assert(members: dict[str, Any], code: str) -> None:
    """A key that is not listed, not for asserting, or in a document of another name is not the issuer's."""
    maker = Maker.by_web()
    documents = Documents(changed(maker, **members))
    assert code_when(lambda: controllers_key(maker.did, maker.method, documents, now=NOW)) == code


def test_every_answer_that_is_none_names_its_address() -> None:
    """Whoever saves documents for later must be told which one is missing, whatever kept it away."""
    long = f"{URL}?{'x' * 300}"
    world = World({URL: b"<html>", f"{URL}/2": Fetched(404, {}, b""), f"{URL}/3": b"[]"})
    for url in (URL, f"{URL}/2", f"{URL}/3", f"{URL}/4", "ftp://issuer.example/x"):
        with pytest.raises(FetchError) as refused:
            Documents(world).get_json(url)
        assert refused.value.detail.startswith(f"{url}: ")
    with pytest.raises(FetchError) as refused:
        Documents(world).get(long)
    assert refused.value.detail == f"{long[:200]}: no such host"
    with pytest.raises(FetchError) as refused:
        Documents(World({URL: bytes(9)}), max_bytes=8).get(URL)
    assert refused.value.detail.startswith(f"{URL}: ")


def test_a_document_is_read_once_however_many_ask_for_it() -> None:
    """Four proofs whose keys stand in one large document cost one reading of it; one that is no JSON stays none."""
    world = World({URL: {"a": 1}, f"{URL}/2": b"[]"})
    documents = Documents(world)
    assert documents.get_json(URL) is documents.get_json(URL)
    for _ in range(2):
        assert code_when(lambda: documents.get_json(f"{URL}/2")) == "not-json"
    assert world.asked == [URL, f"{URL}/2"]


PROFILE = "https://issuer.example/profile/1"
KEY_PAGE = "https://issuer.example/keys/1"
ON_THE_WEB = Maker(PROFILE, Maker.by_key().signer, KEY_PAGE)


def own_page(**changes: Any) -> dict[str, Any]:
    """Return the document of an issuer on the web that states a key with an address of its own."""
    multikey = {"type": "Multikey", "publicKeyMultibase": ON_THE_WEB.signer.public_key.multibase()}
    method = {"id": KEY_PAGE, "controller": PROFILE, **multikey}
    return {"id": PROFILE, "verificationMethod": [method], "assertionMethod": [KEY_PAGE], **changes}


def test_a_proof_may_name_a_key_that_the_issuers_own_page_states() -> None:
    """The badge holds, and nothing but the issuer's own page was asked, also where the key's own address says another thing."""
    world = World({PROFILE: own_page(), KEY_PAGE: {"id": KEY_PAGE, "controller": "https://evil.example"}})
    assert check(ON_THE_WEB.badge(), world).verdict == "VALID"
    assert world.asked == [PROFILE]


@pytest.mark.parametrize(
    "changes",
    [
        {"verificationMethod": []},
        {"verificationMethod": [{**own_page()["verificationMethod"][0], "controller": "https://evil.example/p"}]},
        {"verificationMethod": [{**own_page()["verificationMethod"][0], "id": "https://evil.example/keys/1"}]},
        {"assertionMethod": []},
        {"assertionMethod": [], "authentication": [KEY_PAGE]},
    ],
)
def test_a_proof_by_a_key_that_the_issuers_own_page_does_not_state_fails(changes: dict[str, Any]) -> None:
    """A mere name of a key is never followed, even to the issuer's own origin, where others may be able to put pages."""
    elsewhere = own_page()["verificationMethod"][0]
    world = World({PROFILE: own_page(**changes), KEY_PAGE: elsewhere})
    report = check(ON_THE_WEB.badge(), world)
    assert (report.verdict, outcome_of(report, "issuer-key")[0]) == ("INVALID", "failed")
    assert world.asked == [PROFILE]


@pytest.mark.parametrize(
    "method",
    [
        "https://evil.example/keys/1",
        "did:web:issuer.example#key-1",
        Maker.by_key().method,
        "http://issuer.example/keys/1",
    ],
)
def test_a_proof_by_a_key_of_another_name_fails_before_anything_is_asked(method: str) -> None:
    """Not even the issuer's own page can make a key at another origin, or of another DID, its own."""
    stated = {**own_page()["verificationMethod"][0], "id": method}
    world = World({PROFILE: own_page(verificationMethod=[stated], assertionMethod=[method])})
    report = check(ON_THE_WEB.sign(credential(PROFILE), method=method), world)
    assert (report.verdict, outcome_of(report, "issuer-key")) == ("INVALID", ("failed", "key-not-issuers"))
    assert world.asked == []


def jwt_by(signer: Signer, key_id: str) -> bytes:
    """Return a badge of the issuer on the web as a JWT."""
    return sign_vc_jwt(credential(PROFILE, id="urn:uuid:1"), signer=signer, key_id=key_id).encode()


def test_a_jwt_may_name_the_address_of_a_multikey() -> None:
    """At the issuer's origin, with the issuer as its controller, it counts as a bare JWK does there."""
    multikey = own_page()["verificationMethod"][0]
    jwt = jwt_by(ON_THE_WEB.signer, KEY_PAGE)
    assert check(jwt, World({KEY_PAGE: multikey})).verdict == "VALID"
    for changes in ({"controller": "https://issuer.example/profile/2"}, {"id": PROFILE}, {"controller": None}):
        report = check(jwt, World({KEY_PAGE: {**multikey, **changes}}))
        assert (report.verdict, outcome_of(report, "issuer-key")) == ("INVALID", ("failed", "key-not-issuers"))
    ended = check(jwt, World({KEY_PAGE: {**multikey, "revoked": "2026-11-02T12:00:00Z"}}))
    assert outcome_of(ended, "issuer-key") == ("failed", "key-revoked")


def test_a_jwt_cannot_name_a_multikey_elsewhere() -> None:
    """A Multikey at another origin says itself whose it is, which proves nothing; nobody asks for it."""
    elsewhere = "https://evil.example/keys/1"
    world = World({elsewhere: {**own_page()["verificationMethod"][0], "id": elsewhere}, PROFILE: own_page()})
    report = check(jwt_by(ON_THE_WEB.signer, elsewhere), world)
    assert (report.verdict, outcome_of(report, "issuer-key")) == ("INVALID", ("failed", "key-not-issuers"))
    assert world.asked == []


def test_a_key_carried_along_is_looked_for_among_few_keys_only() -> None:
    """A document that lists thousands of keys is refused, not compared key by key."""
    maker = Maker.by_web()
    document = maker.did_document()
    document["verificationMethod"] *= 65
    jwt = sign_vc_jwt(credential(maker.did, id="urn:uuid:1"), signer=maker.signer, key_id=None)
    report = check(jwt.encode(), changed(maker, verificationMethod=document["verificationMethod"]))
    assert (report.verdict == "VALID", outcome_of(report, "issuer-key")[1]) == (False, "too-many-keys")
