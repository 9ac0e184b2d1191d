-- Links that let somebody in once.
CREATE TABLE sign_in_tokens (
    hash    TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the token, in hex
    person  TEXT NOT NULL, -- person id
    expires TEXT NOT NULL
);

-- Sign-ins that were completed and sessions that were ended, for as long as
-- somebody could try to use them again.
CREATE TABLE spent (
    id    TEXT NOT NULL PRIMARY KEY,
    until TEXT NOT NULL -- may be forgotten from then on
);

CREATE INDEX spent_by_until ON spent (until);

-- How often somebody was signed out everywhere; without a row never.
CREATE TABLE epochs (
    person TEXT NOT NULL PRIMARY KEY, -- person id
    epoch  INTEGER NOT NULL
);

-- What all processes that share this store have to agree on, such as the key
-- of sessions where the configuration names none.
CREATE TABLE secrets (
    name   TEXT NOT NULL PRIMARY KEY,
    secret TEXT NOT NULL
);

CREATE TABLE api_tokens (
    id      TEXT NOT NULL PRIMARY KEY,
    hash    TEXT NOT NULL UNIQUE, -- SHA-256 of the token, in hex
    person  TEXT NOT NULL, -- person id, for whom it acts
    name    TEXT NOT NULL, -- what it is for
    scopes  TEXT NOT NULL, -- JSON: list of read, answer, configure
    made    TEXT NOT NULL,
    expires TEXT NOT NULL
);
