-- What people think of findings: whether it was useful to be told.
CREATE TABLE votes (
    finding TEXT NOT NULL,
    person  TEXT NOT NULL, -- person id
    rule    TEXT NOT NULL,
    useful  INTEGER NOT NULL, -- 1: useful; 0: not
    at      TEXT NOT NULL,
    PRIMARY KEY (finding, person)
);

CREATE INDEX votes_by_rule ON votes (rule);
