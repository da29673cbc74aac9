-- +goose Up
-- There is no way down: it would be the deletion of the record.

-- Texts have the collation "C": equality and order by bytes, the same on every
-- machine and after every update of the operating system.
CREATE TABLE headway.event (
  position       bigint      NOT NULL,
  version        bigint      NOT NULL,
  recorded_at    timestamptz NOT NULL,
  id             uuid        NOT NULL,
  schema_version integer     NOT NULL,
  simulated      boolean     NOT NULL,
  stream         text        COLLATE "C" NOT NULL,
  type           text        COLLATE "C" NOT NULL,
  effective_on   text        COLLATE "C" NOT NULL,
  actor          text        COLLATE "C" NOT NULL,
  round          text        COLLATE "C" NOT NULL,
  correlation_id text        COLLATE "C" NOT NULL,
  source         text        COLLATE "C" NOT NULL,
  data           json        NOT NULL,
  CONSTRAINT event_pkey PRIMARY KEY (position),
  CONSTRAINT event_id_key UNIQUE (id),
  CONSTRAINT event_stream_version_key UNIQUE (stream, version),
  CONSTRAINT event_position_check CHECK (position > 0),
  CONSTRAINT event_version_check CHECK (version > 0)
);

COMMENT ON SCHEMA headway IS 'Headway: the record of how capacities change over time. Read the views; the log is the table event.';
COMMENT ON TABLE headway.event IS 'The log: append-only, immutable, positions without gaps in the order of commit. Everything else is computed from it.';
COMMENT ON COLUMN headway.event.position IS '1, 2, … in the log, without gaps, in the order of commit';
COMMENT ON COLUMN headway.event.version IS '1, 2, … in the stream';
COMMENT ON COLUMN headway.event.recorded_at IS 'When it was learned; never before the time of the event before it';
COMMENT ON COLUMN headway.event.id IS 'UUID version 7, given by the writer; the same id is never recorded twice';
COMMENT ON COLUMN headway.event.schema_version IS 'Version of the JSON of this type';
COMMENT ON COLUMN headway.event.simulated IS 'True for what was never said by a country';
COMMENT ON COLUMN headway.event.stream IS 'Unit of order: status/FRAMEWORK/COUNTRY/INDICATOR, round/ID, figures/ROUND, framework/ID, maturity-model/ID';
COMMENT ON COLUMN headway.event.type IS 'What happened, for example status.reported';
COMMENT ON COLUMN headway.event.effective_on IS 'When it was so, as precisely as it is known: 2021, 2021-03 or 2021-03-15; empty when unknown. Sorts as text.';
COMMENT ON COLUMN headway.event.actor IS 'Pseudonym of who caused it';
COMMENT ON COLUMN headway.event.round IS 'Survey round, or empty';
COMMENT ON COLUMN headway.event.correlation_id IS 'What was caused together has the same: an import, a request';
COMMENT ON COLUMN headway.event.source IS 'JSON of the document, page, file and row, or URL it was taken from; or empty';
COMMENT ON COLUMN headway.event.data IS 'Payload, as text exactly as it was written';

-- Immutable by the database. ALWAYS: also where a session plays a replica.
-- +goose StatementBegin
CREATE FUNCTION headway.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events are immutable: % is refused', TG_OP
    USING ERRCODE = 'integrity_constraint_violation',
          HINT = 'Append a correction or a withdrawal instead.';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER event_no_update BEFORE UPDATE ON headway.event
  FOR EACH STATEMENT EXECUTE FUNCTION headway.refuse_change();
CREATE TRIGGER event_no_delete BEFORE DELETE ON headway.event
  FOR EACH STATEMENT EXECUTE FUNCTION headway.refuse_change();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON headway.event
  FOR EACH STATEMENT EXECUTE FUNCTION headway.refuse_change();
ALTER TABLE headway.event ENABLE ALWAYS TRIGGER event_no_update;
ALTER TABLE headway.event ENABLE ALWAYS TRIGGER event_no_delete;
ALTER TABLE headway.event ENABLE ALWAYS TRIGGER event_no_truncate;
REVOKE UPDATE, DELETE, TRUNCATE ON headway.event FROM PUBLIC, CURRENT_USER;

-- That positions have no gaps is the work of the lock under which they are given,
-- and of `headway verify`: a trigger on what a statement inserts made the copying
-- of many events 17 per cent slower.

CREATE TABLE headway.projection_snapshot (
  name     text   COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  data     bytea  NOT NULL,
  CONSTRAINT projection_snapshot_pkey PRIMARY KEY (name)
);
ALTER TABLE headway.projection_snapshot ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON TABLE headway.projection_snapshot IS 'A cache of folds: losing it costs time and nothing else.';
COMMENT ON COLUMN headway.projection_snapshot.name IS 'Projection';
COMMENT ON COLUMN headway.projection_snapshot.position IS 'Newest event that is folded in';
COMMENT ON COLUMN headway.projection_snapshot.data IS 'State, in the encoding of the projection';

CREATE TABLE headway.token (
  id         text        COLLATE "C" NOT NULL,
  role       text        COLLATE "C" NOT NULL,
  country    text        COLLATE "C" NOT NULL,
  hash       bytea       NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CONSTRAINT token_pkey PRIMARY KEY (id),
  CONSTRAINT token_hash_key UNIQUE (hash)
);
COMMENT ON TABLE headway.token IS 'Who may read country-level data over HTTP. Not events: a row can be erased.';
COMMENT ON COLUMN headway.token.role IS 'viewer, focal_point, analyst, auditor or admin';
COMMENT ON COLUMN headway.token.country IS 'The one country of a focal point; otherwise empty';
COMMENT ON COLUMN headway.token.hash IS 'SHA-256 of the secret; the secret itself is not kept';
COMMENT ON COLUMN headway.token.revoked_at IS 'Since when it opens nothing; null while it does';
