CREATE TABLE judgements (
    labels TEXT NOT NULL,  -- identity of the labels that are judged
    split TEXT NOT NULL,
    image INTEGER NOT NULL,
    verdict TEXT NOT NULL, -- on the label: right, wrong, unclear
    judged REAL NOT NULL,  -- seconds since 1970
    PRIMARY KEY (labels, split, image)
) WITHOUT ROWID;
