-- Rows of an entity that was merged into another or forbidden follow that decision in parts: store/entity_moves.h.

CREATE TABLE entity_moves (             -- rows of these are left, and go where the entity's row says
    entity INTEGER PRIMARY KEY REFERENCES entities (id)
) STRICT;
