-- +goose Up
CREATE TABLE place (
  id                TEXT PRIMARY KEY,
  names             TEXT NOT NULL,
  kind              TEXT NOT NULL CHECK (kind IN ('city','region','country')),
  country           TEXT NOT NULL,
  parent            TEXT REFERENCES place (id),
  lat               DOUBLE PRECISION,
  lon               DOUBLE PRECISION,
  time_zone         TEXT NOT NULL,
  population        BIGINT,
  population_year   BIGINT,
  population_scope  TEXT NOT NULL,
  population_source TEXT NOT NULL,
  role              TEXT NOT NULL CHECK (role IN ('','network','region','benchmark')),
  note              TEXT NOT NULL,
  sources           TEXT NOT NULL,
  withdrawn         BOOLEAN NOT NULL,
  version           BIGINT NOT NULL
);

CREATE TABLE organisation (
  id           TEXT PRIMARY KEY,
  names        TEXT NOT NULL,
  printed_name TEXT NOT NULL,
  kind         TEXT NOT NULL,
  parent       TEXT REFERENCES organisation (id),
  place        TEXT REFERENCES place (id),
  url          TEXT NOT NULL,
  summary      TEXT NOT NULL,
  note         TEXT NOT NULL,
  sources      TEXT NOT NULL,
  withdrawn    BOOLEAN NOT NULL,
  version      BIGINT NOT NULL
);

CREATE TABLE membership (
  id           TEXT PRIMARY KEY,
  place        TEXT REFERENCES place (id),
  organisation TEXT REFERENCES organisation (id),
  network      TEXT NOT NULL REFERENCES organisation (id),
  kind         TEXT NOT NULL CHECK (kind IN ('member','founder','observer','partner','secretariat')),
  period       TEXT NOT NULL,
  printed      TEXT NOT NULL,
  rank         BIGINT NOT NULL,
  sources      TEXT NOT NULL,
  note         TEXT NOT NULL,
  withdrawn    BOOLEAN NOT NULL,
  version      BIGINT NOT NULL,
  CHECK ((place IS NULL) <> (organisation IS NULL))
);
CREATE INDEX membership_place ON membership (place);
CREATE INDEX membership_organisation ON membership (organisation);
CREATE INDEX membership_network ON membership (network);

CREATE TABLE topic (
  id        TEXT PRIMARY KEY,
  scheme    TEXT NOT NULL CHECK (scheme IN ('pollutant','sector','measure','instrument','subject')),
  labels    TEXT NOT NULL,
  broader   TEXT REFERENCES topic (id),
  note      TEXT NOT NULL,
  withdrawn BOOLEAN NOT NULL,
  version   BIGINT NOT NULL
);

CREATE TABLE statement (
  id           TEXT PRIMARY KEY,
  subject      TEXT NOT NULL,
  subject_key  TEXT NOT NULL,
  field        TEXT NOT NULL,
  printed      TEXT NOT NULL,
  parsed       TEXT NOT NULL,
  source_title TEXT NOT NULL,
  source_url   TEXT NOT NULL,
  source_date  TEXT NOT NULL,
  said_by      TEXT NOT NULL,
  entered_by   TEXT NOT NULL,
  entered_at   TIMESTAMP NOT NULL,
  rank         BIGINT NOT NULL,
  note         TEXT NOT NULL,
  withdrawn    BOOLEAN NOT NULL,
  version      BIGINT NOT NULL
);
CREATE INDEX statement_subject ON statement (subject, subject_key, field);

-- +goose Down
DROP TABLE statement;
DROP TABLE topic;
DROP TABLE membership;
DROP TABLE organisation;
DROP TABLE place;
