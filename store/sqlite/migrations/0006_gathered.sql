-- What was told by a pass over all tickets, kept so that nobody who asks has to wait
-- for one.
CREATE TABLE gathered (
    name TEXT NOT NULL, -- what it tells of
    part TEXT NOT NULL, -- team id; empty for what is no team's
    at   TEXT NOT NULL, -- as of when
    body BLOB NOT NULL, -- JSON
    PRIMARY KEY (name, part)
);
