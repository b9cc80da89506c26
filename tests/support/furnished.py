"""A world in which there is one of everything that the API can be asked about, and what the examples of its description stand for there."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from okbadges.operations.dispatch import sending_of
from okbadges.organisations.roles import Role, Scope
from okbadges.passport.sharing import Purpose
from okbadges.storage.tables import WebhookDeliveryRow
from support.college import new_college
from support.conformance import presentation, signed_by_suite, suite_signer
from support.decided import decide
from support.learners import new_group, new_member, new_participant
from support.partners import allowed
from support.sharing import new_link, sharer
from support.wallets import offered
from support.webhooks import wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.wallets import Offered
    from support.world import World

CREDENTIAL = "urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"
PARTICIPANT = "8f14e45f-ceea-4d6b-9a3e-2b1c0d9e8f7a"
SHARE_LINK = "https://badges.example/s/vN0vW5dWQ1mBv0yS5sQm8xj0y2A"
SUMMARY = "kooste-digitaalinen-ymparisto"
V2, OB = "https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


@dataclass(frozen=True, slots=True)
class Furnished:
    """``stands_for`` is what takes the place of an example, or of a word in capitals; ``keys`` are headers of all who may call.

    ``program`` is the token of a program that a holder let in, ``offer`` what a wallet may take.
    """

    stands_for: Mapping[str, str]
    keys: tuple[Mapping[str, str], ...]
    files: Mapping[str, bytes]
    program: str
    offer: Offered


def furnish(world: World) -> Furnished:
    """Put one of everything into a world."""
    group, other = new_group(world, slug="kassa"), new_group(world, slug="ilta")
    participant = new_participant(world, group, "Eino")
    sani, college = sharer(world, "digi-turva"), new_college(world, own_issuer=True)
    link = world.rooms.secrets.link_token("share", new_link(world, sani, purpose=Purpose.STUDY_PLAN).hex)
    issued = world.issue(participant=str(participant), awarded_on="2026-11-21", valid_until="2026-11-30")
    iida, aino, tuula = world.as_iida(), world.as_aino(), world.as_tuula()
    of_participant = f"/v1/participants/{participant}"
    piece = {
        "badge": (None, "digi-turva"),
        "kind": (None, "text"),
        "text": (None, "Kassa täsmäsi."),
        "agreed": (None, "true"),
    }
    evidence = _made(world, f"{of_participant}/evidence", iida, files=piece)
    tick = {"observed_by": "instructor", "method": "observation", "observed_on": "2026-11-20"}
    _made(world, f"{of_participant}/progress/digi-turva/1", iida, json=tick)
    _made(world, f"{of_participant}/card", iida)
    word = {"participant": str(sani.participant), "badge": SUMMARY}
    confirmation = _made(world, "/v1/confirmations", tuula, json=word)
    key = {"label": "Tablet", "organisations": ["kemi"], "role": "auditor"}
    prefix = _made(world, "/v1/access-keys", aino, json=key)["prefix"]
    records = world.client.get("/v1/organisations/kemi/workshops/kahvila/recognition-records", headers=aino).json()
    document = world.client.get(f"/v1/credentials/{issued['id']}", headers=iida).json()["credential"]
    head_of_school = new_member(world, Role.ADMINISTRATOR, organisation="lappia")
    of_school = world.key((), organisation="lappia", role=Role.ADMINISTRATOR, member_id=head_of_school)
    by_partner = world.key([Scope.VC_API])
    (_, holder), ours = suite_signer(), document["issuer"]["id"]
    held = _made(world, "/vc-api/credentials/issue", by_partner, json={"credential": _badge_of_partner(ours, holder)})
    shown = presentation(holder=holder, verifiableCredential=[held["verifiableCredential"]])
    shown = signed_by_suite(shown, purpose="authentication")
    program, waiting = allowed(world, sani.participant), offered(world)
    webhook = _made(world, "/v1/webhooks", aino, json=wanted("http://localhost:9/events"))["id"]
    world.issue()
    sending_of(world.rooms).read_on()
    told = world.client.get(f"/v1/webhooks/{webhook}/deliveries", headers=aino).json()["deliveries"]
    _settle(world)
    profile = {"@context": [V2, OB], "id": "https://sani.example/", "type": ["Profile"], "name": "Sani"}
    put = world.client.put("/ims/ob/v3p0/profile", json=profile, headers=program.headers)
    assert put.status_code == 200, put.text
    prefix_and_key = f"{world.keys.partner.split('_')[1]}:{world.keys.partner}"
    basic = {"Authorization": f"Basic {base64.b64encode(prefix_and_key.encode()).decode()}"}
    asked = world.client.post("/oauth/token", data={"grant_type": "client_credentials"}, headers=basic)
    own_token = asked.json()["access_token"]
    stands_for = {
        CREDENTIAL: issued["id"],
        PARTICIPANT: str(participant),
        SHARE_LINK: f"{world.rooms.base_url}/s/{link}",
        "demo-kemi": "kemi",
        "/issuers/demo/": "/issuers/ok/",
        "mfzwk4tu": prefix,
        "GROUP": str(group.id),
        # the workshop of the example has a record of that area already
        "/recognition-records ammatillisenoppiaineet_vvtd": "ammatillisenoppiaineet_yttt",
        "/move TO": str(other.id),
        "/hand-over TO": str(new_member(world)),
        "PARTICIPANT": str(participant),
        "MEMBER": str(new_member(world)),
        "EVIDENCE_ID": evidence["id"],
        "CONFIRMATION_ID": confirmation["id"],
        "RECORD": next(iter(records.values()))[0]["id"],
        "WEBHOOK": webhook,
        "DELIVERY": told[0]["id"],
        "/offers/{token} TOKEN": waiting.its.token,
        "/exchanges/{token} TOKEN": waiting.its.token,
        "okr_…": own_token,
        "DECISION": str(decide(world, college, sani).id),
        '"CREDENTIAL"': json.dumps(_badge_of_partner(ours)),
        '"VERIFIABLECREDENTIAL"': json.dumps(document),
        '"VERIFIABLEPRESENTATION"': json.dumps(shown),
    }
    keys = (iida, aino, tuula, college.as_tuula, of_school, world.as_audrey(), by_partner, program.headers, basic)
    files = {
        "credential.json": json.dumps(document).encode(),
        "profile.json": json.dumps(profile).encode(),
        "table.csv": b"",
    }
    return Furnished(stands_for, keys, files, program.token, waiting)


def _settle(world: World) -> None:
    """Let every message be one that was given up, so that it can be sent again."""
    done = update(WebhookDeliveryRow).values(state="given-up", next_at=None, settled_at=world.clock())
    world.rooms.writer.write(lambda connection: connection.execute(done) and None)


def _made(world: World, path: str, headers: Mapping[str, str], **body: Any) -> Any:
    answer = world.client.post(path, headers=headers, **body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def _badge_of_partner(issuer: str, subject: str = "did:example:ada") -> dict[str, Any]:
    return {
        "@context": [V2, OB],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": issuer,
        "validFrom": "2026-11-01T00:00:00Z",
        "credentialSubject": {
            "id": subject,
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://partner.example/badges/knots",
                "type": ["Achievement"],
                "name": "Knot tying",
                "description": "Ties six knots.",
                "criteria": {"narrative": "Ties six knots without help."},
            },
        },
    }
