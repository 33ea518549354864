-- Raw events that are not in the stored ones: each once, whatever was delivered twice (entity and version tell).

CREATE TEMP TABLE fresh AS
SELECT entity, version, name, moment, recorded_at, actor, imported, ticket, data
FROM (
    SELECT entity, version, name, "at"::TIMESTAMP AS moment, recorded_at::TIMESTAMP AS recorded_at, actor, imported,
        CASE WHEN starts_with(entity, 'ticket#') THEN substr(entity, 8) ELSE data ->> '$.ticket' END AS ticket,
        data::VARCHAR AS data
    FROM raw
    QUALIFY row_number() OVER (PARTITION BY entity, version ORDER BY recorded_at) = 1
)
ANTI JOIN stored_events USING (entity, version);

CREATE TEMP TABLE touched AS SELECT DISTINCT ticket FROM fresh WHERE ticket IS NOT NULL;

-- All events of the tickets that have new ones.
CREATE TEMP TABLE moved AS
SELECT * FROM stored_events SEMI JOIN touched USING (ticket)
UNION ALL
SELECT * FROM fresh SEMI JOIN touched USING (ticket);
