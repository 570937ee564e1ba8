"""Proven addresses of accounts, for rooms that send."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.ground.doors import source


@source(title="人的电子邮箱", roles=[scopes.OPERATOR])
def mail_addresses(*, person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """person -> proven mail address, of those with an open account that has one: for sending, never for showing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id, email from account where person_id = any(%s) and email <> '' and is_active",
            [list(person_ids)],
        )
        return dict(cursor.fetchall())
