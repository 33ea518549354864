"""Where the things stand that several areas read: a ticket and a customer, by the key of their item in Desk. Pure."""

from tingjian.platform.items import Key


def ticket_entity(number: str) -> str:
    """The partition of a ticket, its messages, hand-offs, alerts and surveys; also the name of its chain of events."""
    return f"ticket#{number}"


def ticket_key(number: str) -> Key:
    """Where a ticket stands."""
    return Key(ticket_entity(number), "ticket")


def customer_key(customer_id: str) -> Key:
    """Where a customer stands."""
    return Key(f"customer#{customer_id}", "customer")
