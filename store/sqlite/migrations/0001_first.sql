-- Times are UTC as 2026-11-20T10:54:47.123456Z, so they sort as text and every
-- SQLite date function reads them. A body is the whole record as MessagePack;
-- the columns beside it are for searching and for people.

CREATE TABLE sources (
    name   TEXT NOT NULL PRIMARY KEY, -- for example: jira acme.atlassian.net
    cursor TEXT NOT NULL              -- where the last stored page ended; the connector's own words
);

CREATE TABLE tickets (
    source   TEXT NOT NULL REFERENCES sources (name),
    id       TEXT NOT NULL, -- the tracker's id, which survives moves
    key      TEXT,          -- PAY-231; NULL once another ticket has taken the key over
    project  TEXT NOT NULL, -- Jira project key
    team     TEXT NOT NULL, -- Linear team key
    kind     TEXT NOT NULL,
    status   TEXT NOT NULL, -- the tracker's word
    category TEXT NOT NULL, -- what the status means: backlog, todo, started, done, cancelled
    priority TEXT NOT NULL,
    assignee TEXT,          -- account id; NULL for nobody
    created  TEXT NOT NULL,
    updated  TEXT NOT NULL,
    started  TEXT,          -- NULL while work has not begun
    resolved TEXT,          -- NULL while it is not done or cancelled
    due      TEXT,          -- a day, 2026-12-01
    body     BLOB NOT NULL,
    PRIMARY KEY (source, id)
);

CREATE INDEX tickets_by_key ON tickets (source, key);

CREATE TABLE sprints (
    source    TEXT NOT NULL REFERENCES sources (name),
    id        TEXT NOT NULL,
    name      TEXT NOT NULL,
    goal      TEXT NOT NULL,
    state     TEXT NOT NULL, -- future, active, closed
    board     TEXT NOT NULL, -- Jira board
    team      TEXT NOT NULL, -- Linear team key
    starts    TEXT,
    ends      TEXT,
    completed TEXT,          -- when somebody closed it; NULL while it runs
    body      BLOB NOT NULL,
    PRIMARY KEY (source, id)
);

CREATE TABLE findings (
    id         TEXT NOT NULL PRIMARY KEY, -- made from rule, subject and event
    rule       TEXT NOT NULL,
    team       TEXT NOT NULL, -- empty when no team owns the subject
    state      TEXT NOT NULL, -- open, settled, aged-out, withdrawn
    severity   TEXT NOT NULL,
    audience   TEXT NOT NULL,
    source     TEXT NOT NULL,
    subject    TEXT NOT NULL, -- ticket or sprint
    subject_id TEXT NOT NULL,
    key        TEXT NOT NULL, -- PAY-231, or the sprint's name
    first_seen TEXT NOT NULL,
    open_since TEXT NOT NULL, -- beginning of the latest stretch
    last_seen  TEXT NOT NULL,
    body       BLOB NOT NULL
);

CREATE TABLE transitions (
    finding TEXT NOT NULL REFERENCES findings (id),
    at      TEXT NOT NULL,
    move    TEXT NOT NULL, -- opened, settled, aged-out, withdrawn, reopened
    PRIMARY KEY (finding, at, move)
);

CREATE TABLE flights (
    team      TEXT NOT NULL,
    at        TEXT NOT NULL,
    in_flight INTEGER NOT NULL, -- tickets being worked on
    clear     INTEGER NOT NULL, -- those of them without an open finding
    PRIMARY KEY (team, at)
);

CREATE TABLE runs (
    id      TEXT NOT NULL PRIMARY KEY,
    kind    TEXT NOT NULL, -- sync, check, report
    source  TEXT NOT NULL, -- of a sync; otherwise empty
    started TEXT NOT NULL,
    ended   TEXT NOT NULL,
    error   TEXT NOT NULL, -- empty when all went well
    tickets INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    gaps    TEXT NOT NULL  -- JSON list of what the tracker did not tell
);

CREATE INDEX runs_by_kind ON runs (kind, started);
