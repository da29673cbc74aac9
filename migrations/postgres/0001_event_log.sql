-- +goose Up
CREATE SCHEMA IF NOT EXISTS headway;
COMMENT ON SCHEMA headway IS 'Headway: an append-only log of events, and views of what they say';

-- The log. Data are json, not jsonb: the text is kept as it was written.
CREATE TABLE headway.event (
  position       bigint      PRIMARY KEY,
  id             uuid        NOT NULL UNIQUE,
  stream         text        NOT NULL,
  version        bigint      NOT NULL,
  type           text        NOT NULL,
  schema_version integer     NOT NULL,
  effective_on   text        NOT NULL,
  recorded_at    timestamptz NOT NULL,
  actor          text        NOT NULL,
  round          text        NOT NULL,
  correlation_id text        NOT NULL,
  source         text        NOT NULL,
  simulated      boolean     NOT NULL,
  data           json        NOT NULL,
  UNIQUE (stream, version)
);
COMMENT ON TABLE headway.event IS 'The log: immutable, in order of commit. Everything else is computed from it';
COMMENT ON COLUMN headway.event.position IS '1, 2, … without gaps, in order of commit';
COMMENT ON COLUMN headway.event.version IS '1, 2, … in the stream';
COMMENT ON COLUMN headway.event.effective_on IS 'When it was so: 2021, 2021-03 or 2021-03-15; empty when unknown';
COMMENT ON COLUMN headway.event.recorded_at IS 'When it was learned; never before that of the event before';
COMMENT ON COLUMN headway.event.actor IS 'A pseudonym';
COMMENT ON COLUMN headway.event.source IS 'Where the fact stands, as JSON; empty when not given';
COMMENT ON COLUMN headway.event.simulated IS 'True for made-up answers of anonymous respondents';

-- +goose StatementBegin
CREATE FUNCTION headway.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events are immutable: append a correction or a withdrawal instead'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER event_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON headway.event
  FOR EACH STATEMENT EXECUTE FUNCTION headway.refuse_change();
ALTER TABLE headway.event ENABLE ALWAYS TRIGGER event_immutable;

-- A cache of folds: losing it costs time and nothing else.
CREATE TABLE headway.projection_snapshot (
  name     text   PRIMARY KEY,
  position bigint NOT NULL,
  data     bytea  NOT NULL
);

-- Who may read country-level data over HTTP. Not events: a row can be erased.
CREATE TABLE headway.token (
  id         text        PRIMARY KEY,
  role       text        NOT NULL,
  country    text        NOT NULL,
  hash       bytea       NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz
);

-- Everything ever said of a status.
CREATE VIEW headway.status_history AS
SELECT data->>'country'   AS country,
       data->>'indicator' AS indicator,
       round,
       split_part(stream, '/', 2) AS framework,
       data->>'status'    AS status,
       type,
       coalesce(data->>'corrects', data->>'withdraws')::uuid AS supersedes,
       data->>'reason'    AS reason,
       data->>'note'      AS note,
       effective_on, recorded_at, position, version, id AS event_id, actor,
       nullif(source, '')::json AS source,
       simulated
FROM headway.event
WHERE type IN ('status.reported', 'status.corrected', 'status.withdrawn');
COMMENT ON VIEW headway.status_history IS 'Every report, correction and withdrawal, each with both times';

-- What is believed now: of the statuses neither corrected nor withdrawn, the one
-- of the latest effective date, and of those the one recorded last.
CREATE VIEW headway.current_status AS
SELECT DISTINCT ON (h.framework, h.round, h.country, h.indicator)
       h.country, h.indicator, h.round, h.framework, h.status, h.effective_on, h.recorded_at, h.position, h.event_id,
       h.actor, h.source, h.simulated
FROM headway.status_history h
WHERE h.type <> 'status.withdrawn'
  AND NOT EXISTS (SELECT 1 FROM headway.status_history s
                  WHERE s.supersedes = h.event_id AND s.round = h.round AND s.framework = h.framework
                    AND s.country = h.country AND s.indicator = h.indicator)
ORDER BY h.framework, h.round, h.country, h.indicator, h.effective_on COLLATE "C" DESC, h.position DESC;
COMMENT ON VIEW headway.current_status IS 'The status believed now of each respondent, indicator and round';

CREATE VIEW headway.published_figure AS
SELECT data->'figure'->>'id'         AS figure,
       data->'figure'->>'round'      AS round,
       data->'figure'->>'indicator'  AS indicator,
       data->'figure'->>'population' AS population,
       (data->'figure'->>'count')::int       AS count,
       (data->'figure'->>'denominator')::int AS denominator,
       round(100 * (data->'figure'->>'count')::numeric / (data->'figure'->>'denominator')::numeric, 2) AS percent,
       (data->'figure'->>'stated_percent')::numeric AS stated_percent,
       nullif(source, '')::json AS source,
       position
FROM headway.event
WHERE type = 'figure.published';
COMMENT ON VIEW headway.published_figure IS 'Totals as a source has published them';

-- +goose Down
SELECT 1/0 AS "the log is not dropped by a migration";
