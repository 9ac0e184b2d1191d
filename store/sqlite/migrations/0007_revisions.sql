-- What people changed on pages, one revision after the other. Rows are only ever
-- added: a number is never given twice.
CREATE TABLE revisions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind   TEXT NOT NULL, -- agreement, rule, experiment
    team   TEXT NOT NULL, -- team id; empty: the organisation
    name   TEXT NOT NULL, -- id of the rule or of the experiment
    text   TEXT NOT NULL, -- YAML of the entry; empty: what the files say
    by     TEXT NOT NULL, -- person id
    why    TEXT NOT NULL,
    at     TEXT NOT NULL
);

CREATE INDEX revisions_by_name ON revisions (kind, team, name, number);
