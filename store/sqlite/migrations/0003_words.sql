-- What people said about findings; rows are only ever added.
CREATE TABLE words (
    id      TEXT NOT NULL PRIMARY KEY,
    kind    TEXT NOT NULL, -- answered, taken-back, waived, renewed, ended
    by      TEXT NOT NULL, -- person id
    at      TEXT NOT NULL,
    reason  TEXT NOT NULL,
    finding TEXT NOT NULL, -- of an answer; or what a waiver covers
    waiver  TEXT NOT NULL, -- id of the word that gave the waiver, for a renewal or an end
    source  TEXT NOT NULL, -- with ticket and key: the ticket that a waiver covers
    ticket  TEXT NOT NULL,
    key     TEXT NOT NULL,
    rule    TEXT NOT NULL, -- with label: what a waiver covers
    label   TEXT NOT NULL,
    expires TEXT NOT NULL  -- empty for what does not expire
);

-- The outbox: one row for each report, week and channel.
CREATE TABLE deliveries (
    report     TEXT NOT NULL, -- whose, and for which reader
    week       TEXT NOT NULL, -- 2026-W46
    channel    TEXT NOT NULL,
    state      TEXT NOT NULL, -- pending, delivered, refused, missed, silent
    due        TEXT NOT NULL,
    holder     TEXT NOT NULL, -- who works on it; empty for nobody
    until      TEXT NOT NULL, -- up to when nobody else may
    sending    INTEGER NOT NULL, -- 1: a message left, and nobody knows yet whether it arrived
    attempts   INTEGER NOT NULL,
    first      TEXT NOT NULL, -- when the first attempt was made
    not_before TEXT NOT NULL,
    delivered  TEXT NOT NULL,
    place      TEXT NOT NULL,
    ref        TEXT NOT NULL, -- the channel's own note
    digest     TEXT NOT NULL,
    trouble    TEXT NOT NULL,
    PRIMARY KEY (report, week, channel)
);

CREATE INDEX deliveries_by_due ON deliveries (due);

-- Weeks in numbers, as they were told when the week was over.
CREATE TABLE snapshots (
    team   TEXT NOT NULL, -- empty for the organisation
    week   TEXT NOT NULL, -- 2026-W46
    taken  TEXT NOT NULL,
    numbers TEXT NOT NULL, -- JSON: measure to number; what is not known is left out
    PRIMARY KEY (team, week)
);
