"""SLA policies: which targets a ticket gets."""
