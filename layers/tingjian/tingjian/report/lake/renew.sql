-- The tables as they are now: rows of tickets that have new events are those derived anew.

CREATE TEMP VIEW tickets AS
SELECT * FROM stored_tickets ANTI JOIN touched USING (ticket) UNION ALL BY NAME SELECT * FROM derived_tickets;

CREATE TEMP VIEW facts AS
SELECT * FROM stored_facts ANTI JOIN touched USING (ticket) UNION ALL BY NAME SELECT * FROM derived_facts;
