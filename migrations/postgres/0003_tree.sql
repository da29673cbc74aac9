-- +goose Up
-- The Merkle tree over the log (RFC 6962). What an event completes of it stands
-- beside the event; the right edge of the whole tree is one row, changed with
-- every commit. Migration 4, which is code, makes the tree of an older log.

ALTER TABLE headway.event ADD COLUMN hashes bytea NOT NULL DEFAULT '';
ALTER TABLE headway.event ALTER COLUMN hashes DROP DEFAULT;
ALTER TABLE headway.event ALTER COLUMN hashes SET STORAGE PLAIN;
COMMENT ON COLUMN headway.event.hashes IS 'What the event completes of the Merkle tree: 32 bytes for its own hash and for each subtree that ends with it';

CREATE TABLE headway.tree (
  id       integer NOT NULL DEFAULT 1,
  size     bigint  NOT NULL,
  root     bytea   NOT NULL,
  frontier bytea   NOT NULL,
  CONSTRAINT tree_pkey PRIMARY KEY (id),
  CONSTRAINT tree_id_check CHECK (id = 1),
  CONSTRAINT tree_size_check CHECK (size >= 0),
  CONSTRAINT tree_root_check CHECK (octet_length(root) = 32),
  CONSTRAINT tree_frontier_check CHECK (octet_length(frontier) % 32 = 0)
) WITH (fillfactor = 10); -- one row, changed often: room for its next versions on the same page
COMMENT ON TABLE headway.tree IS 'The head of the Merkle tree over the log: one row';
COMMENT ON COLUMN headway.tree.id IS 'Always 1';
COMMENT ON COLUMN headway.tree.size IS 'Number of events; the head of the log';
COMMENT ON COLUMN headway.tree.root IS 'Root hash (RFC 6962)';
COMMENT ON COLUMN headway.tree.frontier IS 'Hashes of the largest complete subtrees, left to right, from which the tree grows';

INSERT INTO headway.tree (size, root, frontier) VALUES (0, sha256(''), '');

-- +goose StatementBegin
CREATE FUNCTION headway.refuse_shrinking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.size > OLD.size THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the tree only grows: % is refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER tree_only_grows BEFORE UPDATE OR DELETE ON headway.tree
  FOR EACH ROW EXECUTE FUNCTION headway.refuse_shrinking();
CREATE TRIGGER tree_no_truncate BEFORE TRUNCATE ON headway.tree
  FOR EACH STATEMENT EXECUTE FUNCTION headway.refuse_shrinking();
ALTER TABLE headway.tree ENABLE ALWAYS TRIGGER tree_only_grows;
ALTER TABLE headway.tree ENABLE ALWAYS TRIGGER tree_no_truncate;
