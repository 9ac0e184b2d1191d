-- From when to when something was looked at: the ledger speaks of it only for
-- that time. rule and part are empty for a source as a whole; part is one of its
-- projects; rule and team say which agreement.
CREATE TABLE looks (
    source TEXT NOT NULL, -- empty for what is told from all sources together
    part   TEXT NOT NULL, -- Jira project key or Linear team key
    rule   TEXT NOT NULL,
    team   TEXT NOT NULL, -- empty for work that no team owns
    since  TEXT NOT NULL, -- from when on the ledger tells of it, replayed weeks included
    live   TEXT NOT NULL, -- when it was first looked at as it stood then; empty while it never was
    until  TEXT NOT NULL, -- up to when a source has been looked at; empty for all else
    PRIMARY KEY (source, part, rule, team)
);

-- Rules that suddenly noticed far more than usual, and fell silent.
CREATE TABLE mutes (
    rule      TEXT NOT NULL,
    at        TEXT NOT NULL, -- when it fell silent
    opened    TEXT NOT NULL, -- what opened after this moment is not told
    new       INTEGER NOT NULL, -- how many had opened since
    usual     REAL NOT NULL,    -- how many open in a usual week
    lifted    TEXT NOT NULL,    -- empty while it lasts
    confirmed INTEGER NOT NULL, -- 1: a person lifted it
    PRIMARY KEY (rule, at)
);
