-- The tables of the first version of the knowledge database; later versions change them.
CREATE TABLE knowledge (
	uid VARCHAR NOT NULL,
	PRIMARY KEY (uid)
);
CREATE TABLE asset (
	id INTEGER NOT NULL,
	tag VARCHAR NOT NULL,
	folded VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	model VARCHAR NOT NULL,
	model_folded VARCHAR NOT NULL,
	serial VARCHAR NOT NULL,
	asset_class VARCHAR NOT NULL,
	location VARCHAR NOT NULL,
	site VARCHAR,
	PRIMARY KEY (id),
	UNIQUE (tag)
);
CREATE INDEX ix_asset_folded ON asset (folded);
CREATE INDEX ix_asset_model_folded ON asset (model_folded);
CREATE TABLE document (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	identity VARCHAR NOT NULL,
	number VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	site VARCHAR,
	UNIQUE (identity)
);
CREATE TABLE vector (
	content_hash VARCHAR NOT NULL,
	embedder VARCHAR NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (content_hash, embedder)
);
CREATE TABLE change (
	sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	chunk_id INTEGER NOT NULL,
	operation VARCHAR NOT NULL
);
CREATE TABLE document_model (
	document_id INTEGER NOT NULL,
	model VARCHAR NOT NULL,
	folded VARCHAR NOT NULL,
	FOREIGN KEY(document_id) REFERENCES document (id) ON DELETE CASCADE
);
CREATE INDEX ix_document_model_document_id ON document_model (document_id);
CREATE INDEX ix_document_model_folded ON document_model (folded);
CREATE TABLE document_asset (
	document_id INTEGER NOT NULL,
	asset_id INTEGER NOT NULL,
	UNIQUE (document_id, asset_id),
	FOREIGN KEY(document_id) REFERENCES document (id) ON DELETE CASCADE,
	FOREIGN KEY(asset_id) REFERENCES asset (id) ON DELETE CASCADE
);
CREATE INDEX ix_document_asset_document_id ON document_asset (document_id);
CREATE INDEX ix_document_asset_asset_id ON document_asset (asset_id);
CREATE TABLE revision (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	document_id INTEGER NOT NULL,
	label VARCHAR NOT NULL,
	date VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	language VARCHAR NOT NULL,
	content_hash VARCHAR NOT NULL,
	source VARCHAR NOT NULL,
	original VARCHAR NOT NULL,
	ingested_at VARCHAR NOT NULL,
	report JSON NOT NULL,
	FOREIGN KEY(document_id) REFERENCES document (id) ON DELETE CASCADE
);
CREATE INDEX ix_revision_document_id ON revision (document_id);
CREATE INDEX ix_revision_content_hash ON revision (content_hash);
CREATE TABLE page (
	revision_id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	width FLOAT NOT NULL,
	height FLOAT NOT NULL,
	PRIMARY KEY (revision_id, number),
	FOREIGN KEY(revision_id) REFERENCES revision (id) ON DELETE CASCADE
);
CREATE INDEX ix_page_revision_id ON page (revision_id);
CREATE TABLE section (
	revision_id INTEGER NOT NULL,
	ordinal INTEGER NOT NULL,
	level INTEGER NOT NULL,
	number VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	page INTEGER NOT NULL,
	PRIMARY KEY (revision_id, ordinal),
	FOREIGN KEY(revision_id) REFERENCES revision (id) ON DELETE CASCADE
);
CREATE INDEX ix_section_revision_id ON section (revision_id);
CREATE TABLE chunk (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	revision_id INTEGER NOT NULL,
	ordinal INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	section INTEGER NOT NULL,
	heading_path JSON NOT NULL,
	"key" VARCHAR NOT NULL,
	search_text VARCHAR NOT NULL,
	sentences JSON NOT NULL,
	FOREIGN KEY(revision_id) REFERENCES revision (id) ON DELETE CASCADE
);
CREATE INDEX ix_chunk_key ON chunk ("key");
CREATE INDEX ix_chunk_revision_id ON chunk (revision_id);
CREATE TABLE safety (
	id INTEGER NOT NULL,
	revision_id INTEGER NOT NULL,
	signal VARCHAR NOT NULL,
	text VARCHAR NOT NULL,
	language VARCHAR NOT NULL,
	page INTEGER NOT NULL,
	boxes JSON NOT NULL,
	section INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(revision_id) REFERENCES revision (id) ON DELETE CASCADE
);
CREATE INDEX ix_safety_revision_id ON safety (revision_id);
CREATE TABLE embedded_text (
	chunk_id INTEGER NOT NULL,
	content_hash VARCHAR NOT NULL,
	FOREIGN KEY(chunk_id) REFERENCES chunk (id) ON DELETE CASCADE
);
CREATE INDEX ix_embedded_text_content_hash ON embedded_text (content_hash);
CREATE INDEX ix_embedded_text_chunk_id ON embedded_text (chunk_id);
CREATE TABLE chunk_safety (
	chunk_id INTEGER NOT NULL,
	safety_id INTEGER NOT NULL,
	UNIQUE (chunk_id, safety_id),
	FOREIGN KEY(chunk_id) REFERENCES chunk (id) ON DELETE CASCADE,
	FOREIGN KEY(safety_id) REFERENCES safety (id) ON DELETE CASCADE
);
CREATE INDEX ix_chunk_safety_safety_id ON chunk_safety (safety_id);
CREATE INDEX ix_chunk_safety_chunk_id ON chunk_safety (chunk_id);
CREATE TABLE code (
	id INTEGER NOT NULL,
	chunk_id INTEGER NOT NULL,
	revision_id INTEGER NOT NULL,
	code VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	prefix VARCHAR NOT NULL,
	device VARCHAR NOT NULL,
	component VARCHAR NOT NULL,
	meaning VARCHAR NOT NULL,
	causes JSON NOT NULL,
	remedies JSON NOT NULL,
	sentence INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(chunk_id) REFERENCES chunk (id) ON DELETE CASCADE,
	FOREIGN KEY(revision_id) REFERENCES revision (id) ON DELETE CASCADE
);
CREATE INDEX ix_code_revision_id ON code (revision_id);
CREATE INDEX ix_code_chunk_id ON code (chunk_id);
CREATE TABLE ticket (
	id INTEGER NOT NULL,
	uid VARCHAR NOT NULL,
	chunk_id INTEGER,
	source_system VARCHAR NOT NULL,
	source_id VARCHAR NOT NULL,
	source_file VARCHAR NOT NULL,
	source_row INTEGER NOT NULL,
	locator VARCHAR NOT NULL,
	raw JSON NOT NULL,
	row_hash VARCHAR NOT NULL,
	asset_raw VARCHAR NOT NULL,
	asset_id INTEGER,
	asset_match FLOAT NOT NULL,
	title VARCHAR NOT NULL,
	description VARCHAR NOT NULL,
	cause VARCHAR NOT NULL,
	resolution VARCHAR NOT NULL,
	ticket_type VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	priority VARCHAR NOT NULL,
	failure_mode VARCHAR NOT NULL,
	alarm_codes JSON NOT NULL,
	reported_at VARCHAR,
	completed_at VARCHAR,
	downtime_min FLOAT,
	labor_h FLOAT,
	cost_total FLOAT,
	currency VARCHAR NOT NULL,
	parts JSON NOT NULL,
	technician VARCHAR NOT NULL,
	quality_flags JSON NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (uid),
	FOREIGN KEY(chunk_id) REFERENCES chunk (id) ON DELETE CASCADE,
	FOREIGN KEY(asset_id) REFERENCES asset (id)
);
CREATE INDEX ix_ticket_asset_id ON ticket (asset_id);
CREATE INDEX ix_ticket_chunk_id ON ticket (chunk_id);
CREATE INDEX ix_ticket_reported_at ON ticket (reported_at);
CREATE TABLE code_key (
	code_id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	level INTEGER NOT NULL,
	FOREIGN KEY(code_id) REFERENCES code (id) ON DELETE CASCADE
);
CREATE INDEX ix_code_key_code_id ON code_key (code_id);
CREATE INDEX ix_code_key_key ON code_key ("key");
