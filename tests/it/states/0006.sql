CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(1,'first','2026-11-22 20:49:03',1,X'8F406DF56F8726BD340070AEAC735241E1879D43CB5246758EE1DFA93F1444A7B94996D8561DC16D0E328DD9B469046F',1607757);
INSERT INTO "_sqlx_migrations" VALUES(2,'mails','2026-11-22 20:49:03',1,X'4CC72ABB4C177CF20FE32AF2592F158E77AFF909D6DF3F6D61E6D31C0A735BD712507DE090AC1902B9E7CCFF11B85814',984942);
INSERT INTO "_sqlx_migrations" VALUES(3,'acts','2026-11-22 20:49:03',1,X'83EB2364446277F9361F8F916E5A6E6ABD1064A56B76482E5067D88F8F08F7147C964145EF940CBFD60338B9DF809350',958797);
INSERT INTO "_sqlx_migrations" VALUES(4,'empty_files','2026-11-22 20:49:03',1,X'1C002030CDCEBEB10020F390DE5FF830264B4864049AD3A52231CB12F0B62CD33D58EB4C36385A87A66E17B375C042F3',1618397);
INSERT INTO "_sqlx_migrations" VALUES(5,'telling','2026-11-26 22:08:28',1,X'D5B71E63AF921D294E22E987919AEB0DF1E9A3CC646988ED26AB817A41E192C06A926BED1C9E0EE18B3F272FF9F6024B',11218907);
INSERT INTO "_sqlx_migrations" VALUES(6,'shapes','2026-11-30 02:58:07',1,X'FA9BCE3A26769FBF3C8845CB6DDE1B0604A1B66F3B6CEA974E6470B396CA07C3088C187343D93B1DB5FA95417B17F635',10567752);
CREATE TABLE acts (
    seq BIGINT PRIMARY KEY NOT NULL,
    channel TEXT NOT NULL,
    identity TEXT NOT NULL,
    item_id TEXT NOT NULL,
    body TEXT NOT NULL
);
INSERT INTO "acts" VALUES(7,'biller','biller|KX|2026-11-17|settlement|2026-11-17T05:00:00+00:00|15000.00','BILLER-2G72H','{"number":7,"at":"2026-11-22T20:49:04.540713637Z","on":"2026-11-23","by":"root","facts":"78506ae37ad8","act":"note","text":"asked the partner"}');
INSERT INTO "acts" VALUES(8,'biller','biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00','BILLER-78Q4X','{"number":8,"at":"2026-11-22T20:49:04.557150800Z","on":"2026-11-23","by":"root","facts":"e58619a09a91","act":"resolve","reason":"paid by the partner","text":""}');
CREATE TABLE alerts (
    id TEXT PRIMARY KEY NOT NULL,
    at TEXT NOT NULL,
    run_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- When a run worked again; empty while it lasts.
    over_at TEXT NOT NULL
);
CREATE TABLE arrivals (
    file_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    origin TEXT NOT NULL,
    arrived_at TEXT NOT NULL,
    PRIMARY KEY (file_id, origin)
);
CREATE TABLE chain (
    seq BIGINT PRIMARY KEY NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);
INSERT INTO "chain" VALUES(1,'2026-11-22T20:49:03.854Z','file','biller file 1 counted','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507','','59c4058d9c6cfe800f5f1d3d6330c1978a1dd06ef3c2c68dd77b458807825f8f');
INSERT INTO "chain" VALUES(2,'2026-11-22T20:49:03.854Z','result','biller 2026-11-17 revision 1','b6259a74b56363c1e418a1a8f56a5ef2572467f926fb1f932ee4358da18bb52c','59c4058d9c6cfe800f5f1d3d6330c1978a1dd06ef3c2c68dd77b458807825f8f','0e13035a50efc22d44768ac23ac930354b3ff169163b64b69eef324de53dc311');
INSERT INTO "chain" VALUES(3,'2026-11-22T20:49:04.160Z','file','biller file 2 counted','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e','0e13035a50efc22d44768ac23ac930354b3ff169163b64b69eef324de53dc311','7932d2e550bdea55ad2111627e8a47520110c52a7da99d34f0965a901a15be61');
INSERT INTO "chain" VALUES(4,'2026-11-22T20:49:04.160Z','result','biller 2026-11-18 revision 1','931e6e3926ddf81148590eb5eb5ae5334aeeec73f8d76219833e5117a2c2bae8','7932d2e550bdea55ad2111627e8a47520110c52a7da99d34f0965a901a15be61','f97272f83b69993a967729f624da167e5398d53af04dba8e2e40ba66f2b062da');
INSERT INTO "chain" VALUES(5,'2026-11-22T20:49:04.450Z','file','biller file 3 counted','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0','f97272f83b69993a967729f624da167e5398d53af04dba8e2e40ba66f2b062da','3c394a037e8b4d147020b550e268012c07c5303e95cee0c459b832e0594b8e5f');
INSERT INTO "chain" VALUES(6,'2026-11-22T20:49:04.450Z','result','biller 2026-11-18 revision 2','1e74a69d93b6e0003ae5cb7fabf4a6afc4637972c24f8af01a0ae57043bfeb8f','3c394a037e8b4d147020b550e268012c07c5303e95cee0c459b832e0594b8e5f','5fff5ab193c4c209cb32203c7d93a250125c6f753438231a37f39453e0136253');
INSERT INTO "chain" VALUES(7,'2026-11-22T20:49:04.540Z','act','BILLER-2G72H note','de01b50dbf2abdc6cfaae99096a46e6d9c73d2a5ee5b27c2525a970efe8d8644','5fff5ab193c4c209cb32203c7d93a250125c6f753438231a37f39453e0136253','b8ca6592f19dafc5f4b3a6c3eec044869623756ec1fc2dccabe6b200be2a32f8');
INSERT INTO "chain" VALUES(8,'2026-11-22T20:49:04.557Z','act','BILLER-78Q4X resolve','53c9b3ce6ad05be9d33c5598d08d251246a0328f2a3f64d309f9df6a44b4942c','b8ca6592f19dafc5f4b3a6c3eec044869623756ec1fc2dccabe6b200be2a32f8','9ec79db5c39e15f4b52f4a29a7cc160e91de8c13bc6a2391d0fcdb298334ec8b');
INSERT INTO "chain" VALUES(9,'2026-11-26T22:08:28.277Z','result','biller 2026-11-17 revision 2','7e539a2e1f1172a97b5717324892bbb6fd3bfa1b7eea2b8a59fbb493d4ea33de','9ec79db5c39e15f4b52f4a29a7cc160e91de8c13bc6a2391d0fcdb298334ec8b','83009477ff60cb361b74f6a6a3edbeb5e507f32047b0c91d6988fdd3eab0db18');
CREATE TABLE coverage (
    file_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    entries BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    PRIMARY KEY (file_id, business_date)
);
INSERT INTO "coverage" VALUES(1,'biller','2026-11-17',3,0);
INSERT INTO "coverage" VALUES(2,'biller','2026-11-18',3,0);
INSERT INTO "coverage" VALUES(3,'biller','2026-11-18',3,0);
CREATE TABLE dates (
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    state TEXT NOT NULL,
    knowledge TEXT NOT NULL,
    ledger_fingerprint TEXT NOT NULL,
    run_id TEXT NOT NULL,
    PRIMARY KEY (channel, business_date)
);
INSERT INTO "dates" VALUES('biller','2026-11-17','complete','f4d8763907ddec75d6c0a52257941727 1f19c7bb5355687d097ce3e98816550c c3fe12366f71e6f9c864478a503d87e2 fb68219508c2f2a2bd1e0fb5a5b77f5f','4-4c9bb7caed9b0fd1b1239ecdd3641f56','20261126T220828Z-6ec59b');
INSERT INTO "dates" VALUES('biller','2026-11-18','complete','6855e1fdd758a7da7b6ac2692a87d38e 1f19c7bb5355687d097ce3e98816550c c3fe12366f71e6f9c864478a503d87e2 fb68219508c2f2a2bd1e0fb5a5b77f5f','3-244d6197ff97e7d739760bbbf18c3ccc','20261126T220828Z-6ec59b');
CREATE TABLE file_mails (
    file_id BIGINT NOT NULL,
    mail_id BIGINT NOT NULL,
    attachment TEXT NOT NULL,
    attachment_sha256 TEXT NOT NULL,
    PRIMARY KEY (file_id, mail_id, attachment)
);
CREATE TABLE files (
    id BIGINT PRIMARY KEY NOT NULL,
    channel TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    origin TEXT NOT NULL,
    source_time TEXT NOT NULL,
    received_at TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    slot TEXT NOT NULL,
    part BIGINT,
    parts BIGINT,
    entries BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    profile TEXT NOT NULL,
    profile_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_hand TEXT NOT NULL,
    told BIGINT NOT NULL, shape TEXT NOT NULL DEFAULT '', accepted TEXT NOT NULL DEFAULT '',
    UNIQUE (channel, sha256, slot)
);
INSERT INTO "files" VALUES(1,'biller','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507','tokopedia_biller_20261117.csv','folder /srv/rekon/inbox/tokopedia_biller_20261117.csv','2026-11-22T20:49:03.640Z','2026-11-22T20:49:03.854Z',229,'2026-11-17 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','9b032903a3b6ce2fcbd95897b27aad762dbe33494cf30e495004d7b5551d33bc','counted','','',0,'','');
INSERT INTO "files" VALUES(2,'biller','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e','tokopedia_biller_20261118.csv','folder /srv/rekon/inbox/tokopedia_biller_20261118.csv','2026-11-22T20:49:03.953Z','2026-11-22T20:49:04.160Z',229,'2026-11-18 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','9b032903a3b6ce2fcbd95897b27aad762dbe33494cf30e495004d7b5551d33bc','counted','','',0,'','');
INSERT INTO "files" VALUES(3,'biller','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0','tokopedia_biller_20261118_b.csv','folder /srv/rekon/inbox/tokopedia_biller_20261118_b.csv','2026-11-22T20:49:04.244Z','2026-11-22T20:49:04.450Z',229,'2026-11-18 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','9b032903a3b6ce2fcbd95897b27aad762dbe33494cf30e495004d7b5551d33bc','counted','','',0,'','');
CREATE TABLE items (
    channel TEXT NOT NULL,
    identity TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    standing TEXT NOT NULL,
    kind TEXT NOT NULL,
    opened TEXT NOT NULL,
    last_date TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (channel, identity)
);
INSERT INTO "items" VALUES('biller','biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00','BILLER-78Q4X','open','amount_break','2026-11-17','2026-11-17','{"id":"BILLER-78Q4X","identity":"biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00","key":[["ref_id","K2"]],"opened":"2026-11-17","cleared":null,"closed":{"on":"2026-11-23","how":"resolved"},"bucket":{"break":"amount_break"},"cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T03:00:00Z","amount":"60000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-17","at":"2026-11-17T03:00:05Z","amount":"59000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120001","product":"pln","reference":"PK2"},"place":{"file":"tokopedia_biller_20261117.csv","sheet":null,"row":3}}],"value":"1000.00","difference":"-1000.00","exposure":"owed_to_us","at_risk":"1000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}');
INSERT INTO "items" VALUES('biller','biller|K3|2026-11-17|ledger|2026-11-17T04:00:00+00:00|70000.00','BILLER-CGSFF','open','stuck_pending','2026-11-17','2026-11-17','{"id":"BILLER-CGSFF","identity":"biller|K3|2026-11-17|ledger|2026-11-17T04:00:00+00:00|70000.00","key":[["ref_id","K3"]],"opened":"2026-11-17","cleared":null,"bucket":{"break":"stuck_pending"},"cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T04:00:00Z","amount":"70000.00","fee":"2500.00","status":"pending","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"value":"70000.00","difference":"-70000.00","exposure":"undecided","at_risk":"70000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}');
INSERT INTO "items" VALUES('biller','biller|K4|2026-11-17|ledger|2026-11-17T16:59:58+00:00|80000.00','BILLER-K8AJ1','cleared','awaiting','2026-11-17','2026-11-18','{"id":"BILLER-K8AJ1","identity":"biller|K4|2026-11-17|ledger|2026-11-17T16:59:58+00:00|80000.00","key":[["ref_id","K4"]],"opened":"2026-11-17","cleared":"2026-11-18","bucket":"timing_differences","cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T16:59:58Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-18","at":"2026-11-17T17:00:03Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120000","product":"pln","reference":"PK4"},"place":{"file":"tokopedia_biller_20261118_b.csv","sheet":null,"row":2}}],"value":"80000.00","difference":"0.00","exposure":"nothing","at_risk":"0.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}');
INSERT INTO "items" VALUES('biller','biller|KX|2026-11-17|settlement|2026-11-17T05:00:00+00:00|15000.00','BILLER-2G72H','open','missing_in_ledger','2026-11-17','2026-11-17','{"id":"BILLER-2G72H","identity":"biller|KX|2026-11-17|settlement|2026-11-17T05:00:00+00:00|15000.00","key":[["ref_id","KX"]],"opened":"2026-11-17","cleared":null,"bucket":{"break":"missing_in_ledger"},"cause":"plain","ledger":[],"settlement":[{"business_date":"2026-11-17","at":"2026-11-17T05:00:00Z","amount":"15000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120002","product":"pln","reference":"PKX"},"place":{"file":"tokopedia_biller_20261117.csv","sheet":null,"row":4}}],"value":"15000.00","difference":"15000.00","exposure":"owed_by_us","at_risk":"15000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}');
INSERT INTO "items" VALUES('biller','biller|L3|2026-11-18|ledger|2026-11-18T04:00:00+00:00|30000.00','BILLER-XM3HP','open','missing_at_partner','2026-11-18','2026-11-18','{"id":"BILLER-XM3HP","identity":"biller|L3|2026-11-18|ledger|2026-11-18T04:00:00+00:00|30000.00","key":[["ref_id","L3"]],"opened":"2026-11-18","cleared":null,"bucket":{"break":"missing_at_partner"},"cause":"plain","ledger":[{"business_date":"2026-11-18","at":"2026-11-18T04:00:00Z","amount":"30000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"value":"30000.00","difference":"-30000.00","exposure":"owed_to_us","at_risk":"30000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}');
INSERT INTO "items" VALUES('biller','biller|L2|2026-11-18|ledger|2026-11-18T03:00:00+00:00|20000.00','BILLER-XYV9S','open','amount_break','2026-11-18','2026-11-18','{"id":"BILLER-XYV9S","identity":"biller|L2|2026-11-18|ledger|2026-11-18T03:00:00+00:00|20000.00","key":[["ref_id","L2"]],"opened":"2026-11-18","cleared":null,"bucket":{"break":"amount_break"},"cause":"plain","ledger":[{"business_date":"2026-11-18","at":"2026-11-18T03:00:00Z","amount":"20000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-18","at":"2026-11-18T03:00:05Z","amount":"21000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120002","product":"pln","reference":"PL2"},"place":{"file":"tokopedia_biller_20261118_b.csv","sheet":null,"row":4}}],"value":"1000.00","difference":"1000.00","exposure":"owed_by_us","at_risk":"1000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}');
CREATE TABLE key_groups (
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (channel, business_date, ordinal)
);
INSERT INTO "key_groups" VALUES('biller','2026-11-17',0,'{"date":"2026-11-17","key":[0,2,75,50],"ledger":[{"business_date":"2026-11-17","at":"2026-11-17T03:00:00Z","amount":"60000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-17","at":"2026-11-17T03:00:05Z","amount":"59000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120001","product":"pln","reference":"PK2"},"place":{"file":"tokopedia_biller_20261117.csv","sheet":null,"row":3}}],"crowd":null}');
INSERT INTO "key_groups" VALUES('biller','2026-11-17',1,'{"date":"2026-11-17","key":[0,2,75,51],"ledger":[{"business_date":"2026-11-17","at":"2026-11-17T04:00:00Z","amount":"70000.00","fee":"2500.00","status":"pending","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"crowd":null}');
INSERT INTO "key_groups" VALUES('biller','2026-11-17',2,'{"date":"2026-11-17","key":[0,2,75,52],"ledger":[{"business_date":"2026-11-17","at":"2026-11-17T16:59:58Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"crowd":null}');
INSERT INTO "key_groups" VALUES('biller','2026-11-17',3,'{"date":"2026-11-17","key":[0,2,75,88],"ledger":[],"settlement":[{"business_date":"2026-11-17","at":"2026-11-17T05:00:00Z","amount":"15000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120002","product":"pln","reference":"PKX"},"place":{"file":"tokopedia_biller_20261117.csv","sheet":null,"row":4}}],"crowd":null}');
INSERT INTO "key_groups" VALUES('biller','2026-11-18',0,'{"date":"2026-11-18","key":[0,2,75,52],"ledger":[],"settlement":[{"business_date":"2026-11-18","at":"2026-11-17T17:00:03Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120000","product":"pln","reference":"PK4"},"place":{"file":"tokopedia_biller_20261118_b.csv","sheet":null,"row":2}}],"crowd":null}');
INSERT INTO "key_groups" VALUES('biller','2026-11-18',1,'{"date":"2026-11-18","key":[0,2,76,50],"ledger":[{"business_date":"2026-11-18","at":"2026-11-18T03:00:00Z","amount":"20000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-18","at":"2026-11-18T03:00:05Z","amount":"21000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120002","product":"pln","reference":"PL2"},"place":{"file":"tokopedia_biller_20261118_b.csv","sheet":null,"row":4}}],"crowd":null}');
INSERT INTO "key_groups" VALUES('biller','2026-11-18',2,'{"date":"2026-11-18","key":[0,2,76,51],"ledger":[{"business_date":"2026-11-18","at":"2026-11-18T04:00:00Z","amount":"30000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"crowd":null}');
CREATE TABLE locks (
    name TEXT PRIMARY KEY NOT NULL,
    owner TEXT NOT NULL,
    host TEXT NOT NULL,
    pid BIGINT NOT NULL,
    taken_at TEXT NOT NULL,
    heartbeat TEXT NOT NULL
);
CREATE TABLE looked_at (
    channel TEXT NOT NULL,
    origin TEXT NOT NULL,
    stamp TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (channel, origin)
);
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261117.csv','1795380543.640444481 1795380543.640444481 65024:1441798','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507');
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261118.csv','1795380543.953813561 1795380543.953813561 65024:1441801','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e');
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261118_b.csv','1795380544.244563878 1795380544.244563878 65024:1441812','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0');
CREATE TABLE mail_attempts (
    mailbox TEXT NOT NULL,
    uid_validity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (mailbox, uid_validity, uid)
);
CREATE TABLE mail_marks (
    mailbox TEXT PRIMARY KEY NOT NULL,
    rules TEXT NOT NULL,
    uid_validity BIGINT NOT NULL,
    next_uid BIGINT NOT NULL
);
CREATE TABLE mails (
    id BIGINT PRIMARY KEY NOT NULL,
    mailbox TEXT NOT NULL,
    identity TEXT NOT NULL,
    folder TEXT NOT NULL,
    uid_validity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    message_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Its own Date, and when the server received it; empty where unknown.
    sent_at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    -- Empty where it was not fetched.
    sha256 TEXT NOT NULL,
    -- Who vouches for the sender, in words.
    verdict TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    UNIQUE (mailbox, identity)
);
CREATE TABLE outbox (
    id TEXT PRIMARY KEY NOT NULL,
    run_id TEXT NOT NULL,
    report TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    created_at TEXT NOT NULL,
    not_before TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    last_answer TEXT NOT NULL
, next_attempt TEXT NOT NULL DEFAULT '', attempted_at TEXT NOT NULL DEFAULT '');
CREATE TABLE outbox_attempts (
    outbox_id TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL,
    answer TEXT NOT NULL,
    -- Who asked for it, empty where a run did.
    actor TEXT NOT NULL,
    PRIMARY KEY (outbox_id, ordinal)
);
CREATE TABLE planned_runs (
    business_date TEXT PRIMARY KEY NOT NULL,
    -- When it was to begin, and when this row was written.
    planned_for TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    -- started, ended, covered, missed
    state TEXT NOT NULL,
    -- The business date whose run did the work of a covered one; else empty.
    covered_by TEXT NOT NULL,
    -- Empty until it ended.
    ended_at TEXT NOT NULL,
    run_id TEXT NOT NULL,
    exit_code BIGINT NOT NULL
);
CREATE TABLE purged (
    sha256 TEXT PRIMARY KEY NOT NULL,
    at TEXT NOT NULL
);
CREATE TABLE purges (
    seq BIGINT PRIMARY KEY NOT NULL,
    before_date TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE TABLE quarantine (
    id BIGINT PRIMARY KEY NOT NULL,
    mail_id BIGINT NOT NULL UNIQUE,
    -- Channels whose rules it answers to, separated by spaces.
    channels TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    quarantined_at TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decision TEXT NOT NULL,
    -- 1 once a report has told of it.
    told BIGINT NOT NULL
);
CREATE TABLE rejected_rows (
    file_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    business_date TEXT NOT NULL,
    sheet TEXT NOT NULL,
    row_number BIGINT NOT NULL,
    column_name TEXT NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    key_hex TEXT NOT NULL,
    PRIMARY KEY (file_id, ordinal)
);
CREATE TABLE results (
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    revision BIGINT NOT NULL,
    run_id TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    digest TEXT NOT NULL,
    knowledge TEXT NOT NULL,
    ledger_fingerprint TEXT NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (channel, business_date, revision)
);
INSERT INTO "results" VALUES('biller','2026-11-17',1,'20261122T204903Z-84aa3b','complete','2026-11-22T20:49:03.854Z','b6259a74b56363c1e418a1a8f56a5ef2572467f926fb1f932ee4358da18bb52c','f4d8763907ddec75d6c0a52257941727 1f19c7bb5355687d097ce3e98816550c c3fe12366f71e6f9c864478a503d87e2 fb68219508c2f2a2bd1e0fb5a5b77f5f','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["awaiting",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"items":[{"id":"BILLER-78Q4X","identity":"biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00","key":[["ref_id","K2"]],"opened":"2026-11-17","cleared":null,"bucket":{"break":"amount_break"},"cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T03:00:00Z","amount":"60000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-17","at":"2026-11-17T03:00:05Z","amount":"59000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120001","product":"pln","reference":"PK2"},"place":{"file":"tokopedia_biller_20261117.csv","sheet":null,"row":3}}],"value":"1000.00","difference":"-1000.00","exposure":"owed_to_us","at_risk":"1000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-CGSFF","identity":"biller|K3|2026-11-17|ledger|2026-11-17T04:00:00+00:00|70000.00","key":[["ref_id","K3"]],"opened":"2026-11-17","cleared":null,"bucket":{"break":"stuck_pending"},"cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T04:00:00Z","amount":"70000.00","fee":"2500.00","status":"pending","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"value":"70000.00","difference":"-70000.00","exposure":"undecided","at_risk":"70000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-K8AJ1","identity":"biller|K4|2026-11-17|ledger|2026-11-17T16:59:58+00:00|80000.00","key":[["ref_id","K4"]],"opened":"2026-11-17","cleared":null,"bucket":"awaiting","cause":"near_cutoff","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T16:59:58Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"value":"80000.00","difference":"-80000.00","exposure":"nothing","at_risk":"0.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-2G72H","identity":"biller|KX|2026-11-17|settlement|2026-11-17T05:00:00+00:00|15000.00","key":[["ref_id","KX"]],"opened":"2026-11-17","cleared":null,"bucket":{"break":"missing_in_ledger"},"cause":"plain","ledger":[],"settlement":[{"business_date":"2026-11-17","at":"2026-11-17T05:00:00Z","amount":"15000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120002","product":"pln","reference":"PKX"},"place":{"file":"tokopedia_biller_20261117.csv","sheet":null,"row":4}}],"value":"15000.00","difference":"15000.00","exposure":"owed_by_us","at_risk":"15000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}}}');
INSERT INTO "results" VALUES('biller','2026-11-18',1,'20261122T204904Z-babd62','complete','2026-11-22T20:49:04.160Z','931e6e3926ddf81148590eb5eb5ae5334aeeec73f8d76219833e5117a2c2bae8','6db4f93e0218b474fb96c620807a82fb 1f19c7bb5355687d097ce3e98816550c c3fe12366f71e6f9c864478a503d87e2 fb68219508c2f2a2bd1e0fb5a5b77f5f','3-244d6197ff97e7d739760bbbf18c3ccc','{"channel":"biller","business_date":"2026-11-18","state":"complete","due":"2026-11-19T03:00:00Z","files":[{"id":2,"name":"tokopedia_biller_20261118.csv","sha256":"0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"110000.00","fee":"7500.00"},"net":"102500.00","ledger":{"entries":3,"amount":"60000.00","fee":"7500.00"},"buckets":[["matched",{"settlement":{"entries":2,"amount":"30000.00","fee":"5000.00"},"ledger":{"entries":2,"amount":"30000.00","fee":"5000.00"}}],["timing_differences",{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"missing_at_partner"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}]],"items":[{"id":"BILLER-K8AJ1","identity":"biller|K4|2026-11-17|ledger|2026-11-17T16:59:58+00:00|80000.00","key":[["ref_id","K4"]],"opened":"2026-11-17","cleared":"2026-11-18","bucket":"timing_differences","cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T16:59:58Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-18","at":"2026-11-17T17:00:03Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120000","product":"pln","reference":"PK4"},"place":{"file":"tokopedia_biller_20261118.csv","sheet":null,"row":2}}],"value":"80000.00","difference":"0.00","exposure":"nothing","at_risk":"0.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-XM3HP","identity":"biller|L3|2026-11-18|ledger|2026-11-18T04:00:00+00:00|30000.00","key":[["ref_id","L3"]],"opened":"2026-11-18","cleared":null,"bucket":{"break":"missing_at_partner"},"cause":"plain","ledger":[{"business_date":"2026-11-18","at":"2026-11-18T04:00:00Z","amount":"30000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"value":"30000.00","difference":"-30000.00","exposure":"owed_to_us","at_risk":"30000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}],"at_risk":{"owed_to_us":"30000.00","owed_by_us":"0.00","undecided":"0.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":4,"amount":"166000.00"},"new":{"count":1,"amount":"30000.00"},"cleared":{"count":1,"amount":"80000.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"116000.00"}}}');
INSERT INTO "results" VALUES('biller','2026-11-18',2,'20261122T204904Z-e66129','complete','2026-11-22T20:49:04.450Z','1e74a69d93b6e0003ae5cb7fabf4a6afc4637972c24f8af01a0ae57043bfeb8f','6855e1fdd758a7da7b6ac2692a87d38e 1f19c7bb5355687d097ce3e98816550c c3fe12366f71e6f9c864478a503d87e2 fb68219508c2f2a2bd1e0fb5a5b77f5f','3-244d6197ff97e7d739760bbbf18c3ccc','{"channel":"biller","business_date":"2026-11-18","state":"complete","due":"2026-11-19T03:00:00Z","files":[{"id":3,"name":"tokopedia_biller_20261118_b.csv","sha256":"b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0","revision":2,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"111000.00","fee":"7500.00"},"net":"103500.00","ledger":{"entries":3,"amount":"60000.00","fee":"7500.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"10000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"10000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"missing_at_partner"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"21000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"20000.00","fee":"2500.00"}}]],"items":[{"id":"BILLER-K8AJ1","identity":"biller|K4|2026-11-17|ledger|2026-11-17T16:59:58+00:00|80000.00","key":[["ref_id","K4"]],"opened":"2026-11-17","cleared":"2026-11-18","bucket":"timing_differences","cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T16:59:58Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-18","at":"2026-11-17T17:00:03Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120000","product":"pln","reference":"PK4"},"place":{"file":"tokopedia_biller_20261118_b.csv","sheet":null,"row":2}}],"value":"80000.00","difference":"0.00","exposure":"nothing","at_risk":"0.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-XYV9S","identity":"biller|L2|2026-11-18|ledger|2026-11-18T03:00:00+00:00|20000.00","key":[["ref_id","L2"]],"opened":"2026-11-18","cleared":null,"bucket":{"break":"amount_break"},"cause":"plain","ledger":[{"business_date":"2026-11-18","at":"2026-11-18T03:00:00Z","amount":"20000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-18","at":"2026-11-18T03:00:05Z","amount":"21000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120002","product":"pln","reference":"PL2"},"place":{"file":"tokopedia_biller_20261118_b.csv","sheet":null,"row":4}}],"value":"1000.00","difference":"1000.00","exposure":"owed_by_us","at_risk":"1000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-XM3HP","identity":"biller|L3|2026-11-18|ledger|2026-11-18T04:00:00+00:00|30000.00","key":[["ref_id","L3"]],"opened":"2026-11-18","cleared":null,"bucket":{"break":"missing_at_partner"},"cause":"plain","ledger":[{"business_date":"2026-11-18","at":"2026-11-18T04:00:00Z","amount":"30000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"value":"30000.00","difference":"-30000.00","exposure":"owed_to_us","at_risk":"30000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}],"at_risk":{"owed_to_us":"30000.00","owed_by_us":"1000.00","undecided":"0.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":4,"amount":"166000.00"},"new":{"count":2,"amount":"31000.00"},"cleared":{"count":1,"amount":"80000.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":5,"amount":"117000.00"}}}');
INSERT INTO "results" VALUES('biller','2026-11-17',2,'20261126T220828Z-6ec59b','complete','2026-11-26T22:08:28.277Z','cebd8cf5858bb02054d9f230d3a8aee98a55af3d4943f5dcebbfe1f78c7d8510','f4d8763907ddec75d6c0a52257941727 1f19c7bb5355687d097ce3e98816550c c3fe12366f71e6f9c864478a503d87e2 fb68219508c2f2a2bd1e0fb5a5b77f5f','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"items":[{"id":"BILLER-78Q4X","identity":"biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00","key":[["ref_id","K2"]],"opened":"2026-11-17","cleared":null,"closed":{"on":"2026-11-23","how":"resolved"},"bucket":{"break":"amount_break"},"cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T03:00:00Z","amount":"60000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-17","at":"2026-11-17T03:00:05Z","amount":"59000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120001","product":"pln","reference":"PK2"},"place":{"file":"tokopedia_biller_20261117.csv","sheet":null,"row":3}}],"value":"1000.00","difference":"-1000.00","exposure":"owed_to_us","at_risk":"1000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-CGSFF","identity":"biller|K3|2026-11-17|ledger|2026-11-17T04:00:00+00:00|70000.00","key":[["ref_id","K3"]],"opened":"2026-11-17","cleared":null,"bucket":{"break":"stuck_pending"},"cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T04:00:00Z","amount":"70000.00","fee":"2500.00","status":"pending","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"value":"70000.00","difference":"-70000.00","exposure":"undecided","at_risk":"70000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-K8AJ1","identity":"biller|K4|2026-11-17|ledger|2026-11-17T16:59:58+00:00|80000.00","key":[["ref_id","K4"]],"opened":"2026-11-17","cleared":"2026-11-18","bucket":"timing_differences","cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T16:59:58Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-18","at":"2026-11-17T17:00:03Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120000","product":"pln","reference":"PK4"},"place":{"file":"tokopedia_biller_20261118_b.csv","sheet":null,"row":2}}],"value":"80000.00","difference":"0.00","exposure":"nothing","at_risk":"0.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-2G72H","identity":"biller|KX|2026-11-17|settlement|2026-11-17T05:00:00+00:00|15000.00","key":[["ref_id","KX"]],"opened":"2026-11-17","cleared":null,"bucket":{"break":"missing_in_ledger"},"cause":"plain","ledger":[],"settlement":[{"business_date":"2026-11-17","at":"2026-11-17T05:00:00Z","amount":"15000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120002","product":"pln","reference":"PKX"},"place":{"file":"tokopedia_biller_20261117.csv","sheet":null,"row":4}}],"value":"15000.00","difference":"15000.00","exposure":"owed_by_us","at_risk":"15000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}],"at_risk":{"owed_to_us":"0.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}');
CREATE TABLE run_ends (
    run_id TEXT PRIMARY KEY NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    exit_code BIGINT NOT NULL,
    -- everything, or a part: some channels or dates.
    scope TEXT NOT NULL,
    -- One sentence where it failed.
    error TEXT NOT NULL
);
INSERT INTO "run_ends" VALUES('20261126T220828Z-6ec59b','2026-11-26T22:08:28.277Z','2026-11-26T22:08:28.406Z',0,'part','');
CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    started_at TEXT NOT NULL,
    as_of TEXT NOT NULL
);
INSERT INTO "runs" VALUES('20261122T204903Z-84aa3b','2026-11-22T20:49:03.854Z','2026-11-18T02:00:00.000Z');
INSERT INTO "runs" VALUES('20261122T204904Z-babd62','2026-11-22T20:49:04.160Z','2026-11-19T04:00:00.000Z');
INSERT INTO "runs" VALUES('20261122T204904Z-e66129','2026-11-22T20:49:04.450Z','2026-11-19T05:00:00.000Z');
INSERT INTO "runs" VALUES('20261126T220828Z-6ec59b','2026-11-26T22:08:28.277Z','2026-11-26T22:08:28.277Z');
CREATE TABLE spellings (
    channel TEXT NOT NULL,
    part BIGINT NOT NULL,
    width BIGINT NOT NULL,
    PRIMARY KEY (channel, part, width)
);
CREATE TABLE told_dates (
    report TEXT NOT NULL,
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    revision BIGINT NOT NULL,
    -- Whether it was said to be in order (`clean`) or to need somebody (`wrong`).
    tone TEXT NOT NULL,
    message_id TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (report, channel, business_date, message_id)
);
CREATE INDEX coverage_by_date ON coverage (channel, business_date);
CREATE VIEW quarantined_mails AS
    SELECT q.id AS quarantine_id, q.mail_id, q.channels, q.reason, q.state, q.quarantined_at,
        q.decided_at, q.decided_by, q.decision, q.told, m.mailbox, m.folder, m.uid_validity, m.uid,
        m.message_id, m.sender, m.subject, m.sent_at, m.received_at, m.sha256, m.verdict
    FROM quarantine q JOIN mails m ON m.id = q.mail_id;
CREATE INDEX acts_by_item ON acts (channel, identity);
