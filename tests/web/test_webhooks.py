"""``/v1/webhooks``: who may, what is refused, and that bad input at every door is told clearly."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.organisations.roles import Role, Scope
from support.receiver import Receiver, running_receiver
from support.webhooks import deliveries, make, send, shown, wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.world import World

URL = "https://register.example/okbadges"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Run a receiver."""
    with running_receiver() as running:
        yield running


def ask(world: World, **changes: Any) -> Any:
    """Let Aino ask for a webhook."""
    return world.client.post("/v1/webhooks", json=wanted(URL, **changes), headers=world.as_aino())


def test_it_works(world: World) -> None:
    """The secret is in the answer that makes it, and in no other."""
    made = ask(world).json()
    assert made["secret"].startswith("whsec_")
    said = world.client.get(f"/v1/webhooks/{made['id']}", headers=world.as_aino()).json()
    assert said == {name: value for name, value in made.items() if name != "secret"}
    assert said["url"] == URL
    assert world.client.get("/v1/webhooks?organisation=kemi", headers=world.as_aino()).json() == {
        "webhooks": [said],
        "next": None,
    }


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"url": "http://register.example/"}, "webhook-url", "url"),
        ({"url": "https://10.0.0.1/"}, "webhook-url", "url"),
        ({"url": "https://[fd00::1]/"}, "webhook-url", "url"),
        ({"url": "https://2130706433/"}, "webhook-url", "url"),
        ({"url": "https://register.internal/"}, "webhook-url", "url"),
        ({"url": "https://register/"}, "webhook-url", "url"),
        ({"url": "https://user:pass@register.example/"}, "webhook-url", "url"),
        ({"url": "https://register.example:22/"}, "webhook-url", "url"),
        ({"url": "https://register.example/ä"}, "webhook-url", "url"),
        ({"url": "https://register.example/\r\nX: y"}, "webhook-url", "url"),
        ({"url": "file:///etc/passwd"}, "webhook-url", "url"),
        ({"url": ""}, "webhook-url", "url"),
        ({"url": "https://register.example/" + "x" * 2000}, "invalid-field", "url"),
        ({"url": 7}, "invalid-field", "url"),
        ({"label": " "}, "label", "label"),
        ({"label": "a\u202eb"}, "label", "label"),
        ({"label": "x" * 81}, "invalid-field", "label"),
        ({"events": []}, "invalid-field", "events"),
        ({"events": ["credential.deleted"]}, "invalid-field", "events.0"),
        ({"events": ["webhook.test"]}, "invalid-field", "events.0"),
        ({"events": ["badge.published"] * 5}, "invalid-field", "events"),
        ({"events": "badge.published"}, "invalid-field", "events"),
        ({"organisation": None}, "invalid-field", "organisation"),
        ({"secret": "whsec_mine"}, "invalid-field", "secret"),
    ],
)
def test_what_cannot_be_one_is_refused(world: World, changes: dict[str, Any], code: str, field: str) -> None:
    """The field at fault is named, and nothing is made."""
    answer = ask(world, **changes)
    assert answer.status_code == 422, answer.text
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)
    assert world.client.get("/v1/webhooks?organisation=kemi", headers=world.as_aino()).json()["webhooks"] == []


def test_nul_and_other_bodies_are_refused(world: World) -> None:
    """A NUL, a doubled member, what is no JSON, and another content type."""
    headers = world.as_aino()
    for content, kind, status in (
        (
            b'{"organisation":"kemi","url":"https://a.example/","label":"a\\u0000","events":["badge.published"]}',
            "application/json",
            400,
        ),
        (b'{"organisation":"kemi","organisation":"kemi"}', "application/json", 400),
        (b"{", "application/json", 400),
        (b"organisation=kemi", "application/x-www-form-urlencoded", 422),
    ):
        answer = world.client.post("/v1/webhooks", content=content, headers={**headers, "Content-Type": kind})
        assert answer.status_code == status, answer.text


def test_who_may(world: World, receiver: Receiver) -> None:
    """Administrators of the organisation alone: others need the scope, and those of another organisation find nothing."""
    webhook = make(world, receiver)
    world.issue()
    send(world)
    (delivery,) = deliveries(world, webhook)
    stranger = world.key([Scope.ADMINISTER], organisation="ranua", role=Role.ADMINISTRATOR)
    its = [
        ("GET", webhook.path),
        ("PATCH", webhook.path),
        ("DELETE", webhook.path),
        ("POST", f"{webhook.path}/rotate-secret"),
        ("POST", f"{webhook.path}/test"),
        ("GET", f"{webhook.path}/deliveries"),
        ("GET", f"{webhook.path}/deliveries/{delivery['id']}"),
        ("POST", f"{webhook.path}/deliveries/{delivery['id']}/redeliver"),
    ]
    for method, path in its:
        body: dict[str, Any] = {"json": {"enabled": False}} if method == "PATCH" else {}
        assert world.client.request(method, path, **body).status_code == 401
        for headers in (world.as_iida(), world.as_tuula(), world.as_audrey(), world.as_partner()):
            refused = world.client.request(method, path, headers=headers, **body)
            assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")
        assert world.client.request(method, path, headers=stranger, **body).json()["code"] == "unknown-webhook"
    for method in ("GET", "POST"):
        more: dict[str, Any] = {"json": wanted(URL)} if method == "POST" else {"params": {"organisation": "kemi"}}
        assert world.client.request(method, "/v1/webhooks", headers=world.as_iida(), **more).status_code == 403
        refused = world.client.request(method, "/v1/webhooks", headers=stranger, **more)
        assert refused.json()["code"] == "organisation-not-allowed"
    assert shown(world, webhook)["enabled"]


def test_what_is_not_there(world: World, receiver: Receiver) -> None:
    """Ids of nothing, of another webhook's delivery, and no ids at all."""
    first, second = make(world, receiver), make(world, receiver)
    world.issue()
    send(world)
    (its,) = deliveries(world, first)
    headers = world.as_aino()
    assert world.client.get(f"/v1/webhooks/{uuid.UUID(int=7)}", headers=headers).status_code == 404
    assert world.client.get("/v1/webhooks/7", headers=headers).status_code == 422
    assert (
        world.client.get(f"{second.path}/deliveries/{its['id']}", headers=headers).json()["code"] == "unknown-delivery"
    )
    again = world.client.post(f"{second.path}/deliveries/{its['id']}/redeliver", headers=headers)
    assert again.json()["code"] == "unknown-delivery"
    assert world.client.put(first.path, json={}, headers=headers).status_code == 405
    assert world.client.patch(first.path, json={"enabled": 1}, headers=headers).status_code == 422
    assert world.client.patch(first.path, json={}, headers=headers).status_code == 200


def test_there_is_an_end_to_how_many(world: World) -> None:
    """Twenty for one organisation; when one is deleted there is room again."""
    made = [ask(world).json()["id"] for _ in range(20)]
    refused = ask(world)
    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-webhooks")
    world.client.delete(f"/v1/webhooks/{made[0]}", headers=world.as_aino())
    assert ask(world).status_code == 201
    pages = []
    query: dict[str, Any] = {"organisation": "kemi", "limit": 7}
    while query:
        page = world.client.get("/v1/webhooks", params=query, headers=world.as_aino()).json()
        pages += [one["id"] for one in page["webhooks"]]
        query = {**query, "after": page["next"]} if page["next"] else {}
    assert len(pages) == len(set(pages)) == 20


def test_the_log_pages(world: World, receiver: Receiver) -> None:
    """Oldest event first, each once, and with ``since`` only what an attempt was made on."""
    webhook = make(world, receiver)
    for _ in range(7):
        world.issue()
        world.clock.move(minutes=1)
    send(world)
    found: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while query:
        page = world.client.get(f"{webhook.path}/deliveries", params=query, headers=world.as_aino()).json()
        found += [one["id"] for one in page["deliveries"]]
        query = {"limit": 3, "after": page["next"]} if page["next"] else {}
    assert found == [message.id for message in receiver.got]
    world.clock.move(hours=1)
    again = f"{webhook.path}/deliveries/{found[3]}"
    world.client.post(f"{again}/redeliver", headers=world.as_aino())
    since = {"since": world.clock().isoformat()}
    changed = world.client.get(f"{webhook.path}/deliveries", params=since, headers=world.as_aino()).json()["deliveries"]
    assert [one["id"] for one in changed] == [found[3]]
    send(world)
    said = world.client.get(again, headers=world.as_aino()).json()
    assert (said["state"], said["attempts"], len(said["log"])) == ("delivered", 2, 2)


def test_the_document_describes_each_message(world: World) -> None:
    """OpenAPI has a webhook for each type, with the three headers, its schema, and what a receiver's answers mean."""
    document = world.client.get("/openapi.json").json()
    told = {"credential.issued", "credential.revoked", "badge.published", "recognition.decided", "webhook.test"}
    assert set(document["webhooks"]) == told
    for name, message in document["webhooks"].items():
        operation = message["post"]
        assert {one["name"] for one in operation["parameters"]} == {
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
        }
        assert set(operation["responses"]) == {"2XX", "410", "429", "default"}
        schema = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        assert document["components"]["schemas"][schema]["properties"]["type"]["const"] == name


def test_nothing_can_be_sent_to_one_that_is_disabled(world: World, receiver: Receiver) -> None:
    """What waits has no time, a test and sending again are refused; enabled again, all of it goes on."""
    webhook, headers = make(world, receiver), world.as_aino()
    world.issue()
    receiver.answers(410, 200)
    send(world)
    (waits,) = deliveries(world, webhook)
    assert (waits["state"], waits["next_at"]) == ("pending", None)
    for path in ("test", f"deliveries/{waits['id']}/redeliver"):
        refused = world.client.post(f"{webhook.path}/{path}", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "webhook-disabled")
    world.client.patch(webhook.path, json={"enabled": True}, headers=headers)
    assert deliveries(world, webhook)[0]["next_at"]
    send(world)
    assert deliveries(world, webhook)[0]["state"] == "delivered"


def test_another_address_has_not_failed(world: World, receiver: Receiver) -> None:
    """Since when the address before failed is not said of the new one."""
    webhook = make(world, receiver)
    world.issue()
    receiver.answers(500)
    send(world)
    assert shown(world, webhook)["failing_since"]
    world.client.patch(webhook.path, json={"url": URL}, headers=world.as_aino())
    assert shown(world, webhook)["failing_since"] is None
