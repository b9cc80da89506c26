"""Every table. A class ends in ``Row``; what leaves the service has models of its own.

Row keys are UUIDv7; whatever others see is random (a credential's id, a participant's id, tokens). Links and access keys are
kept as hashes only; private keys, labels, names of those who work there, notes and evidence are sealed (columns ``sealed_…``).
No table has a readable column for a person's name, an e-mail address or a reason for being at a workshop.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from okbadges.storage.columns import UtcDateTime

# every constraint has a name that both databases agree on, so that a later migration can change it
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# rows are made by us and by the database, which do not ask pydantic: what it would check them with is never built
SQLModel.model_config["defer_build"] = True


def _index_of_some(name: str, column: str, where: str) -> Index:
    """Return an index that holds only some rows: the few that a duty looks for cost nothing in a table of many."""
    return Index(name, column, sqlite_where=text(where), postgresql_where=text(where))


class InstallationRow(SQLModel, table=True):
    """The one row that says which installation this database belongs to; its base URL is part of every signed id."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="only_one_installation"),)
    id: int = Field(default=1, primary_key=True)
    base_url: str
    secret_fingerprint: str
    demo: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)


class IssuerRow(SQLModel, table=True):
    """A neutral name with a DID under which organisations issue. A slug is never reused."""

    __tablename__ = "issuers"
    id: uuid.UUID = Field(primary_key=True)
    slug: str = Field(unique=True)
    name: str
    url: str
    description: str | None = None
    did: str = Field(unique=True)
    home_url: str
    """Where its did document, status lists and badge pages are: this installation's base URL, an own domain, or where it came from."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    handed_over_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SigningKeyRow(SQLModel, table=True):
    """One key of an issuer. The public half is published for good; the private half is sealed here or kept by a token (PKCS#11).

    It signs from ``signs_from`` until it is retired or found compromised; a compromised key is revoked from ``compromised_since``.
    """

    __tablename__ = "signing_keys"
    __table_args__ = (UniqueConstraint("issuer_id", "number"),)
    id: uuid.UUID = Field(primary_key=True)
    issuer_id: uuid.UUID = Field(foreign_key="issuers.id")
    number: int
    kind: str
    public_multibase: str
    sealed_private_key: bytes | None = Field(default=None, sa_type=LargeBinary)
    token_label: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    signs_from: datetime = Field(sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    compromised_since: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OrganisationRow(SQLModel, table=True):
    """A foundation or association that awards badges under an issuer. Its name is shown to teachers only."""

    __tablename__ = "organisations"
    id: uuid.UUID = Field(primary_key=True)
    issuer_id: uuid.UUID = Field(foreign_key="issuers.id", index=True)
    slug: str = Field(unique=True)
    name: str
    second_person_for_summary: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)


class WorkshopRow(SQLModel, table=True):
    """A place of learning of an organisation. Never part of a credential."""

    __tablename__ = "workshops"
    __table_args__ = (UniqueConstraint("organisation_id", "slug"),)
    id: uuid.UUID = Field(primary_key=True)
    organisation_id: uuid.UUID = Field(foreign_key="organisations.id")
    slug: str
    name: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class RecognitionRecordRow(SQLModel, table=True):
    """One environment recognition (oppimisympäristön tunnistaminen): this workshop, this area or unit, from when to when."""

    __tablename__ = "recognition_records"
    id: uuid.UUID = Field(primary_key=True)
    workshop_id: uuid.UUID = Field(foreign_key="workshops.id", index=True)
    report_id: str
    report_url: str | None = None
    diaari: str | None = None
    target_uri: str
    recognised_by: str
    recognised_inside: str | None = None
    valid_from: date
    valid_until: date | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


class MemberRow(SQLModel, table=True):
    """Somebody who works for an organisation, in a role. The name is sealed: colleagues see it, a dump does not."""

    __tablename__ = "members"
    id: uuid.UUID = Field(primary_key=True)
    organisation_id: uuid.UUID = Field(foreign_key="organisations.id", index=True)
    role: str
    sealed_name: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInLinkRow(SQLModel, table=True):
    """A link with which a member signs in once. Its token is not here; a new link ends the one before."""

    __tablename__ = "sign_in_links"
    id: uuid.UUID = Field(primary_key=True)
    member_id: uuid.UUID = Field(foreign_key="members.id", index=True)
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    made_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInRow(SQLModel, table=True):
    """That a member is signed in in one browser, until a time; ``signed_in_with`` is ``link`` or the name of a provider."""

    __tablename__ = "sign_ins"
    id: uuid.UUID = Field(primary_key=True)
    member_id: uuid.UUID = Field(foreign_key="members.id", index=True)
    signed_in_with: str
    began_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MemberAccountRow(SQLModel, table=True):
    """A member's account at a provider of sign-ins: found by an HMAC of what the provider calls them, and never by an address or a name."""

    __tablename__ = "member_accounts"
    id: uuid.UUID = Field(primary_key=True)
    member_id: uuid.UUID = Field(foreign_key="members.id", index=True)
    provider: str
    subject_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, index=True))
    connected_at: datetime = Field(sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AccessKeyRow(SQLModel, table=True):
    """A program's key: found by its HMAC, listed by its prefix, shown once when made."""

    __tablename__ = "access_keys"
    id: uuid.UUID = Field(primary_key=True)
    label: str
    prefix: str = Field(unique=True)
    key_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    scopes: str
    role: str
    member_id: uuid.UUID | None = Field(default=None, foreign_key="members.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AccessKeyOrganisationRow(SQLModel, table=True):
    """The organisations in whose name an access key may act."""

    __tablename__ = "access_key_organisations"
    access_key_id: uuid.UUID = Field(foreign_key="access_keys.id", primary_key=True)
    organisation_id: uuid.UUID = Field(foreign_key="organisations.id", primary_key=True, index=True)


class BadgeVersionRow(SQLModel, table=True):
    """One immutable version of a badge, whole: what a credential of this version meant stays readable for good."""

    __tablename__ = "badge_versions"
    __table_args__ = (UniqueConstraint("slug", "version"),)
    id: uuid.UUID = Field(primary_key=True)
    slug: str
    version: int
    content_hash: str
    definition: str = Field(sa_type=Text)
    published_at: datetime = Field(sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BadgeImageRow(SQLModel, table=True):
    """The PNG of a badge version in one language (its SVG is in the definition)."""

    __tablename__ = "badge_images"
    badge_version_id: uuid.UUID = Field(foreign_key="badge_versions.id", primary_key=True)
    language: str = Field(primary_key=True)
    png: bytes = Field(sa_type=LargeBinary)


class ParticipantRow(SQLModel, table=True):
    """Somebody who learns: a random id that an organisation knows, and a short label that only the leaders of their groups see.

    ``passport_id`` is where this and what the same person has from other organisations come together; only they can do that.
    ``stands_for_erased`` marks the one participant of an organisation to whom the credentials of erased people belong.
    """

    __tablename__ = "participants"
    id: uuid.UUID = Field(primary_key=True)
    organisation_id: uuid.UUID = Field(foreign_key="organisations.id", index=True)
    sealed_label: bytes | None = Field(default=None, sa_type=LargeBinary)
    passport_id: uuid.UUID | None = Field(default=None, foreign_key="passports.id", index=True)
    last_event_at: datetime = Field(sa_type=UtcDateTime, index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    stands_for_erased: bool = False


class PassportRow(SQLModel, table=True):
    """What a person opens with their card: everything of one or more participants. It has no name and no address.

    ``pin_hash`` is an HMAC of the PIN that the holder chose, if any; a visit that began before ``visits_from`` is over.
    """

    __tablename__ = "passports"
    id: uuid.UUID = Field(primary_key=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    pin_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    visits_from: datetime = Field(sa_type=UtcDateTime)


class CardRow(SQLModel, table=True):
    """A printed card that opens a passport: by its QR code, or by its code, which can be read aloud. A new card ends the one before."""

    __tablename__ = "passport_cards"
    id: uuid.UUID = Field(primary_key=True)
    passport_id: uuid.UUID = Field(foreign_key="passports.id", index=True)
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    code_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    issued_at: datetime = Field(sa_type=UtcDateTime)
    issued_by: str
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PassportMailRow(SQLModel, table=True):
    """The e-mail address that a holder added to their passport: sealed, found by its HMAC, of use once they confirmed it.

    ``language`` is that of its letters, ``wording`` the words that were beside the field. ``link_hash`` is of the one link that opens now.
    """

    __tablename__ = "passport_mails"
    __table_args__ = (_index_of_some("ix_passport_mails_not_confirmed", "added_at", "confirmed_at IS NULL"),)
    id: uuid.UUID = Field(primary_key=True)
    passport_id: uuid.UUID = Field(foreign_key="passports.id", unique=True)
    address_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, index=True))
    sealed_address: bytes = Field(sa_type=LargeBinary)
    language: str
    wording: str
    added_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    link_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary, unique=True))
    link_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OutgoingMailRow(SQLModel, table=True):
    """A letter on its way, sealed; deleted when it is sent or given up. One that somebody only asks for belongs to no passport yet."""

    __tablename__ = "outgoing_mails"
    id: uuid.UUID = Field(primary_key=True)
    passport_id: uuid.UUID | None = Field(default=None, foreign_key="passports.id", index=True)
    sealed_letter: bytes = Field(sa_type=LargeBinary)
    tries: int = 0
    next_try_at: datetime = Field(sa_type=UtcDateTime)


class ConsentRow(SQLModel, table=True):
    """What a person agreed to, in which words (their version), how, and until when. For a share the link is named."""

    __tablename__ = "consents"
    id: uuid.UUID = Field(primary_key=True)
    participant_id: uuid.UUID = Field(foreign_key="participants.id", index=True)
    purpose: str
    share_link_id: uuid.UUID | None = Field(default=None, foreign_key="share_links.id", index=True)
    wording: str
    given_how: str
    given_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReflectionRow(SQLModel, table=True):
    """A person's own words on a badge or on one of its steps, and how sure they are before and after (1 to 5). Theirs alone."""

    __tablename__ = "reflections"
    __table_args__ = (UniqueConstraint("participant_id", "badge", "criterion_hash"),)
    id: uuid.UUID = Field(primary_key=True)
    participant_id: uuid.UUID = Field(foreign_key="participants.id")
    badge: str
    criterion_hash: str = ""
    """Which step, by the words of its criterion; empty for the badge as a whole."""
    sealed_words: bytes | None = Field(default=None, sa_type=LargeBinary)
    sure_before: int | None = None
    sure_after: int | None = None
    written_at: datetime = Field(sa_type=UtcDateTime)


class GroupRow(SQLModel, table=True):
    """A few participants and the member who leads them, at a workshop."""

    __tablename__ = "learning_groups"
    __table_args__ = (UniqueConstraint("organisation_id", "slug"),)
    id: uuid.UUID = Field(primary_key=True)
    organisation_id: uuid.UUID = Field(foreign_key="organisations.id")
    workshop_id: uuid.UUID = Field(foreign_key="workshops.id", index=True)
    leader_id: uuid.UUID = Field(foreign_key="members.id", index=True)
    slug: str
    name: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class GroupParticipantRow(SQLModel, table=True):
    """One stay of a participant in a group: from when to when. Somebody who comes back has a second row."""

    __tablename__ = "group_participants"
    __table_args__ = (_index_of_some("ix_group_participants_left_at", "left_at", "left_at IS NOT NULL"),)
    id: uuid.UUID = Field(primary_key=True)
    group_id: uuid.UUID = Field(foreign_key="learning_groups.id", index=True)
    participant_id: uuid.UUID = Field(foreign_key="participants.id", index=True)
    joined_at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TickedStepRow(SQLModel, table=True):
    """One criterion of a badge that a participant was seen to meet. There is no row for what was not seen.

    A step is known by the words of its criterion (``criterion_hash``), so that it counts for every version that still says the same.
    """

    __tablename__ = "ticked_steps"
    __table_args__ = (UniqueConstraint("participant_id", "badge", "criterion_hash"),)
    id: uuid.UUID = Field(primary_key=True)
    participant_id: uuid.UUID = Field(foreign_key="participants.id")
    badge: str
    badge_version_id: uuid.UUID = Field(foreign_key="badge_versions.id")
    step: int
    criterion_hash: str
    observed_by: str
    method: str
    observed_on: date
    sealed_note: bytes | None = Field(default=None, sa_type=LargeBinary)
    ticked_at: datetime = Field(sa_type=UtcDateTime)
    ticked_by: str


class ConfirmationRow(SQLModel, table=True):
    """A second person's word that a participant may have a summary badge; one word is for one credential."""

    __tablename__ = "confirmations"
    id: uuid.UUID = Field(primary_key=True)
    participant_id: uuid.UUID = Field(foreign_key="participants.id", index=True)
    badge: str
    role: str
    member_id: uuid.UUID = Field(foreign_key="members.id")
    confirmed_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_by: str
    credential_row_id: uuid.UUID | None = Field(default=None, foreign_key="credentials.id", index=True)


class EvidenceRow(SQLModel, table=True):
    """A text, photo or file that shows what a participant did: private, sealed, never in a credential, deleted on its day."""

    __tablename__ = "evidence"
    id: uuid.UUID = Field(primary_key=True)
    participant_id: uuid.UUID = Field(foreign_key="participants.id", index=True)
    badge: str
    kind: str
    media_type: str
    size: int
    sealed_content: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    delete_on: date = Field(index=True)


class StatusListRow(SQLModel, table=True):
    """One Bitstring status list. Counters only go up: an index is never given twice, not even after erasure.

    ``revision`` rises with every change of a bit; ``signed_revision`` is the one that ``document`` shows. No index is given from a
    closed list, however much room it has: a restore closes every list that it finds.
    """

    __tablename__ = "status_lists"
    __table_args__ = (UniqueConstraint("issuer_id", "number"),)
    id: uuid.UUID = Field(primary_key=True)
    issuer_id: uuid.UUID = Field(foreign_key="issuers.id")
    number: int
    size: int
    next_counter: int = 0
    shuffle_key: bytes = Field(sa_type=LargeBinary)
    revision: int = 0
    signed_revision: int = -1
    signed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    document: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CredentialRow(SQLModel, table=True):
    """One issued credential: the exact signed bytes, and what is known of the award and never signed.

    Nothing is the holder's before ``accepted_at``; what they declined or hid is shown to nobody. After erasure its id, hash, status index and dates of issue and revocation remain, and ``document`` is gone.
    ``copy_of_id`` ties a copy in a wallet to the credential it repeats: revoking one revokes all.
    """

    __tablename__ = "credentials"
    __table_args__ = (
        UniqueConstraint("status_list_id", "status_index"),
        Index("ix_credentials_organisation_id_id", "organisation_id", "id"),
        Index("ix_credentials_status_list_id_revoked_at", "status_list_id", "revoked_at"),
        # nearly none is a copy: with the others in it, SQLite would look all of them up for "is no copy"
        _index_of_some("ix_credentials_copy_of_id", "copy_of_id", "copy_of_id IS NOT NULL"),
        _index_of_some("ix_credentials_with_note", "participant_id", "sealed_revocation_note IS NOT NULL"),
    )
    id: uuid.UUID = Field(primary_key=True)
    credential_id: str = Field(unique=True)
    issuer_id: uuid.UUID = Field(foreign_key="issuers.id")
    organisation_id: uuid.UUID = Field(foreign_key="organisations.id")
    workshop_id: uuid.UUID = Field(foreign_key="workshops.id")
    participant_id: uuid.UUID = Field(foreign_key="participants.id", index=True)
    badge_version_id: uuid.UUID = Field(foreign_key="badge_versions.id")
    signing_key_id: uuid.UUID = Field(foreign_key="signing_keys.id", index=True)
    language: str
    awarded_on: date
    award_language: str | None = None
    valid_until_on: date | None = None
    observation: str | None = Field(default=None, sa_type=Text)
    criteria_met_by: str
    issued_at: datetime = Field(sa_type=UtcDateTime)
    issued_by: str
    status_list_id: uuid.UUID = Field(foreign_key="status_lists.id")
    status_index: int
    document: bytes | None = Field(default=None, sa_type=LargeBinary)
    document_hash: str
    claim_token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    share_link_id: uuid.UUID | None = None
    repeat_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary, unique=True))
    request_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revocation_reason: str | None = None
    sealed_revocation_note: bytes | None = Field(default=None, sa_type=LargeBinary)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    declined_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    hidden_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    supersedes_id: uuid.UUID | None = Field(default=None, foreign_key="credentials.id", unique=True)
    copy_of_id: uuid.UUID | None = Field(default=None, foreign_key="credentials.id")
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CollectedCredentialRow(SQLModel, table=True):
    """One credential that a summary credential rests on."""

    __tablename__ = "collected_credentials"
    summary_id: uuid.UUID = Field(foreign_key="credentials.id", primary_key=True)
    credential_row_id: uuid.UUID = Field(foreign_key="credentials.id", primary_key=True, index=True)


class CredentialFormRow(SQLModel, table=True):
    """Another form of a stored credential (a JWT, a base for selective disclosure): same id, same status, stored before it is sent."""

    __tablename__ = "credential_forms"
    credential_row_id: uuid.UUID = Field(foreign_key="credentials.id", primary_key=True)
    form: str = Field(primary_key=True)
    signing_key_id: uuid.UUID = Field(foreign_key="signing_keys.id", index=True)
    document: bytes = Field(sa_type=LargeBinary)
    made_at: datetime = Field(sa_type=UtcDateTime)


class ShareLinkRow(SQLModel, table=True):
    """A link that shows chosen credentials to somebody for a purpose until a day; it can be withdrawn.

    ``shows`` is what else it shows, as words in order: ``day``, ``evidence``, ``own-words``. ``sealed_name`` is the name that the
    holder typed for this link alone. A link of before there were codes, or of another installation, has no ``code_hash``.
    """

    __tablename__ = "share_links"
    __table_args__ = (
        _index_of_some("ix_share_links_withdrawn_at", "withdrawn_at", "withdrawn_at IS NOT NULL"),
        _index_of_some("ix_share_links_with_name", "expires_on", "sealed_name IS NOT NULL"),
    )
    id: uuid.UUID = Field(primary_key=True)
    participant_id: uuid.UUID = Field(foreign_key="participants.id", index=True)
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    code_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary, unique=True))
    purpose: str
    expires_on: date = Field(index=True)
    shows: str = ""
    sealed_name: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ShareLinkItemRow(SQLModel, table=True):
    """One credential behind a share link."""

    __tablename__ = "share_link_items"
    share_link_id: uuid.UUID = Field(foreign_key="share_links.id", primary_key=True)
    position: int = Field(primary_key=True)
    credential_row_id: uuid.UUID = Field(foreign_key="credentials.id", index=True)


class EventRow(SQLModel, table=True):
    """One change of state in the journal: who, what, when, about which row; never personal data."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("chain", "number"),
        # what a page of the journal asks for, each in the order of the chain
        Index("ix_events_chain_at_number", "chain", "at", "number"),
        Index("ix_events_chain_action_number", "chain", "action", "number"),
        Index("ix_events_subject_chain_number", "subject", "chain", "number"),
    )
    id: uuid.UUID = Field(primary_key=True)
    chain: str
    number: int
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    action: str
    subject: str
    details: str = Field(sa_type=Text)
    previous_hash: str
    event_hash: str


class EventHeadRow(SQLModel, table=True):
    """The newest event of a chain; locked once per batch of the writer."""

    __tablename__ = "event_heads"
    chain: str = Field(primary_key=True)
    number: int
    event_hash: str
    at: datetime = Field(sa_type=UtcDateTime)


class EditionRow(SQLModel, table=True):
    """How often rows that seldom change have changed: triggers in the database count it (see `okbadges.storage.edition`). One row, of id 1."""

    __tablename__ = "editions"
    id: int = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)


class FailureRow(SQLModel, table=True):
    """How often somebody failed (a wrong access key) in one window of time; who is kept as an HMAC."""

    __tablename__ = "failures"
    kind: str = Field(primary_key=True)
    subject_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    window: int = Field(primary_key=True)
    failed: int


class DutyRow(SQLModel, table=True):
    """A task that one of all processes does from time to time, and what it said when it last ran."""

    __tablename__ = "duties"
    name: str = Field(primary_key=True)
    taken_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_run_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    report: str = Field(default="", sa_type=Text)


class EducationProviderRow(SQLModel, table=True):
    """That an organisation is an education provider (koulutuksen järjestäjä), by its OIDs: its teachers may decide about credit.

    ``process_codes`` are the three codes of the verification process as the provider confirmed them, in the order directly, by
    assessors, by demonstration, with spaces between; None: nobody has, and exports leave the code to be filled in.
    """

    __tablename__ = "education_providers"
    organisation_id: uuid.UUID = Field(foreign_key="organisations.id", primary_key=True)
    provider_oid: str
    institution_oid: str | None = None
    process_codes: str | None = None
    noted_at: datetime = Field(sa_type=UtcDateTime)


class DecisionRow(SQLModel, table=True):
    """A decision about credit. The record is the provider's and sealed; its hash, the target and the word stand beside it.

    ``participant_id`` and ``share_link_id`` go when the participant is erased, at ``erased_at``; the record holds no name of theirs. A
    decision is superseded, never edited.
    """

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_organisation_id_id", "organisation_id", "id"),)
    id: uuid.UUID = Field(primary_key=True)
    organisation_id: uuid.UUID = Field(foreign_key="organisations.id")
    member_id: uuid.UUID = Field(foreign_key="members.id")
    participant_id: uuid.UUID | None = Field(default=None, foreign_key="participants.id", index=True)
    share_link_id: uuid.UUID | None = Field(default=None, foreign_key="share_links.id", index=True)
    generation: str
    target_kind: str
    target_uri: str
    decided: str
    decided_on: date
    decided_at: datetime = Field(sa_type=UtcDateTime)
    sealed_record: bytes = Field(sa_type=LargeBinary)
    record_hash: str
    supersedes_id: uuid.UUID | None = Field(default=None, foreign_key="decisions.id", unique=True)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DecisionBadgeRow(SQLModel, table=True):
    """One badge that a decision considered, and whether it counted: what its workshop learns from, in counts of five and more."""

    __tablename__ = "decision_badges"
    decision_id: uuid.UUID = Field(foreign_key="decisions.id", primary_key=True)
    position: int = Field(primary_key=True)
    credential_row_id: uuid.UUID | None = Field(default=None, foreign_key="credentials.id", index=True)
    badge: str | None = Field(default=None, index=True)
    counted: bool
    bar: str | None = None


class EndorsementRow(SQLModel, table=True):
    """A school's signed word that a credential was among the grounds of a decision: the holder's, to show or not.

    It is revoked when the decision is superseded. After erasure its id, hash, place in the status list and dates remain.
    """

    __tablename__ = "endorsements"
    __table_args__ = (
        UniqueConstraint("status_list_id", "status_index"),
        Index("ix_endorsements_status_list_id_revoked_at", "status_list_id", "revoked_at"),
    )
    id: uuid.UUID = Field(primary_key=True)
    endorsement_id: str = Field(unique=True)
    issuer_id: uuid.UUID = Field(foreign_key="issuers.id")
    decision_id: uuid.UUID = Field(foreign_key="decisions.id", index=True)
    credential_row_id: uuid.UUID | None = Field(default=None, foreign_key="credentials.id", index=True)
    signing_key_id: uuid.UUID = Field(foreign_key="signing_keys.id")
    status_list_id: uuid.UUID = Field(foreign_key="status_lists.id")
    status_index: int
    document: bytes | None = Field(default=None, sa_type=LargeBinary)
    document_hash: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OAuthClientRow(SQLModel, table=True):
    """A program that registered itself to ask participants for their badges. ``registration`` is what it said of itself, as JSON.

    It tells of a program: the addresses of people that it may have sent (``contacts``) are not kept.
    """

    __tablename__ = "oauth_clients"
    id: uuid.UUID = Field(primary_key=True)
    client_id: str = Field(unique=True)
    secret_hash: bytes = Field(sa_type=LargeBinary)
    registration: str = Field(sa_type=Text)
    registered_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OAuthGrantRow(SQLModel, table=True):
    """What the holder of a passport allowed a program, until they take it back; and the code by which it gets its first token, once."""

    __tablename__ = "oauth_grants"
    __table_args__ = (_index_of_some("ix_oauth_grants_ended_at", "ended_at", "ended_at IS NOT NULL"),)
    id: uuid.UUID = Field(primary_key=True)
    client_row_id: uuid.UUID = Field(foreign_key="oauth_clients.id", index=True)
    passport_id: uuid.UUID = Field(foreign_key="passports.id", index=True)
    scopes: str
    granted_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    code_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    code_challenge: str
    redirect_uri: str
    code_expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    code_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WalletOfferRow(SQLModel, table=True):
    """A badge that its holder offers to a wallet: to be taken by one. ``wallet_hash`` is how that wallet's copy is known again (``repeat_hash``).

    Challenges from before ``challenge_at`` are used up.
    """

    __tablename__ = "wallet_offers"
    __table_args__ = (_index_of_some("ix_wallet_offers_not_taken", "expires_at", "wallet_hash IS NULL"),)
    id: uuid.UUID = Field(primary_key=True)
    credential_row_id: uuid.UUID = Field(foreign_key="credentials.id", index=True)
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    code_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    asks_digits: bool
    made_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    code_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    challenge_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    wallet_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str | None = None
    outcome_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OAuthTokenRow(SQLModel, table=True):
    """A token, as its hash: what it opens follows from the one thing that it rests on, a grant, an access key or a wallet's offer."""

    __tablename__ = "oauth_tokens"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN grant_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN access_key_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN offer_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="rests_on_one",
        ),
    )
    id: uuid.UUID = Field(primary_key=True)
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    kind: str
    scopes: str
    grant_id: uuid.UUID | None = Field(default=None, foreign_key="oauth_grants.id", index=True)
    access_key_id: uuid.UUID | None = Field(default=None, foreign_key="access_keys.id", index=True)
    offer_id: uuid.UUID | None = Field(default=None, foreign_key="wallet_offers.id", index=True)
    issued_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HolderProfileRow(SQLModel, table=True):
    """The profile that a program put for the holder of a passport. Sealed: it may hold a name and an address."""

    __tablename__ = "holder_profiles"
    passport_id: uuid.UUID = Field(foreign_key="passports.id", primary_key=True)
    sealed_profile: bytes = Field(sa_type=LargeBinary)
    changed_at: datetime = Field(sa_type=UtcDateTime, index=True)


class BroughtCredentialRow(SQLModel, table=True):
    """A credential of another issuer that the holder had a program put into their passport: sealed, byte for byte as it came.

    ``known_as`` is an HMAC of issuer and id: two with the same are one credential.
    """

    __tablename__ = "brought_credentials"
    __table_args__ = (UniqueConstraint("passport_id", "known_as"),)
    id: uuid.UUID = Field(primary_key=True)
    passport_id: uuid.UUID = Field(foreign_key="passports.id")
    known_as: bytes = Field(sa_type=LargeBinary)
    sealed_document: bytes = Field(sa_type=LargeBinary)
    media_type: str
    brought_by_id: uuid.UUID | None = Field(default=None, foreign_key="oauth_clients.id", index=True)
    brought_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class WebhookRow(SQLModel, table=True):
    """Where an organisation is told of events: its address and secrets (sealed), which events, and how far each chain was read.

    ``…_from`` is the newest event of the chain when the webhook was made, ``…_cursor`` the last one that was read; None: none yet.
    """

    __tablename__ = "webhooks"
    id: uuid.UUID = Field(primary_key=True)
    organisation_id: uuid.UUID = Field(foreign_key="organisations.id", index=True)
    label: str
    sealed_url: bytes = Field(sa_type=LargeBinary)
    sealed_secrets: bytes = Field(sa_type=LargeBinary)
    events: str
    issuer_from: int
    catalogue_from: int
    issuer_cursor: int | None = None
    catalogue_cursor: int | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disabled_because: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WebhookDeliveryRow(SQLModel, table=True):
    """One event on its way to one webhook. Its id is made of both, so that a repeat, and a restore, send the same message id.

    ``next_at`` is when it may be taken; whoever takes it moves that on. ``earlier_attempts`` were made before it was last asked for anew.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index("ix_webhook_deliveries_state_next_at", "state", "next_at"),
    )
    id: uuid.UUID = Field(primary_key=True)
    webhook_id: uuid.UUID = Field(foreign_key="webhooks.id")
    event_id: uuid.UUID = Field(foreign_key="events.id", index=True)
    state: str
    attempts: int = 0
    earlier_attempts: int = 0
    changed_at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class WebhookAttemptRow(SQLModel, table=True):
    """One attempt to deliver: when, what came back, and how long it took (milliseconds)."""

    __tablename__ = "webhook_attempts"
    id: uuid.UUID = Field(primary_key=True)
    delivery_id: uuid.UUID = Field(foreign_key="webhook_deliveries.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    status: int | None = None
    outcome: str
    milliseconds: int
