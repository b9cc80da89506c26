"""``GET /ims/ob/v3p0/discovery``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from okbadges.partners.open_badges_api.service_description import service_description, status_info_schema
from support.partners import API
from support.world import BASE_URL
from web.test_limits import limited

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from support.open_badges_api import OpenBadgesClient
    from support.world import World

DISCOVERY = f"{API}/discovery"


@pytest.fixture
def published(shared: Path) -> dict[str, Any]:
    """Return the published OpenAPI file."""
    file = shared / "standards/data/openapi/imsob_v3p0_openapi3.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def test_it_works(backpack: OpenBadgesClient) -> None:
    """Everybody reads it, without a token; it says where to register, to ask the holder and to get a token."""
    document = backpack.call("getServiceDescription").json()
    assert document["openapi"].startswith("3.0.")
    assert document["info"]["x-imssf-privacyPolicyUrl"] == f"{BASE_URL}/privacy"
    scheme = document["components"]["securitySchemes"]["OAuth2ACG"]
    assert scheme["type"] == "oauth2"
    assert scheme["x-imssf-registrationUrl"] == f"{BASE_URL}/oauth/register"
    flow = scheme["flows"]["authorizationCode"]
    assert flow["authorizationUrl"] == f"{BASE_URL}/oauth/authorize"
    assert flow["tokenUrl"] == flow["refreshUrl"] == f"{BASE_URL}/oauth/token"


def test_it_is_a_profile_of_the_published_file(backpack: OpenBadgesClient, published: dict[str, Any]) -> None:
    """The same operations at the same places with the same scopes and parameters, and no others; codes are the published ones."""
    document = backpack.call("getServiceDescription").json()
    assert document["paths"].keys() == published["paths"].keys()
    for path, methods in document["paths"].items():
        assert methods.keys() == published["paths"][path].keys()
        for method, ours in methods.items():
            theirs = published["paths"][path][method]
            assert ours["operationId"] == theirs["operationId"]
            assert ours.get("security") == theirs.get("security")
            assert {one["name"] for one in ours.get("parameters", ())} == {
                one["name"] for one in theirs.get("parameters", ())
            }
            assert set(theirs.get("requestBody", {}).get("content", ())) <= set(
                ours.get("requestBody", {}).get("content", ())
            )
    flow = document["components"]["securitySchemes"]["OAuth2ACG"]["flows"]["authorizationCode"]
    theirs = published["components"]["securitySchemes"]["OAuth2ACG"]["flows"]["authorizationCode"]
    assert set(flow["scopes"]) - set(theirs["scopes"]) == {"offline_access"}
    minor = status_info_schema()["properties"]["imsx_codeMinor"]["properties"]["imsx_codeMinorField"]["items"]
    known = published["components"]["schemas"]["Imsx_CodeMinorField"]["properties"]["imsx_codeMinorFieldValue"]["enum"]
    assert sorted(minor["properties"]["imsx_codeMinorFieldValue"]["enum"]) == sorted(known)


def test_what_it_says_of_the_privacy_policy_is_there(world: World, backpack: OpenBadgesClient) -> None:
    """The pages that it names are pages."""
    info = backpack.call("getServiceDescription").json()["info"]
    for name in ("termsOfService", "x-imssf-privacyPolicyUrl"):
        assert world.client.get(urlsplit(info[name]).path, headers={"Accept": "text/html"}).status_code == 200


def test_it_can_be_kept(world: World) -> None:
    """Whoever has it already gets 304 by its ETag; it is fresh for an hour."""
    answer = world.client.get(DISCOVERY)
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    for known in (answer.headers["ETag"], f'"x", W/{answer.headers["ETag"]}', "*"):
        again = world.client.get(DISCOVERY, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
    assert world.client.get(DISCOVERY, headers={"If-None-Match": '"x"'}).status_code == 200


def test_it_is_asked_so_often(world: World, backpack: OpenBadgesClient) -> None:
    """More often than the rate of an address it is 429, and says when to come back."""
    with limited(world, rate_per_address="3/hour") as client:
        assert [client.get(DISCOVERY).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = client.get(DISCOVERY)
    backpack.check("getServiceDescription", refused)
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.json()["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == "server_busy"


def test_every_reference_of_it_leads_somewhere() -> None:
    """No schema is named that is not there."""
    document = service_description("https://ok.example", version="1")
    text = json.dumps(document)
    for name in document["components"]["schemas"]:
        assert f"#/components/schemas/{name}" in text
    assert text.count("#/components/schemas/") >= len(document["components"]["schemas"])
