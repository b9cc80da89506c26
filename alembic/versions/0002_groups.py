"""Groups, members and roles, small steps, evidence, corrections, keys of several kinds, forms, and what daily tasks keep.

Revision ID: 0002
Revises: 0001

What is there already gets the value that says what it was: access keys are partners', badges were awarded by an instructor's word.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database up."""
    op.create_table(
        "duties",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_duties")),
    )
    op.create_table(
        "failures",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_hash", sa.LargeBinary(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject_hash", "window", name=op.f("pk_failures")),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_members_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
    )
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_members_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("badge", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("delete_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_evidence_participant_id_participants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_delete_on"), ["delete_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "learning_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("workshop_id", sa.Uuid(), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["leader_id"], ["members.id"], name=op.f("fk_learning_groups_leader_id_members")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_learning_groups_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshops.id"], name=op.f("fk_learning_groups_workshop_id_workshops")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_groups")),
        sa.UniqueConstraint("organisation_id", "slug", name=op.f("uq_learning_groups_organisation_id_slug")),
    )
    with op.batch_alter_table("learning_groups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learning_groups_leader_id"), ["leader_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_learning_groups_workshop_id"), ["workshop_id"], unique=False)

    op.create_table(
        "ticked_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("badge", sa.String(), nullable=False),
        sa.Column("badge_version_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("criterion_hash", sa.String(), nullable=False),
        sa.Column("observed_by", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=True),
        sa.Column("ticked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ticked_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["badge_version_id"], ["badge_versions.id"], name=op.f("fk_ticked_steps_badge_version_id_badge_versions")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_ticked_steps_participant_id_participants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticked_steps")),
        sa.UniqueConstraint(
            "participant_id",
            "badge",
            "criterion_hash",
            name=op.f("uq_ticked_steps_participant_id_badge_criterion_hash"),
        ),
    )
    op.create_table(
        "collected_credentials",
        sa.Column("summary_id", sa.Uuid(), nullable=False),
        sa.Column("credential_row_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_row_id"],
            ["credentials.id"],
            name=op.f("fk_collected_credentials_credential_row_id_credentials"),
        ),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["credentials.id"], name=op.f("fk_collected_credentials_summary_id_credentials")
        ),
        sa.PrimaryKeyConstraint("summary_id", "credential_row_id", name=op.f("pk_collected_credentials")),
    )
    with op.batch_alter_table("collected_credentials", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_collected_credentials_credential_row_id"), ["credential_row_id"], unique=False
        )

    op.create_table(
        "confirmations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("badge", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("credential_row_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["credential_row_id"], ["credentials.id"], name=op.f("fk_confirmations_credential_row_id_credentials")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_confirmations_member_id_members")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_confirmations_participant_id_participants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
    )
    with op.batch_alter_table("confirmations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confirmations_credential_row_id"), ["credential_row_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmations_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "credential_forms",
        sa.Column("credential_row_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("signing_key_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_row_id"], ["credentials.id"], name=op.f("fk_credential_forms_credential_row_id_credentials")
        ),
        sa.ForeignKeyConstraint(
            ["signing_key_id"], ["signing_keys.id"], name=op.f("fk_credential_forms_signing_key_id_signing_keys")
        ),
        sa.PrimaryKeyConstraint("credential_row_id", "form", name=op.f("pk_credential_forms")),
    )
    with op.batch_alter_table("credential_forms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credential_forms_signing_key_id"), ["signing_key_id"], unique=False)

    op.create_table(
        "group_participants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["learning_groups.id"], name=op.f("fk_group_participants_group_id_learning_groups")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_group_participants_participant_id_participants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_participants")),
    )
    with op.batch_alter_table("group_participants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_group_participants_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_group_participants_participant_id"), ["participant_id"], unique=False)

    with op.batch_alter_table("access_keys", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("member_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_access_keys_member_id"), ["member_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_access_keys_member_id_members"), "members", ["member_id"], ["id"])

    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.add_column(sa.Column("criteria_met_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("sealed_revocation_note", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("supersedes_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("copy_of_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("document", existing_type=sa.LargeBinary(), nullable=True)
        batch_op.create_index(batch_op.f("ix_credentials_copy_of_id"), ["copy_of_id"], unique=False)
        batch_op.create_index("ix_credentials_organisation_id_id", ["organisation_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_credentials_signing_key_id"), ["signing_key_id"], unique=False)
        batch_op.create_index(
            "ix_credentials_status_list_id_revoked_at", ["status_list_id", "revoked_at"], unique=False
        )
        batch_op.create_unique_constraint(batch_op.f("uq_credentials_supersedes_id"), ["supersedes_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_credentials_copy_of_id_credentials"), "credentials", ["copy_of_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_credentials_supersedes_id_credentials"), "credentials", ["supersedes_id"], ["id"]
        )

    with op.batch_alter_table("event_heads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_subject"), ["subject"], unique=False)

    with op.batch_alter_table("issuers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("home_url", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("second_person_for_summary", sa.Boolean(), nullable=True))

    with op.batch_alter_table("participants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sealed_label", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("last_event_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("stands_for_erased", sa.Boolean(), nullable=True))
        batch_op.create_index(batch_op.f("ix_participants_last_event_at"), ["last_event_at"], unique=False)

    with op.batch_alter_table("recognition_records", schema=None) as batch_op:
        batch_op.add_column(sa.Column("diaari", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("recognised_inside", sa.String(), nullable=True))

    with op.batch_alter_table("signing_keys", schema=None) as batch_op:
        batch_op.add_column(sa.Column("token_label", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("signs_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("compromised_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("sealed_private_key", existing_type=sa.LargeBinary(), nullable=True)

    with op.batch_alter_table("status_lists", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))

    # what a row that is there already was
    op.execute(
        "UPDATE event_heads SET at = "
        "(SELECT at FROM events WHERE events.chain = event_heads.chain AND events.number = event_heads.number)"
    )
    op.execute("UPDATE access_keys SET role = 'partner'")
    op.execute("UPDATE credentials SET criteria_met_by = 'word'")
    op.execute("UPDATE issuers SET home_url = (SELECT base_url FROM installation)")
    op.execute("UPDATE organisations SET second_person_for_summary = false")
    op.execute("UPDATE participants SET last_event_at = created_at")
    op.execute("UPDATE participants SET stands_for_erased = false")
    op.execute("UPDATE signing_keys SET signs_from = created_at")

    with op.batch_alter_table("access_keys", schema=None) as batch_op:
        batch_op.alter_column("role", existing_type=sa.String(), nullable=False)
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.alter_column("criteria_met_by", existing_type=sa.String(), nullable=False)
    with op.batch_alter_table("issuers", schema=None) as batch_op:
        batch_op.alter_column("home_url", existing_type=sa.String(), nullable=False)
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.alter_column("second_person_for_summary", existing_type=sa.Boolean(), nullable=False)
    with op.batch_alter_table("participants", schema=None) as batch_op:
        batch_op.alter_column("last_event_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.alter_column("stands_for_erased", existing_type=sa.Boolean(), nullable=False)
    with op.batch_alter_table("signing_keys", schema=None) as batch_op:
        batch_op.alter_column("signs_from", existing_type=sa.DateTime(timezone=True), nullable=False)

    with op.batch_alter_table("event_heads", schema=None) as batch_op:
        batch_op.alter_column("at", existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    """Bring the database back."""
    with op.batch_alter_table("status_lists", schema=None) as batch_op:
        batch_op.drop_column("closed_at")

    with op.batch_alter_table("signing_keys", schema=None) as batch_op:
        batch_op.alter_column("sealed_private_key", existing_type=sa.LargeBinary(), nullable=False)
        batch_op.drop_column("compromised_since")
        batch_op.drop_column("signs_from")
        batch_op.drop_column("token_label")

    with op.batch_alter_table("recognition_records", schema=None) as batch_op:
        batch_op.drop_column("recognised_inside")
        batch_op.drop_column("diaari")

    with op.batch_alter_table("participants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participants_last_event_at"))
        batch_op.drop_column("stands_for_erased")
        batch_op.drop_column("last_event_at")
        batch_op.drop_column("sealed_label")

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_column("second_person_for_summary")

    with op.batch_alter_table("issuers", schema=None) as batch_op:
        batch_op.drop_column("handed_over_at")
        batch_op.drop_column("home_url")

    with op.batch_alter_table("event_heads", schema=None) as batch_op:
        batch_op.drop_column("at")

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_subject"))

    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_credentials_supersedes_id_credentials"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_credentials_copy_of_id_credentials"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_credentials_supersedes_id"), type_="unique")
        batch_op.drop_index("ix_credentials_status_list_id_revoked_at")
        batch_op.drop_index(batch_op.f("ix_credentials_signing_key_id"))
        batch_op.drop_index("ix_credentials_organisation_id_id")
        batch_op.drop_index(batch_op.f("ix_credentials_copy_of_id"))
        batch_op.alter_column("document", existing_type=sa.LargeBinary(), nullable=False)
        batch_op.drop_column("erased_at")
        batch_op.drop_column("copy_of_id")
        batch_op.drop_column("supersedes_id")
        batch_op.drop_column("sealed_revocation_note")
        batch_op.drop_column("criteria_met_by")

    with op.batch_alter_table("access_keys", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_access_keys_member_id_members"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_access_keys_member_id"))
        batch_op.drop_column("last_used_at")
        batch_op.drop_column("member_id")
        batch_op.drop_column("role")

    with op.batch_alter_table("group_participants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_group_participants_participant_id"))
        batch_op.drop_index(batch_op.f("ix_group_participants_group_id"))

    op.drop_table("group_participants")
    with op.batch_alter_table("credential_forms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credential_forms_signing_key_id"))

    op.drop_table("credential_forms")
    with op.batch_alter_table("confirmations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confirmations_participant_id"))
        batch_op.drop_index(batch_op.f("ix_confirmations_credential_row_id"))

    op.drop_table("confirmations")
    with op.batch_alter_table("collected_credentials", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_collected_credentials_credential_row_id"))

    op.drop_table("collected_credentials")
    op.drop_table("ticked_steps")
    with op.batch_alter_table("learning_groups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_learning_groups_workshop_id"))
        batch_op.drop_index(batch_op.f("ix_learning_groups_leader_id"))

    op.drop_table("learning_groups")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_participant_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_delete_on"))

    op.drop_table("evidence")
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_members_organisation_id"))

    op.drop_table("members")
    op.drop_table("failures")
    op.drop_table("duties")
