CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(1,'first','2026-11-30 03:19:01',1,X'8F406DF56F8726BD340070AEAC735241E1879D43CB5246758EE1DFA93F1444A7B94996D8561DC16D0E328DD9B469046F',10801099);
INSERT INTO "_sqlx_migrations" VALUES(2,'mails','2026-11-30 03:19:01',1,X'4CC72ABB4C177CF20FE32AF2592F158E77AFF909D6DF3F6D61E6D31C0A735BD712507DE090AC1902B9E7CCFF11B85814',23051587);
INSERT INTO "_sqlx_migrations" VALUES(3,'acts','2026-11-30 03:19:01',1,X'83EB2364446277F9361F8F916E5A6E6ABD1064A56B76482E5067D88F8F08F7147C964145EF940CBFD60338B9DF809350',4014007);
INSERT INTO "_sqlx_migrations" VALUES(4,'empty_files','2026-11-30 03:19:01',1,X'1C002030CDCEBEB10020F390DE5FF830264B4864049AD3A52231CB12F0B62CD33D58EB4C36385A87A66E17B375C042F3',3540601);
INSERT INTO "_sqlx_migrations" VALUES(5,'telling','2026-11-30 03:19:01',1,X'D5B71E63AF921D294E22E987919AEB0DF1E9A3CC646988ED26AB817A41E192C06A926BED1C9E0EE18B3F272FF9F6024B',12601315);
INSERT INTO "_sqlx_migrations" VALUES(6,'shapes','2026-11-30 03:19:01',1,X'FA9BCE3A26769FBF3C8845CB6DDE1B0604A1B66F3B6CEA974E6470B396CA07C3088C187343D93B1DB5FA95417B17F635',2887167);
CREATE TABLE acts (
    seq BIGINT PRIMARY KEY NOT NULL,
    channel TEXT NOT NULL,
    identity TEXT NOT NULL,
    item_id TEXT NOT NULL,
    body TEXT NOT NULL
);
INSERT INTO "acts" VALUES(7,'biller','biller|KX|2026-11-17|settlement|2026-11-17T05:00:00+00:00|15000.00','BILLER-2G72H','{"number":7,"at":"2026-11-30T03:19:05.014700554Z","on":"2026-11-30","by":"root","facts":"78506ae37ad8","act":"note","text":"asked the partner"}');
INSERT INTO "acts" VALUES(8,'biller','biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00','BILLER-78Q4X','{"number":8,"at":"2026-11-30T03:19:05.071602723Z","on":"2026-11-30","by":"root","facts":"e58619a09a91","act":"resolve","reason":"paid by the partner","text":""}');
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
INSERT INTO "chain" VALUES(1,'2026-11-30T03:19:01.033Z','file','biller file 1 counted','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507','','d684b7f5e7e242368294c3201f63016bab74ab1eac83f41bd087f9ce8ba323f4');
INSERT INTO "chain" VALUES(2,'2026-11-30T03:19:01.033Z','result','biller 2026-11-17 revision 1','bdb231a47758d6dadea68bf183e6e8904590b975c7f291c208089dc8202806fa','d684b7f5e7e242368294c3201f63016bab74ab1eac83f41bd087f9ce8ba323f4','4af029229ad4b3f64942335b89b5af87a6524bb00d1fb717fdf09535ba863d48');
INSERT INTO "chain" VALUES(3,'2026-11-30T03:19:02.783Z','file','biller file 2 counted','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e','4af029229ad4b3f64942335b89b5af87a6524bb00d1fb717fdf09535ba863d48','a730524d7096c6ae2067262fa4c5b59ff040f74e64644fbd1f5c2bbb553ef3fd');
INSERT INTO "chain" VALUES(4,'2026-11-30T03:19:02.783Z','result','biller 2026-11-18 revision 1','1fc0c3675e55e70325d1e8dee4e3cf038c7cf714c1b3c650893c59f304361079','a730524d7096c6ae2067262fa4c5b59ff040f74e64644fbd1f5c2bbb553ef3fd','4d8d2ee6d5cc02975232fcb5a3065282619ac6d30220d6b11ad320f715be74f0');
INSERT INTO "chain" VALUES(5,'2026-11-30T03:19:04.541Z','file','biller file 3 counted','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0','4d8d2ee6d5cc02975232fcb5a3065282619ac6d30220d6b11ad320f715be74f0','06bb193449d671d96fb38d3143a39fa5163b2f219739ced5afd6e4fa04ef04be');
INSERT INTO "chain" VALUES(6,'2026-11-30T03:19:04.541Z','result','biller 2026-11-18 revision 2','bec0a05ac9a627041881a83ba8372340a3731835c1430f9dc096bd25495c9dca','06bb193449d671d96fb38d3143a39fa5163b2f219739ced5afd6e4fa04ef04be','3314953b2938a578e1f10845e284453eace14ff1f487278a82803a48a83ff312');
INSERT INTO "chain" VALUES(7,'2026-11-30T03:19:05.014Z','act','BILLER-2G72H note','3b3353ece491d95c68091fe7b8e07cb6ebec79080a7a1adb3f8b6c66ef33ae2a','3314953b2938a578e1f10845e284453eace14ff1f487278a82803a48a83ff312','0bec5850d84ebd738e835256baa3a2e97c68fa55a8c4551d034fad1100d20383');
INSERT INTO "chain" VALUES(8,'2026-11-30T03:19:05.071Z','act','BILLER-78Q4X resolve','c5ef0ec0cc85fb5d0cf5cb90fc54a94557d6cced928d5605ef822b7fcf6c36d5','0bec5850d84ebd738e835256baa3a2e97c68fa55a8c4551d034fad1100d20383','613486422563a0793bd26ee9a298ad81aacb089820a9685b2ccfb9b83029ba7a');
INSERT INTO "chain" VALUES(9,'2026-11-30T03:19:05.173Z','result','biller 2026-11-17 revision 2','5326603c2019c3a55a5e5eb8ad935db645f3d9503219854cc4ae896ad0bd215f','613486422563a0793bd26ee9a298ad81aacb089820a9685b2ccfb9b83029ba7a','e89ffc623e221fe37a9be91e3fbb5398066cca1380a5359a3d7a0105b194aece');
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
INSERT INTO "dates" VALUES('biller','2026-11-17','complete','f4d8763907ddec75d6c0a52257941727 1f19c7bb5355687d097ce3e98816550c c3fe12366f71e6f9c864478a503d87e2 fb68219508c2f2a2bd1e0fb5a5b77f5f','4-4c9bb7caed9b0fd1b1239ecdd3641f56','20261130T031905Z-ca6a76');
INSERT INTO "dates" VALUES('biller','2026-11-18','complete','6855e1fdd758a7da7b6ac2692a87d38e 1f19c7bb5355687d097ce3e98816550c c3fe12366f71e6f9c864478a503d87e2 fb68219508c2f2a2bd1e0fb5a5b77f5f','3-244d6197ff97e7d739760bbbf18c3ccc','20261130T031905Z-ca6a76');
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
INSERT INTO "files" VALUES(1,'biller','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507','tokopedia_biller_20261117.csv','folder /srv/rekon/inbox/tokopedia_biller_20261117.csv','2026-11-30T03:18:59.725Z','2026-11-30T03:19:01.033Z',229,'2026-11-17 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','9b032903a3b6ce2fcbd95897b27aad762dbe33494cf30e495004d7b5551d33bc','counted','','',0,'{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-17 09:00:05"},"amounts":{"whole":"50000"},"filled":["amount","fee"]}]}','');
INSERT INTO "files" VALUES(2,'biller','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e','tokopedia_biller_20261118.csv','folder /srv/rekon/inbox/tokopedia_biller_20261118.csv','2026-11-30T03:19:01.561Z','2026-11-30T03:19:02.783Z',229,'2026-11-18 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','9b032903a3b6ce2fcbd95897b27aad762dbe33494cf30e495004d7b5551d33bc','counted','','',0,'{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-18 00:00:03"},"amounts":{"whole":"80000"},"filled":["amount","fee"]}]}','');
INSERT INTO "files" VALUES(3,'biller','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0','tokopedia_biller_20261118_b.csv','folder /srv/rekon/inbox/tokopedia_biller_20261118_b.csv','2026-11-30T03:19:03.294Z','2026-11-30T03:19:04.541Z',229,'2026-11-18 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','9b032903a3b6ce2fcbd95897b27aad762dbe33494cf30e495004d7b5551d33bc','counted','','',0,'{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-18 00:00:03"},"amounts":{"whole":"80000"},"filled":["amount","fee"]}]}','');
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
INSERT INTO "items" VALUES('biller','biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00','BILLER-78Q4X','open','amount_break','2026-11-17','2026-11-17','{"id":"BILLER-78Q4X","identity":"biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00","key":[["ref_id","K2"]],"opened":"2026-11-17","cleared":null,"closed":{"on":"2026-11-30","how":"resolved"},"bucket":{"break":"amount_break"},"cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T03:00:00Z","amount":"60000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-17","at":"2026-11-17T03:00:05Z","amount":"59000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120001","product":"pln","reference":"PK2"},"place":{"file":"tokopedia_biller_20261117.csv","sheet":null,"row":3}}],"value":"1000.00","difference":"-1000.00","exposure":"owed_to_us","at_risk":"1000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}');
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
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261117.csv','1796008739.725488254 1796008739.725488254 65024:11241635','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507');
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261118.csv','1796008741.561360106 1796008741.561360106 65024:11239855','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e');
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261118_b.csv','1796008743.294634275 1796008743.294634275 65024:11240622','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0');
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
INSERT INTO "results" VALUES('biller','2026-11-17',1,'20261130T031901Z-79feef','complete','2026-11-30T03:19:01.033Z','b6259a74b56363c1e418a1a8f56a5ef2572467f926fb1f932ee4358da18bb52c','f4d8763907ddec75d6c0a52257941727 1f19c7bb5355687d097ce3e98816550c c3fe12366f71e6f9c864478a503d87e2 fb68219508c2f2a2bd1e0fb5a5b77f5f','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["awaiting",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"items":[{"id":"BILLER-78Q4X","identity":"biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00","key":[["ref_id","K2"]],"opened":"2026-11-17","cleared":null,"bucket":{"break":"amount_break"},"cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T03:00:00Z","amount":"60000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-17","at":"2026-11-17T03:00:05Z","amount":"59000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120001","product":"pln","reference":"PK2"},"place":{"file":"tokopedia_biller_20261117.csv","sheet":null,"row":3}}],"value":"1000.00","difference":"-1000.00","exposure":"owed_to_us","at_risk":"1000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-CGSFF","identity":"biller|K3|2026-11-17|ledger|2026-11-17T04:00:00+00:00|70000.00","key":[["ref_id","K3"]],"opened":"2026-11-17","cleared":null,"bucket":{"break":"stuck_pending"},"cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T04:00:00Z","amount":"70000.00","fee":"2500.00","status":"pending","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"value":"70000.00","difference":"-70000.00","exposure":"undecided","at_risk":"70000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-K8AJ1","identity":"biller|K4|2026-11-17|ledger|2026-11-17T16:59:58+00:00|80000.00","key":[["ref_id","K4"]],"opened":"2026-11-17","cleared":null,"bucket":"awaiting","cause":"near_cutoff","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T16:59:58Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"value":"80000.00","difference":"-80000.00","exposure":"nothing","at_risk":"0.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-2G72H","identity":"biller|KX|2026-11-17|settlement|2026-11-17T05:00:00+00:00|15000.00","key":[["ref_id","KX"]],"opened":"2026-11-17","cleared":null,"bucket":{"break":"missing_in_ledger"},"cause":"plain","ledger":[],"settlement":[{"business_date":"2026-11-17","at":"2026-11-17T05:00:00Z","amount":"15000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120002","product":"pln","reference":"PKX"},"place":{"file":"tokopedia_biller_20261117.csv","sheet":null,"row":4}}],"value":"15000.00","difference":"15000.00","exposure":"owed_by_us","at_risk":"15000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":"awaiting","ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}');
INSERT INTO "results" VALUES('biller','2026-11-18',1,'20261130T031902Z-51d405','complete','2026-11-30T03:19:02.783Z','931e6e3926ddf81148590eb5eb5ae5334aeeec73f8d76219833e5117a2c2bae8','6db4f93e0218b474fb96c620807a82fb 1f19c7bb5355687d097ce3e98816550c c3fe12366f71e6f9c864478a503d87e2 fb68219508c2f2a2bd1e0fb5a5b77f5f','3-244d6197ff97e7d739760bbbf18c3ccc','{"channel":"biller","business_date":"2026-11-18","state":"complete","due":"2026-11-19T03:00:00Z","files":[{"id":2,"name":"tokopedia_biller_20261118.csv","sha256":"0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"110000.00","fee":"7500.00"},"net":"102500.00","ledger":{"entries":3,"amount":"60000.00","fee":"7500.00"},"buckets":[["matched",{"settlement":{"entries":2,"amount":"30000.00","fee":"5000.00"},"ledger":{"entries":2,"amount":"30000.00","fee":"5000.00"}}],["timing_differences",{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"missing_at_partner"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}]],"items":[{"id":"BILLER-K8AJ1","identity":"biller|K4|2026-11-17|ledger|2026-11-17T16:59:58+00:00|80000.00","key":[["ref_id","K4"]],"opened":"2026-11-17","cleared":"2026-11-18","bucket":"timing_differences","cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T16:59:58Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-18","at":"2026-11-17T17:00:03Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120000","product":"pln","reference":"PK4"},"place":{"file":"tokopedia_biller_20261118.csv","sheet":null,"row":2}}],"value":"80000.00","difference":"0.00","exposure":"nothing","at_risk":"0.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-XM3HP","identity":"biller|L3|2026-11-18|ledger|2026-11-18T04:00:00+00:00|30000.00","key":[["ref_id","L3"]],"opened":"2026-11-18","cleared":null,"bucket":{"break":"missing_at_partner"},"cause":"plain","ledger":[{"business_date":"2026-11-18","at":"2026-11-18T04:00:00Z","amount":"30000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"value":"30000.00","difference":"-30000.00","exposure":"owed_to_us","at_risk":"30000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}],"at_risk":{"owed_to_us":"30000.00","owed_by_us":"0.00","undecided":"0.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":4,"amount":"166000.00"},"new":{"count":1,"amount":"30000.00"},"cleared":{"count":1,"amount":"80000.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"116000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":2,"amount":"30000.00","fee":"5000.00"},"ledger":{"entries":2,"amount":"30000.00","fee":"5000.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":"unnamed","bucket":{"break":"missing_at_partner"},"ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}}]}');
INSERT INTO "results" VALUES('biller','2026-11-18',2,'20261130T031904Z-cd56ac','complete','2026-11-30T03:19:04.541Z','1e74a69d93b6e0003ae5cb7fabf4a6afc4637972c24f8af01a0ae57043bfeb8f','6855e1fdd758a7da7b6ac2692a87d38e 1f19c7bb5355687d097ce3e98816550c c3fe12366f71e6f9c864478a503d87e2 fb68219508c2f2a2bd1e0fb5a5b77f5f','3-244d6197ff97e7d739760bbbf18c3ccc','{"channel":"biller","business_date":"2026-11-18","state":"complete","due":"2026-11-19T03:00:00Z","files":[{"id":3,"name":"tokopedia_biller_20261118_b.csv","sha256":"b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0","revision":2,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"111000.00","fee":"7500.00"},"net":"103500.00","ledger":{"entries":3,"amount":"60000.00","fee":"7500.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"10000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"10000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"missing_at_partner"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"21000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"20000.00","fee":"2500.00"}}]],"items":[{"id":"BILLER-K8AJ1","identity":"biller|K4|2026-11-17|ledger|2026-11-17T16:59:58+00:00|80000.00","key":[["ref_id","K4"]],"opened":"2026-11-17","cleared":"2026-11-18","bucket":"timing_differences","cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T16:59:58Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-18","at":"2026-11-17T17:00:03Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120000","product":"pln","reference":"PK4"},"place":{"file":"tokopedia_biller_20261118_b.csv","sheet":null,"row":2}}],"value":"80000.00","difference":"0.00","exposure":"nothing","at_risk":"0.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-XYV9S","identity":"biller|L2|2026-11-18|ledger|2026-11-18T03:00:00+00:00|20000.00","key":[["ref_id","L2"]],"opened":"2026-11-18","cleared":null,"bucket":{"break":"amount_break"},"cause":"plain","ledger":[{"business_date":"2026-11-18","at":"2026-11-18T03:00:00Z","amount":"20000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-18","at":"2026-11-18T03:00:05Z","amount":"21000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120002","product":"pln","reference":"PL2"},"place":{"file":"tokopedia_biller_20261118_b.csv","sheet":null,"row":4}}],"value":"1000.00","difference":"1000.00","exposure":"owed_by_us","at_risk":"1000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-XM3HP","identity":"biller|L3|2026-11-18|ledger|2026-11-18T04:00:00+00:00|30000.00","key":[["ref_id","L3"]],"opened":"2026-11-18","cleared":null,"bucket":{"break":"missing_at_partner"},"cause":"plain","ledger":[{"business_date":"2026-11-18","at":"2026-11-18T04:00:00Z","amount":"30000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"value":"30000.00","difference":"-30000.00","exposure":"owed_to_us","at_risk":"30000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}],"at_risk":{"owed_to_us":"30000.00","owed_by_us":"1000.00","undecided":"0.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":4,"amount":"166000.00"},"new":{"count":2,"amount":"31000.00"},"cleared":{"count":1,"amount":"80000.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":5,"amount":"117000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"10000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"10000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"21000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"20000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"missing_at_partner"},"ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}}]}');
INSERT INTO "results" VALUES('biller','2026-11-17',2,'20261130T031905Z-ca6a76','complete','2026-11-30T03:19:05.173Z','a82816415a2242d16a4a68b9bd2e57f0dc40440d7316c6a9c4e606754cdcf03e','f4d8763907ddec75d6c0a52257941727 1f19c7bb5355687d097ce3e98816550c c3fe12366f71e6f9c864478a503d87e2 fb68219508c2f2a2bd1e0fb5a5b77f5f','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"items":[{"id":"BILLER-78Q4X","identity":"biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00","key":[["ref_id","K2"]],"opened":"2026-11-17","cleared":null,"closed":{"on":"2026-11-30","how":"resolved"},"bucket":{"break":"amount_break"},"cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T03:00:00Z","amount":"60000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-17","at":"2026-11-17T03:00:05Z","amount":"59000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120001","product":"pln","reference":"PK2"},"place":{"file":"tokopedia_biller_20261117.csv","sheet":null,"row":3}}],"value":"1000.00","difference":"-1000.00","exposure":"owed_to_us","at_risk":"1000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-CGSFF","identity":"biller|K3|2026-11-17|ledger|2026-11-17T04:00:00+00:00|70000.00","key":[["ref_id","K3"]],"opened":"2026-11-17","cleared":null,"bucket":{"break":"stuck_pending"},"cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T04:00:00Z","amount":"70000.00","fee":"2500.00","status":"pending","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[],"value":"70000.00","difference":"-70000.00","exposure":"undecided","at_risk":"70000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-K8AJ1","identity":"biller|K4|2026-11-17|ledger|2026-11-17T16:59:58+00:00|80000.00","key":[["ref_id","K4"]],"opened":"2026-11-17","cleared":"2026-11-18","bucket":"timing_differences","cause":"plain","ledger":[{"business_date":"2026-11-17","at":"2026-11-17T16:59:58Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{},"place":null}],"settlement":[{"business_date":"2026-11-18","at":"2026-11-17T17:00:03Z","amount":"80000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120000","product":"pln","reference":"PK4"},"place":{"file":"tokopedia_biller_20261118_b.csv","sheet":null,"row":2}}],"value":"80000.00","difference":"0.00","exposure":"nothing","at_risk":"0.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"id":"BILLER-2G72H","identity":"biller|KX|2026-11-17|settlement|2026-11-17T05:00:00+00:00|15000.00","key":[["ref_id","KX"]],"opened":"2026-11-17","cleared":null,"bucket":{"break":"missing_in_ledger"},"cause":"plain","ledger":[],"settlement":[{"business_date":"2026-11-17","at":"2026-11-17T05:00:00Z","amount":"15000.00","fee":"2500.00","status":"success","kind":"payment","key_state":"whole","details":{"customer":"08120002","product":"pln","reference":"PKX"},"place":{"file":"tokopedia_biller_20261117.csv","sheet":null,"row":4}}],"value":"15000.00","difference":"15000.00","exposure":"owed_by_us","at_risk":"15000.00","counted":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}}],"at_risk":{"owed_to_us":"0.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}');
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
INSERT INTO "run_ends" VALUES('20261130T031901Z-79feef','2026-11-30T03:19:01.033Z','2026-11-30T03:19:01.524Z',0,'part','');
INSERT INTO "run_ends" VALUES('20261130T031902Z-51d405','2026-11-30T03:19:02.783Z','2026-11-30T03:19:03.276Z',0,'part','');
INSERT INTO "run_ends" VALUES('20261130T031904Z-cd56ac','2026-11-30T03:19:04.541Z','2026-11-30T03:19:04.935Z',0,'part','');
INSERT INTO "run_ends" VALUES('20261130T031905Z-ca6a76','2026-11-30T03:19:05.173Z','2026-11-30T03:19:05.405Z',0,'part','');
CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    started_at TEXT NOT NULL,
    as_of TEXT NOT NULL
);
INSERT INTO "runs" VALUES('20261130T031901Z-79feef','2026-11-30T03:19:01.033Z','2026-11-18T02:00:00.000Z');
INSERT INTO "runs" VALUES('20261130T031902Z-51d405','2026-11-30T03:19:02.783Z','2026-11-19T04:00:00.000Z');
INSERT INTO "runs" VALUES('20261130T031904Z-cd56ac','2026-11-30T03:19:04.541Z','2026-11-19T05:00:00.000Z');
INSERT INTO "runs" VALUES('20261130T031905Z-ca6a76','2026-11-30T03:19:05.173Z','2026-11-30T03:19:05.173Z');
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
