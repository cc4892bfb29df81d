-- +goose Up
-- The outbox: one row per letter to one person, kept when it has left.
CREATE TABLE mail (
  id         TEXT PRIMARY KEY,
  dedupe     TEXT NOT NULL UNIQUE,
  address    TEXT NOT NULL,
  name       TEXT NOT NULL,
  lang       TEXT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('transactional','invitation','news','reminder')),
  person     TEXT NOT NULL,
  template   TEXT NOT NULL,
  subject    TEXT NOT NULL,
  body       TEXT NOT NULL,
  vals       TEXT NOT NULL,
  attach     TEXT NOT NULL,
  about      TEXT NOT NULL,
  about_key  TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('held','ready','claimed','sent','failed','unknown','bounced','cancelled','suppressed')),
  reason     TEXT,
  reply      TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  ready_at   TIMESTAMP NOT NULL,
  claimed_at TIMESTAMP,
  ended_at   TIMESTAMP,
  tries      BIGINT NOT NULL,
  batch      TEXT NOT NULL,
  token      TEXT NOT NULL UNIQUE,
  version    BIGINT NOT NULL
);
CREATE INDEX mail_state ON mail (state, ready_at);
CREATE INDEX mail_about ON mail (about, about_key);
CREATE INDEX mail_person ON mail (person);
CREATE INDEX mail_address ON mail (address);

-- Texts of officers, for the whole network (about ''), a programme or an activity, in place of those of the catalogs.
CREATE TABLE mail_template (
  template  TEXT NOT NULL,
  about     TEXT NOT NULL,
  about_key TEXT NOT NULL,
  lang      TEXT NOT NULL,
  subject   TEXT NOT NULL,
  body      TEXT NOT NULL,
  saved_at  TIMESTAMP NOT NULL,
  version   BIGINT NOT NULL,
  PRIMARY KEY (template, about, about_key, lang)
);

-- Addresses that want no letters of a kind ('' stands for addresses that do not exist, whatever the kind).
CREATE TABLE mail_stop (
  address TEXT NOT NULL,
  kind    TEXT NOT NULL,
  cause   TEXT NOT NULL CHECK (cause IN ('asked','bounced')),
  detail  TEXT NOT NULL,
  at      TIMESTAMP NOT NULL,
  PRIMARY KEY (address, kind)
);

-- +goose Down
DROP TABLE mail_stop;
DROP TABLE mail_template;
DROP TABLE mail;
