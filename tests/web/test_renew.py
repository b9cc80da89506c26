"""``POST /v1/credentials/{id}/renew``: the same award with a later end; the earlier credential is left to its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from okbadges.organisations.roles import Scope
from support.corrections import code_of, correct, events, looked_up, row_of, side_by_side, verdict

if TYPE_CHECKING:
    from support.world import World

SHARE = {"purpose": "workplace", "expires_on": "2027-05-01"}
END = "2026-12-31"

STRANGE: list[tuple[dict[str, Any], str]] = [
    ({}, "valid_until"),
    ({"valid_until": None}, "valid_until"),
    ({"valid_until": END}, "valid_until"),
    ({"valid_until": "2026-11-30"}, "valid_until"),
    ({"valid_until": "2200-01-01"}, "valid_until"),
    ({"valid_until": "tomorrow"}, "valid_until"),
    ({"valid_until": 20270101}, "valid_until"),
    ({"valid_until": "2027-01-01", "badge": "kasi-puu"}, "badge"),
]


def test_it_works(world: World) -> None:
    """The new one is valid longer and about the same award; the earlier one keeps its end, is not revoked, and names the new one."""
    old = world.issue(valid_until=END, share=SHARE)
    answer = correct(world, old["id"], "renew", valid_until="2027-12-31")
    assert answer.status_code == 201, answer.text
    new = answer.json()
    assert new["supersedes"] == old["id"]
    assert new["participant"] == old["participant"]
    assert new["credential"]["validUntil"] == "2027-12-31T23:59:59Z"
    assert new["credential"]["validFrom"] == old["credential"]["validFrom"]
    kept = looked_up(world, old["id"])
    assert (kept["superseded_by"], kept["revoked_at"], kept["valid_until"]) == (new["id"], None, END)
    before, after = row_of(world, old["id"]), row_of(world, new["id"])
    for name in ("workshop_id", "awarded_on", "observation", "language", "criteria_met_by"):
        assert getattr(before, name) == getattr(after, name)
    assert verdict(world, old) == "VALID"
    assert events(world, "credential.revoked") == []
    assert len(events(world, "credential.issued", new["id"])) == 1


def test_one_that_has_ended_is_renewed_too(world: World) -> None:
    """An award does not go away with its credential's end."""
    old = world.issue(valid_until=END)
    world.clock.move(days=60)
    assert correct(world, old["id"], "renew", valid_until="2028-01-31").status_code == 201


def test_the_same_key_gets_the_same_answer(world: World) -> None:
    """A repeat is byte-identical, another end under the same key is refused; the key of a correction is another one."""
    old, other = world.issue(valid_until=END), world.issue(valid_until=END)
    first = correct(world, old["id"], "renew", key="k", valid_until="2027-12-31")
    again = correct(world, old["id"], "renew", key="k", valid_until="2027-12-31")
    assert (again.status_code, again.content) == (201, first.content)
    refused = correct(world, old["id"], "renew", key="k", valid_until="2027-12-30")
    assert code_of(refused) == (422, "idempotency-key-reused")
    assert correct(world, other["id"], "reissue", key="k").status_code == 201


def test_what_cannot_be_renewed(world: World) -> None:
    """One without an end, a revoked one, one that was renewed or corrected before, and one of others."""
    endless, revoked, renewed, corrected = (
        world.issue(),
        world.issue(valid_until=END),
        world.issue(valid_until=END),
        world.issue(valid_until=END),
    )
    correct(world, revoked["id"], "revoke", reason="issued-in-error")
    correct(world, renewed["id"], "renew", valid_until="2027-01-31")
    correct(world, corrected["id"], "reissue")
    wanted = {
        endless["id"]: (409, "no-end"),
        revoked["id"]: (409, "already-revoked"),
        renewed["id"]: (409, "already-replaced"),
        corrected["id"]: (409, "already-replaced"),
        "nonsense": (404, "unknown-credential"),
    }
    for credential_id, refusal in wanted.items():
        assert code_of(correct(world, credential_id, "renew", valid_until="2027-02-28")) == refusal
    theirs = correct(world, renewed["id"], "renew", world.as_partner(), valid_until="2027-02-28")
    assert code_of(theirs) == (404, "unknown-credential")
    assert code_of(correct(world, renewed["id"], "reissue")) == (409, "already-replaced")


def test_the_earlier_one_can_still_be_revoked(world: World) -> None:
    """Revoking the earlier one leaves the new one alone, and the answer names it."""
    old = world.issue(valid_until=END)
    new = correct(world, old["id"], "renew", valid_until="2027-01-31").json()
    answer = correct(world, old["id"], "revoke", reason="holder-request").json()
    assert (answer["revocation_reason"], answer["superseded_by"]) == ("holder-request", new["id"])
    assert looked_up(world, new["id"])["revoked_at"] is None


def test_side_by_side_one_successor(world: World) -> None:
    """Renewals and corrections at once make one successor together."""
    old = world.issue(valid_until=END)
    tasks = [partial(correct, world, old["id"], "renew", valid_until="2027-01-31") for _ in range(26)]
    tasks += [partial(correct, world, old["id"], "reissue") for _ in range(26)]
    answers = side_by_side(tasks)
    (made,) = [answer for answer in answers if answer.status_code == 201]
    assert {code_of(answer) for answer in answers if answer is not made} == {(409, "already-replaced")}
    assert looked_up(world, old["id"])["superseded_by"] == made.json()["id"]


def test_who_may(world: World) -> None:
    """A key that revokes may renew; teachers, auditors and keys that only issue may not."""
    old = world.issue(valid_until=END)
    for headers in (world.as_tuula(), world.as_audrey(), world.key([Scope.ISSUE])):
        assert code_of(correct(world, old["id"], "renew", headers, valid_until="2027-01-31")) == (403, "scope-missing")
    assert correct(world, old["id"], "renew", world.as_aino(), valid_until="2027-01-31").status_code == 201


def test_a_strange_body_is_refused(world: World) -> None:
    """Each field at fault is named, and nothing is issued."""
    old = world.issue(valid_until=END)
    for body, field in STRANGE:
        answer = correct(world, old["id"], "renew", **body)
        assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert looked_up(world, old["id"])["superseded_by"] is None
