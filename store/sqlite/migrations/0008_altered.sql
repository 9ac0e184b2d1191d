-- Which tickets were stored otherwise than before, or removed, in that order: who
-- looked before need not look at all of them again. Triggers write it, so that no way
-- of changing a ticket passes it by; the oldest rows are forgotten as new ones come.
CREATE TABLE altered (
    position INTEGER PRIMARY KEY,
    source   TEXT NOT NULL,
    id       TEXT NOT NULL
);

CREATE TRIGGER tickets_added AFTER INSERT ON tickets BEGIN
    INSERT INTO altered (source, id) VALUES (new.source, new.id);
END;

CREATE TRIGGER tickets_changed AFTER UPDATE ON tickets BEGIN
    INSERT INTO altered (source, id) VALUES (new.source, new.id);
END;

CREATE TRIGGER tickets_removed AFTER DELETE ON tickets BEGIN
    INSERT INTO altered (source, id) VALUES (old.source, old.id);
END;

-- What is open of a rule in a source was last seen at this moment, or when its row in
-- findings says, whichever is later.
CREATE TABLE sightings (
    rule   TEXT NOT NULL,
    source TEXT NOT NULL,
    at     TEXT NOT NULL,
    PRIMARY KEY (rule, source)
);

-- Marks by which one state of something is told from all others.
CREATE TABLE marks (
    name TEXT NOT NULL PRIMARY KEY, -- ledger: the check that was stored last
    mark TEXT NOT NULL
)
