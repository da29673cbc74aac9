-- Who is behind the pseudonyms in events. Not events: the person can be erased; the
-- pseudonym stays, so that it is never given to somebody else.
CREATE TABLE actor (
  id           TEXT    PRIMARY KEY,
  name         TEXT    NOT NULL,            -- '' when erased
  contact      TEXT    NOT NULL,
  created_at   INTEGER NOT NULL,            -- microseconds since 1970, UTC
  forgotten_at INTEGER
) STRICT;
