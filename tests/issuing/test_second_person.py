"""What is said to the holder stays on pages: nothing that is signed, and nothing that programs are told, has a word of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from okbadges.catalogue import shelf
from okbadges.credentials.vc_jwt import read_jwt
from okbadges.issuing.body import achievement
from okbadges.issuing.forms import Form

if TYPE_CHECKING:
    from okbadges.catalogue.published import PublishedBadge
    from okbadges.catalogue.texts import Language
    from support.world import World

BADGE = "arki-raha"


def badge_of(world: World, slug: str = BADGE) -> PublishedBadge:
    """Return the newest version of a badge."""
    with world.rooms.database.read() as session:
        return shelf.latest_badge(session, slug)


def said_to_the_holder(badge: PublishedBadge) -> set[str]:
    """Return every text of the badge, in every language, that is said to its holder."""
    assert badge.you is not None, badge.slug
    texts = (badge.you.description, *badge.you.criteria)
    return {text for each in texts for text in each.model_dump(exclude_none=True).values()}


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_it_works(world: World, language: Language) -> None:
    """A credential in each language, its JWT and its selective form speak about the holder in the neutral words only."""
    issued = world.issue(badge=BADGE, language=language)
    badge = badge_of(world)
    jwt = read_jwt(world.rooms.forms.get(issued["id"], Form.VC_JWT, actor="test").decode())
    selective = orjson.loads(world.rooms.forms.get(issued["id"], Form.SELECTIVE_BASE, actor="test"))
    forms: list[Any] = [issued["credential"], jwt.unverified_credential(), selective]

    for credential in forms:
        about = credential["credentialSubject"]["achievement"]
        assert about["description"] == badge.description.in_language(language)[0]
        text = orjson.dumps(credential).decode()
        assert [said for said in said_to_the_holder(badge) if said in text] == []


def test_no_achievement_speaks_to_the_holder(world: World) -> None:
    """Of all badges in all languages, none puts a text to the holder, or the name of the field, into its achievement."""
    with world.rooms.database.read() as session:
        badges = shelf.latest_badges(session)
    assert len(badges) == 40
    for badge in badges:
        said = said_to_the_holder(badge)
        for language in badge.artwork:
            about = achievement(badge, language, world.rooms.base_url)
            text = orjson.dumps(about).decode()
            assert "you" not in about
            assert [each for each in said if each in text] == [], badge.slug


def test_programs_are_told_the_neutral_words(world: World) -> None:
    """The API describes a badge to third parties as before."""
    answer = world.client.get(f"/v1/badges/{BADGE}")
    assert answer.status_code == 200
    assert "you" not in answer.json()
    assert [said for said in said_to_the_holder(badge_of(world)) if said in answer.text] == []
