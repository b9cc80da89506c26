"""``/sign-in/with/{provider}``: signing in with an account, and everything for which an answer does not count."""

from __future__ import annotations

import base64
import hmac
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import text
from starlette.responses import PlainTextResponse

from okbadges.edge.away import Away, remember
from okbadges.edge.limits import Allowance, Limits, Rate
from okbadges.integrations.providers import AT_ONCE
from okbadges.organisations.members import leave
from okbadges.organisations.workshops import find_organisation
from okbadges.storage.sealing import Secrets
from support.corrections import side_by_side
from support.groups import Journal
from support.members import (
    AWAY,
    COOKIE,
    connected_browser,
    go_and_return,
    go_to_provider,
    is_signed_in,
    new_link,
    signed_in_browser,
)
from support.passport import browser
from support.provider import BACK, CLIENT_SECRET, SUBJECT, let_in, make_token, new_key, running_provider
from support.world import BASE_URL, on_both_databases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi.testclient import TestClient
    from httpx2 import Response

    from support.provider import ScriptedProvider
    from support.world import World


@pytest.fixture
def oma(world: World) -> Iterator[ScriptedProvider]:
    """Return a provider with which members of this world can sign in."""
    with running_provider(world.clock) as script:
        let_in(world, script.provider())
        yield script


def unpadded(data: bytes) -> str:
    """Return bytes as tokens have them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def said(answer: Response) -> str:
    """Return the heading of a page."""
    found = re.search(r"<h1>([^<]+)</h1>", answer.text)
    assert found is not None, answer.text
    return found[1]


def refused(client: TestClient, answer: Response, status: int, heading: str, case: object = None) -> None:
    """Assert that an answer did not sign anybody in, and how the page says it."""
    assert (answer.status_code, said(answer)) == (status, heading), case
    assert answer.headers["cache-control"] == "no-store"
    assert COOKIE not in client.cookies
    assert not is_signed_in(client)


UNSURE = (403, "Emme voi olla varmoja, kuka olet")
AGAIN = (403, "Aloita kirjautuminen uudestaan")
CLOCKS = (403, "Kellot näyttävät eri aikaa")
SETUP = (403, "Kirjautuminen tilillä ei toimi")
SILENT = (503, "Tilien palvelu ei vastaa")


@on_both_databases
def test_it_works(world: World, oma: ScriptedProvider) -> None:
    """Iida connects her account with a link and is signed in; later the account alone is enough, in any browser."""
    journal, client = Journal(world), browser(world)
    link = new_link(world)
    page = client.get(f"/sign-in/{link}")
    assert "Liitä tili:&nbsp;Oma tunnus" in page.text
    answer = go_and_return(client, oma, link=link, device="own")
    assert (answer.status_code, answer.headers["location"]) == (303, "/workshop")
    assert is_signed_in(client)
    iida = f"member:{world.keys.iida_id}"
    assert journal.news() == [
        ("sign-in-link.made", iida, {}),
        ("member.account-connected", iida, {"provider": "oma"}),
        ("sign-in.began", iida, {"signed_in_with": "oma"}),
    ]
    other = browser(world)
    assert "Kirjaudu:&nbsp;Oma tunnus" in other.get("/sign-in").text
    answer = go_and_return(other, oma, next="/workshop/me")
    assert (answer.status_code, answer.headers["location"]) == (303, "/workshop/me")
    assert is_signed_in(other)
    assert journal.news() == [("sign-in.began", iida, {"signed_in_with": "oma"})]


@pytest.mark.usefixtures("oma")
def test_what_the_provider_is_asked(world: World) -> None:
    """A code with PKCE, a state and a nonce of their own each time, and no more than the operator wants to know."""
    first, second = (go_to_provider(browser(world)) for _ in range(2))
    asked = parse_qs(urlsplit(first).query, strict_parsing=True)
    once = {name: asked.pop(name)[0] for name in ("state", "nonce", "code_challenge")}
    assert asked == {
        "response_type": ["code"],
        "client_id": ["okbadges"],
        "redirect_uri": [BACK],
        "scope": ["openid"],
        "code_challenge_method": ["S256"],
        "ui_locales": ["fi"],
    }
    assert len(set(once.values())) == 3
    assert all(len(word) == 43 for word in once.values())
    assert not any(word in second for word in once.values())


def test_who_connects_signs_in_anew(world: World, oma: ScriptedProvider) -> None:
    """Nobody connects the account that somebody else left open in this browser; and what the operator set is asked for."""
    let_in(world, oma.provider(acr_values=("mfa", "hw"), max_age=0, scopes=("openid", "acr")))
    asked = parse_qs(urlsplit(go_to_provider(browser(world), link=new_link(world))).query)
    assert [asked[name] for name in ("prompt", "acr_values", "max_age", "scope")] == [
        ["login"],
        ["mfa hw"],
        ["0"],
        ["openid acr"],
    ]


def test_the_way_is_for_this_browser_alone(world: World, oma: ScriptedProvider) -> None:
    """A cookie for ten minutes that no script sees; the page that leads on is kept by nobody and says no referrer."""
    client = browser(world)
    answer = client.post("/sign-in/with/oma", data={})
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{AWAY}=")
    for word in ("httponly", "samesite=lax", "path=/", "max-age=600"):
        assert word in cookie
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    back = client.get(BACK, params=oma.sign_in(answer.headers["refresh"].removeprefix("0; url=")))
    assert AWAY not in client.cookies
    assert back.status_code == 404


def test_the_cookie_is_bound_to_https(world: World) -> None:
    """Where the service is https its cookie is for this host only, and never sent in the clear."""
    rooms = replace(world.rooms, base_url="https://badges.example")
    way = Away("oma", "s", "n", "v", 0, own_device=False, to="/workshop", language="fi")
    answer = PlainTextResponse()
    remember(rooms, answer, way)
    assert answer.headers["set-cookie"].startswith("__Host-okbadges-away=")
    assert "; Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_site_sends_nobody_to_a_provider(world: World, oma: ScriptedProvider, headers: dict[str, str]) -> None:
    """Only a form of ours begins; the address of the form alone leads to where one signs in."""
    client = browser(world)
    answer = client.post("/sign-in/with/oma", data={"link": new_link(world)}, headers=headers)
    assert (answer.status_code, oma.asked) == (403, [])
    assert "set-cookie" not in answer.headers
    answer = client.get("/sign-in/with/oma?lang=sv")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?lang=sv")


def test_an_answer_counts_where_it_was_asked_for(world: World, oma: ScriptedProvider) -> None:
    """Whoever is sent an address with somebody else's answer is not signed in as them, whatever way they are on themselves."""
    connected_browser(world, oma)
    theirs = oma.sign_in(go_to_provider(browser(world)))
    victim = browser(world)
    refused(victim, victim.get(BACK, params=theirs), *AGAIN)
    go_to_provider(victim)
    refused(victim, victim.get(BACK, params=theirs), *AGAIN)
    # nor did that spoil the victim's own way
    assert AWAY in victim.cookies


@pytest.mark.parametrize("state", ["", "x", "ä", "a" * 7000])
def test_a_wrong_state(world: World, oma: ScriptedProvider, state: str) -> None:
    """An answer to nothing is no answer; the provider is not asked about its code."""
    connected_browser(world, oma)
    client = browser(world)
    sent = oma.sign_in(go_to_provider(client))
    oma.asked.clear()
    refused(client, client.get(BACK, params={**sent, "state": state}), *AGAIN)
    assert oma.asked == []


def test_a_code_counts_once(world: World, oma: ScriptedProvider) -> None:
    """Neither does the same answer count twice in this browser, nor for whoever kept the cookie too: then the provider says no."""
    connected_browser(world, oma)
    client = browser(world)
    sent = oma.sign_in(go_to_provider(client))
    kept = client.cookies[AWAY]
    assert client.get(BACK, params=sent).status_code == 303
    again = browser(world)
    refused(again, again.get(BACK, params=sent), *AGAIN)
    again.cookies.set(AWAY, kept)
    refused(again, again.get(BACK, params=sent), *AGAIN)


@pytest.mark.parametrize(("minutes", "counts"), [(10, True), (11, False), (-1, False)])
def test_a_way_ends(world: World, oma: ScriptedProvider, minutes: int, *, counts: bool) -> None:
    """Ten minutes are enough to sign in somewhere; a clock that was put back makes no way longer."""
    connected_browser(world, oma)
    client = browser(world)
    sent = oma.sign_in(go_to_provider(client))
    kept = client.cookies[AWAY]
    world.clock.move(minutes=minutes)
    answer = browser(world).get(BACK, params=sent, headers={"Cookie": f"{AWAY}={kept}"})
    assert answer.status_code == (303 if counts else 403)


def test_a_forged_way_is_none(world: World, oma: ScriptedProvider) -> None:
    """Another tag, another installation's secret, another member, and nonsense: nothing counts, and nothing breaks."""
    connected_browser(world, oma)
    client = browser(world)
    sent = oma.sign_in(go_to_provider(client))
    words, _, tag = client.cookies[AWAY].partition(".")
    told = json.loads(base64.urlsafe_b64decode(words + "=="))
    other = unpadded(json.dumps({**told, "member": world.keys.aino_id.hex}).encode())
    forged = [
        f"{other}.{tag}",
        f"{words}.{tag[:-1]}{'A' if tag[-1] != 'A' else 'B'}",
        f"{words}.{Secrets(bytes(range(1, 33))).visit_tag(f'away.{words}')}",
        f"{words}.{world.rooms.secrets.visit_tag(words)}",
        f"{words}.",
        words,
        "..",
        "x" * 4000,
        # what this service did write, in another version of it
        f"e30.{world.rooms.secrets.visit_tag('away.e30')}",
        f"W10.{world.rooms.secrets.visit_tag('away.W10')}",
        f"e.{world.rooms.secrets.visit_tag('away.e')}",
    ]
    for cookie in forged:
        answer = browser(world).get(BACK, params=sent, headers={"Cookie": f"{AWAY}={cookie}"})
        assert (answer.status_code, said(answer)) == AGAIN, cookie
    assert client.get(BACK, params=sent).status_code == 303


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "ES384", "EdDSA"])
def test_each_algorithm_signs_somebody_in(world: World, oma: ScriptedProvider, algorithm: str) -> None:
    """A provider signs with what it likes, as long as it is a key of its own that others can only check with."""
    oma.rotate(algorithm)
    connected_browser(world, oma)


def test_new_keys_are_asked_for_once(world: World, oma: ScriptedProvider) -> None:
    """A provider changed its keys: they are asked for once more, and then everything is as before."""
    connected_browser(world, oma)
    oma.rotate()
    oma.asked.clear()
    assert go_and_return(browser(world), oma).status_code == 303
    assert oma.asked == ["/token", "/jwks"]
    oma.asked.clear()
    assert go_and_return(browser(world), oma).status_code == 303
    assert oma.asked == ["/token"]


def test_what_is_published_is_believed_for_an_hour(world: World, oma: ScriptedProvider) -> None:
    """After it the provider is asked again, keys and all; so it is when the clock was put back."""
    connected_browser(world, oma)
    whole = ["/.well-known/openid-configuration", "/token", "/jwks"]
    assert oma.asked == whole
    for move, asked in (({"minutes": 59}, ["/token"]), ({"minutes": 2}, whole), ({"minutes": -2}, whole)):
        oma.asked.clear()
        world.clock.move(**move)
        assert go_and_return(browser(world), oma).status_code == 303
        assert oma.asked == asked


CLAIMS: list[tuple[dict[str, Any], tuple[int, str]]] = [
    ({"nonce": "another"}, UNSURE),
    ({"nonce": None}, UNSURE),
    ({"nonce": 5}, UNSURE),
    ({"aud": "another"}, UNSURE),
    ({"aud": None}, UNSURE),
    ({"aud": []}, UNSURE),
    ({"aud": {"okbadges": 1}}, UNSURE),
    ({"aud": ["another", "third"]}, UNSURE),
    ({"aud": ["okbadges", "another"]}, UNSURE),
    ({"aud": ["okbadges", "another"], "azp": "another"}, UNSURE),
    ({"azp": "another"}, UNSURE),
    ({"iss": "https://evil.example"}, UNSURE),
    ({"iss": None}, UNSURE),
    ({"sub": None}, UNSURE),
    ({"sub": ""}, UNSURE),
    ({"sub": 5}, UNSURE),
    ({"sub": "x" * 256}, UNSURE),
    ({"exp": None}, UNSURE),
    ({"exp": "tomorrow"}, UNSURE),
    ({"iat": None}, UNSURE),
    ({"iat": "now"}, UNSURE),
    ({"exp": 1}, CLOCKS),
    ({"iat": 4_000_000_000}, CLOCKS),
    ({"nbf": 4_000_000_000}, CLOCKS),
]


def test_a_token_that_says_something_else(world: World, oma: ScriptedProvider) -> None:
    """For somebody else, by somebody else, in answer to something else, from another time: it signs nobody in."""
    connected_browser(world, oma)
    journal = Journal(world)
    for claims, answer in CLAIMS:
        oma.claims, client = claims, browser(world)
        refused(client, go_and_return(client, oma), *answer, claims)
    assert journal.news() == []


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["okbadges"]},
        {"aud": ["okbadges", "another"], "azp": "okbadges"},
        {"azp": "okbadges"},
        {"email": "iida@example.org", "name": "Iida"},
        {"sub": "ä" * 255},
    ],
)
def test_a_token_that_says_more(world: World, oma: ScriptedProvider, claims: dict[str, Any]) -> None:
    """Several audiences of which we are the one that asked; names and addresses, which nobody reads."""
    oma.claims = claims
    connected_browser(world, oma)
    assert go_and_return(browser(world), oma).status_code == 303


@pytest.mark.parametrize(("seconds", "status"), [(-59, 303), (-61, 403), (360, 403), (359, 303)])
def test_clocks_may_differ_by_a_minute(world: World, oma: ScriptedProvider, seconds: int, status: int) -> None:
    """Iat may be a minute ahead of us, exp (five minutes later) a minute behind."""
    connected_browser(world, oma)
    client = browser(world)
    sent = oma.sign_in(go_to_provider(client))
    now = world.clock.time.timestamp()
    oma.claims = {"iat": int(now - seconds), "exp": int(now - seconds) + 300}
    assert client.get(BACK, params=sent).status_code == status


def test_how_long_ago_and_how_somebody_signed_in(world: World, oma: ScriptedProvider) -> None:
    """Where the operator says how long ago at the most, or how, a token has to say so."""
    connected_browser(world, oma)
    let_in(world, oma.provider(max_age=0, acr_values=("mfa", "hw")))
    now = int(world.clock.time.timestamp())
    wrong: list[dict[str, Any]] = [
        {},
        {"acr": "password"},
        {"acr": ["mfa"]},
        {"acr": "mfa", "auth_time": now - 61},
        {"acr": "mfa", "auth_time": None},
        {"acr": "mfa", "auth_time": "now"},
    ]
    for claims in wrong:
        oma.claims, client = claims, browser(world)
        refused(client, go_and_return(client, oma), *UNSURE)
    oma.claims = {"acr": "hw", "auth_time": now - 59}
    assert go_and_return(browser(world), oma).status_code == 303


def hmac_token(script: ScriptedProvider, nonce: str) -> str:
    """Return a token whose key is the client's secret, which is no secret to the provider's other clients' friends."""
    return make_token(script.spoken(nonce), CLIENT_SECRET.encode() + bytes(32), "HS256", "first")


def unsigned_token(script: ScriptedProvider, nonce: str) -> str:
    """Return a token without a signature."""
    return make_token(script.spoken(nonce), None, "none", "first")


def public_key_as_secret(script: ScriptedProvider, nonce: str) -> str:
    """Return a token whose HMAC key is the provider's public key, the oldest trick of all."""
    header, claims = ({"alg": "HS256", "kid": "first", "typ": "JWT"}, script.spoken(nonce))
    words = ".".join(unpadded(json.dumps(part).encode()) for part in (header, claims))
    secret = script.keys["first"][1].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return f"{words}.{unpadded(hmac.digest(secret, words.encode(), 'sha256'))}"


def another_key(script: ScriptedProvider, nonce: str) -> str:
    """Return a token that a stranger signed under the name of the provider's key."""
    return make_token(script.spoken(nonce), new_key("ES256"), "ES256", "first")


def unknown_key(script: ScriptedProvider, nonce: str) -> str:
    """Return a token that a stranger signed with a key of their own name."""
    return make_token(script.spoken(nonce), new_key("ES256"), "ES256", "strange")


def altered(script: ScriptedProvider, nonce: str) -> str:
    """Return a right token in which one claim was changed afterwards."""
    header, _, signature = script.made_token(nonce).split(".")
    claims = json.dumps({**script.spoken(nonce), "sub": "somebody else"}).encode()
    return f"{header}.{unpadded(claims)}.{signature}"


def plain(text: str) -> Callable[[ScriptedProvider, str], str]:
    """Return what answers with this text, whatever the nonce is."""
    return lambda _script, _nonce: text


def with_header(header: str) -> Callable[[ScriptedProvider, str], str]:
    """Return what answers with this header and nothing to sign."""
    return plain(f"{unpadded(header.encode())}.e30.AAAA")


FORGERIES: dict[str, Callable[[ScriptedProvider, str], str]] = {
    "none": unsigned_token,
    "hmac with our secret": hmac_token,
    "hmac with their key": public_key_as_secret,
    "another key": another_key,
    "unknown key": unknown_key,
    "altered": altered,
    "empty": plain(""),
    "dots": plain(".."),
    "words": plain("a.b.c"),
    "five parts": plain("a.b.c.d.e"),
    "header no object": with_header("[]"),
    "header a number": with_header("5"),
    "header without alg": with_header("{}"),
    "alg no text": with_header('{"alg":[]}'),
    "kid no text": with_header('{"alg":"RS256","kid":[]}'),
    "critical": with_header('{"alg":"RS256","kid":"first","crit":["x"],"x":1}'),
    "not encoded": with_header('{"alg":"RS256","kid":"first","crit":["b64"],"b64":false}'),
    "not ascii": plain("ä.ö.å"),
}


def test_a_token_that_the_provider_did_not_sign(world: World, oma: ScriptedProvider) -> None:
    """Unsigned, signed with what everybody has, by another, altered, or nothing of the kind: it signs nobody in."""
    connected_browser(world, oma)
    for name, forgery in FORGERIES.items():
        client = browser(world)
        sent = oma.sign_in(go_to_provider(client))
        oma.token = forgery(oma, oma.codes[sent["code"]]["nonce"])
        refused(client, client.get(BACK, params=sent), *UNSURE, name)


def test_keys_that_anybody_could_sign_with(world: World, oma: ScriptedProvider) -> None:
    """Weak keys, keys for something else and kinds that nobody knows are left out, beside those that count."""
    connected_browser(world, oma)
    right = oma.get("/jwks")["keys"]
    strange: list[Any] = [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "first"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "first"},
        {"kty": "XYZ", "kid": "first"},
        {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43, "kid": "first"},
        {**right[0], "use": "enc"},
        {},
        "key",
        None,
    ]
    for keys, status in ((strange, 403), ([*strange, *right], 303), (5, 403), (None, 403)):
        body = json.dumps({"keys": keys}).encode()
        oma.answers["/jwks"] = (200, {}, body)
        world.clock.move(hours=2)
        client = browser(world)
        assert go_and_return(client, oma).status_code == status, keys


def test_a_key_without_a_name(world: World, oma: ScriptedProvider) -> None:
    """A provider with one key need not name it; when it changes it, the new one is asked for all the same."""
    named = oma.get("/jwks")["keys"][0]
    del named["kid"], named["alg"]
    oma.answers["/jwks"] = (200, {}, json.dumps({"keys": [named]}).encode())
    algorithm, key = oma.keys["first"]
    client = browser(world)
    sent = oma.sign_in(go_to_provider(client, link=new_link(world)))
    oma.token = make_token(oma.spoken(oma.codes[sent["code"]]["nonce"]), key, algorithm, None)
    assert client.get(BACK, params=sent).status_code == 303
    oma.rotate("RS256")
    client, oma.token = browser(world), None
    oma.answers.clear()
    assert go_and_return(client, oma).status_code == 303


def test_an_answer_of_another_provider(world: World, oma: ScriptedProvider) -> None:
    """Of two providers neither answers for the other: not with its token, not at its address, not under its name."""
    with running_provider(world.clock) as evil:
        let_in(world, oma.provider(), evil.provider("evil", names={"": "Paha"}))
        connected_browser(world, oma)
        client = browser(world)
        # a token of the other one, which names itself
        sent = oma.sign_in(go_to_provider(client))
        oma.token = evil.made_token(oma.codes[sent["code"]]["nonce"])
        refused(client, client.get(BACK, params=sent), *UNSURE)
        oma.token = None
        # the answer of one at the address of the other
        sent = oma.sign_in(go_to_provider(client))
        refused(client, client.get(BACK.replace("oma", "evil"), params=sent), *AGAIN)
        assert "/token" not in evil.asked
        # the same subject at the other one is somebody else
        other = browser(world)
        answer = other.get(BACK.replace("oma", "evil"), params=evil.sign_in(go_to_provider(other, "evil")))
        refused(other, answer, 404, "Tiliä ei tunneta täällä vielä")


def test_whose_answer_it_is(world: World, oma: ScriptedProvider) -> None:
    """A provider that says who it is must be the right one; one that promised to say so must (RFC 9207). Errors are no exception."""
    connected_browser(world, oma)
    for promised in (None, False, True):
        oma.metadata["authorization_response_iss_parameter_supported"] = promised
        world.clock.move(hours=2)
        for iss, counts in ((oma.issuer, True), ("https://evil.example", False), ("", False), (None, not promised)):
            client = browser(world)
            sent = oma.sign_in(go_to_provider(client)) | ({} if iss is None else {"iss": iss})
            if not counts:
                client_of_error = browser(world)
                state = oma.sign_in(go_to_provider(client_of_error))["state"]
                error = {"error": "access_denied", "state": state} | ({} if iss is None else {"iss": iss})
                refused(client_of_error, client_of_error.get(BACK, params=error), *UNSURE)
            assert client.get(BACK, params=sent).status_code == (303 if counts else 403), (promised, iss)


ERRORS = {
    "access_denied": (403, "Kirjautuminen keskeytyi"),
    "login_required": (403, "Kirjautuminen jäi kesken"),
    "interaction_required": (403, "Kirjautuminen jäi kesken"),
    "consent_required": (403, "Kirjautuminen jäi kesken"),
    "server_error": (503, "Kirjautuminen ei toimi juuri nyt"),
    "temporarily_unavailable": (503, "Kirjautuminen ei toimi juuri nyt"),
    "invalid_scope": SETUP,
    "unauthorized_client": SETUP,
    "<script>": SETUP,
}


def test_the_provider_says_no(world: World, oma: ScriptedProvider) -> None:
    """Every reason has its page, with what to do; what the address says is not repeated on it, and the way is over."""
    for error, answer in ERRORS.items():
        client = browser(world)
        sent = oma.sign_in(go_to_provider(client))
        page = client.get(BACK, params={**sent, "error": error, "error_description": "UNIQUE"})
        refused(client, page, *answer, error)
        assert ("UNIQUE" in page.text, "<script>" in page.text) == (False, False)
        assert 'href="/sign-in"' in page.text
        refused(client, client.get(BACK, params=sent), *AGAIN, error)
    assert "/token" not in oma.asked


def test_an_answer_without_a_code(world: World, oma: ScriptedProvider) -> None:
    """Neither a code nor an error: nothing to ask the provider about."""
    client = browser(world)
    sent = oma.sign_in(go_to_provider(client))
    refused(client, client.get(BACK, params={"state": sent["state"]}), *UNSURE)
    assert "/token" not in oma.asked


TOKEN_ANSWERS: dict[str, tuple[tuple[int, dict[str, str], bytes], tuple[int, str]]] = {
    "redirect": ((302, {"Location": "/elsewhere"}, b"{}"), SILENT),
    "redirect that keeps the form": ((307, {"Location": "/elsewhere"}, b"{}"), SILENT),
    "too large": ((200, {}, b'{"id_token":"' + b"a" * 300_000 + b'"}'), SILENT),
    "no json": ((200, {}, b"<html>"), SILENT),
    "no object": ((200, {}, b"[]"), SILENT),
    "a name twice": ((200, {}, b'{"id_token":"a","id_token":"b"}'), SILENT),
    "no token": ((200, {}, b"{}"), UNSURE),
    "token no text": ((200, {}, b'{"id_token":5}'), UNSURE),
    "error at status 200": ((200, {}, b'{"error":"invalid_grant"}'), UNSURE),
    "used code": ((400, {}, b'{"error":"invalid_grant"}'), AGAIN),
    "wrong client": ((401, {}, b'{"error":"invalid_client"}'), SETUP),
    "another error": ((400, {}, b'{"error":"invalid_request"}'), SETUP),
    "trouble": ((500, {}, b"{}"), (503, "Kirjautuminen ei toimi juuri nyt")),
    "too many": ((429, {}, b"{}"), (503, "Kirjautuminen ei toimi juuri nyt")),
    "trouble in words": ((502, {}, b"Bad gateway"), SILENT),
}


def test_a_token_endpoint_that_does_not_answer_well(world: World, oma: ScriptedProvider) -> None:
    """No redirect is followed with a code and a secret in hand, nothing is read without an end, and nothing strange is believed."""
    connected_browser(world, oma)
    for name, (given, answer) in TOKEN_ANSWERS.items():
        oma.answers["/token"], client = given, browser(world)
        refused(client, go_and_return(client, oma), *answer, name)
    assert "/elsewhere" not in oma.asked


DISCOVERED: dict[str, tuple[dict[str, Any], tuple[int, str]]] = {
    "another issuer": ({"issuer": "https://evil.example"}, SETUP),
    "issuer with a slash": ({"issuer": "http://127.0.0.1/"}, SETUP),
    "no issuer": ({"issuer": None}, SETUP),
    "no token endpoint": ({"token_endpoint": None}, SETUP),
    "no keys": ({"jwks_uri": None}, SETUP),
    "http elsewhere": ({"token_endpoint": "http://provider.example/token"}, SETUP),
    "no text": ({"authorization_endpoint": 5}, SETUP),
    "javascript": ({"authorization_endpoint": "javascript:alert(1)"}, SETUP),
    "a user name": ({"authorization_endpoint": "https://a@provider.example/"}, SETUP),
    "a line break": ({"authorization_endpoint": "https://provider.example/\r\nSet-Cookie: a=b"}, SETUP),
}


def test_a_provider_that_says_something_strange_of_itself(world: World, oma: ScriptedProvider) -> None:
    """Nobody is sent anywhere, and nothing is kept of it: the provider is asked again the next time."""
    client = browser(world)
    for name, (metadata, answer) in DISCOVERED.items():
        oma.metadata = metadata
        page = client.post("/sign-in/with/oma", data={})
        refused(client, page, *answer, name)
        assert ("refresh" in page.headers, "set-cookie" in page.headers) == (False, False)
    oma.metadata = {}
    go_to_provider(client)


def test_a_provider_that_hangs(world: World, oma: ScriptedProvider) -> None:
    """It is waited for a moment and no longer, by a few at once and no more; everybody else goes on."""
    let_in(world, oma.provider(), seconds=0.3)
    oma.hangs.set()

    def press() -> int:
        return browser(world).post("/sign-in/with/oma", data={}).status_code

    page = browser(world).post("/sign-in/with/oma", data={})
    assert (page.status_code, said(page)) == SILENT
    let_in(world, oma.provider(), seconds=3.0)
    assert set(side_by_side([press] * (AT_ONCE + 4))) == {503}
    oma.hangs.clear()
    assert press() == 200


def test_more_than_a_few_are_asked_to_come_back(world: World, oma: ScriptedProvider) -> None:
    """When every place is taken the page says so, and nobody waits for one."""
    for _ in range(AT_ONCE):
        world.rooms.providers._places.acquire()
    page = browser(world).post("/sign-in/with/oma", data={})
    assert (page.status_code, said(page)) == (503, "Moni kirjautuu juuri nyt")
    assert oma.asked == []


def test_a_provider_that_is_not_there(world: World) -> None:
    """Nobody listens: a kind page, and the link of the administrator still works."""
    with running_provider(world.clock) as script:
        let_in(world, script.provider())
    client, link = browser(world), new_link(world)
    refused(client, client.post("/sign-in/with/oma", data={"link": link}), *SILENT)
    assert client.post(f"/sign-in/{link}", data={}).status_code == 303


def test_how_the_client_proves_itself(world: World, oma: ScriptedProvider) -> None:
    """In the header or in the form, as the provider wants it; a public client has nothing to prove."""
    connected_browser(world, oma)
    assert len(oma.authorizations) == 1
    oma.metadata = {"token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_post"]}
    world.clock.move(hours=2)
    assert go_and_return(browser(world), oma).status_code == 303
    assert len(oma.authorizations) == 1
    let_in(world, oma.provider(client_id="public", client_secret=None))
    oma.claims = {"aud": "public"}
    assert go_and_return(browser(world), oma).status_code == 303
    let_in(world, oma.provider(client_secret="another"))
    oma.claims = {}
    client = browser(world)
    refused(client, go_and_return(client, oma), *SETUP)
    oma.metadata = {"token_endpoint_auth_methods_supported": ["private_key_jwt"]}
    let_in(world, oma.provider())
    refused(client, go_and_return(client, oma), *SETUP)


def test_an_account_that_nobody_connected(world: World, oma: ScriptedProvider) -> None:
    """Having an account somewhere opens nothing, whatever name or address it has; the page says how to connect it."""
    oma.claims = {"email": "iida@kemi.example", "email_verified": True, "name": "Iida"}
    journal, client = Journal(world), browser(world)
    page = go_and_return(client, oma)
    refused(client, page, 404, "Tiliä ei tunneta täällä vielä")
    assert "kertakäyttöinen linkki" in page.text
    assert journal.news() == []


def test_an_account_of_somebody_else(world: World, oma: ScriptedProvider) -> None:
    """One account is one member's: the page names nobody, and the link still works for its member."""
    connected_browser(world, oma)
    link = new_link(world, world.keys.aino_id)
    journal, client = Journal(world), browser(world)
    page = go_and_return(client, oma, link=link)
    refused(client, page, 409, "Tili on jo liitetty")
    assert ("Iida" in page.text, "Aino" in page.text) == (False, False)
    assert journal.news() == []
    assert client.post(f"/sign-in/{link}", data={}).status_code == 303


def test_the_same_account_again(world: World, oma: ScriptedProvider) -> None:
    """Who connects what they have connected is signed in, and nothing is there twice."""
    connected_browser(world, oma)
    journal = Journal(world)
    client = connected_browser(world, oma)
    assert journal.actions() == ["sign-in-link.made", "sign-in.began"]
    assert client.get("/workshop/me").text.count("/workshop/me/accounts/") == 1


@pytest.mark.parametrize("how", ["used before", "used meanwhile", "replaced", "unknown"])
def test_a_link_that_ended_connects_nothing(world: World, oma: ScriptedProvider, how: str) -> None:
    """A link is for one use, whichever that is; who used it on the way is told when they come back."""
    link, client = new_link(world), browser(world)
    if how == "used before":
        browser(world).post(f"/sign-in/{link}", data={})
    if how == "unknown":
        link = "nope"
    page = client.post("/sign-in/with/oma", data={"link": link})
    if how in ("used before", "unknown"):
        expected = (410, "Linkki ei enää toimi") if how == "used before" else (404, "Linkkiä ei löydy")
        refused(client, page, *expected)
        assert oma.asked == []
        return
    sent = oma.sign_in(page.headers["refresh"].removeprefix("0; url="))
    if how == "used meanwhile":
        browser(world).post(f"/sign-in/{link}", data={})
    else:
        new_link(world)
    refused(client, client.get(BACK, params=sent), 410, "Linkki ei enää toimi")
    other = browser(world)
    refused(other, go_and_return(other, oma), 404, "Tiliä ei tunneta täällä vielä")


def test_who_left_does_not_come_back_with_an_account(world: World, oma: ScriptedProvider) -> None:
    """It opens nothing any more; as a new member they connect it again."""
    connected_browser(world, oma)
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    leave(rooms.writer, rooms.stamp("test"), organisation=kemi, member_id=world.keys.iida_id)
    client = browser(world)
    refused(client, go_and_return(client, oma), 404, "Tiliä ei tunneta täällä vielä")
    connected_browser(world, oma, world.keys.tuula_id)


def test_a_signed_in_member_connects_an_account(world: World, oma: ScriptedProvider) -> None:
    """From their own page, without a link; the sign-in of this browser goes on as it was."""
    client = signed_in_browser(world)
    journal, mine = Journal(world), client.cookies[COOKIE]
    answer = go_and_return(client, oma, connect="me")
    assert (answer.status_code, answer.headers["location"]) == (303, "/workshop/me?done=connected")
    assert journal.news() == [("member.account-connected", f"member:{world.keys.iida_id}", {"provider": "oma"})]
    assert client.cookies[COOKIE] == mine
    assert "Tili on liitetty" in client.get("/workshop/me?done=connected").text
    assert go_and_return(browser(world), oma).status_code == 303


def test_who_connects_is_who_set_out(world: World, oma: ScriptedProvider) -> None:
    """Who signed out on the way, or is somebody else by now, connects nothing; who is not signed in does not set out."""
    client = signed_in_browser(world)
    sent = oma.sign_in(go_to_provider(client, connect="me"))
    client.post("/sign-out")
    page = client.get(BACK, params=sent)
    assert (page.status_code, said(page)) == AGAIN
    client = signed_in_browser(world)
    sent = oma.sign_in(go_to_provider(client, connect="me"))
    client.post(f"/sign-in/{new_link(world, world.keys.aino_id)}", data={})
    page = client.get(BACK, params=sent)
    assert (page.status_code, said(page)) == AGAIN
    assert 'href="/workshop/me"' in page.text
    other = browser(world)
    refused(other, go_and_return(other, oma), 404, "Tiliä ei tunneta täällä vielä")
    answer = browser(world).post("/sign-in/with/oma", data={"connect": "me"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize(("device", "lasts"), [("own", True), ("shared", False), ("", False), ("x", False)])
def test_whose_device_it_is(world: World, oma: ScriptedProvider, device: str, *, lasts: bool) -> None:
    """What somebody says of the device before they go is what counts when they are back."""
    connected_browser(world, oma)
    client = browser(world)
    cookie = go_and_return(client, oma, device=device).headers.get_list("set-cookie")[0].lower()
    assert ("max-age=1209600" in cookie) == lasts
    world.clock.move(hours=20, minutes=1)
    assert is_signed_in(client) == lasts


@pytest.mark.parametrize(
    "next_",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/p", "/workshop/../p", "work", "/workshop?x=1", ""],
)
def test_next_leads_nowhere_else(world: World, oma: ScriptedProvider, next_: str) -> None:
    """After signing in one is at a page for members."""
    connected_browser(world, oma)
    assert go_and_return(browser(world), oma, next=next_).headers["location"] == "/workshop"


@pytest.mark.parametrize(
    ("language", "heading"), [("sv", "Kontot är inte känt här ännu"), ("en", "This account is not known here yet")]
)
def test_the_language_comes_along(world: World, oma: ScriptedProvider, language: str, heading: str) -> None:
    """To the provider, and back from it, for good news and for bad."""
    client = browser(world)
    page = client.post(f"/sign-in/with/oma?lang={language}", data={})
    address = page.headers["refresh"].removeprefix("0; url=")
    assert parse_qs(urlsplit(address).query)["ui_locales"] == [language]
    answer = client.get(BACK, params=oma.sign_in(address))
    assert said(answer) == heading
    assert f'href="/sign-in?lang={language}"' in answer.text
    connected_browser(world, oma)
    page = client.post(f"/sign-in/with/oma?lang={language}", data={})
    answer = client.get(BACK, params=oma.sign_in(page.headers["refresh"].removeprefix("0; url=")))
    assert answer.headers["location"] == f"/workshop?lang={language}"


def test_a_provider_that_nobody_named(world: World, oma: ScriptedProvider) -> None:
    """There is nothing at its address."""
    for answer in (
        browser(world).post("/sign-in/with/other", data={}),
        browser(world).get("/sign-in/with/other/back?state=x&code=y"),
    ):
        assert answer.status_code == 404
    assert oma.asked == []


def test_without_providers_there_are_no_buttons(world: World) -> None:
    """An installation without any shows links only."""
    assert "/sign-in/with/" not in browser(world).get("/sign-in").text
    assert "/sign-in/with/" not in browser(world).get(f"/sign-in/{new_link(world)}").text
    assert browser(world).post("/sign-in/with/oma", data={}).status_code == 404


@pytest.mark.usefixtures("oma")
def test_an_address_asks_so_often(world: World) -> None:
    """Each press and each answer may make us ask the provider, so each address has its share of them."""
    few = Limits(Allowance(None), Allowance(Rate(2, 60)), Allowance(None), lambda _: None)
    world.app.state.rooms = replace(world.rooms, limits=few)
    client = browser(world)
    seen = [client.post("/sign-in/with/oma", data={}).status_code, client.get(BACK).status_code]
    assert [*seen, client.get(BACK).status_code] == [200, 403, 429]


def test_the_log_tells_codes_alone(world: World, oma: ScriptedProvider, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a token nor a code, a state, a cookie, a subject or a secret is in a line of the log."""
    client = connected_browser(world, oma)
    sent = oma.sign_in(go_to_provider(client))
    kept = client.cookies[AWAY]
    oma.claims = {"aud": "another"}
    client.get(BACK, params=sent)
    client.get(BACK, params={"state": sent["state"], "error": "UNIQUE"})
    logged = "".join(capsys.readouterr())
    assert "/sign-in/with/{provider}/back" in logged
    assert "claim-aud" in logged
    for secret in (*sent.values(), kept, SUBJECT, CLIENT_SECRET, "UNIQUE", "client_secret"):
        assert secret not in logged


@on_both_databases
def test_nothing_of_the_account_is_kept(world: World, oma: ScriptedProvider) -> None:
    """Neither the subject nor a name or an address of the token is anywhere in the database."""
    oma.claims = {"email": "unique@example.org"}
    connected_browser(world, oma)
    with world.rooms.database.read() as session:
        for table in ("member_accounts", "sign_ins", "sign_in_links", "events"):
            rows = str(session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608 - names of our own tables
            assert SUBJECT not in rows
            assert SUBJECT.encode().hex() not in rows
            assert "unique@" not in rows


@pytest.mark.usefixtures("oma")
def test_only_our_own_address_is_led_back_to(world: World) -> None:
    """Whatever host a request names."""
    client = browser(world)
    page = client.post(
        "/sign-in/with/oma", data={}, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    )
    asked = parse_qs(urlsplit(page.headers["refresh"].removeprefix("0; url=")).query)
    assert asked["redirect_uri"] == [f"{BASE_URL}/sign-in/with/oma/back"]
