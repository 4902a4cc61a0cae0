-- Classes with pictures to train a network on. Lists and settings are JSON.
CREATE TABLE trainings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    photo TEXT REFERENCES pictures,
    settings TEXT NOT NULL,
    created INTEGER NOT NULL,
    -- What its last run was made of, and how far that came.
    plan TEXT,
    run TEXT,
    deleted INTEGER
);

CREATE TABLE training_classes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    training INTEGER NOT NULL REFERENCES trainings,
    name TEXT NOT NULL,
    drawn TEXT
);
CREATE INDEX classes_by_training ON training_classes (training);

CREATE TABLE training_pictures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    class INTEGER NOT NULL REFERENCES training_classes,
    picture TEXT NOT NULL REFERENCES pictures,
    removed INTEGER,
    UNIQUE (class, picture)
);

-- A job that trains a network; its recipe is the plan of the run.
ALTER TABLE jobs ADD COLUMN training INTEGER REFERENCES trainings;
