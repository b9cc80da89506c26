"""``GET /.well-known/oauth-authorization-server``: what a program reads first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from authlib.oauth2 import rfc8414, rfc9207

if TYPE_CHECKING:
    from support.world import World

AT = "/.well-known/oauth-authorization-server"


def test_it_works(world: World) -> None:
    """Every door has its address, S256 is the only challenge, and all of it may be kept for a while and read by any page."""
    answer = world.client.get(AT)
    assert answer.status_code == 200
    told = answer.json()
    assert told["issuer"] == "http://localhost:8000"
    assert told["token_endpoint"] == "http://localhost:8000/oauth/token"
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.readonly" in told["scopes_supported"]
    assert "credentials:issue" in told["scopes_supported"]
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_authlib_finds_nothing_wrong(world: World) -> None:
    """A reader that is not ours takes the metadata for valid, with the rules of RFC 8414 and RFC 9207."""
    told = rfc8414.AuthorizationServerMetadata(world.client.get(AT).json())
    told.validate(metadata_classes=[rfc9207.AuthorizationServerMetadata])


def test_it_names_doors_that_are_there(world: World) -> None:
    """No address leads to nowhere: each answers for itself."""
    told = world.client.get(AT).json()
    for name in (one for one in told if one.endswith("_endpoint")):
        assert "There is nothing at this address." not in world.client.get(told[name]).text, name
