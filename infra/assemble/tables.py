"""The doors' tables of late references, and the platform's tables of rights, types of webhook and kinds of notice."""

from collections.abc import Iterable, Mapping
from typing import Any

from infra.assemble.files import formatted
from infra.assemble.house import WINGS, House, reference
from tingjian.platform.rights import ROLES

HEAD = '"""{title} Written by `python -m infra.assemble`; do not edit."""\n'
PLATFORM = "layers/tingjian/tingjian/platform/assembled.py"


def door_tables(house: House) -> dict[str, str]:
    """`functions/<wing>/assembled.py` of each wing: its path and its text."""
    return {f"functions/{wing}/assembled.py": _door_table(house, wing) for wing in WINGS}


def platform_table(house: House) -> dict[str, str]:
    rights = {
        right.name: {role: int(right.scopes[role]) for role in ROLES if role in right.scopes}
        for _, right in house.rights
    }
    webhooks = sorted({fact.public for _, fact in house.facts if fact.public})
    notices = sorted({kind for declared in house.features for kind in declared.feature.notices})
    text = HEAD.format(title="What the platform must know of the features above it.")
    text += "\nfrom typing import Literal, get_args\n"
    text += _constant("RIGHTS", "dict[str, dict[str, int]]", dict(sorted(rights.items())), "Rights: role and scope.")
    text += _names("WebhookType", "WEBHOOK_TYPES", webhooks, "The public facts, by the name that webhooks give them.")
    text += _names("NoticeKind", "NOTICE_KINDS", notices, "The kinds of notice.")
    return {PLATFORM: formatted(text)}


def _door_table(house: House, wing: str) -> str:
    text = HEAD.format(title=f"What the doors of {wing} import late.")
    if wing == "escalation":
        text += "\nfrom tingjian.platform.lanes import Lane\n"
    routes: dict[str, dict[str, str]] = {}
    for operation in house.operations:
        if operation.wing == wing:
            routes.setdefault(operation.path, {})[operation.method] = operation.module
    text += _constant("ROUTES", "dict[str, dict[str, str]]", routes, "The modules of routes, by path and method.")
    if wing == "escalation":
        text += _timers_and_mails(house)
    if wing == "survey":
        text += _listeners(house)
    return formatted(text)


def _timers_and_mails(house: House) -> str:
    timers = {timer.kind: reference(timer.fire) for _, timer in house.timers}
    mails = {mail.template: reference(mail.write) for _, mail in house.mails}
    lanes = {mail.template: mail.lane for _, mail in house.mails}
    return (
        _constant("TIMERS", "dict[str, str]", dict(sorted(timers.items())), "What the sweep calls, by kind of timer.")
        + _constant("MAILS", "dict[str, str]", dict(sorted(mails.items())), "Who writes a message, by its template.")
        + _constant("LANES", "dict[str, Lane]", dict(sorted(lanes.items())), "By which lane a message goes out.")
    )


def _listeners(house: House) -> str:
    listeners: dict[str, tuple[str, ...]] = {}
    for _, listener in house.listeners:
        name = listener.fact.__name__
        listeners[name] = (*listeners.get(name, ()), reference(listener.hear))
    imported = sorted({reference(listener.hear) for _, listener in house.listeners if listener.imported})
    members = f"{{{', '.join(map(repr, imported))}}}" if imported else ""
    text = _constant(
        "LISTENERS", "dict[str, tuple[str, ...]]", dict(sorted(listeners.items())), "Who hears a fact, by its name."
    )
    text += f"\nIMPORTED: frozenset[str] = frozenset({members})\n"
    return text + '"""Those who also hear of history that was imported."""\n'


def _constant(name: str, kind: str, value: Mapping[str, Any], says: str) -> str:
    return f'\n{name}: {kind} = {literal(value)}\n"""{says}"""\n'


def _names(alias: str, name: str, values: Iterable[str], says: str) -> str:
    """A type of those texts, and the texts themselves; a type of no text is `Literal[""]`."""
    listed = "".join(f'    "{value}",\n' for value in values)
    members = f"[\n{listed}]" if listed else '[""]'
    return f'\n{alias} = Literal{members}\n"""{says}"""\n{name}: tuple[str, ...] = get_args({alias})\n'


def literal(value: Any) -> str:
    """A value as a literal, a table with one entry a line; the formatter sets the rest."""
    if isinstance(value, dict) and value:
        return "{" + "".join(f"{key!r}: {member!r},\n" for key, member in value.items()) + "}"
    return repr(value)
