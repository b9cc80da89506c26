"""Every page of okbadges, in every state that looks different: where it is, how one gets there, and by what one knows it.

A new page is one line in `PLACES`. The ground is one installation in which all of them are there.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from okbadges.integrations.providers import Provider
from okbadges.issuing.links import Links
from okbadges.issuing.order import Purpose
from okbadges.organisations.accounts import Account, connect_account
from okbadges.organisations.workshops import find_organisation
from okbadges.pages.card_sheet import card_file
from okbadges.pages.site import site_of
from okbadges.passport.own_links import Shown, WantedLink, make_link, withdraw_link
from okbadges.passport.reflections import Reflection, keep_reflection
from support.brought import brought_into, put, put_profile, strangers_badge
from support.learners import new_group, new_participant
from support.members import new_link
from support.partners import allowed
from support.passport import give_badge, give_pin, holder_of, new_card
from support.programs import EVERYTHING, READ, let_in, new_program
from support.provider import let_in as let_provider_in
from support.smtp import give_mail
from support.studying import cookie_of, teacher_places
from support.wallets import LUMI, ask, bearer, offer_again
from support.work import sign_in_cookie, work_places
from support.world import NOW
from verification.making import Maker, credential, status_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import Page

    from okbadges.passport.cards import Card
    from support.world import World

SANIS_BADGES = ("kasi-keittio", "arki-palvelut", "kasi-puu", "arki-ruoka", "digi-turva")
STUDY = {"purpose": "study-plan", "expires_on": "2027-05-31"}
WORK = {"purpose": "workplace", "expires_on": "2027-05-31"}
OPEN_FOLDS = "most => [...document.querySelectorAll('details')].slice(0, most).forEach((one) => { one.open = true; })"
VEERAS_PIN = "2580"
NOBODY_LISTENS = "http://localhost:1/status/1"


@dataclass(frozen=True, slots=True)
class Ground:
    """What the places stand on: addresses by name, files to check by name, the cards that open the two passports, who is signed in."""

    base_url: str
    addresses: dict[str, str]
    files: dict[str, bytes]
    cards: dict[str, Card]
    sheets: dict[str, str]
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By which members are signed in: the name and the value."""


@dataclass(frozen=True, slots=True)
class Place:
    """One page: its address (a path, or one of the ground's in braces), what is there to know it by, what to do there, who goes.

    ``speaks`` is for a page that is there in one language only; ``folds`` for one that has hundreds of one kind.
    """

    address: str
    shows: str
    then: Callable[[Page, Ground], None] | None = None
    who: str = "guest"
    speaks: str | None = None
    folds: int = 100

    def visit(self, page: Page, ground: Ground, *, unfold: bool = True) -> None:
        """Go there and open its folds, if asked to. Raises playwright's TimeoutError when what the page should show does not come."""
        address = self.address.format(**ground.addresses)
        if self.who in ground.cookies:
            name, value = ground.cookies[self.who]
            page.context.add_cookies([{"name": name, "value": value, "url": ground.base_url}])
        page.goto(ground.base_url + address if address.startswith("/") else address)
        if self.then:
            self.then(page, ground)
        page.locator(self.shows).first.wait_for(state="attached", timeout=10_000)
        page.wait_for_load_state()
        if unfold:
            page.evaluate(OPEN_FOLDS, self.folds)


def check(name: str) -> Callable[[Page, Ground], None]:
    """Choose a file of the ground on the check page and send it."""

    def do(page: Page, ground: Ground) -> None:
        page.set_input_files(
            "#file", {"name": name, "mimeType": "application/octet-stream", "buffer": ground.files[name]}
        )
        page.locator("form.check-form [type=submit]").click()

    return do


def press(*buttons: str) -> Callable[[Page, Ground], None]:
    """Press one button after the other."""

    def do(page: Page, _ground: Ground) -> None:
        for button in buttons:
            page.locator(button).first.click()

    return do


def send(name: str, text: str) -> Callable[[Page, Ground], None]:
    """Type into the field with this name, whatever it is for, and send its form without the browser's own objections."""
    field = f"[name={name}]:not([type=hidden])"

    def do(page: Page, ground: Ground) -> None:
        page.locator(f"main {field}").first.evaluate("(field, text) => { field.value = text; }", text)
        insist(f"main form:has({field})")(page, ground)

    return do


def insist(form: str) -> Callable[[Page, Ground], None]:
    """Send a form as it is, without the browser's own objections."""

    def do(page: Page, _ground: Ground) -> None:
        page.locator(form).first.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")

    return do


def reveal(hidden: str) -> Callable[[Page, Ground], None]:
    """Show what a script shows only where the browser has what it needs."""

    def do(page: Page, _ground: Ground) -> None:
        page.evaluate("all => document.querySelectorAll(all).forEach((one) => { one.hidden = false; })", hidden)

    return do


def look_again(page: Page, ground: Ground) -> None:
    """Send a preview in which something else was seen than what is there by now."""
    press(".ready .button")(page, ground)
    page.locator("#make [name=seen]").evaluate("field => { field.value = 'another'; }")
    insist("#make")(page, ground)


def signed_in(who: str, address: str) -> Callable[[Page, Ground], None]:
    """Go there as somebody who is signed in."""

    def do(page: Page, ground: Ground) -> None:
        name, value = ground.cookies[who]
        page.context.add_cookies([{"name": name, "value": value, "url": ground.base_url}])
        page.goto(ground.base_url + address)

    return do


def with_pin(address: str) -> Callable[[Page, Ground], None]:
    """Open Veera's passport with her PIN, where this browser has it not open yet, and go there."""

    def do(page: Page, ground: Ground) -> None:
        page.goto(ground.cards["veera"].address)
        if page.locator("input#pin").count():
            page.fill("#pin", VEERAS_PIN)
            insist("form:has(#pin)")(page, ground)
            page.wait_for_url("**/passport")
        page.goto(ground.base_url + address)

    return do


def open_sheet(page: Page, ground: Ground) -> None:
    """Open the sheet of cards, which is a file."""
    language = page.evaluate("navigator.language").partition("-")[0]
    page.set_content(ground.sheets[language])


PLACES = {
    "front": Place("/", "main h1"),
    "badges": Place("/badges", "main a[href*='digi-turva']"),
    "badge": Place("/badges/digi-turva", ".portrait"),
    "summary-badge": Place("/badges/kooste-digitaalinen-ymparisto", ".portrait"),
    "docs": Place("/docs", "main h2", speaks="en", folds=8),
    "accessibility": Place("/accessibility", "main .reach"),
    "privacy": Place("/privacy", "main .reach"),
    "check": Place("/verify", ".check-form"),
    "check-camera": Place("/verify", "#scan video", reveal("#scan, #scan [hidden]")),
    "check-nothing-sent": Place("/verify", "#mistake", press("form.check-form [type=submit]")),
    "check-valid": Place("/verify", ".verdict.good", check("valid")),
    "check-unknown-issuer": Place("/verify", ".verdict.caution", check("unknown-issuer")),
    "check-revoked": Place("/verify", ".verdict.ended", check("revoked")),
    "check-expired": Place("/verify", ".verdict.ended", check("expired")),
    "check-invalid": Place("/verify", ".verdict.bad", check("invalid")),
    "check-indeterminate": Place("/verify", ".verdict.caution", check("indeterminate")),
    "check-rejected": Place("/verify", ".verdict.caution", check("rejected")),
    "check-presentation": Place("/verify", ".verdict", check("presentation")),
    "share-study-plan": Place("{study}", ".verdict.good"),
    "share-workplace": Place("{work}", ".verdict.good"),
    "share-several": Place("{several_study}", ".overview"),
    "share-several-workplace": Place("{several_work}", ".overview"),
    "share-digits-answered": Place("{several_study}", ".answer", send("digits", "111111")),
    "share-digits-mistake": Place("{several_study}", "main [aria-invalid]", send("digits", "1")),
    "share-revoked": Place("{revoked}", ".verdict.ended"),
    "share-expired": Place("{expired}", ".verdict.ended"),
    "share-withdrawn": Place("{withdrawn}", ".problem"),
    "share-unknown": Place("/s/nope", ".problem"),
    "claim-new": Place("{claim_new}", ".claim.greeting"),
    "claim-in-passport": Place("{claim_in_passport}", ".problem"),
    "claim": Place("{claim}", ".claim:not(.greeting)"),
    "not-found": Place("/nope", ".problem"),
    "card-sheet": Place("about:blank", ".card", open_sheet),
    "open": Place("/p", "#code"),
    "open-mistake": Place("/p", "#code[aria-invalid]", send("code", "7K3M")),
    "open-pin": Place("{veera_card}", "input#pin"),
    "open-other": Place("{sani_card}", "form .button.wide", who="eino"),
    "passport-new-badge": Place("/passport", "article.greeting", who="eino"),
    "passport": Place("/passport", ".newest", who="sani"),
    "passport-badge": Place("{own_badge}", ".badge-page .own-words", who="sani"),
    "passport-badge-new": Place("{new_badge}", ".badge-page", who="eino"),
    "passport-wallet": Place("{own_badge}/wallet", "form [name=offer]", who="sani"),
    "passport-wallet-code": Place("{offered_badge}/wallet", ".wallet-steps", who="sani"),
    "passport-wallet-taken": Place("{taken_badge}/wallet", "main .dots", who="sani"),
    "wallet-offer": Place("{wallet_offer}", "main h1"),
    "wallet-offer-taken": Place("{wallet_offer_taken}", ".problem"),
    "passport-steps": Place("/passport/steps/digi-laite", ".trail", who="sani"),
    "passport-share": Place("/passport/share", ".ready", who="sani"),
    "passport-share-mistake": Place("/passport/share", "[role=alert]", send("expires_on", ""), who="sani"),
    "passport-preview": Place("/passport/share", ".framed", press(".ready .button"), who="sani"),
    "passport-preview-again": Place("/passport/share", "[role=alert]", look_again, who="sani"),
    "passport-link": Place("/passport/share/links", ".own-link", press(".own-links a"), who="sani"),
    "passport-print": Place("/passport/paper", ".framed", who="sani"),
    "passport-paper": Place("{several_work_paper}", ".sheet", who="sani"),
    "passport-links": Place("/passport/share/links", ".own-links", who="sani"),
    "passport-match": Place("/passport/match", "#six", who="sani"),
    "passport-others": Place("/passport/others", ".plain-emblem", who="sani"),
    "passport-other-unchecked": Place("{brought}", "#check", who="sani"),
    "passport-other": Place("{brought}?check=now", ".verdict.caution", who="sani"),
    "passport-other-open": Place("{brought_open}?check=now", ".verdict.caution", who="sani"),
    "passport-settings": Place("/passport/settings", "#pin", who="sani"),
    "passport-settings-mistake": Place("/passport/settings", "#pin-mistake", send("pin", "1"), who="sani"),
    "passport-settings-pin": Place("/p", "#pin-remove", with_pin("/passport/settings"), who="veera"),
    "passport-erase-pin": Place("/p", "#current", with_pin("/passport/settings/erase"), who="veera"),
    "sign-in": Place("/sign-in", "form [formaction]"),
    "sign-in-left": Place("/sign-in?left=1", ".note"),
    "sign-in-link": Place("/sign-in/{sign_in_token}", "form .pick"),
    "sign-in-refused": Place("/sign-in/nope", ".opening .button"),
    "sign-in-over": Place("/sign-in/with/oma/back", ".opening .button"),
    "my-page": Place("/workshop/me", "#accounts .card", signed_in("iida", "/workshop/me?done=connected"), who="iida"),
    "passport-mail": Place("/passport/mail", "#address", who="sani"),
    "passport-mail-mistake": Place("/passport/mail", "#address-mistake", send("address", "sani"), who="sani"),
    "passport-mail-code": Place("/passport/mail", "#code", who="eino"),
    "passport-mail-code-mistake": Place("/passport/mail", "#code-mistake", send("code", "1"), who="eino"),
    "passport-mail-there": Place("/passport/mail", ".mail-address", who="otto"),
    "ask-mail": Place("/p/mail", "#address"),
    "ask-mail-mistake": Place("/p/mail", "#mistake", send("address", "sani")),
    "ask-mail-sent": Place("/p/mail/sent", "main h1"),
    "mail-link": Place("{mail_link}", "main form"),
    "mail-link-ended": Place("/p/mail/nope", "main .button"),
    "open-asked": Place("{asks}", "#asked"),
    "program-asks": Place("{asks}", ".asking [type=checkbox]", who="sani"),
    "program-asks-one": Place("{asks_one}", ".asking .may", who="sani"),
    "program-asks-mistake": Place("{asks}", ".asking #mistake", press(".asking [value=allow]"), who="sani"),
    "program-unknown": Place("/oauth/authorize?client_id=okp_x", ".opening .button", who="sani"),
    "passport-erase": Place("/passport/settings/erase", "#sure", who="sani"),
    "passport-erase-unsure": Place("/passport/settings/erase", "#sure-mistake", insist("form:has(#sure)"), who="sani"),
    "passport-recognised": Place("/passport?at=shelf", "#recognised", who="helmi"),
    "passport-next-step": Place("/passport?at=shelf", "#next-step", who="leo"),
    "areas": Place("{areas}", ".target .outcomes"),
    "areas-lone": Place("{areas_lone}", ".target.folded"),
    "areas-day-mistake": Place("{areas_lone}?begins_on=2017-01-01", "#begins_on-mistake"),
    "areas-digits-answered": Place("{areas}", ".answer", send("digits", "111111")),
    "areas-digits-mistake": Place("{areas}", "#digits-mistake", send("digits", "1")),
    "areas-not-for-this": Place("{several_work}/areas", ".opening h1"),
    "areas-of-a-school": Place("{areas}", ".school", who="lappia"),
    "decide": Place("{decide}", "form.decide", who="lappia"),
    "decide-2026": Place("{decide_2026}", "[name=compared]", who="lappia"),
    "decide-tuva": Place("{decide_tuva}", "#weeks", who="lappia"),
    "decide-mistake": Place("{decide}", "#matched-mistake", insist("form.decide"), who="lappia"),
    "decide-no-grounds": Place("{decide}", "[role=alert]", send("grounds_fi", ""), who="lappia"),
    "decisions": Place("/decisions", ".glances.tall", who="lappia"),
    "decision": Place("{decided}", "#take", who="lappia"),
    "decision-endorsement": Place("{decided}/endorsement", "main form .button", who="lappia"),
    "decision-before": Place("{decided_before}", ".warning", who="lappia"),
    "decision-not-yet": Place("{decided_not_yet}", "#next", who="lappia"),
    "decision-unknown": Place("/decisions/x", ".opening h1", who="lappia"),
    "decision-paper": Place("{decided}/print", ".decision-sheet", who="lappia"),
    "decision-paper-mistake": Place("{decided}/print", "#student-mistake", send("student", "x" * 81), who="lappia"),
    "decision-correct": Place("{decided}/correct", "#correction", who="lappia"),
    "work-groups": Place("/workshop?at=groups", ".big-rows", who="iida"),
    "work-groups-mistake": Place("/workshop?at=groups", "#name-mistake", send("name", ""), who="iida"),
    "work-teacher": Place("/workshop", "main .lead", who="tuula"),
    "work-group": Place("{work_group}", ".big-rows", who="iida"),
    "work-group-mistake": Place("{work_group}", "#label-mistake", send("label", "040 123 4567"), who="iida"),
    "work-cards": Place("{work_group}/cards", "[name=person]", who="iida"),
    "work-choose": Place("{work_group}/badges", ".family-fold", who="iida"),
    "work-together": Place("{work_group}/badges/kasi-keittio", "[name=person]", who="iida"),
    "work-person": Place("{work_person}", ".to-award", who="iida"),
    "work-card": Place("{work_person}/card", "[name=repeat]", who="iida"),
    "work-steps": Place("{work_person}/badges/kasi-keittio", ".tick", who="iida"),
    "work-steps-mistake": Place("{work_steps}", "#step-mistake", insist("form:has([name=step])"), who="iida"),
    "work-steps-done": Place("{work_person}/badges/digi-turva", ".held-list", who="iida"),
    "work-award": Place("{work_person}/badges/digi-turva/award", ".look", who="iida"),
    "work-award-mistake": Place("{work_award}", "#awarded_on-mistake", send("awarded_on", ""), who="iida"),
    "work-award-waits": Place("{work_person}/badges/{work_summary}/award", ".held-list", who="iida"),
    "work-award-asks": Place("{work_ready}/badges/{work_summary}/award", "#code", who="iida"),
    "work-awarded": Place("{work_ready}/badges/{work_collected}/awarded", ".portrait", who="iida"),
    "work-code": Place("{work_ready}/badges/vuoro-kielet/awarded", "#code", press("main .quiet.wide"), who="iida"),
    "work-evidence": Place("{work_evidence}", "#photo", who="iida"),
    "work-evidence-mistake": Place("{work_evidence}", "#photo-mistake", insist("form:has(#photo)"), who="iida"),
    "work-confirm": Place("{work_confirm}", ".held-list", who="tuula"),
    "work-learned": Place("/workshop/recognised", ".learned", who="iida"),
    "work-missing": Place("/workshop/people/x", "main .button", who="iida"),
}


def lay_ground(world: World, base_url: str) -> Ground:
    """Make everything that the places show. The world's clock goes from 300 days before its day to a minute after it."""
    world.clock.time = NOW - timedelta(days=300)
    long_ago = (NOW - timedelta(days=300)).date()
    expired = world.issue(
        awarded_on=long_ago.isoformat(),
        valid_until="2026-10-31",
        share={**STUDY, "expires_on": "2027-01-15"},
    )
    world.clock.time = NOW
    valid, work = world.issue(share=STUDY), world.issue(share=WORK)
    revoked = world.issue(share=STUDY)
    _must(world, f"/v1/credentials/{revoked['id']}/revoke", json={"reason": "issued-in-error"})
    group = new_group(world)
    sani, eino = new_participant(world, group), new_participant(world, group, "Eino")
    cards = {"sani": new_card(world, sani), "eino": new_card(world, eino)}
    cards["otto"] = new_card(world, new_participant(world, group, "Otto"))
    cards["veera"] = new_card(world, veera := new_participant(world, group, "Veera"))
    give_pin(world, cards["veera"], VEERAS_PIN)
    own = _fill(world, sani)
    program = new_program(world, client_name="Oma merkkireppu")
    let_in(program, holder_of(world, cards["sani"]))
    addresses = {
        "asks": program.wish(EVERYTHING),
        "asks_one": program.wish(READ),
        "study": valid["share_link"],
        "work": work["share_link"],
        "revoked": revoked["share_link"],
        "expired": expired["share_link"],
        "claim_new": world.issue(badge="arki-ruoka")["claim_link"],
        "claim": work["claim_link"],
        "own_badge": f"/passport/badges/{own[-1]}",
        "claim_in_passport": world.issue(badge="arki-ruoka", participant=str(veera))["claim_link"],
        "veera_card": urlsplit(cards["veera"].address).path,
        "sani_card": urlsplit(cards["sani"].address).path,
        "new_badge": f"/passport/badges/{give_badge(world, eino, accepted=False)}",
        **_links(world, cards["sani"], own),
        **_brought(world, sani),
        **_wallet_offers(world, cards["sani"], own),
        **give_mail(world, confirmed=cards["otto"], waiting=cards["eino"]),
        "sign_in_token": new_link(world, world.keys.tuula_id),
    }
    places, students = teacher_places(world)
    addresses |= places
    cards |= students
    addresses |= work_places(world)
    cookies = {
        "iida": _with_an_account(world),
        "tuula": sign_in_cookie(world, world.keys.tuula_id),
        "lappia": cookie_of(world, uuid.UUID(addresses["teacher"])),
    }
    world.clock.move(minutes=1)
    files, sheets = _files(valid, revoked, expired), _sheets(world, [*cards.values()])
    return Ground(base_url, addresses, files, cards, sheets, cookies)


def _with_an_account(world: World) -> tuple[str, str]:
    """Give Iida an account at a provider, sign her in, and return the cookie that says so."""
    names = {"fi": "Oma tunnus", "sv": "Eget konto", "en": "Own account"}
    let_provider_in(world, Provider("oma", names, "https://login.example", "okbadges"))
    rooms, iida = world.rooms, world.keys.iida_id
    connect_account(rooms.writer, rooms.stamp("test"), iida, Account("oma", bytes(32)))
    return sign_in_cookie(world, iida)


def _must(world: World, path: str, **sent: Any) -> None:
    answer = world.client.post(path, headers=world.as_iida(), **sent)
    assert answer.status_code in (200, 201), answer.text


def _fill(world: World, sani: uuid.UUID) -> list[uuid.UUID]:
    """Give Sani some badges, one more on its way, evidence and own words; return the keys of the badges."""
    badges = [give_badge(world, sani, badge) for badge in SANIS_BADGES]
    seen = {"observed_by": "instructor", "method": "observation", "observed_on": "2026-11-20"}
    for step in (1, 2):
        _must(world, f"/v1/participants/{sani}/progress/digi-laite/{step}", json=seen)
    fields = {"badge": "digi-turva", "agreed": "true", "kind": "text", "text": "Teki pitkän salasanan."}
    _must(world, f"/v1/participants/{sani}/evidence", files=[(name, (None, text)) for name, text in fields.items()])
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    own = Reflection(sani, "digi-turva", "", "Se oli mukavaa.", 2, 4)
    keep_reflection(rooms.writer, rooms.stamp("holder"), rooms.secrets, kemi, own)
    return badges


def _brought(world: World, sani: uuid.UUID) -> dict[str, str]:
    """Let a program bring badges of others and a profile for Sani; return where two of them are: of a stranger, and one that cannot be checked."""
    program = allowed(world, sani)
    subject = credential("urn:x")["credentialSubject"]
    hostile = {**subject["achievement"], "name": "Ruokahygienia\u202e <b>osaaja</b> " + "pitkä" * 60}
    badges = [
        strangers_badge(1),
        strangers_badge(2, credentialStatus=status_entry(url=NOBODY_LISTENS)),
        strangers_badge(3, credentialSubject={**subject, "achievement": hostile}, validUntil="2026-10-31T00:00:00Z"),
    ]
    for badge in badges:
        put(world, program, badge)
    put_profile(world, program)
    found = {one.document: f"/passport/others/{one.row_id}" for one in brought_into(world, program.passport_id)}
    return {"brought": found[badges[0]], "brought_open": found[badges[1]]}


def _links(world: World, card: Card, badges: Sequence[uuid.UUID]) -> dict[str, str]:
    """Let the holder of a card make the links that show several badges, and take one back; return their addresses."""
    rooms, holder = world.rooms, holder_of(world, card)
    links = Links(rooms.secrets, rooms.base_url)
    wanted = {
        "several_study": (Purpose.STUDY_PLAN, frozenset(Shown)),
        "several_work": (Purpose.WORKPLACE, frozenset({Shown.DAY})),
        "withdrawn": (Purpose.OTHER, frozenset[Shown]()),
    }
    found = {}
    for name, (purpose, shows) in wanted.items():
        link = WantedLink(purpose, tuple(badges), shows, "Sani", NOW.date() + timedelta(days=30))
        made = make_link(rooms.writer, rooms.stamp("holder"), links, holder, link)
        found[name] = links.share_link(made)
        found[f"{name}_paper"] = f"/passport/paper/{made}"
    withdraw_link(rooms.writer, rooms.stamp("holder"), holder.participants, made)
    return found


def _wallet_offers(world: World, card: Card, badges: Sequence[uuid.UUID]) -> dict[str, str]:
    """Let the holder of a card offer two badges to wallets, of which one is taken; return where that is told."""
    holder = holder_of(world, card)
    open_one, taken = (offer_again(world, holder, badge) for badge in badges[:2])
    assert ask(world, bearer(world, taken), LUMI.proof(world)).status_code == 200
    return {
        "offered_badge": f"/passport/badges/{badges[0]}",
        "taken_badge": f"/passport/badges/{badges[1]}",
        "wallet_offer": f"/w/{open_one.its.token}",
        "wallet_offer_taken": f"/w/{taken.its.token}",
    }


def _files(valid: dict[str, Any], revoked: dict[str, Any], expired: dict[str, Any]) -> dict[str, bytes]:
    """Return a file for each verdict, and one with several badges."""
    stranger, altered = Maker.by_key(), json.loads(json.dumps(valid["credential"]))
    altered["credentialSubject"]["achievement"]["name"] = "Koko tutkinto"
    several = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": stranger.did,
        "verifiableCredential": [stranger.badge(), valid["credential"]],
    }
    documents = {
        "valid": valid["credential"],
        "unknown-issuer": stranger.badge(),
        "revoked": revoked["credential"],
        "expired": expired["credential"],
        "invalid": altered,
        "indeterminate": stranger.badge(credentialStatus=status_entry(url=NOBODY_LISTENS)),
        "rejected": "nothing of the kind",
        "presentation": stranger.sign(several, purpose="authentication"),
    }
    return {name: json.dumps(document).encode() for name, document in documents.items()}


def _sheets(world: World, cards: Sequence[Card]) -> dict[str, str]:
    site, base_url = site_of(world.app), world.rooms.base_url
    return {
        language: card_file(site, cards, language=language, base_url=base_url, demo=False).decode()
        for language in site.words
    }
