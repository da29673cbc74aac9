-- The log. The primary key is the rowid, so that a scan in order of position
-- reads the table from end to end.
CREATE TABLE event (
  position       INTEGER PRIMARY KEY,       -- 1, 2, … without gaps
  id             BLOB    NOT NULL UNIQUE CHECK (length(id) = 16), -- UUID
  stream         TEXT    NOT NULL,
  version        INTEGER NOT NULL,          -- 1, 2, … in the stream
  type           TEXT    NOT NULL,
  schema_version INTEGER NOT NULL,
  effective_on   TEXT    NOT NULL,          -- '2021', '2021-03', '2021-03-15' or ''
  recorded_at    INTEGER NOT NULL,          -- microseconds since 1970, UTC
  actor          TEXT    NOT NULL,
  round          TEXT    NOT NULL,
  correlation_id TEXT    NOT NULL,
  source         TEXT    NOT NULL,          -- JSON or ''
  simulated      INTEGER NOT NULL,
  data           TEXT    NOT NULL,          -- JSON, exactly as it was written
  UNIQUE (stream, version)
) STRICT;

-- Immutable by the database: also against INSERT OR REPLACE, which would delete
-- the row that it replaces without firing the trigger on DELETE.
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN
  SELECT RAISE(ABORT, 'events are immutable: append a correction instead');
END;

CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN
  SELECT RAISE(ABORT, 'events are immutable: append a withdrawal instead');
END;

CREATE TRIGGER event_in_order BEFORE INSERT ON event
WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM event)
BEGIN
  SELECT RAISE(ABORT, 'events are appended at the head, without gaps');
END;

CREATE TRIGGER event_no_replace BEFORE INSERT ON event
WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id)
  OR NEW.version IS NOT (SELECT coalesce(max(version), 0) + 1 FROM event WHERE stream = NEW.stream)
BEGIN
  SELECT RAISE(ABORT, 'the event id is taken, or the version is not the next of the stream');
END;

-- A cache of folds: losing it costs time and nothing else.
CREATE TABLE projection_snapshot (
  name     TEXT    PRIMARY KEY,
  position INTEGER NOT NULL,
  data     BLOB    NOT NULL
) STRICT;

-- Who may read country-level data over HTTP. Not events: a row can be erased.
CREATE TABLE token (
  id         TEXT    PRIMARY KEY,
  role       TEXT    NOT NULL,
  country    TEXT    NOT NULL,
  hash       BLOB    NOT NULL UNIQUE,       -- SHA-256 of the secret
  created_at INTEGER NOT NULL,              -- microseconds since 1970, UTC
  revoked_at INTEGER
) STRICT;
