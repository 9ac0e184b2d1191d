-- Written by version 8 of the store; see version_test.go.
PRAGMA application_id = 1717660018;
PRAGMA user_version = 8;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE sources (
    name   TEXT NOT NULL PRIMARY KEY, -- for example: jira acme.atlassian.net
    cursor TEXT NOT NULL              -- where the last stored page ended; the connector's own words
);
INSERT INTO sources VALUES('jira acme.atlassian.net','2026-11-09T08:00');
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
INSERT INTO tickets VALUES('jira acme.atlassian.net','10001','PAY-1','PAY','','feature','In Progress','started','high','5b10ac8d82e05b22cc7d4e02','2026-11-09T08:31:00.000000Z','2026-11-12T08:31:00.000000Z','2026-11-10T08:31:00.000000Z',NULL,'2026-12-01',X'de0018a1419382a169b8356231306163386438326530356232326363376434653031a16ea94d696e61205061726b82a169b8356231306163386438326530356232326363376434653032a16ea94a6f204f6b61666f7282a169b8356231306163386438326530356232326363376434653033a16eac4c65652053616e646f76616ca173b76a6972612061636d652e61746c61737369616e2e6e6574a178a46a697261a169a53130303031a16ba55041592d31a175d92768747470733a2f2f61636d652e61746c61737369616e2e6e65742f62726f7773652f5041592d31a174bf42756c6b206578706f7274206f6620736574746c6564207061796d656e7473a164da012c41206d65726368616e74206e6565647320612066696c652e2041206d65726368616e74206e6565647320612066696c652e2041206d65726368616e74206e6565647320612066696c652e2041206d65726368616e74206e6565647320612066696c652e2041206d65726368616e74206e6565647320612066696c652e2041206d65726368616e74206e6565647320612066696c652e2041206d65726368616e74206e6565647320612066696c652e2041206d65726368616e74206e6565647320612066696c652e2041206d65726368616e74206e6565647320612066696c652e2041206d65726368616e74206e6565647320612066696c652e2041206d65726368616e74206e6565647320612066696c652e2041206d65726368616e74206e6565647320612066696c652e20a26b69a766656174757265a27274a553746f7279a27374ab496e2050726f6772657373a26361a773746172746564a27072a468696768a2637201a2617302a2706aa3504159a26475aa323032362d31322d3031a2737091a23233a26c6192a66578706f7274a86d65726368616e74a26c699183a26b69a6736f6c766573a170a6736f6c766573a17482a169a53130303838a16ba65041592d3838a268699687a169a732303430303a30a163d300e31fd2c7437900a16101a166a6737461747573a172a6737461747573a16f9183a169a131a174a5546f20446fa16ea4746f646fa16e9183a169a133a174ab496e2050726f6772657373a16ea77374617274656487a169a732303430313a30a163d300e31fd39dd71d00a16102a166a6737461747573a172a6737461747573a16f9183a169a131a174a5546f20446fa16ea4746f646fa16e9183a169a133a174ab496e2050726f6772657373a16ea77374617274656487a169a732303430323a30a163d300e31fd4746ac100a16103a166a6737461747573a172a6737461747573a16f9183a169a131a174a5546f20446fa16ea4746f646fa16e9183a169a133a174ab496e2050726f6772657373a16ea77374617274656487a169a732303430333a30a163d300e31fd54afe6500a16101a166a6737461747573a172a6737461747573a16f9183a169a131a174a5546f20446fa16ea4746f646fa16e9183a169a133a174ab496e2050726f6772657373a16ea77374617274656487a169a732303430343a30a163d300e31fd621920900a16102a166a6737461747573a172a6737461747573a16f9183a169a131a174a5546f20446fa16ea4746f646fa16e9183a169a133a174ab496e2050726f6772657373a16ea77374617274656487a169a732303430353a30a163d300e31fd6f825ad00a16103a166a6737461747573a172a6737461747573a16f9183a169a131a174a5546f20446fa16ea4746f646fa16e9183a169a133a174ab496e2050726f6772657373a16ea773746172746564a163d300e31fd2c7437900a16dd300e3200f20c99900a162d300e31fe6e51ad900');
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
INSERT INTO sprints VALUES('jira acme.atlassian.net','23','Sprint 23','Refunds under a minute','active','','','2026-11-09T08:00:00.000000Z',NULL,NULL,X'86a173b76a6972612061636d652e61746c61737369616e2e6e6574a169a23233a16ea9537072696e74203233a167b6526566756e647320756e6465722061206d696e757465a27374a6616374697665a162d300e31fd258662000');
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
INSERT INTO findings VALUES('83b131a0f4fad683','feature-without-problem','payments','open','warn','team','jira acme.atlassian.net','ticket','10001','PAY-1','2026-11-09T08:00:00.000000Z','2026-11-09T08:00:00.000000Z','2026-11-09T08:00:00.000000Z',X'8ca169b038336231333161306634666164363833a172b7666561747572652d776974686f75742d70726f626c656da27465a87061796d656e7473a17384a26b69a67469636b6574a173b76a6972612061636d652e61746c61737369616e2e6e6574a169a53130303031a16ba55041592d31a177b46e6f2070726f626c656d206973206c696e6b6564a27365a47761726ea26175a47465616da1659183a166b2656e74657265642074686520737072696e74a176a9537072696e74203233a163d300e31fd258662000a17491a55041592d31a27374a46f70656ea16cd300e31fd258662000a273709181a162d300e31fd258662000');
INSERT INTO findings VALUES('93c1a02b5e66f0d1','assigned-bypassing-em','payments','open','warn','team','jira acme.atlassian.net','ticket','10001','PAY-1','2026-11-09T08:00:00.000000Z','2026-11-09T08:00:00.000000Z','2026-11-09T08:00:00.000000Z',X'8fa169b039336331613032623565363666306431a172b561737369676e65642d627970617373696e672d656da27465a87061796d656e7473a17384a26b69a67469636b6574a173b76a6972612061636d652e61746c61737369616e2e6e6574a169a53130303031a16ba55041592d31a177b46e6f2070726f626c656d206973206c696e6b6564a27365a47761726ea26175a47465616da1659183a166b2656e74657265642074686520737072696e74a176a9537072696e74203233a163d300e31fd258662000a17491a55041592d31a27374a46f70656ea16cd300e31fd258662000a273709181a162d300e31fd258662000a26c6192a27134aa726567756c61746f7279a26163a464616e61a26d69b95041592d31207761732061737369676e656420627920796f75');
CREATE TABLE transitions (
    finding TEXT NOT NULL REFERENCES findings (id),
    at      TEXT NOT NULL,
    move    TEXT NOT NULL, -- opened, settled, aged-out, withdrawn, reopened
    PRIMARY KEY (finding, at, move)
);
INSERT INTO transitions VALUES('83b131a0f4fad683','2026-11-09T08:00:00.000000Z','opened');
CREATE TABLE flights (
    team      TEXT NOT NULL,
    at        TEXT NOT NULL,
    in_flight INTEGER NOT NULL, -- tickets being worked on
    clear     INTEGER NOT NULL, -- those of them without an open finding
    PRIMARY KEY (team, at)
);
INSERT INTO flights VALUES('payments','2026-11-09T08:00:00.000000Z',41,36);
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
INSERT INTO runs VALUES('1','sync','jira acme.atlassian.net','2026-11-09T08:00:00.000000Z','2026-11-09T08:01:00.000000Z','',1,0,0,'["PAY-1: no author"]');
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
INSERT INTO looks VALUES('jira acme.atlassian.net','','','','','','2026-11-09T08:00:00.000000Z');
INSERT INTO looks VALUES('jira acme.atlassian.net','','feature-without-problem','payments','2026-08-17T08:00:00.000000Z','2026-11-09T08:00:00.000000Z','');
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
INSERT INTO mutes VALUES('feature-without-problem','2026-11-09T08:00:00.000000Z','2026-11-02T08:00:00.000000Z',84,2.5,'',0);
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
INSERT INTO words VALUES('w1','answered','mina','2026-11-09T08:00:00.000000Z','Agreed in planning','83b131a0f4fad683','','','','','','','');
INSERT INTO words VALUES('w2','waived','lee','2026-11-09T09:00:00.000000Z','The law','','','','','','date-imposed','regulatory','2027-02-09T08:00:00.000000Z');
INSERT INTO words VALUES('w3','waived','lee','2026-11-09T10:00:00.000000Z','Moves','','','jira acme.atlassian.net','10001','PAY-1','','','2026-12-09T08:00:00.000000Z');
INSERT INTO words VALUES('w4','renewed','mina','2026-11-09T11:00:00.000000Z','Late','','w3','','','','','','2027-01-09T08:00:00.000000Z');
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
INSERT INTO deliveries VALUES('payments team','2026-W46','slack:#payments','delivered','2026-11-09T08:00:00.000000Z','','',0,2,'2026-11-09T08:00:00.000000Z','2026-11-09T08:01:00.000000Z','2026-11-09T08:02:00.000000Z','#payments','C01 1762675200.000100','9f86d081','');
CREATE TABLE snapshots (
    team   TEXT NOT NULL, -- empty for the organisation
    week   TEXT NOT NULL, -- 2026-W46
    taken  TEXT NOT NULL,
    numbers TEXT NOT NULL, -- JSON: measure to number; what is not known is left out
    PRIMARY KEY (team, week)
);
INSERT INTO snapshots VALUES('payments','2026-W45','2026-11-09T08:00:00.000000Z','{"aligned":0.875,"open":5}');
CREATE TABLE sign_in_tokens (
    hash    TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the token, in hex
    person  TEXT NOT NULL, -- person id
    expires TEXT NOT NULL
);
CREATE TABLE spent (
    id    TEXT NOT NULL PRIMARY KEY,
    until TEXT NOT NULL -- may be forgotten from then on
);
CREATE TABLE epochs (
    person TEXT NOT NULL PRIMARY KEY, -- person id
    epoch  INTEGER NOT NULL
);
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
CREATE TABLE votes (
    finding TEXT NOT NULL,
    person  TEXT NOT NULL, -- person id
    rule    TEXT NOT NULL,
    useful  INTEGER NOT NULL, -- 1: useful; 0: not
    at      TEXT NOT NULL,
    PRIMARY KEY (finding, person)
);
INSERT INTO votes VALUES('83b131a0f4fad683','mina','feature-without-problem',1,'2026-11-09T08:00:00.000000Z');
CREATE TABLE gathered (
    name TEXT NOT NULL, -- what it tells of
    part TEXT NOT NULL, -- team id; empty for what is no team's
    at   TEXT NOT NULL, -- as of when
    body BLOB NOT NULL, -- JSON
    PRIMARY KEY (name, part)
);
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
INSERT INTO revisions VALUES(1,'agreement','payments','feature-without-problem',replace('rule: feature-without-problem\nsettings:\n  min_chars: 200\n','\n',char(10)),'lee','Two sentences','2026-11-09T08:00:00.000000Z');
INSERT INTO revisions VALUES(2,'agreement','payments','feature-without-problem','','mina','Back to the file','2026-11-09T09:00:00.000000Z');
CREATE TABLE altered (
    position INTEGER PRIMARY KEY,
    source   TEXT NOT NULL,
    id       TEXT NOT NULL
);
INSERT INTO altered VALUES(7,'jira acme.atlassian.net','10001');
CREATE TABLE sightings (
    rule   TEXT NOT NULL,
    source TEXT NOT NULL,
    at     TEXT NOT NULL,
    PRIMARY KEY (rule, source)
);
INSERT INTO sightings VALUES('feature-without-problem','jira acme.atlassian.net','2026-11-09T09:00:00.000000Z');
CREATE TABLE marks (
    name TEXT NOT NULL PRIMARY KEY, -- ledger: the check that was stored last
    mark TEXT NOT NULL
);
INSERT INTO marks VALUES('ledger','EIGHT');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('revisions',2);
CREATE INDEX tickets_by_key ON tickets (source, key);
CREATE INDEX runs_by_kind ON runs (kind, started);
CREATE INDEX deliveries_by_due ON deliveries (due);
CREATE INDEX spent_by_until ON spent (until);
CREATE INDEX votes_by_rule ON votes (rule);
CREATE INDEX revisions_by_name ON revisions (kind, team, name, number);
CREATE TRIGGER tickets_added AFTER INSERT ON tickets BEGIN
    INSERT INTO altered (source, id) VALUES (new.source, new.id);
END;
CREATE TRIGGER tickets_changed AFTER UPDATE ON tickets BEGIN
    INSERT INTO altered (source, id) VALUES (new.source, new.id);
END;
CREATE TRIGGER tickets_removed AFTER DELETE ON tickets BEGIN
    INSERT INTO altered (source, id) VALUES (old.source, old.id);
END;
COMMIT;
