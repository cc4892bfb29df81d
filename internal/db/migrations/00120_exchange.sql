-- +goose Up
-- What a city needs to learn, or offers to show.
CREATE TABLE exchange_wish (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL CHECK (kind IN ('need','offer')),
  place      TEXT NOT NULL REFERENCES place (id),
  names      TEXT NOT NULL,
  text       TEXT NOT NULL,
  topics     TEXT NOT NULL,
  level      TEXT NOT NULL,
  languages  TEXT NOT NULL,
  seasons    TEXT NOT NULL,
  contact    TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('draft','published','withdrawn')),
  created_at TIMESTAMP NOT NULL,
  version    BIGINT NOT NULL
);
CREATE INDEX exchange_wish_place ON exchange_wish (place);

-- What a person decided of a need and an offer. Proposals are computed and are no rows.
CREATE TABLE exchange_match (
  id          TEXT PRIMARY KEY,
  need_id     TEXT NOT NULL REFERENCES exchange_wish (id),
  offer_id    TEXT NOT NULL REFERENCES exchange_wish (id),
  state       TEXT NOT NULL CHECK (state IN ('taken','declined')),
  score       BIGINT NOT NULL,
  reasons     TEXT NOT NULL,
  note        TEXT NOT NULL,
  activity_id TEXT REFERENCES activity (id),
  decided_by  TEXT NOT NULL,
  decided_at  TIMESTAMP NOT NULL,
  version     BIGINT NOT NULL,
  UNIQUE (need_id, offer_id)
);

-- What a delegate wrote on a visit. The nonce is made where it was written, also without network.
CREATE TABLE visit_note (
  nonce       TEXT PRIMARY KEY,
  activity_id TEXT NOT NULL REFERENCES activity (id),
  item        TEXT NOT NULL,
  person_id   TEXT NOT NULL,
  place       TEXT NOT NULL,
  text        TEXT NOT NULL,
  lang        TEXT NOT NULL,
  shared      BOOLEAN NOT NULL,
  written_at  TIMESTAMP NOT NULL,
  received_at TIMESTAMP NOT NULL,
  removed     BOOLEAN NOT NULL
);
CREATE INDEX visit_note_activity ON visit_note (activity_id);

-- What a city means to do after a visit, and what came of it.
CREATE TABLE city_action (
  id          TEXT PRIMARY KEY,
  activity_id TEXT NOT NULL REFERENCES activity (id),
  place       TEXT NOT NULL REFERENCES place (id),
  position    BIGINT NOT NULL,
  names       TEXT NOT NULL,
  owner       TEXT NOT NULL,
  due         TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('planned','begun','done','dropped')),
  outcome     TEXT NOT NULL,
  shown       BOOLEAN NOT NULL,
  version     BIGINT NOT NULL
);
CREATE INDEX city_action_place ON city_action (place);
CREATE INDEX city_action_activity ON city_action (activity_id);

-- When a city is asked what came of its actions, 6 and 12 months after.
CREATE TABLE followup (
  id          TEXT PRIMARY KEY,
  activity_id TEXT NOT NULL REFERENCES activity (id),
  place       TEXT NOT NULL REFERENCES place (id),
  months      BIGINT NOT NULL,
  due         TEXT NOT NULL,
  asked_at    TIMESTAMP,
  hash        TEXT,
  answered_at TIMESTAMP,
  UNIQUE (activity_id, place, months)
);

-- +goose Down
DROP TABLE followup;
DROP TABLE city_action;
DROP TABLE visit_note;
DROP TABLE exchange_match;
DROP TABLE exchange_wish;
