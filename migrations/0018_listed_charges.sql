-- What lists of charges are asked by besides the columns: labels, and when something was last added to a timeline.
-- Charges without labels cost nothing here, and the index on `at` is a few pages: transitions are written in its order.
create index charges_metadata_idx on charges using gin (metadata jsonb_path_ops) where metadata <> '{}';
--> statement-breakpoint
create index transitions_at_idx on transitions using brin (at);
