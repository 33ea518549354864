-- The lake's tables while nothing was compacted yet. What compaction writes has these columns in this order.
-- Instants are UTC. A ticket's `team`, `person`, `category` and so on are those after its last event.

CREATE TEMP TABLE no_events (
    entity VARCHAR, version INTEGER, name VARCHAR, moment TIMESTAMP, recorded_at TIMESTAMP, actor VARCHAR,
    imported BOOLEAN, ticket VARCHAR, data VARCHAR
);

CREATE TEMP TABLE no_tickets (
    ticket VARCHAR, imported BOOLEAN, type VARCHAR, channel VARCHAR, priority VARCHAR, level VARCHAR,
    customer VARCHAR, team VARCHAR, person VARCHAR, category VARCHAR, opened_at TIMESTAMP,
    first_response_at TIMESTAMP, first_response_minutes DOUBLE, first_response_working_minutes DOUBLE,
    first_response_due_at TIMESTAMP, first_response_kept BOOLEAN,
    resolution_at TIMESTAMP, resolution_minutes DOUBLE, resolution_working_minutes DOUBLE,
    resolution_due_at TIMESTAMP, resolution_kept BOOLEAN,
    closed_at TIMESTAMP, close_reason VARCHAR, reopened INTEGER, score INTEGER, fields VARCHAR,
    last_event_at TIMESTAMP, source VARCHAR
);

CREATE TEMP TABLE no_facts (
    kind VARCHAR, moment TIMESTAMP, until TIMESTAMP, ticket VARCHAR, imported BOOLEAN, type VARCHAR, channel VARCHAR,
    priority VARCHAR, customer VARCHAR, team VARCHAR, person VARCHAR, value DOUBLE, working DOUBLE, source VARCHAR
);
