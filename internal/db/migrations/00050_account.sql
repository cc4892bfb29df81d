-- +goose Up
CREATE TABLE person (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  email      TEXT NOT NULL UNIQUE,
  role       TEXT NOT NULL CHECK (role IN ('administrator','secretariat','city','visitor')),
  city       TEXT REFERENCES place (id),
  language   TEXT NOT NULL,
  seen_at    TIMESTAMP,
  withdrawn  BOOLEAN NOT NULL,
  version    BIGINT NOT NULL,
  CHECK ((role = 'city') = (city IS NOT NULL))
);

-- One row per link or code that was given out. Only hashes are kept. A row without a person is of an address that nobody
-- has: its tries are counted and its time ends like those of others, so that neither tells who is known.
CREATE TABLE entry (
  attempt    TEXT PRIMARY KEY,
  link       TEXT NOT NULL UNIQUE,
  code       TEXT NOT NULL,
  person     TEXT REFERENCES person (id),
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  tries      BIGINT NOT NULL,
  spent      BOOLEAN NOT NULL
);
CREATE INDEX entry_person ON entry (person);

CREATE TABLE session (
  token      TEXT PRIMARY KEY,
  person     TEXT NOT NULL,
  data       TEXT NOT NULL,
  begun_at   TIMESTAMP NOT NULL,
  seen_at    TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL
);
CREATE INDEX session_person ON session (person);

-- +goose Down
DROP TABLE session;
DROP TABLE entry;
DROP TABLE person;
