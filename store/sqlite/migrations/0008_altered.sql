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
END
