-- +goose Up
-- A station measures with one step: hourly and daily values of one site are two stations. Its id is that of the
-- measurement store.
CREATE TABLE station (
  id         BIGINT PRIMARY KEY,
  place      TEXT NOT NULL REFERENCES place (id),
  code       TEXT NOT NULL,
  step       BIGINT NOT NULL,
  name       TEXT NOT NULL,
  lat        DOUBLE PRECISION,
  lon        DOUBLE PRECISION,
  utc_offset BIGINT NOT NULL,
  site_type  TEXT NOT NULL,
  source     TEXT NOT NULL,
  note       TEXT NOT NULL,
  version    BIGINT NOT NULL,
  UNIQUE (place, code, step)
);

CREATE TABLE data_import (
  id         TEXT PRIMARY KEY,
  place      TEXT REFERENCES place (id),
  sha256     TEXT NOT NULL,
  name       TEXT NOT NULL,
  size       BIGINT NOT NULL,
  reading    TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('reading','asks','ready','storing','stored','undoing','undone','failed')),
  report     TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  by_id      TEXT NOT NULL,
  by_name    TEXT NOT NULL,
  stored_at  TIMESTAMP,
  seq        BIGINT NOT NULL,
  version    BIGINT NOT NULL
);
CREATE INDEX data_import_sha256 ON data_import (sha256);

CREATE TABLE import_series (
  import_id TEXT NOT NULL REFERENCES data_import (id),
  station   BIGINT NOT NULL REFERENCES station (id),
  parameter BIGINT NOT NULL,
  first     BIGINT NOT NULL,
  last      BIGINT NOT NULL,
  count     BIGINT NOT NULL,
  PRIMARY KEY (import_id, station, parameter)
);
CREATE INDEX import_series_station ON import_series (station, parameter);

CREATE TABLE series (
  station   BIGINT NOT NULL REFERENCES station (id),
  parameter BIGINT NOT NULL,
  unit      TEXT NOT NULL,
  PRIMARY KEY (station, parameter)
);

CREATE TABLE series_year (
  station   BIGINT NOT NULL REFERENCES station (id),
  parameter BIGINT NOT NULL,
  year      BIGINT NOT NULL,
  data      TEXT NOT NULL,
  PRIMARY KEY (station, parameter, year)
);

CREATE TABLE published_mean (
  id           TEXT PRIMARY KEY,
  place        TEXT NOT NULL REFERENCES place (id),
  year         BIGINT NOT NULL,
  period_kind  TEXT NOT NULL CHECK (period_kind IN ('calendar','fiscal')),
  parameter    TEXT NOT NULL,
  value        DOUBLE PRECISION NOT NULL,
  unit         TEXT NOT NULL,
  scope        TEXT NOT NULL CHECK (scope IN ('city','region','county','national','station')),
  area         TEXT NOT NULL,
  definition   TEXT NOT NULL,
  source       TEXT NOT NULL,
  url          TEXT NOT NULL,
  note         TEXT NOT NULL,
  confidence   TEXT NOT NULL,
  withdrawn    BOOLEAN NOT NULL,
  version      BIGINT NOT NULL
);
CREATE INDEX published_mean_place ON published_mean (place, parameter, year);

CREATE TABLE mapping (
  id        TEXT PRIMARY KEY,
  name      TEXT NOT NULL,
  signature TEXT NOT NULL,
  yaml      TEXT NOT NULL,
  by_id     TEXT NOT NULL,
  by_name   TEXT NOT NULL,
  at        TIMESTAMP NOT NULL,
  withdrawn BOOLEAN NOT NULL
);

-- +goose Down
DROP TABLE mapping;
DROP TABLE published_mean;
DROP TABLE series_year;
DROP TABLE series;
DROP TABLE import_series;
DROP TABLE data_import;
DROP TABLE station;
