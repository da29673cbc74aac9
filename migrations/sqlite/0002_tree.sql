-- The Merkle tree over the log (RFC 6962). What an event completes of it stands
-- beside the event: 32 bytes for its own hash and for each subtree that ends with
-- it. The right edge of the whole tree is one row, changed with every commit.
ALTER TABLE event ADD COLUMN hashes BLOB NOT NULL DEFAULT x'';

-- Events from before there was a tree get their hashes now, in order of position.
DROP TRIGGER event_no_update;

UPDATE event SET hashes = headway_leaf(position, id, stream, version, type, schema_version, effective_on, recorded_at,
  actor, round, correlation_id, source, simulated, data);

CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN
  SELECT RAISE(ABORT, 'events are immutable: append a correction instead');
END;

-- Only Headway appends: the function is the program's own, so that an INSERT by any
-- other fails, above all INSERT OR REPLACE, which would delete the row it replaces
-- without firing a trigger. To look for such rows before each insert, as until
-- now, took a third of the time of an import.
DROP TRIGGER event_in_order;
DROP TRIGGER event_no_replace;

CREATE TRIGGER event_only_by_headway BEFORE INSERT ON event
BEGIN
  SELECT only_headway_may_append();
END;

CREATE TABLE tree (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  size     INTEGER NOT NULL CHECK (size >= 0),            -- number of events
  root     BLOB    NOT NULL CHECK (length(root) = 32),
  frontier BLOB    NOT NULL CHECK (length(frontier) % 32 = 0) -- hashes of the largest complete subtrees, left to right
) STRICT;

INSERT INTO tree (id, size, root, frontier) SELECT 1, headway_tree('size'), headway_tree('root'), headway_tree('frontier');

CREATE TRIGGER tree_only_grows BEFORE UPDATE ON tree WHEN NEW.size <= OLD.size
BEGIN
  SELECT RAISE(ABORT, 'the tree only grows');
END;

CREATE TRIGGER tree_no_delete BEFORE DELETE ON tree
BEGIN
  SELECT RAISE(ABORT, 'the tree belongs to the log');
END;

CREATE TRIGGER tree_one_row BEFORE INSERT ON tree WHEN EXISTS (SELECT 1 FROM tree)
BEGIN
  SELECT RAISE(ABORT, 'there is one tree');
END;
