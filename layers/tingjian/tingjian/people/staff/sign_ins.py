"""Whose a sign-in is. It is claimed in the transaction that gives it to a person, and never given to another one."""

from collections.abc import Mapping
from typing import Any

from tingjian.people.staff.models import Staff
from tingjian.people.staff.storage import STAFF, current_staff, list_staff
from tingjian.platform.errors import SignInRequiredError
from tingjian.platform.items import Key
from tingjian.platform.rights import ROLES, Caller
from tingjian.platform.store import Store, Write

SIGN_IN, CLAIM = "sign-in#", "sign-in"
ADMINISTRATORS = Key("staff-administrators", "current")


def sign_in_holder(store: Store, subject: str) -> str | None:
    """The id of the person to whom the sign-in belongs. One call."""
    item = store.get(_claim_key(subject))
    return str(item["staff"]) if item else None


def sign_in_write(person: Staff) -> Write:
    """The member of a transaction that claims the person's sign-in; it fails if somebody has it."""
    key = _claim_key(person.subject)
    return Write("desk", {"pk": key.pk, "sk": key.sk, "staff": person.id}, expect=0)


def administrators_write(store: Store) -> Write:
    """The member of a transaction that lets one edit at a time take an administrator away. One call."""
    item = store.get(ADMINISTRATORS)
    version = int(item["version"]) if item else 0
    return Write("desk", {"pk": ADMINISTRATORS.pk, "sk": ADMINISTRATORS.sk, "version": version + 1}, expect=version)


def identify(store: Store, claims: Mapping[str, Any]) -> Caller:
    """The caller that a verified token names, with the roles that both the token and the record give.

    The record is read as it is now: who was demoted or left has lost the rights with the next request. One call.
    Raises SignInRequiredError for an unknown or inactive person, and for a sign-in that two people have.
    """
    subject = str(claims.get("sub", ""))
    person = _person_of(store, subject)
    if person is None and store.renew(STAFF):  # A new person may sign in before the copy is read again.
        person = _person_of(store, subject)
    if person is None:
        raise SignInRequiredError
    groups = str(claims.get("cognito:groups", "")).strip("[]").replace(",", " ").split()
    return Caller(
        id=person.id,
        name=person.name,
        roles=frozenset(groups) & frozenset(person.roles) & frozenset(ROLES),
        teams=frozenset(person.teams),
        language=person.language,
    )


def _person_of(store: Store, subject: str) -> Staff | None:
    """The one active person with this sign-in, as the record is now."""
    if not subject:  # An empty subject would match a person who has never signed in.
        return None
    named = [person.id for person in list_staff(store) if person.subject == subject]
    if len(named) != 1:  # Records from before sign-ins were claimed may share one: then nobody is meant.
        return None
    person = current_staff(store, named[0])
    return person if person and person.active and person.subject == subject else None


def _claim_key(subject: str) -> Key:
    return Key(SIGN_IN + subject, CLAIM)
