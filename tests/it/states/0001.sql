CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(1,'baseline','2026-11-30 15:41:53',1,X'134817DF5AD41D33CC7972B71860BBF47FACBECA2E0401C26DF14EC8AC466E6292449538E86F6FC14F1E983AA8950B8C',11533968);
CREATE TABLE acts (
    seq BIGINT PRIMARY KEY NOT NULL,
    channel TEXT NOT NULL,
    identity TEXT NOT NULL,
    item_id TEXT NOT NULL,
    body TEXT NOT NULL
);
INSERT INTO "acts" VALUES(24,'biller','biller|KX|2026-11-17|settlement|2026-11-17T05:00:00+00:00|15000.00','BILLER-2G72H','{"number":24,"at":"2026-11-30T15:41:54.607687634Z","on":"2026-11-30","by":"root","facts":"b79f90ba460d","act":"note","text":"asked the partner"}');
INSERT INTO "acts" VALUES(26,'biller','biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00','BILLER-78Q4X','{"number":26,"at":"2026-11-30T15:41:54.676417572Z","on":"2026-11-30","by":"root","facts":"f3188c32c6ea","act":"resolve","reason":"paid by the partner","text":""}');
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
INSERT INTO "chain" VALUES(1,'2026-11-30T15:41:53.926Z','file','biller file 1 counted','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507','','ed155b327c07d703eb32d5ec47ecbb9aa1f518c9b6ca6926f68531702d490663');
INSERT INTO "chain" VALUES(2,'2026-11-30T15:41:54.058Z','seal','2 rows','f16e45ee7898b811a0b18457d80bcad3737e68aa4b53548c97062bff2bb8a1e0','ed155b327c07d703eb32d5ec47ecbb9aa1f518c9b6ca6926f68531702d490663','8652786d66013655c3efb885fb1f127bbd389f9ccd7326d5653aae2cf7c964a9');
INSERT INTO "chain" VALUES(3,'2026-11-30T15:41:53.926Z','result','biller 2026-11-17 revision 1','60ada3ac85cf3016480762d11ae897de0fd75e51be43de50fac2e8e638f2da26','8652786d66013655c3efb885fb1f127bbd389f9ccd7326d5653aae2cf7c964a9','0a10382dc1c4c41555b0845aceed921114e5e4e68deff7fdef94c23558985d8e');
INSERT INTO "chain" VALUES(4,'2026-11-30T15:41:53.926Z','mail','finance-daily to finance@merchant.example','c99a467fc6253b7da8191eeca5149dab050db14774b3348960ad0df52ca243d5','0a10382dc1c4c41555b0845aceed921114e5e4e68deff7fdef94c23558985d8e','658919993d2c7937c21914ae0242c5f0cdd222794edd62f8196c73b9daae98f2');
INSERT INTO "chain" VALUES(5,'2026-11-30T15:41:54.120Z','seal','19 rows','352e02012c086d8b6761a9340831fda6d7c10b7707fca927737821ca4b62537a','658919993d2c7937c21914ae0242c5f0cdd222794edd62f8196c73b9daae98f2','a2521046342e5ed9ed61e18c655fd5d3df49274a242bc60c138947d1e58e97b0');
INSERT INTO "chain" VALUES(6,'2026-11-30T15:41:54.126Z','seal','1 rows','cdbbba5cb60a13214eecadc83c140cf0cdf49c0735bb8d462e3837e1b4fca337','a2521046342e5ed9ed61e18c655fd5d3df49274a242bc60c138947d1e58e97b0','ed17c812e669014e4d34596fed12b70b1e53c65ae9d85080bd599e59a202a29f');
INSERT INTO "chain" VALUES(7,'2026-11-30T15:41:54.130Z','seal','2 rows','b6537a4dffdc69abc421e7a5d84eb0c9ebbea23a4e8d22f555227ae96e9d3aa5','ed17c812e669014e4d34596fed12b70b1e53c65ae9d85080bd599e59a202a29f','c1ef4b704930f1fd720383809701fef75281cc59138aa9347ca40f868e138e76');
INSERT INTO "chain" VALUES(8,'2026-11-30T15:41:54.189Z','file','biller file 2 counted','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e','c1ef4b704930f1fd720383809701fef75281cc59138aa9347ca40f868e138e76','2cc1ca4ba971e4dcbf0258566309e55bfa5e797f7b591142d1035c899f6fb582');
INSERT INTO "chain" VALUES(9,'2026-11-30T15:41:54.277Z','seal','2 rows','1a81f36e042731b91505195c2bfab0f6bd5bde4b039f188eca83837fab3b2e4c','2cc1ca4ba971e4dcbf0258566309e55bfa5e797f7b591142d1035c899f6fb582','2fded527d4debf49dae6b42cad8b81265443f7c7ada5d367a7a0b5232c0298ff');
INSERT INTO "chain" VALUES(10,'2026-11-30T15:41:54.189Z','result','biller 2026-11-17 revision 2','ccbca80159f9c2e69dee95d926a874599be74398e6f9417573e4bef5d6748249','2fded527d4debf49dae6b42cad8b81265443f7c7ada5d367a7a0b5232c0298ff','6961f59c7812a0e6b5b8247e99c9984aeeea55936c5aa94d082a38df1c94f368');
INSERT INTO "chain" VALUES(11,'2026-11-30T15:41:54.189Z','result','biller 2026-11-18 revision 1','6b483b4692bc2c05c9585265134ba37b775a75c8927e9df46ae07e322044fb44','6961f59c7812a0e6b5b8247e99c9984aeeea55936c5aa94d082a38df1c94f368','2924689ba9851596efd07dc3e06043baa780c768f486d57ec74b6a3e9ab0c65b');
INSERT INTO "chain" VALUES(12,'2026-11-30T15:41:54.189Z','mail','finance-daily to finance@merchant.example','52781e8ae498315113f1c81db30b0015f15f197488c5bc70ecf13f4a7c11f994','2924689ba9851596efd07dc3e06043baa780c768f486d57ec74b6a3e9ab0c65b','18072c577de1f8cc41a54a2bc6ad8465b804ecc3414a2a313f6bc2e4e8ca5588');
INSERT INTO "chain" VALUES(13,'2026-11-30T15:41:54.341Z','seal','19 rows','422bf604a457e8e9458f76a7ebacc78e419ddceef41fadf0dc6cdd779aa6833c','18072c577de1f8cc41a54a2bc6ad8465b804ecc3414a2a313f6bc2e4e8ca5588','4ff237916c02ec7b40a57b725e4d44bee0c0e3d24bff33eba851ffc6e6d7d3ea');
INSERT INTO "chain" VALUES(14,'2026-11-30T15:41:54.346Z','seal','1 rows','81a0fbca71f46464b3caa3f675db8e88661f83ea65026f3518c0ca75bc5032a6','4ff237916c02ec7b40a57b725e4d44bee0c0e3d24bff33eba851ffc6e6d7d3ea','26cae99aec595683a1176fa7b0cbd597fdbcac440e6c5a30c2ade07bbd1ea415');
INSERT INTO "chain" VALUES(15,'2026-11-30T15:41:54.351Z','seal','2 rows','25d9b7656f09f48da2ecb61b3531eb69fcad401b3211af4bf4d2e860e5a6d744','26cae99aec595683a1176fa7b0cbd597fdbcac440e6c5a30c2ade07bbd1ea415','a1d609b3e2fddb7fb4ed450820e3aa9b52e257dfbc9fccf7d260c7c198909e2d');
INSERT INTO "chain" VALUES(16,'2026-11-30T15:41:54.408Z','file','biller file 3 counted','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0','a1d609b3e2fddb7fb4ed450820e3aa9b52e257dfbc9fccf7d260c7c198909e2d','059bf5d87db58308371c7029cf261f7ef2d5bcd20b5527ad698301bd43437e8c');
INSERT INTO "chain" VALUES(17,'2026-11-30T15:41:54.504Z','seal','2 rows','b51175a4aef5964d5bb289e08f8dbbec77d5119a41ec25b8c1e260013305a0a3','059bf5d87db58308371c7029cf261f7ef2d5bcd20b5527ad698301bd43437e8c','1b2a8c548de969872db70bd6e4f50979352e3fa723ee04971a47498d413cfb51');
INSERT INTO "chain" VALUES(18,'2026-11-30T15:41:54.408Z','result','biller 2026-11-17 revision 3','ccbca80159f9c2e69dee95d926a874599be74398e6f9417573e4bef5d6748249','1b2a8c548de969872db70bd6e4f50979352e3fa723ee04971a47498d413cfb51','9aeb801cedd9dd4dccf55c8732ef3efb241a02f308858447bd49ff7393975a43');
INSERT INTO "chain" VALUES(19,'2026-11-30T15:41:54.408Z','result','biller 2026-11-18 revision 2','32513aa5d8e259d53afa242bbff02c6917781d66d12e38263201e4f5ea715e06','9aeb801cedd9dd4dccf55c8732ef3efb241a02f308858447bd49ff7393975a43','8a3a75ef7d53587947d712dc4c8f32221ea65df1d68b79dbb9c1f682ecd2a728');
INSERT INTO "chain" VALUES(20,'2026-11-30T15:41:54.408Z','mail','finance-daily to finance@merchant.example','e7c6e9d9201c2ced54827f78016a80077b7cf480511d69543adb7471de1ecb35','8a3a75ef7d53587947d712dc4c8f32221ea65df1d68b79dbb9c1f682ecd2a728','0f9e96852f9b3b6207357deabb1b46beba2de0a7b83a722955a39035fc451135');
INSERT INTO "chain" VALUES(21,'2026-11-30T15:41:54.561Z','seal','18 rows','019c35047b365b0dccbb77972577c9ac1334f93ecef4dfe9bb04604b0327f7f8','0f9e96852f9b3b6207357deabb1b46beba2de0a7b83a722955a39035fc451135','339772982a9c72b7becbd4f60711c41fb27d1e8801e2954c2e7bee78aa1be7b0');
INSERT INTO "chain" VALUES(22,'2026-11-30T15:41:54.566Z','seal','1 rows','df1408480ad2aa922ef21fc173078ca39687e1a5afc797cff4423dd141841dde','339772982a9c72b7becbd4f60711c41fb27d1e8801e2954c2e7bee78aa1be7b0','e181e9e8dcb8223e760a426ab5724867cfe2abea505533110b1459da1c1beecd');
INSERT INTO "chain" VALUES(23,'2026-11-30T15:41:54.569Z','seal','2 rows','97001651c4c1d7836759ba23b712ff4680c66b18ac74381f7fd19407a8d864bc','e181e9e8dcb8223e760a426ab5724867cfe2abea505533110b1459da1c1beecd','422f694148ed358b115306401ea5e860fb7cfd7842e22aaa6808202c616da075');
INSERT INTO "chain" VALUES(24,'2026-11-30T15:41:54.607Z','act','BILLER-2G72H note','8370bc6aec6137109eb7ec384c6124621f9bfa1a59cc2d33442860e3569ec4a4','422f694148ed358b115306401ea5e860fb7cfd7842e22aaa6808202c616da075','b160cd4c128314800ce08cf33cda073448bcaff47f4ac7366c1c5899c65f385d');
INSERT INTO "chain" VALUES(25,'2026-11-30T15:41:54.658Z','seal','1 rows','98c403af8e8c12e206f935657c300bf152e2f78ba3941dee397985cf22b4741f','b160cd4c128314800ce08cf33cda073448bcaff47f4ac7366c1c5899c65f385d','5f2d1e3f39d0a4bccf5ad55de3c7c830dcf00105ab68eced0df7f02c4e54441d');
INSERT INTO "chain" VALUES(26,'2026-11-30T15:41:54.676Z','act','BILLER-78Q4X resolve','7f8c4507f7f80154d7358cd8f479b8b7108bf81be980979a7d4e27f90c58f7de','5f2d1e3f39d0a4bccf5ad55de3c7c830dcf00105ab68eced0df7f02c4e54441d','ed2c53a1f42fe472e1805958ea47627001616c04c826da2ae61fb6470d049840');
INSERT INTO "chain" VALUES(27,'2026-11-30T15:41:54.727Z','seal','4 rows','7e8a7f40e46a7dd6b4c59fe00ab800bef73ee0bf8fa3ac51a4986be0f6273c29','ed2c53a1f42fe472e1805958ea47627001616c04c826da2ae61fb6470d049840','17b4cf6fd40a18102db2a158785e915cd99c96fdfa048ca6a2eacd8a88d2b85e');
INSERT INTO "chain" VALUES(28,'2026-11-30T15:41:54.753Z','result','biller 2026-11-17 revision 4','e7fe446caa997163c56941225ecac54bcfec7f2284ef53d0a1f33a32af436139','17b4cf6fd40a18102db2a158785e915cd99c96fdfa048ca6a2eacd8a88d2b85e','e72cc684172b9e50c1892f2f3ec3469d327a56eea41028ef5fced896154968c1');
INSERT INTO "chain" VALUES(29,'2026-11-30T15:41:54.753Z','mail','finance-daily to finance@merchant.example','ea7b37dd4c710f718805eeee79b367eb38210813ffa850b05b51f9ec4c6fb57d','e72cc684172b9e50c1892f2f3ec3469d327a56eea41028ef5fced896154968c1','310dac75dff91e79f46a530fff7a5c85fa5b3edceeb477a9c8ae3ba230986d4b');
INSERT INTO "chain" VALUES(30,'2026-11-30T15:41:54.885Z','seal','13 rows','60d3fa054e6405bc68ad6836d8a693a68b9db309192f19f955b7727a522f82db','310dac75dff91e79f46a530fff7a5c85fa5b3edceeb477a9c8ae3ba230986d4b','6239e142b51a5378ab4b1b899f99af1d7bdf3d20e45a752d268ab5b106fd2bd9');
INSERT INTO "chain" VALUES(31,'2026-11-30T15:41:54.921Z','seal','1 rows','5137457c8aa8f0525d8bbf75144fdac5ecaf16a00da6d4f5373af1adbb180579','6239e142b51a5378ab4b1b899f99af1d7bdf3d20e45a752d268ab5b106fd2bd9','db655f1dbd30b8051fcfa2688045c7d2e51b5a6be72a96bbe0be2b26dc2e28c0');
INSERT INTO "chain" VALUES(32,'2026-11-30T15:41:54.927Z','seal','2 rows','8c64441888de905b59481146a63d5427682dd9d85152525f731f163e33aa2f1e','db655f1dbd30b8051fcfa2688045c7d2e51b5a6be72a96bbe0be2b26dc2e28c0','c97c1086056d7af345c693e4a5770b042d7d87db8e6a5812513fa4affb581951');
CREATE TABLE changed_rows (
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    was TEXT NOT NULL,
    now TEXT NOT NULL,
    PRIMARY KEY (table_name, row_key)
);
CREATE TABLE coverage (
    file_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    entries BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    -- What its rows of the date are, and which file holds them already.
    digest TEXT NOT NULL DEFAULT '',
    same_as BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (file_id, business_date)
);
INSERT INTO "coverage" VALUES(1,'biller','2026-11-17',3,0,'3-4bd99611adacb9ca2daeadb66cdf0492',0);
INSERT INTO "coverage" VALUES(2,'biller','2026-11-18',3,0,'3-4090acc496e1919781a4a885e852118b',0);
INSERT INTO "coverage" VALUES(3,'biller','2026-11-18',3,0,'3-d279c0cfc6ac253d2e966b73541f5db5',0);
CREATE TABLE dates (
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    state TEXT NOT NULL,
    knowledge TEXT NOT NULL,
    ledger_fingerprint TEXT NOT NULL,
    run_id TEXT NOT NULL,
    -- 1 where an item that stands on the date was judged otherwise since by a run of other dates.
    moved BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (channel, business_date)
);
INSERT INTO "dates" VALUES('biller','2026-11-17','complete','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 fb68219508c2f2a2bd1e0fb5a5b77f5f','4-4c9bb7caed9b0fd1b1239ecdd3641f56','20261130T154154Z-d3f188',0);
INSERT INTO "dates" VALUES('biller','2026-11-18','complete','6855e1fdd758a7da7b6ac2692a87d38e 9047032c77fae94907ca2f811c4098f0 fb68219508c2f2a2bd1e0fb5a5b77f5f','3-244d6197ff97e7d739760bbbf18c3ccc','20261130T154154Z-d3f188',0);
CREATE TABLE entries (
    holder TEXT NOT NULL,
    side TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    business_date TEXT NOT NULL,
    at TEXT NOT NULL,
    amount BIGINT NOT NULL,
    fee BIGINT,
    status TEXT NOT NULL,
    kind TEXT NOT NULL,
    key_state TEXT NOT NULL,
    written TEXT,
    details TEXT,
    file TEXT,
    sheet TEXT,
    row_number BIGINT,
    seal TEXT NOT NULL,
    PRIMARY KEY (holder, side, ordinal)
);
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
    -- The dates a person named with `rekon add --date`, empty where nobody did.
    by_hand TEXT NOT NULL,
    -- What its sheets look like, so that the next file can be compared with it.
    shape TEXT NOT NULL DEFAULT '',
    -- Why a person took one that is unlike those before it, and how it stands beside others.
    accepted TEXT NOT NULL DEFAULT '',
    accepted_as TEXT NOT NULL DEFAULT '',
    -- The instants between which its rows count, where some of them are beyond belief.
    rows_from TEXT NOT NULL DEFAULT '',
    rows_to TEXT NOT NULL DEFAULT '',
    -- Two days without a payment give the same bytes, a header alone: what a file covers tells them
    -- apart.
    UNIQUE (channel, sha256, slot)
);
INSERT INTO "files" VALUES(1,'biller','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507','tokopedia_biller_20261117.csv','folder /srv/rekon/inbox/tokopedia_biller_20261117.csv','2026-11-30T15:38:53.914Z','2026-11-30T15:41:53.926Z',229,'2026-11-17 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-17 09:00:05"},"amounts":{"whole":"50000"},"filled":["amount","fee"]}]}','','','','');
INSERT INTO "files" VALUES(2,'biller','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e','tokopedia_biller_20261118.csv','folder /srv/rekon/inbox/tokopedia_biller_20261118.csv','2026-11-30T15:39:54.179Z','2026-11-30T15:41:54.189Z',229,'2026-11-18 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-18 00:00:03"},"amounts":{"whole":"80000"},"filled":["amount","fee"]}]}','','','','');
INSERT INTO "files" VALUES(3,'biller','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0','tokopedia_biller_20261118_b.csv','folder /srv/rekon/inbox/tokopedia_biller_20261118_b.csv','2026-11-30T15:40:54.397Z','2026-11-30T15:41:54.408Z',229,'2026-11-18 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-18 00:00:03"},"amounts":{"whole":"80000"},"filled":["amount","fee"]}]}','','','','');
CREATE TABLE hourly (
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    settlement TEXT NOT NULL,
    ledger TEXT NOT NULL,
    PRIMARY KEY (channel, business_date)
);
INSERT INTO "hourly" VALUES('biller','2026-11-17','{"success":{"9":1,"10":1,"12":1}}','{"success":{"9":1,"10":1,"23":1},"pending":{"11":1}}');
INSERT INTO "hourly" VALUES('biller','2026-11-18','{"success":{"0":1,"9":1,"10":1}}','{"success":{"9":1,"10":1,"11":1}}');
CREATE TABLE items (
    id TEXT PRIMARY KEY NOT NULL,
    -- The stamp since which it stands so.
    since BIGINT NOT NULL,
    channel TEXT NOT NULL,
    -- What makes it the same item tomorrow; empty where its facts of today give it that name.
    identity TEXT NOT NULL,
    by_facts TEXT,
    -- Where it stands: open, cleared (by a match), gone (by newer knowledge), resolved, written_off.
    standing TEXT NOT NULL,
    -- The break it is, or was reported as; else the bucket.
    kind TEXT NOT NULL,
    bucket TEXT NOT NULL,
    cause TEXT NOT NULL,
    -- The fields of the reference and what they hold, told apart by U+001F, and the XXH3 of its encoded
    -- form.
    key_fields TEXT NOT NULL,
    key TEXT NOT NULL,
    key_hash BIGINT NOT NULL,
    -- Business dates: of the earlier entry, of the latest one, where it is told if that is another
    -- one, of the match that cleared it, of the act that closed it.
    opened TEXT NOT NULL,
    last_date TEXT NOT NULL,
    told_on TEXT,
    cleared TEXT,
    closed_on TEXT,
    closed_as TEXT,
    -- The business date from which it is open no more, and how: cleared, resolved or written_off.
    ended TEXT,
    ended_as TEXT,
    value BIGINT NOT NULL,
    difference BIGINT NOT NULL,
    exposure TEXT NOT NULL,
    at_risk BIGINT NOT NULL,
    -- A digest of what a person decides about.
    facts TEXT NOT NULL,
    -- 1 where its entries are all that its key has on their dates.
    whole BIGINT NOT NULL,
    -- Sums of entries that are counted and not listed, or beyond 64 bits, as JSON.
    sums TEXT,
    -- How many entries of each side it has: the first stands here, the others in `entries`.
    ledger_entries BIGINT NOT NULL,
    settlement_entries BIGINT NOT NULL,
    ledger_date TEXT,
    ledger_at TEXT,
    ledger_amount BIGINT,
    ledger_fee BIGINT,
    ledger_status TEXT,
    ledger_kind TEXT,
    ledger_key_state TEXT,
    ledger_written TEXT,
    ledger_details TEXT,
    settlement_date TEXT,
    settlement_at TEXT,
    settlement_amount BIGINT,
    settlement_fee BIGINT,
    settlement_status TEXT,
    settlement_kind TEXT,
    settlement_key_state TEXT,
    settlement_written TEXT,
    settlement_details TEXT,
    settlement_file TEXT,
    settlement_sheet TEXT,
    settlement_row BIGINT,
    seal TEXT NOT NULL
);
INSERT INTO "items" VALUES('BILLER-CGSFF',3,'biller','',NULL,'open','stuck_pending','stuck_pending','plain','ref_id','K3',-6075374584842545523,'2026-11-17','2026-11-17',NULL,NULL,NULL,NULL,NULL,NULL,7000000,-7000000,'undecided',7000000,'97e914162020',1,NULL,1,0,'2026-11-17','2026-11-17T04:00:00Z',7000000,250000,'pending','payment','whole',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'b9u38P4Jokt/U3tZ7dzcBzmPo62eILSwd+D+ArXYNTs');
INSERT INTO "items" VALUES('BILLER-2G72H',3,'biller','',NULL,'open','missing_in_ledger','missing_in_ledger','plain','ref_id','KX',-4083463567394273319,'2026-11-17','2026-11-17',NULL,NULL,NULL,NULL,NULL,NULL,1500000,1500000,'owed_by_us',1500000,'b79f90ba460d',1,NULL,0,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-17','2026-11-17T05:00:00Z',1500000,250000,'success','payment','whole',NULL,'{"customer":"08120002","product":"pln","reference":"PKX"}','tokopedia_biller_20261117.csv',NULL,4,'+i5N+Zou0Y+nOzZNgfMdAfTJffe74ZtYPj8qxfpwYYw');
INSERT INTO "items" VALUES('BILLER-XM3HP',10,'biller','',NULL,'open','missing_at_partner','missing_at_partner','plain','ref_id','L3',9210807583906234170,'2026-11-18','2026-11-18',NULL,NULL,NULL,NULL,NULL,NULL,3000000,-3000000,'owed_to_us',3000000,'5c505ec3d427',1,NULL,1,0,'2026-11-18','2026-11-18T04:00:00Z',3000000,250000,'success','payment','whole',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'JxJ1unTLlXNyud+T/lJdnlPRhjtWuG65qDw1YVtONrM');
INSERT INTO "items" VALUES('BILLER-K8AJ1',18,'biller','',NULL,'cleared','awaiting','timing_differences','plain','ref_id','K4',-208391960968190897,'2026-11-17','2026-11-18',NULL,'2026-11-18',NULL,NULL,'2026-11-18','cleared',8000000,0,'nothing',0,'08b6211aa660',1,NULL,1,1,'2026-11-17','2026-11-17T16:59:58Z',8000000,250000,'success','payment','whole',NULL,NULL,'2026-11-18','2026-11-17T17:00:03Z',8000000,250000,'success','payment','whole',NULL,'{"customer":"08120000","product":"pln","reference":"PK4"}','tokopedia_biller_20261118_b.csv',NULL,2,'aXtQiL0yteWPzzu3vEs7cGk0xxqdACwO+TGyw2Dgyng');
INSERT INTO "items" VALUES('BILLER-XYV9S',18,'biller','',NULL,'open','amount_break','amount_break','plain','ref_id','L2',-2038031333916791395,'2026-11-18','2026-11-18',NULL,NULL,NULL,NULL,NULL,NULL,100000,100000,'owed_by_us',100000,'d7c66b78a01a',1,NULL,1,1,'2026-11-18','2026-11-18T03:00:00Z',2000000,250000,'success','payment','whole',NULL,NULL,'2026-11-18','2026-11-18T03:00:05Z',2100000,250000,'success','payment','whole',NULL,'{"customer":"08120002","product":"pln","reference":"PL2"}','tokopedia_biller_20261118_b.csv',NULL,4,'v/8O1u4DzK8o9LJrEuaydHKEF/E9TUYrVi6Oyh9BDB0');
INSERT INTO "items" VALUES('BILLER-78Q4X',26,'biller','',NULL,'resolved','amount_break','amount_break','plain','ref_id','K2',-796306729558324036,'2026-11-17','2026-11-17',NULL,NULL,'2026-11-30','resolved','2026-11-30','resolved',100000,-100000,'owed_to_us',100000,'f3188c32c6ea',1,NULL,1,1,'2026-11-17','2026-11-17T03:00:00Z',6000000,250000,'success','payment','whole',NULL,NULL,'2026-11-17','2026-11-17T03:00:05Z',5900000,250000,'success','payment','whole',NULL,'{"customer":"08120001","product":"pln","reference":"PK2"}','tokopedia_biller_20261117.csv',NULL,3,'sTf/ssLkly2hXbqUpQTwQOHn4yRfOtVPYw+Sa8FBY4E');
CREATE TABLE key_groups (
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    key TEXT NOT NULL,
    key_hash BIGINT NOT NULL,
    -- 1 where an item of another key holds one of its entries.
    tied BIGINT NOT NULL,
    -- Of a key with too many of them, as JSON: they are counted and not listed.
    sums TEXT,
    ledger_entries BIGINT NOT NULL,
    settlement_entries BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (channel, business_date, key)
);
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
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261117.csv','1796053133.914635189 1796053313.911194572 65024:868369','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507');
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261118.csv','1796053194.179163454 1796053314.176868020 65024:868372','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e');
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261118_b.csv','1796053254.397550789 1796053314.395443328 65024:868386','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0');
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
    last_answer TEXT NOT NULL,
    -- When a mail that was put off is tried again, and when it was last tried; empty where it was not.
    next_attempt TEXT NOT NULL DEFAULT '',
    attempted_at TEXT NOT NULL DEFAULT ''
);
INSERT INTO "outbox" VALUES('4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example','20261130T154153Z-98f22d','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17 Nov 2026: Complete, 3 breaks, Rp86,000 at risk','4daef8b0a3c0c5588cfe6da7eca67403@rekon','finance-daily_2026-11-17_4daef8.eml','c99a467fc6253b7da8191eeca5149dab050db14774b3348960ad0df52ca243d5','2026-11-30T15:41:53.926Z','2026-11-30T15:41:53.926Z','sent',1,'mail/finance-daily_2026-11-17_4daef8.eml','','2026-11-30T15:41:54.124Z');
INSERT INTO "outbox" VALUES('5595ad6860671a50e62ce18054a9e53b finance@merchant.example','20261130T154154Z-e92949','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17–18 Nov 2026: Complete, 4 breaks: 1 new Rp30,000, 3 still open Rp86,000, Rp116,000 at risk','5595ad6860671a50e62ce18054a9e53b@rekon','finance-daily_2026-11-17_2026-11-18_5595ad.eml','52781e8ae498315113f1c81db30b0015f15f197488c5bc70ecf13f4a7c11f994','2026-11-30T15:41:54.189Z','2026-11-30T15:41:54.189Z','sent',1,'mail/finance-daily_2026-11-17_2026-11-18_5595ad.eml','','2026-11-30T15:41:54.345Z');
INSERT INTO "outbox" VALUES('318b83bab1e67d0de983a05702b60ba4 finance@merchant.example','20261130T154154Z-140b0e','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17–18 Nov 2026: Complete, 5 breaks: 1 new Rp1,000, 4 still open Rp116,000, Rp117,000 at risk','318b83bab1e67d0de983a05702b60ba4@rekon','finance-daily_2026-11-17_2026-11-18_318b83.eml','e7c6e9d9201c2ced54827f78016a80077b7cf480511d69543adb7471de1ecb35','2026-11-30T15:41:54.408Z','2026-11-30T15:41:54.408Z','sent',1,'mail/finance-daily_2026-11-17_2026-11-18_318b83.eml','','2026-11-30T15:41:54.565Z');
INSERT INTO "outbox" VALUES('b5f28cfb33a052499c1bc77fca2e5374 finance@merchant.example','20261130T154154Z-d3f188','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17–18 Nov 2026: Complete, 4 breaks: 4 still open Rp116,000, Rp116,000 at risk','b5f28cfb33a052499c1bc77fca2e5374@rekon','finance-daily_2026-11-17_2026-11-18_b5f28c.eml','ea7b37dd4c710f718805eeee79b367eb38210813ffa850b05b51f9ec4c6fb57d','2026-11-30T15:41:54.753Z','2026-11-30T15:41:54.753Z','sent',1,'mail/finance-daily_2026-11-17_2026-11-18_b5f28c.eml','','2026-11-30T15:41:54.891Z');
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
INSERT INTO "outbox_attempts" VALUES('4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example',1,'2026-11-30T15:41:54.128Z','sent','mail/finance-daily_2026-11-17_4daef8.eml','');
INSERT INTO "outbox_attempts" VALUES('5595ad6860671a50e62ce18054a9e53b finance@merchant.example',1,'2026-11-30T15:41:54.349Z','sent','mail/finance-daily_2026-11-17_2026-11-18_5595ad.eml','');
INSERT INTO "outbox_attempts" VALUES('318b83bab1e67d0de983a05702b60ba4 finance@merchant.example',1,'2026-11-30T15:41:54.568Z','sent','mail/finance-daily_2026-11-17_2026-11-18_318b83.eml','');
INSERT INTO "outbox_attempts" VALUES('b5f28cfb33a052499c1bc77fca2e5374 finance@merchant.example',1,'2026-11-30T15:41:54.924Z','sent','mail/finance-daily_2026-11-17_2026-11-18_b5f28c.eml','');
CREATE TABLE past_items (
    id TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    channel TEXT NOT NULL,
    -- What makes it the same item tomorrow; empty where its facts of today give it that name.
    identity TEXT NOT NULL,
    by_facts TEXT,
    -- Where it stands: open, cleared (by a match), gone (by newer knowledge), resolved, written_off.
    standing TEXT NOT NULL,
    -- The break it is, or was reported as; else the bucket.
    kind TEXT NOT NULL,
    bucket TEXT NOT NULL,
    cause TEXT NOT NULL,
    -- The fields of the reference and what they hold, told apart by U+001F, and the XXH3 of its encoded
    -- form.
    key_fields TEXT NOT NULL,
    key TEXT NOT NULL,
    key_hash BIGINT NOT NULL,
    -- Business dates: of the earlier entry, of the latest one, where it is told if that is another
    -- one, of the match that cleared it, of the act that closed it.
    opened TEXT NOT NULL,
    last_date TEXT NOT NULL,
    told_on TEXT,
    cleared TEXT,
    closed_on TEXT,
    closed_as TEXT,
    -- The business date from which it is open no more, and how: cleared, resolved or written_off.
    ended TEXT,
    ended_as TEXT,
    value BIGINT NOT NULL,
    difference BIGINT NOT NULL,
    exposure TEXT NOT NULL,
    at_risk BIGINT NOT NULL,
    -- A digest of what a person decides about.
    facts TEXT NOT NULL,
    -- 1 where its entries are all that its key has on their dates.
    whole BIGINT NOT NULL,
    -- Sums of entries that are counted and not listed, or beyond 64 bits, as JSON.
    sums TEXT,
    -- How many entries of each side it has: the first stands here, the others in `entries`.
    ledger_entries BIGINT NOT NULL,
    settlement_entries BIGINT NOT NULL,
    ledger_date TEXT,
    ledger_at TEXT,
    ledger_amount BIGINT,
    ledger_fee BIGINT,
    ledger_status TEXT,
    ledger_kind TEXT,
    ledger_key_state TEXT,
    ledger_written TEXT,
    ledger_details TEXT,
    settlement_date TEXT,
    settlement_at TEXT,
    settlement_amount BIGINT,
    settlement_fee BIGINT,
    settlement_status TEXT,
    settlement_kind TEXT,
    settlement_key_state TEXT,
    settlement_written TEXT,
    settlement_details TEXT,
    settlement_file TEXT,
    settlement_sheet TEXT,
    settlement_row BIGINT,
    seal TEXT NOT NULL,
    PRIMARY KEY (id, since)
);
INSERT INTO "past_items" VALUES('BILLER-K8AJ1',3,10,'biller','',NULL,'open','awaiting','awaiting','near_cutoff','ref_id','K4',-208391960968190897,'2026-11-17','2026-11-17',NULL,NULL,NULL,NULL,NULL,NULL,8000000,-8000000,'nothing',0,'f4b59542ee38',1,NULL,1,0,'2026-11-17','2026-11-17T16:59:58Z',8000000,250000,'success','payment','whole',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'lc7LM+coWZAZ071yXQsC2qtXYOdx/zTQvxE6WftKsEw');
INSERT INTO "past_items" VALUES('BILLER-K8AJ1',10,18,'biller','',NULL,'cleared','awaiting','timing_differences','plain','ref_id','K4',-208391960968190897,'2026-11-17','2026-11-18',NULL,'2026-11-18',NULL,NULL,'2026-11-18','cleared',8000000,0,'nothing',0,'08b6211aa660',1,NULL,1,1,'2026-11-17','2026-11-17T16:59:58Z',8000000,250000,'success','payment','whole',NULL,NULL,'2026-11-18','2026-11-17T17:00:03Z',8000000,250000,'success','payment','whole',NULL,'{"customer":"08120000","product":"pln","reference":"PK4"}','tokopedia_biller_20261118.csv',NULL,2,'zV0a+qcnMmAtJ1PLVXz61glb8u65iqhWaq8CB35xJSQ');
INSERT INTO "past_items" VALUES('BILLER-78Q4X',3,26,'biller','',NULL,'open','amount_break','amount_break','plain','ref_id','K2',-796306729558324036,'2026-11-17','2026-11-17',NULL,NULL,NULL,NULL,NULL,NULL,100000,-100000,'owed_to_us',100000,'f3188c32c6ea',1,NULL,1,1,'2026-11-17','2026-11-17T03:00:00Z',6000000,250000,'success','payment','whole',NULL,NULL,'2026-11-17','2026-11-17T03:00:05Z',5900000,250000,'success','payment','whole',NULL,'{"customer":"08120001","product":"pln","reference":"PK2"}','tokopedia_biller_20261117.csv',NULL,3,'cgJuT/HIiNbPAWU6ptvTkOAA+Isiz84c9dDKte/lW5w');
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
    decision TEXT NOT NULL
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
    -- Totals, as JSON. Its items are the rows of `items` and `past_items` that stood at its stamp: the
    -- number in the chain that was next when it was stored.
    outcome TEXT NOT NULL,
    stamp BIGINT NOT NULL,
    PRIMARY KEY (channel, business_date, revision)
);
INSERT INTO "results" VALUES('biller','2026-11-17',1,'20261130T154153Z-98f22d','complete','2026-11-30T15:41:53.926Z','35e1991869357bf5eda342b9296aea4818767f15f8572da82e82ba120c66aff1','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 fb68219508c2f2a2bd1e0fb5a5b77f5f','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["awaiting",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":"awaiting","ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',3);
INSERT INTO "results" VALUES('biller','2026-11-17',2,'20261130T154154Z-e92949','complete','2026-11-30T15:41:54.189Z','9cb56819ca96593b29ec89f1fc1da2508be14a41be070f1de218c0824613c4ad','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 fb68219508c2f2a2bd1e0fb5a5b77f5f','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',10);
INSERT INTO "results" VALUES('biller','2026-11-18',1,'20261130T154154Z-e92949','complete','2026-11-30T15:41:54.189Z','2ee3ef0b288cb339e452aa6a7db70c9dc55b9d84bf9a90d4e4b6c1dc4e1ac17e','6db4f93e0218b474fb96c620807a82fb 9047032c77fae94907ca2f811c4098f0 fb68219508c2f2a2bd1e0fb5a5b77f5f','3-244d6197ff97e7d739760bbbf18c3ccc','{"channel":"biller","business_date":"2026-11-18","state":"complete","due":"2026-11-19T03:00:00Z","files":[{"id":2,"name":"tokopedia_biller_20261118.csv","sha256":"0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"110000.00","fee":"7500.00"},"net":"102500.00","ledger":{"entries":3,"amount":"60000.00","fee":"7500.00"},"buckets":[["matched",{"settlement":{"entries":2,"amount":"30000.00","fee":"5000.00"},"ledger":{"entries":2,"amount":"30000.00","fee":"5000.00"}}],["timing_differences",{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"missing_at_partner"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"30000.00","owed_by_us":"0.00","undecided":"0.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":4,"amount":"166000.00"},"new":{"count":1,"amount":"30000.00"},"cleared":{"count":1,"amount":"80000.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"116000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":2,"amount":"30000.00","fee":"5000.00"},"ledger":{"entries":2,"amount":"30000.00","fee":"5000.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":"unnamed","bucket":{"break":"missing_at_partner"},"ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}}]}',10);
INSERT INTO "results" VALUES('biller','2026-11-17',3,'20261130T154154Z-140b0e','complete','2026-11-30T15:41:54.408Z','5c291f0805793c32c68ae9c4d9ce137fed731e397d7ff1c0a5e52a9d7310c38b','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 fb68219508c2f2a2bd1e0fb5a5b77f5f','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',18);
INSERT INTO "results" VALUES('biller','2026-11-18',2,'20261130T154154Z-140b0e','complete','2026-11-30T15:41:54.408Z','1e73c0f796dc9b00086ff95d7fa49cb784c4c39b41d9b1bd3c8f143029527961','6855e1fdd758a7da7b6ac2692a87d38e 9047032c77fae94907ca2f811c4098f0 fb68219508c2f2a2bd1e0fb5a5b77f5f','3-244d6197ff97e7d739760bbbf18c3ccc','{"channel":"biller","business_date":"2026-11-18","state":"complete","due":"2026-11-19T03:00:00Z","files":[{"id":3,"name":"tokopedia_biller_20261118_b.csv","sha256":"b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0","revision":2,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"111000.00","fee":"7500.00"},"net":"103500.00","ledger":{"entries":3,"amount":"60000.00","fee":"7500.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"10000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"10000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"missing_at_partner"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"21000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"20000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"30000.00","owed_by_us":"1000.00","undecided":"0.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":4,"amount":"166000.00"},"new":{"count":2,"amount":"31000.00"},"cleared":{"count":1,"amount":"80000.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":5,"amount":"117000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"10000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"10000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"21000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"20000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"missing_at_partner"},"ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}}]}',18);
INSERT INTO "results" VALUES('biller','2026-11-17',4,'20261130T154154Z-d3f188','complete','2026-11-30T15:41:54.753Z','2c5efd0d5d5125bd501b5c7713a5c0e7d83b45ec4e3e9d8cfc8db57e83839c28','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 fb68219508c2f2a2bd1e0fb5a5b77f5f','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"0.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',28);
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
INSERT INTO "run_ends" VALUES('20261130T154153Z-98f22d','2026-11-30T15:41:53.926Z','2026-11-30T15:41:54.148Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261130T154154Z-e92949','2026-11-30T15:41:54.189Z','2026-11-30T15:41:54.368Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261130T154154Z-140b0e','2026-11-30T15:41:54.408Z','2026-11-30T15:41:54.580Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261130T154154Z-d3f188','2026-11-30T15:41:54.753Z','2026-11-30T15:41:54.940Z',0,'part','');
CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    started_at TEXT NOT NULL,
    as_of TEXT NOT NULL
);
INSERT INTO "runs" VALUES('20261130T154153Z-98f22d','2026-11-30T15:41:53.926Z','2026-11-18T02:00:00.000Z');
INSERT INTO "runs" VALUES('20261130T154154Z-e92949','2026-11-30T15:41:54.189Z','2026-11-19T04:00:00.000Z');
INSERT INTO "runs" VALUES('20261130T154154Z-140b0e','2026-11-30T15:41:54.408Z','2026-11-19T05:00:00.000Z');
INSERT INTO "runs" VALUES('20261130T154154Z-d3f188','2026-11-30T15:41:54.753Z','2026-11-30T15:41:54.753Z');
CREATE TABLE sealed_rows (
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (table_name, row_key)
);
INSERT INTO "sealed_rows" VALUES('coverage','1:1 10:2026-11-17','127d694e4a3ac5d5f3edabb553ab6e2ce00d19fe71e4b81dc87b87f0f0d11b35');
INSERT INTO "sealed_rows" VALUES('files','1:1','def0dca02e5df23bacc3d8a284605ca693714eabd96e9c6ece8aa40e3ae786ab');
INSERT INTO "sealed_rows" VALUES('dates','6:biller 10:2026-11-17','9b55feac6255efdae1bd14345e226739e36a78926c987109aa071cd07928ae12');
INSERT INTO "sealed_rows" VALUES('hourly','6:biller 10:2026-11-17','54f394767b8096c2cb4b3d83f800ed6517b15c49e0cd9570365f4be0a6881c43');
INSERT INTO "sealed_rows" VALUES('outbox','57:4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example','1c71a1775646ae8d0321f3c7db030c6a35f8652aef6c8cdeae1746212aeb66f6');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:1','278659877bd13011e021c531f945d20d1d23dd99c574042a4e8f3272202664b8');
INSERT INTO "sealed_rows" VALUES('runs','23:20261130T154153Z-98f22d','fa1c4c33b12d219d328a78f17cb3face1acbb4af659e85679fdb75810822edec');
INSERT INTO "sealed_rows" VALUES('tellings','1:1','3fbdb781f3f0b245b439ac96013c153938d2b908a78b6a1fb481ab56da8cc012');
INSERT INTO "sealed_rows" VALUES('tellings','1:2','75912cd6d7dbd1cfb3d676fe72ff385b27439911dc3f3b28a5040ab4a315b288');
INSERT INTO "sealed_rows" VALUES('told','1:1 4:date 6:biller 10:2026-11-17','34c5b222f14c188d7ddc7a1c58f2ca2902d82d3f66bc203aff0b70c598c166ed');
INSERT INTO "sealed_rows" VALUES('told','1:2 4:date 6:biller 10:2026-11-17','19504b0c811138c02f6080601bb2fb8d241ff29ce4297feb27c2dd92cd21916f');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example 1:1','480e7ed21518550d5e516713ad9e0ffd9c99a483d450d2b498a233e1647f8431');
INSERT INTO "sealed_rows" VALUES('coverage','1:2 10:2026-11-18','b9813ab0b6eb2c02e073125a4499d77f481508c2bba7379a15569b6776b2f2c2');
INSERT INTO "sealed_rows" VALUES('files','1:2','aaad3e6f4d5f9c0a70701f5c0f1228ad8988334df96abdff600a6d2ec5eb00e5');
INSERT INTO "sealed_rows" VALUES('dates','6:biller 10:2026-11-18','2f8751005829363ad71abafaf422c18f1bac5b4ee38194f7b8131ee64ba90a14');
INSERT INTO "sealed_rows" VALUES('hourly','6:biller 10:2026-11-18','250b404699eb3d993544d20966e040e5f6933fa70d645b40957f4757eb2a799a');
INSERT INTO "sealed_rows" VALUES('outbox','57:5595ad6860671a50e62ce18054a9e53b finance@merchant.example','3334fbb1a59fac6e16f6eef6333518f9177578c63381b99a94a9f334f8500b8b');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:2','a47422d5379c67b8f0a886ecc450f22788893d68cb5493bfa4cd0284a400fbb1');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-18 1:1','2b42af3009960383e1b722527ec741dee6301d37ba324425f79754c0c58c848d');
INSERT INTO "sealed_rows" VALUES('runs','23:20261130T154154Z-e92949','fb3ad8f09adb561e4ee068265393dd89ef8dcf30b97543a515a4491544f988d0');
INSERT INTO "sealed_rows" VALUES('tellings','1:3','28dde9c9ea66e7db82cce4b46ae098f83b79c5c7dbd2eb2578835a2871ddea73');
INSERT INTO "sealed_rows" VALUES('tellings','1:4','9b6ff3f2fc481144cc37ba613c2e746b547ba170acfc303f512b00a4b046191d');
INSERT INTO "sealed_rows" VALUES('told','1:3 4:date 6:biller 10:2026-11-17','861d08acb6e9f4bf773259ffb403ca28164e8c7de9d04b99411250946e9f2f81');
INSERT INTO "sealed_rows" VALUES('told','1:3 4:date 6:biller 10:2026-11-18','7cced303e8d53df1dd1786437fa01c4f56d42fbaf5b0f1150ef3a9367abc4b62');
INSERT INTO "sealed_rows" VALUES('told','1:4 4:date 6:biller 10:2026-11-17','931d6e27aadf4989436458c7352b924009f5fa708c573328dfaa827e94048d01');
INSERT INTO "sealed_rows" VALUES('told','1:4 4:date 6:biller 10:2026-11-18','f7723a5d15b846d5b791b339b428d08de23cd56c6056bd96cadfedfd5e19d600');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:5595ad6860671a50e62ce18054a9e53b finance@merchant.example 1:1','81301207052b74a38b13eecc0e4625a922c7d539dd2c4d9e31041c0cc729c046');
INSERT INTO "sealed_rows" VALUES('coverage','1:3 10:2026-11-18','ba5e40924f4137a5b1ccd268d4b824f4ebcd33b01a8c84fc16ab312a4212cf7c');
INSERT INTO "sealed_rows" VALUES('files','1:3','d4d97dacf0aa6a1a06f9015c85a3ab8d8f5a9dcef54df170b66446760b4bf9e3');
INSERT INTO "sealed_rows" VALUES('outbox','57:318b83bab1e67d0de983a05702b60ba4 finance@merchant.example','b0d8fa8e84aa0296ef2903c036db466fadf87a1e6d227f8033eee508ac24545b');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:3','fce1ab736fa53aca2d68ec150c3675073290cd2a5724231982d31b2e857ff28d');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-18 1:2','faec8ef3cf97c755fe394af1278590444b22ccc7fe8f1afc2acc54bbafd0d167');
INSERT INTO "sealed_rows" VALUES('runs','23:20261130T154154Z-140b0e','ca9090d3a8e13fba0dcc670fe69b7e2885fd32bac4350d36669e81abb936e73c');
INSERT INTO "sealed_rows" VALUES('tellings','1:5','993626ca0f41bdc9346870570c8d3d18a25ac62f506a4504a3e859accc1925cc');
INSERT INTO "sealed_rows" VALUES('tellings','1:6','e7b20cc02c1ec0c39799c59b03687b1e8233c77b3eaffc64a189a4292574360c');
INSERT INTO "sealed_rows" VALUES('told','1:5 4:date 6:biller 10:2026-11-17','61fc9f4ab82016bff9bea266fc0b4816f5a3a493c734d38b44b4bd6ba403b3e8');
INSERT INTO "sealed_rows" VALUES('told','1:5 4:date 6:biller 10:2026-11-18','83b67bb1ccb35977e6d0939c2dac5bd5d2a332546ffe0e63f4f2c0426d2f4764');
INSERT INTO "sealed_rows" VALUES('told','1:6 4:date 6:biller 10:2026-11-17','c13f4ecd31efc18d9e0a15a48987617b67cd18256764cf595a29213f65bca000');
INSERT INTO "sealed_rows" VALUES('told','1:6 4:date 6:biller 10:2026-11-18','cf3b629083c34eb37189f19dce11b2df099dc307b160921651203c2b7b674719');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:318b83bab1e67d0de983a05702b60ba4 finance@merchant.example 1:1','f4926e30a1cd36f7997a88ca6cbf9b87c5796ab25b30867680a40b2947d29ded');
INSERT INTO "sealed_rows" VALUES('acts','2:24','01c3ed5dc9ca3b5e9f9f7b41c51d0caad21c8c72f71fe5ceb9a7f1c779dc0f63');
INSERT INTO "sealed_rows" VALUES('acts','2:26','953321aca4b7d3496a83a351e5c520bbde87e0475f1fbcee04deded0c7e0ba38');
INSERT INTO "sealed_rows" VALUES('outbox','57:b5f28cfb33a052499c1bc77fca2e5374 finance@merchant.example','3b079bf1339ef51a7b2d0980a197cf46e1e1e2a13e612a704d97887c017fed4d');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:4','407065ae0114c27dce47dfa395256128e946f7d4d97cb0fe12156adf26963831');
INSERT INTO "sealed_rows" VALUES('runs','23:20261130T154154Z-d3f188','ef5170e8d8798c6a2602673fb9eb2c4029e85e4e0798e228e07f1b0c21d61dad');
INSERT INTO "sealed_rows" VALUES('tellings','1:7','f9e596ff5cb76f01edb100a160ee601eb5d09717c6b469956a4c511c02326c85');
INSERT INTO "sealed_rows" VALUES('tellings','1:8','cfc5e5cdd423a74bd90a53ae781faa8b6f7ea73d0d81569259b99132c07d9a68');
INSERT INTO "sealed_rows" VALUES('told','1:7 4:date 6:biller 10:2026-11-17','11fc83f9bed197b27da4af7525d100f8d4df727e413e51f300a5abe929060bd6');
INSERT INTO "sealed_rows" VALUES('told','1:7 4:date 6:biller 10:2026-11-18','00a35d9936535aa706c7ba19c5bcf64167c0d378809b17ab7e76d777d8671074');
INSERT INTO "sealed_rows" VALUES('told','1:8 4:date 6:biller 10:2026-11-17','6bcc9c691b07b4c0f9bbb5a8c5c0b2887e93fc48f578dda7c3d85fb581cc0c23');
INSERT INTO "sealed_rows" VALUES('told','1:8 4:date 6:biller 10:2026-11-18','6685e7f3e986a69ed0f817ca6c911e8af9cf19a47054134e0774de7048c60abb');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:b5f28cfb33a052499c1bc77fca2e5374 finance@merchant.example 1:1','fbf08621a88bb343bde41cd5e4393802ad8ec892aa601a4296e79c81ee1bd12b');
CREATE TABLE sealed_tables (
    table_name TEXT PRIMARY KEY NOT NULL,
    columns TEXT NOT NULL
);
INSERT INTO "sealed_tables" VALUES('acts','seq channel identity item_id body');
INSERT INTO "sealed_tables" VALUES('arrivals','file_id name origin arrived_at');
INSERT INTO "sealed_tables" VALUES('coverage','file_id channel business_date entries rejected digest same_as');
INSERT INTO "sealed_tables" VALUES('dates','channel business_date state knowledge ledger_fingerprint run_id moved');
INSERT INTO "sealed_tables" VALUES('file_mails','file_id mail_id attachment attachment_sha256');
INSERT INTO "sealed_tables" VALUES('files','id channel sha256 name origin source_time received_at bytes slot part parts entries rejected profile profile_hash state reason by_hand shape accepted accepted_as rows_from rows_to');
INSERT INTO "sealed_tables" VALUES('hourly','channel business_date settlement ledger');
INSERT INTO "sealed_tables" VALUES('mails','id mailbox identity folder uid_validity uid message_id sender subject sent_at received_at sha256 verdict seen_at');
INSERT INTO "sealed_tables" VALUES('outbox','id run_id report sender recipient subject message_id file_name sha256 created_at not_before state attempts last_answer next_attempt attempted_at');
INSERT INTO "sealed_tables" VALUES('outbox_attempts','outbox_id ordinal at state answer actor');
INSERT INTO "sealed_tables" VALUES('purged','sha256 at');
INSERT INTO "sealed_tables" VALUES('purges','seq before_date at actor reason');
INSERT INTO "sealed_tables" VALUES('quarantine','id mail_id channels reason state quarantined_at decided_at decided_by decision');
INSERT INTO "sealed_tables" VALUES('rejected_rows','file_id ordinal business_date sheet row_number column_name value reason key_hex');
INSERT INTO "sealed_tables" VALUES('results','channel business_date revision run_id state created_at digest knowledge ledger_fingerprint outcome stamp');
INSERT INTO "sealed_tables" VALUES('runs','id started_at as_of');
INSERT INTO "sealed_tables" VALUES('spellings','channel part width');
INSERT INTO "sealed_tables" VALUES('tellings','number report seq whole stamp message_id at');
INSERT INTO "sealed_tables" VALUES('told','telling kind channel subject facts standing');
CREATE TABLE spellings (
    channel TEXT NOT NULL,
    part BIGINT NOT NULL,
    width BIGINT NOT NULL,
    PRIMARY KEY (channel, part, width)
);
CREATE TABLE tellings (
    number BIGINT PRIMARY KEY NOT NULL,
    -- Empty for whoever reads the output of `rekon run` itself.
    report TEXT NOT NULL,
    -- Counts what a report's readers were told, in order.
    seq BIGINT NOT NULL,
    -- 1 where it told all that was new to them.
    whole BIGINT NOT NULL,
    -- As of results.
    stamp BIGINT NOT NULL,
    -- Empty where nothing was mailed: no mail is configured, or the readers want none about this.
    message_id TEXT NOT NULL,
    at TEXT NOT NULL
);
INSERT INTO "tellings" VALUES(1,'finance-daily',1,1,3,'4daef8b0a3c0c5588cfe6da7eca67403@rekon','2026-11-30T15:41:53.926Z');
INSERT INTO "tellings" VALUES(2,'',1,1,3,'','2026-11-30T15:41:53.926Z');
INSERT INTO "tellings" VALUES(3,'finance-daily',2,1,10,'5595ad6860671a50e62ce18054a9e53b@rekon','2026-11-30T15:41:54.189Z');
INSERT INTO "tellings" VALUES(4,'',2,1,10,'','2026-11-30T15:41:54.189Z');
INSERT INTO "tellings" VALUES(5,'finance-daily',3,1,18,'318b83bab1e67d0de983a05702b60ba4@rekon','2026-11-30T15:41:54.408Z');
INSERT INTO "tellings" VALUES(6,'',3,1,18,'','2026-11-30T15:41:54.408Z');
INSERT INTO "tellings" VALUES(7,'finance-daily',4,1,28,'b5f28cfb33a052499c1bc77fca2e5374@rekon','2026-11-30T15:41:54.753Z');
INSERT INTO "tellings" VALUES(8,'',4,1,28,'','2026-11-30T15:41:54.753Z');
CREATE TABLE told (
    telling BIGINT NOT NULL,
    -- date, passed (a date about which they want no mail), file, mail or failure
    kind TEXT NOT NULL,
    -- Empty for a quarantined mail.
    channel TEXT NOT NULL,
    -- A business date, the id of a file or of a quarantined mail; empty for a failure.
    subject TEXT NOT NULL,
    -- The revision of a date, why a channel failed.
    facts TEXT NOT NULL,
    -- Of a date: clean or wrong.
    standing TEXT NOT NULL,
    PRIMARY KEY (telling, kind, channel, subject)
);
INSERT INTO "told" VALUES(1,'date','biller','2026-11-17','1','wrong');
INSERT INTO "told" VALUES(2,'date','biller','2026-11-17','1','wrong');
INSERT INTO "told" VALUES(3,'date','biller','2026-11-17','2','wrong');
INSERT INTO "told" VALUES(3,'date','biller','2026-11-18','1','wrong');
INSERT INTO "told" VALUES(4,'date','biller','2026-11-17','2','wrong');
INSERT INTO "told" VALUES(4,'date','biller','2026-11-18','1','wrong');
INSERT INTO "told" VALUES(5,'date','biller','2026-11-17','3','wrong');
INSERT INTO "told" VALUES(5,'date','biller','2026-11-18','2','wrong');
INSERT INTO "told" VALUES(6,'date','biller','2026-11-17','3','wrong');
INSERT INTO "told" VALUES(6,'date','biller','2026-11-18','2','wrong');
INSERT INTO "told" VALUES(7,'date','biller','2026-11-17','4','wrong');
INSERT INTO "told" VALUES(7,'date','biller','2026-11-18','2','wrong');
INSERT INTO "told" VALUES(8,'date','biller','2026-11-17','4','wrong');
INSERT INTO "told" VALUES(8,'date','biller','2026-11-18','2','wrong');
CREATE TABLE told_breaks (
    item TEXT NOT NULL,
    telling BIGINT NOT NULL,
    channel TEXT NOT NULL,
    -- A digest of its facts.
    facts TEXT NOT NULL,
    -- open, cleared, resolved or written_off
    standing TEXT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (item, telling)
);
INSERT INTO "told_breaks" VALUES('BILLER-78Q4X',1,'biller','f3188c32c6ea','open','5QgaVotX5W4faMpKoX5F2ag4lZ/6UDN6Zo5XE59DXwQ');
INSERT INTO "told_breaks" VALUES('BILLER-CGSFF',1,'biller','97e914162020','open','o+wlxD2+8s1rV6LrN/gYOkJtDgD44HQEC+JGirg4KYU');
INSERT INTO "told_breaks" VALUES('BILLER-2G72H',1,'biller','b79f90ba460d','open','+BsibAEPMOGIqKoZ9X99Xk0p4loev56fRuWziRwTToI');
INSERT INTO "told_breaks" VALUES('BILLER-78Q4X',2,'biller','f3188c32c6ea','open','eJm+5xm44lO6vhJgRLb5dtMmXmbx3Xggze50fSYtT/M');
INSERT INTO "told_breaks" VALUES('BILLER-CGSFF',2,'biller','97e914162020','open','u0yeWqbepn5yyGMDMdXjtDCCIXygXW4qydKH15aBN7Y');
INSERT INTO "told_breaks" VALUES('BILLER-2G72H',2,'biller','b79f90ba460d','open','hNEpiVbyJ97Viqm+XfZ0M0nSBm9VY8ly/lWgjA/QloQ');
INSERT INTO "told_breaks" VALUES('BILLER-XM3HP',3,'biller','5c505ec3d427','open','kF++Pj2wFoJNhlgT6v8zkcD3wkSp37MWGdxMdLKHdHY');
INSERT INTO "told_breaks" VALUES('BILLER-XM3HP',4,'biller','5c505ec3d427','open','mP+h4fHJyxizbJrIophYqBEm9AN6mc1sN6gMcV7k6OY');
INSERT INTO "told_breaks" VALUES('BILLER-XYV9S',5,'biller','d7c66b78a01a','open','qbb399wQUViakGGP5RIPWpSsuDI3sYxWUZOIKhM5pvU');
INSERT INTO "told_breaks" VALUES('BILLER-XYV9S',6,'biller','d7c66b78a01a','open','JCtBIlwlHWw1/El80e5n0liH25+tbB2KdqMSauZyH/U');
INSERT INTO "told_breaks" VALUES('BILLER-78Q4X',7,'biller','f3188c32c6ea','resolved','/D47rYr/P3TFtv9bBFMVTuTxlmVbpmN2EsurJiIu1YE');
INSERT INTO "told_breaks" VALUES('BILLER-78Q4X',8,'biller','f3188c32c6ea','resolved','jpjUc7TjROKH4D4L/U0Hl4Ym3fYr9GBNNrNgHS3RB8s');
CREATE INDEX items_by_date ON items (channel, last_date);
CREATE INDEX items_by_key ON items (channel, key_hash);
CREATE INDEX items_by_stamp ON items (channel, since);
CREATE INDEX items_ended ON items (channel, ended) WHERE ended IS NOT NULL;
CREATE INDEX items_open ON items (channel) WHERE standing = 'open';
CREATE INDEX items_tied ON items (channel)
    WHERE cause IN ('candidate', 'look_alike', 'several_candidates');
CREATE INDEX past_items_by_date ON past_items (channel, last_date);
CREATE VIEW breaks AS
    SELECT id, channel, COALESCE(told_on, last_date) AS business_date, kind, cause, standing AS state,
        key_fields, key, opened, ended, ended_as,
        value AS value_sen, difference AS difference_sen, exposure, at_risk AS at_risk_sen,
        ledger_date, ledger_at, ledger_amount AS ledger_amount_sen, ledger_fee AS ledger_fee_sen,
        ledger_status, ledger_kind, ledger_details, ledger_entries,
        settlement_date, settlement_at, settlement_amount AS settlement_amount_sen,
        settlement_fee AS settlement_fee_sen, settlement_status, settlement_kind, settlement_details,
        settlement_file, settlement_sheet, settlement_row, settlement_entries
    FROM items
    WHERE standing <> 'gone' AND kind NOT IN ('timing_differences', 'matched_within_tolerance',
        'pending_within_sla', 'awaiting', 'matched', 'netted', 'split', 'nothing_to_settle');
CREATE INDEX key_groups_by_key ON key_groups (channel, key_hash);
CREATE INDEX tellings_in_order ON tellings (report, seq);
CREATE INDEX told_by_subject ON told (channel, subject);
CREATE INDEX coverage_by_date ON coverage (channel, business_date);
CREATE VIEW quarantined_mails AS
    SELECT q.id AS quarantine_id, q.mail_id, q.channels, q.reason, q.state, q.quarantined_at,
        q.decided_at, q.decided_by, q.decision, m.mailbox, m.folder, m.uid_validity, m.uid,
        m.message_id, m.sender, m.subject, m.sent_at, m.received_at, m.sha256, m.verdict
    FROM quarantine q JOIN mails m ON m.id = q.mail_id;
CREATE INDEX acts_by_item ON acts (channel, identity);
