-- +goose Up
-- Numbered letters and certificates. What a letter said stays; passport data go (erased_at).
CREATE TABLE letter (
  id           TEXT PRIMARY KEY,
  dedupe       TEXT NOT NULL UNIQUE,
  series       TEXT NOT NULL,
  serial       BIGINT NOT NULL,
  code         TEXT NOT NULL UNIQUE,
  kind         TEXT NOT NULL CHECK (kind IN ('visa','superior','certificate','nomination')),
  about        TEXT NOT NULL,
  about_key    TEXT NOT NULL,
  person       TEXT NOT NULL,
  name         TEXT NOT NULL,
  original     TEXT NOT NULL,
  original_lang TEXT NOT NULL,
  langs        TEXT NOT NULL,
  titles       TEXT NOT NULL,
  texts        TEXT NOT NULL,
  vals         TEXT NOT NULL,
  private      TEXT NOT NULL,
  issuers      TEXT NOT NULL,
  signer       TEXT NOT NULL,
  ends_at      TIMESTAMP,
  state        TEXT NOT NULL CHECK (state IN ('issued','cancelled')),
  issued_at    TIMESTAMP NOT NULL,
  issued_by    TEXT NOT NULL,
  cancelled_at TIMESTAMP,
  reason       TEXT NOT NULL,
  erased_at    TIMESTAMP,
  version      BIGINT NOT NULL,
  UNIQUE (series, serial)
);
CREATE INDEX letter_about ON letter (about, about_key);
CREATE INDEX letter_person ON letter (person);

-- +goose Down
DROP TABLE letter;
