-- +goose Up
-- Where an organisation is reached. Of the network whose site this is, the contact page shows it.
ALTER TABLE organisation ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE organisation ADD COLUMN address TEXT NOT NULL DEFAULT '{}';

-- +goose Down
ALTER TABLE organisation DROP COLUMN address;
ALTER TABLE organisation DROP COLUMN email;
