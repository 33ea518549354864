"""A Django site around django-helpdesk, the peer of the benches; it runs in the peer's own environment only."""
