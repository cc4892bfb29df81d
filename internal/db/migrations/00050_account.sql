-- +goose Up
-- Somebody the network knows. name is the display name; names, languages, affiliations are lists as JSON. A person who
-- was erased keeps the row with nothing in it but the id, so that figures stay.
CREATE TABLE person (
  id           TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  email        TEXT NOT NULL,
  shared       BOOLEAN NOT NULL,
  role         TEXT NOT NULL CHECK (role IN ('administrator','secretariat','city','visitor')),
  city         TEXT REFERENCES place (id),
  language     TEXT NOT NULL,
  names        TEXT NOT NULL,
  languages    TEXT NOT NULL,
  affiliations TEXT NOT NULL,
  gender       TEXT NOT NULL CHECK (gender IN ('','female','male','other')),
  gender_words TEXT NOT NULL,
  visibility   TEXT NOT NULL CHECK (visibility IN ('nobody','delegation','participants','everybody')),
  created_at   TIMESTAMP NOT NULL,
  seen_at      TIMESTAMP,
  erased_at    TIMESTAMP,
  withdrawn    BOOLEAN NOT NULL,
  version      BIGINT NOT NULL,
  CHECK ((role = 'city') = (city IS NOT NULL))
);
-- One address is one person, unless an officer said that several people read it.
CREATE UNIQUE INDEX person_email ON person (email) WHERE NOT shared AND email <> '';
CREATE INDEX person_by_email ON person (email);

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

-- What a person may do in one network, programme, activity or city. Rows are ended, never deleted.
CREATE TABLE granted (
  id         TEXT PRIMARY KEY,
  person     TEXT NOT NULL REFERENCES person (id),
  role       TEXT NOT NULL CHECK (role IN ('secretariat','officer','focal','speaker','checkin','reviewer')),
  subject    TEXT NOT NULL CHECK (subject IN ('network','programme','activity','place')),
  key        TEXT NOT NULL,
  given_at   TIMESTAMP NOT NULL,
  given_by   TEXT NOT NULL,
  until_at   TIMESTAMP,
  ended_at   TIMESTAMP,
  ended_by   TEXT NOT NULL
);
CREATE INDEX granted_person ON granted (person);
CREATE INDEX granted_thing ON granted (subject, key);

-- Tokens of devices and programs, by hash. grants is what each may do.
CREATE TABLE token (
  id         TEXT PRIMARY KEY,
  hash       TEXT NOT NULL UNIQUE,
  hint       TEXT NOT NULL,
  name       TEXT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('device','api')),
  person     TEXT REFERENCES person (id),
  grants     TEXT NOT NULL,
  reads      BOOLEAN NOT NULL,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  used_at    TIMESTAMP,
  revoked_at TIMESTAMP
);
CREATE INDEX token_person ON token (person);

-- Public keys of passkeys.
CREATE TABLE passkey (
  id         TEXT PRIMARY KEY,
  person     TEXT NOT NULL REFERENCES person (id),
  name       TEXT NOT NULL,
  data       TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  used_at    TIMESTAMP
);
CREATE INDEX passkey_person ON passkey (person);

-- Who somebody is at a provider of OpenID Connect.
CREATE TABLE identity (
  issuer     TEXT NOT NULL,
  subject    TEXT NOT NULL,
  person     TEXT NOT NULL REFERENCES person (id),
  linked_at  TIMESTAMP NOT NULL,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX identity_person ON identity (person);

-- A sign-in by passkey or provider that is under way: what was asked, good once and for minutes.
CREATE TABLE ceremony (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  data       TEXT NOT NULL,
  expires_at TIMESTAMP NOT NULL
);

-- What somebody agreed to, each thing apart, in the words that were shown.
CREATE TABLE consent (
  id           TEXT PRIMARY KEY,
  person       TEXT NOT NULL REFERENCES person (id),
  kind         TEXT NOT NULL,
  about        TEXT NOT NULL,
  wording      TEXT NOT NULL,
  lang         TEXT NOT NULL,
  given_at     TIMESTAMP NOT NULL,
  withdrawn_at TIMESTAMP
);
CREATE INDEX consent_person ON consent (person, kind);

-- Kept files that nobody may need any more after an erasure. They are looked at when the transaction is done.
CREATE TABLE doomed_file (
  sum TEXT PRIMARY KEY,
  at  TIMESTAMP NOT NULL
);

-- +goose Down
DROP TABLE doomed_file;
DROP TABLE consent;
DROP TABLE ceremony;
DROP TABLE identity;
DROP TABLE passkey;
DROP TABLE token;
DROP TABLE granted;
DROP TABLE session;
DROP TABLE entry;
DROP TABLE person;
