-- +goose Up
CREATE TABLE headway.actor (
  id           text        COLLATE "C" NOT NULL,
  name         text        NOT NULL,
  contact      text        NOT NULL,
  created_at   timestamptz NOT NULL,
  forgotten_at timestamptz,
  CONSTRAINT actor_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE headway.actor IS 'Who is behind the pseudonyms in events. Not events: the person can be erased; the pseudonym stays, so that it is never given to somebody else.';
COMMENT ON COLUMN headway.actor.id IS 'Pseudonym, as in event.actor';
COMMENT ON COLUMN headway.actor.name IS 'Name of the person; empty when erased';
COMMENT ON COLUMN headway.actor.contact IS 'How to reach the person; empty when erased';
COMMENT ON COLUMN headway.actor.created_at IS 'When the pseudonym was given';
COMMENT ON COLUMN headway.actor.forgotten_at IS 'When the person was erased';
