CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(1,'baseline','2026-11-30 19:33:36',1,X'354C958686D32E617C8D3C64515312F1190421EB3545754382E53524826F4B3D9FF340FA1E1AE7E3498B24E93A27DCFB',12212841);
CREATE TABLE acts (
    seq BIGINT PRIMARY KEY NOT NULL,
    channel TEXT NOT NULL,
    identity TEXT NOT NULL,
    item_id TEXT NOT NULL,
    body TEXT NOT NULL
);
INSERT INTO "acts" VALUES(24,'biller','biller|KX|2026-11-17|settlement|2026-11-17T05:00:00+00:00|15000.00','BILLER-2G72H','{"number":24,"at":"2026-11-30T19:33:37.030777139Z","on":"2026-12-01","by":"root","facts":"b79f90ba460d","act":"note","text":"asked the partner"}');
INSERT INTO "acts" VALUES(26,'biller','biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00','BILLER-78Q4X','{"number":26,"at":"2026-11-30T19:33:37.107420866Z","on":"2026-12-01","by":"root","facts":"f3188c32c6ea","act":"resolve","reason":"paid by the partner","text":""}');
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
INSERT INTO "chain" VALUES(1,'2026-11-30T19:33:36.160Z','file','biller file 1 counted','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507','','70ecd02b30fac9d6aca853562bd29d7b5ad750af3afe5cf68fbde12e48d75177');
INSERT INTO "chain" VALUES(2,'2026-11-30T19:33:36.327Z','seal','2 rows','70a537515cd4ac74ca1f4e67a7aec822abad03c4144fdda9c0600604e865ba87','70ecd02b30fac9d6aca853562bd29d7b5ad750af3afe5cf68fbde12e48d75177','fd62f3615f22ccf898c8ddafb10517a828e84d6359e61b07be02f335e783ff6b');
INSERT INTO "chain" VALUES(3,'2026-11-30T19:33:36.160Z','result','biller 2026-11-17 revision 1','60ada3ac85cf3016480762d11ae897de0fd75e51be43de50fac2e8e638f2da26','fd62f3615f22ccf898c8ddafb10517a828e84d6359e61b07be02f335e783ff6b','8abaac20a7b14ec14226814824247027c538e9c6f8537df268c3540a68701a24');
INSERT INTO "chain" VALUES(4,'2026-11-30T19:33:36.160Z','mail','finance-daily to finance@merchant.example','f91c062132672d20e1438fde0c16a57a1ade67d4bfce25270f969bbea10a66b3','8abaac20a7b14ec14226814824247027c538e9c6f8537df268c3540a68701a24','3026bb4626d1a15679d279a84255683b3c9db8e6f8020dbd79b50f8bb1935116');
INSERT INTO "chain" VALUES(5,'2026-11-30T19:33:36.430Z','seal','15 rows','70088b7d62aae55fae0c06c1606e5bd877912a3603abfd7f714a577ff38a745e','3026bb4626d1a15679d279a84255683b3c9db8e6f8020dbd79b50f8bb1935116','3942e80c68f9f4138c24e1b1c84d9e807389eb25e9c4fb29f73c18d91ddbd866');
INSERT INTO "chain" VALUES(6,'2026-11-30T19:33:36.436Z','seal','1 rows','92ff21ed290ae10f49ebcf4f9347d598291821137fec15f4d31d04bf75cca65a','3942e80c68f9f4138c24e1b1c84d9e807389eb25e9c4fb29f73c18d91ddbd866','c96d8e72290ce1437decac59c6f031e911649ddbe291176ed8606ff6778b8914');
INSERT INTO "chain" VALUES(7,'2026-11-30T19:33:36.442Z','seal','2 rows','f6a6a6c3247eb46cb9d52787d397b2981a0a723bed5a3dbd55513bc0d2bedcf8','c96d8e72290ce1437decac59c6f031e911649ddbe291176ed8606ff6778b8914','1554ecb323fef2c4d474a3a47eba4b7c42c2faebd81bf6cb43d8bce312c7bde2');
INSERT INTO "chain" VALUES(8,'2026-11-30T19:33:36.506Z','file','biller file 2 counted','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e','1554ecb323fef2c4d474a3a47eba4b7c42c2faebd81bf6cb43d8bce312c7bde2','0af221edee134a77809433a504434759bfd4c0dffde144560438d8310084c0ea');
INSERT INTO "chain" VALUES(9,'2026-11-30T19:33:36.591Z','seal','2 rows','d800e8fcceb8b921a7cd4dcaca440ffb51ab0cfb73d6d5841629602976fbc370','0af221edee134a77809433a504434759bfd4c0dffde144560438d8310084c0ea','f65ab45fe294ad0378c84abc4e07eb096906ac69d751252dd3311153bce3fbac');
INSERT INTO "chain" VALUES(10,'2026-11-30T19:33:36.506Z','result','biller 2026-11-17 revision 2','ccbca80159f9c2e69dee95d926a874599be74398e6f9417573e4bef5d6748249','f65ab45fe294ad0378c84abc4e07eb096906ac69d751252dd3311153bce3fbac','4cff9018c0f0c54a1b98946866f2ed6dedfc185d94b83ea797bd840c8e539553');
INSERT INTO "chain" VALUES(11,'2026-11-30T19:33:36.506Z','result','biller 2026-11-18 revision 1','6b483b4692bc2c05c9585265134ba37b775a75c8927e9df46ae07e322044fb44','4cff9018c0f0c54a1b98946866f2ed6dedfc185d94b83ea797bd840c8e539553','3beb2022e127f7725fb6e133196960c545ce4607920a7c29ddc8cc60a3e1d65d');
INSERT INTO "chain" VALUES(12,'2026-11-30T19:33:36.506Z','mail','finance-daily to finance@merchant.example','3c79be84c0d8370a9cbf74aca8b188feca200fdbecac5ff8947603ee915f8c97','3beb2022e127f7725fb6e133196960c545ce4607920a7c29ddc8cc60a3e1d65d','6e0ec2830a9e4c2b60792f190e66b61145ae2501032d2b32564134d0ee73c7ac');
INSERT INTO "chain" VALUES(13,'2026-11-30T19:33:36.694Z','seal','19 rows','9214323aeb0558bb5e2dabcfd91670ecf599f36dbadfd060debf2a31c52a6b9c','6e0ec2830a9e4c2b60792f190e66b61145ae2501032d2b32564134d0ee73c7ac','7955263b03e261b8ab5f1fea45be5592ce682198a4e1bc9232912b319c8aedd5');
INSERT INTO "chain" VALUES(14,'2026-11-30T19:33:36.700Z','seal','1 rows','2af156a08e8fac4e4fcd70e9c121be9393a2cb5bdba25d8aa198c25dc550e8ce','7955263b03e261b8ab5f1fea45be5592ce682198a4e1bc9232912b319c8aedd5','82e2bbc01757776a7d5b06e596c8560cb4a74351cb9e4de3b4c43b5661f690b7');
INSERT INTO "chain" VALUES(15,'2026-11-30T19:33:36.704Z','seal','2 rows','c5c395e157146fa86841be06e039f09fe06cb968d6e4e53fe783560846e13ce7','82e2bbc01757776a7d5b06e596c8560cb4a74351cb9e4de3b4c43b5661f690b7','510cb25ba5f5f65603d0e141610bc07ed899c324dee7498e3ea2ef945e95892c');
INSERT INTO "chain" VALUES(16,'2026-11-30T19:33:36.758Z','file','biller file 3 counted','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0','510cb25ba5f5f65603d0e141610bc07ed899c324dee7498e3ea2ef945e95892c','9056cd585cf7bcb083a282faf5f1d950ebf9ed2b164e86146644440cf28cc574');
INSERT INTO "chain" VALUES(17,'2026-11-30T19:33:36.843Z','seal','2 rows','9ef8058df4ec7302ef8afa057db55e3d4eccd43beceb2afda13ff14449b10c72','9056cd585cf7bcb083a282faf5f1d950ebf9ed2b164e86146644440cf28cc574','4ac2be21c56ad90b26d4ef904f04e463330a5041040ce17b2c10c1ee3700a804');
INSERT INTO "chain" VALUES(18,'2026-11-30T19:33:36.758Z','result','biller 2026-11-17 revision 3','ccbca80159f9c2e69dee95d926a874599be74398e6f9417573e4bef5d6748249','4ac2be21c56ad90b26d4ef904f04e463330a5041040ce17b2c10c1ee3700a804','c328ac339faaa5b5f355610e575528987f4cf94a153c965a0a72295e4b95b1fc');
INSERT INTO "chain" VALUES(19,'2026-11-30T19:33:36.758Z','result','biller 2026-11-18 revision 2','32513aa5d8e259d53afa242bbff02c6917781d66d12e38263201e4f5ea715e06','c328ac339faaa5b5f355610e575528987f4cf94a153c965a0a72295e4b95b1fc','bed549c99eaa12fe53ec0b5dde3344a1818395a85273a4ae5fb3d8fbb2e6a0fe');
INSERT INTO "chain" VALUES(20,'2026-11-30T19:33:36.758Z','mail','finance-daily to finance@merchant.example','6fdf40decae53fd40a069d1b6b370ba9e696174b19c06595b93b0c7c92b2a3fc','bed549c99eaa12fe53ec0b5dde3344a1818395a85273a4ae5fb3d8fbb2e6a0fe','db31ef975097d69d1a9b52d5a90cdb1226758649d0672f30151ea749e95681da');
INSERT INTO "chain" VALUES(21,'2026-11-30T19:33:36.969Z','seal','18 rows','1528a40d1bb744049e3fe5aab56296d4a92e9ec146148d17cf5959f5d70f2091','db31ef975097d69d1a9b52d5a90cdb1226758649d0672f30151ea749e95681da','fed9715b3414cc17fe065e7ff13474a8979dbbb9f35b4043d845d6dc9ecc892c');
INSERT INTO "chain" VALUES(22,'2026-11-30T19:33:36.975Z','seal','1 rows','352d811f49cfb260c4cc03a1e6d4e86c301d63efcf5804dc2faa6ca13a18ae60','fed9715b3414cc17fe065e7ff13474a8979dbbb9f35b4043d845d6dc9ecc892c','3a554998d5d36decbcb1bff4b4c8cb51dfd9c28fdff00d767a0232e0613cdcc5');
INSERT INTO "chain" VALUES(23,'2026-11-30T19:33:36.979Z','seal','2 rows','a4cff6c1302b29ee3fbb39602bf6381a099415c476fc725f2eca6fbcaf42d078','3a554998d5d36decbcb1bff4b4c8cb51dfd9c28fdff00d767a0232e0613cdcc5','cfaba290073afb6c80bb77713f5d5e358636b4c736df6a06e2e416fb370166d3');
INSERT INTO "chain" VALUES(24,'2026-11-30T19:33:37.030Z','act','BILLER-2G72H note','da41fecd179c1a1bcc3e5135ebb63209cffdb85d510bb1f07703eaff066229d8','cfaba290073afb6c80bb77713f5d5e358636b4c736df6a06e2e416fb370166d3','c3620eb6ce2c58adb605a6527e5f079ca718d526da26487d66f9d80db7fadde9');
INSERT INTO "chain" VALUES(25,'2026-11-30T19:33:37.083Z','seal','1 rows','f59d63a1e1238e338ac0998b1571feacb36b4ee1c19f29694ed76f721298c1d6','c3620eb6ce2c58adb605a6527e5f079ca718d526da26487d66f9d80db7fadde9','dac25a73c40a1849dbd4f30d243d13619bd9e109419ede4b6741c2c6a1be2a4a');
INSERT INTO "chain" VALUES(26,'2026-11-30T19:33:37.107Z','act','BILLER-78Q4X resolve','2037016fc0d02715e504b392300f98808befc2b336b1346748a791bfa36092a6','dac25a73c40a1849dbd4f30d243d13619bd9e109419ede4b6741c2c6a1be2a4a','401945ae3af6aca346bb8d9cdc623ab381b0c94ad007d68a6c03100b602c1aac');
INSERT INTO "chain" VALUES(27,'2026-11-30T19:33:37.159Z','seal','4 rows','1a791e5621588f918e7500cbee0c68ee166fbb4dcbd40a158f4c4885640d23fb','401945ae3af6aca346bb8d9cdc623ab381b0c94ad007d68a6c03100b602c1aac','97342a16191e0b39e2f2f7d002138110324afeafe5374645cfddf62cb9031eb8');
INSERT INTO "chain" VALUES(28,'2026-11-30T19:33:37.187Z','result','biller 2026-11-17 revision 4','e7fe446caa997163c56941225ecac54bcfec7f2284ef53d0a1f33a32af436139','97342a16191e0b39e2f2f7d002138110324afeafe5374645cfddf62cb9031eb8','9f0efe8222c5651268ea123807acf92a9b8270680d0d105e3d85f10fcb595e8f');
INSERT INTO "chain" VALUES(29,'2026-11-30T19:33:37.187Z','mail','finance-daily to finance@merchant.example','fd0199b126e67cbcb3550b195995ef69a29e00ca0facd28a00ee3c0c6f18f5fc','9f0efe8222c5651268ea123807acf92a9b8270680d0d105e3d85f10fcb595e8f','2bf7e75fc45bbb1f04880de76eae02973d5f395ed77ca2d914911f3aa49c7214');
INSERT INTO "chain" VALUES(30,'2026-11-30T19:33:37.350Z','seal','10 rows','a270e18b6719c80a43133b1fdc4824a30e6eb3de02f3c66643568e08d5361c35','2bf7e75fc45bbb1f04880de76eae02973d5f395ed77ca2d914911f3aa49c7214','bd15bd37033c740bc8cd72cf8c2629d898cb7c8a9a47e34ce781e88d5b8ae59e');
INSERT INTO "chain" VALUES(31,'2026-11-30T19:33:37.355Z','seal','1 rows','977df754f1cf72c78d21711b563441612f4e0da3c0e1d04295c0fe93ffa2300a','bd15bd37033c740bc8cd72cf8c2629d898cb7c8a9a47e34ce781e88d5b8ae59e','fe83bafde4127f7a0a27e3d10b941d87d63cc084e039446a06c3e42a54f4ea27');
INSERT INTO "chain" VALUES(32,'2026-11-30T19:33:37.359Z','seal','2 rows','3586a6a6ef36b6ba8731986adafd1ad5249faa328cb29bf6452945f1ca4fccf2','fe83bafde4127f7a0a27e3d10b941d87d63cc084e039446a06c3e42a54f4ea27','0a08c9eddbf726aff47445535e65ca4ea8fcf03ad0ac2152580e312805baefd3');
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
INSERT INTO "dates" VALUES('biller','2026-11-17','complete','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','20261130T193337Z-949752',0);
INSERT INTO "dates" VALUES('biller','2026-11-18','complete','6855e1fdd758a7da7b6ac2692a87d38e 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','3-244d6197ff97e7d739760bbbf18c3ccc','20261130T193336Z-2b5e78',0);
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
INSERT INTO "files" VALUES(1,'biller','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507','tokopedia_biller_20261117.csv','folder /srv/rekon/inbox/tokopedia_biller_20261117.csv','2026-11-30T19:30:36.137Z','2026-11-30T19:33:36.160Z',229,'2026-11-17 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-17 09:00:05"},"amounts":{"whole":"50000"},"filled":["amount","fee"]}]}','','','','');
INSERT INTO "files" VALUES(2,'biller','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e','tokopedia_biller_20261118.csv','folder /srv/rekon/inbox/tokopedia_biller_20261118.csv','2026-11-30T19:31:36.491Z','2026-11-30T19:33:36.506Z',229,'2026-11-18 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-18 00:00:03"},"amounts":{"whole":"80000"},"filled":["amount","fee"]}]}','','','','');
INSERT INTO "files" VALUES(3,'biller','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0','tokopedia_biller_20261118_b.csv','folder /srv/rekon/inbox/tokopedia_biller_20261118_b.csv','2026-11-30T19:32:36.744Z','2026-11-30T19:33:36.758Z',229,'2026-11-18 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-18 00:00:03"},"amounts":{"whole":"80000"},"filled":["amount","fee"]}]}','','','','');
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
INSERT INTO "items" VALUES('BILLER-78Q4X',26,'biller','',NULL,'resolved','amount_break','amount_break','plain','ref_id','K2',-796306729558324036,'2026-11-17','2026-11-17',NULL,NULL,'2026-12-01','resolved','2026-12-01','resolved',100000,-100000,'owed_to_us',100000,'f3188c32c6ea',1,NULL,1,1,'2026-11-17','2026-11-17T03:00:00Z',6000000,250000,'success','payment','whole',NULL,NULL,'2026-11-17','2026-11-17T03:00:05Z',5900000,250000,'success','payment','whole',NULL,'{"customer":"08120001","product":"pln","reference":"PK2"}','tokopedia_biller_20261117.csv',NULL,3,'gBnfCBcsJSVtG9e6eqF3OkTW/3D5KxMut/Yrg6Jz+dE');
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
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261117.csv','1796067036.137419265 1796067216.135615062 65024:868366','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507');
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261118.csv','1796067096.491711349 1796067216.489331657 65024:868369','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e');
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261118_b.csv','1796067156.744860578 1796067216.743615081 65024:868383','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0');
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
INSERT INTO "outbox" VALUES('4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example','20261130T193336Z-aceab5','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17 Nov 2026: Complete, 3 breaks, Rp86,000 at risk','4daef8b0a3c0c5588cfe6da7eca67403@rekon','finance-daily_2026-11-17_4daef8.eml','f91c062132672d20e1438fde0c16a57a1ade67d4bfce25270f969bbea10a66b3','2026-11-30T19:33:36.160Z','2026-11-30T19:33:36.160Z','sent',1,'mail/finance-daily_2026-11-17_4daef8.eml','','2026-11-30T19:33:36.435Z');
INSERT INTO "outbox" VALUES('5595ad6860671a50e62ce18054a9e53b finance@merchant.example','20261130T193336Z-ff04d5','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17–18 Nov 2026: Complete, 4 breaks: 1 new Rp30,000, 3 still open Rp86,000, Rp116,000 at risk','5595ad6860671a50e62ce18054a9e53b@rekon','finance-daily_2026-11-17_2026-11-18_5595ad.eml','3c79be84c0d8370a9cbf74aca8b188feca200fdbecac5ff8947603ee915f8c97','2026-11-30T19:33:36.506Z','2026-11-30T19:33:36.506Z','sent',1,'mail/finance-daily_2026-11-17_2026-11-18_5595ad.eml','','2026-11-30T19:33:36.698Z');
INSERT INTO "outbox" VALUES('318b83bab1e67d0de983a05702b60ba4 finance@merchant.example','20261130T193336Z-2b5e78','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17–18 Nov 2026: Complete, 5 breaks: 1 new Rp1,000, 4 still open Rp116,000, Rp117,000 at risk','318b83bab1e67d0de983a05702b60ba4@rekon','finance-daily_2026-11-17_2026-11-18_318b83.eml','6fdf40decae53fd40a069d1b6b370ba9e696174b19c06595b93b0c7c92b2a3fc','2026-11-30T19:33:36.758Z','2026-11-30T19:33:36.758Z','sent',1,'mail/finance-daily_2026-11-17_2026-11-18_318b83.eml','','2026-11-30T19:33:36.973Z');
INSERT INTO "outbox" VALUES('2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example','20261130T193337Z-949752','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17 Nov 2026: Complete, 4 breaks: 4 still open Rp116,000, Rp116,000 at risk','2678950b3a40b311bcda88fb98a8a5a7@rekon','finance-daily_2026-11-17_267895.eml','fd0199b126e67cbcb3550b195995ef69a29e00ca0facd28a00ee3c0c6f18f5fc','2026-11-30T19:33:37.187Z','2026-11-30T19:33:37.187Z','sent',1,'mail/finance-daily_2026-11-17_267895.eml','','2026-11-30T19:33:37.354Z');
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
INSERT INTO "outbox_attempts" VALUES('4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example',1,'2026-11-30T19:33:36.439Z','sent','mail/finance-daily_2026-11-17_4daef8.eml','');
INSERT INTO "outbox_attempts" VALUES('5595ad6860671a50e62ce18054a9e53b finance@merchant.example',1,'2026-11-30T19:33:36.702Z','sent','mail/finance-daily_2026-11-17_2026-11-18_5595ad.eml','');
INSERT INTO "outbox_attempts" VALUES('318b83bab1e67d0de983a05702b60ba4 finance@merchant.example',1,'2026-11-30T19:33:36.977Z','sent','mail/finance-daily_2026-11-17_2026-11-18_318b83.eml','');
INSERT INTO "outbox_attempts" VALUES('2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example',1,'2026-11-30T19:33:37.357Z','sent','mail/finance-daily_2026-11-17_267895.eml','');
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
INSERT INTO "results" VALUES('biller','2026-11-17',1,'20261130T193336Z-aceab5','complete','2026-11-30T19:33:36.160Z','35e1991869357bf5eda342b9296aea4818767f15f8572da82e82ba120c66aff1','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["awaiting",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":"awaiting","ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',3);
INSERT INTO "results" VALUES('biller','2026-11-17',2,'20261130T193336Z-ff04d5','complete','2026-11-30T19:33:36.506Z','9cb56819ca96593b29ec89f1fc1da2508be14a41be070f1de218c0824613c4ad','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',10);
INSERT INTO "results" VALUES('biller','2026-11-18',1,'20261130T193336Z-ff04d5','complete','2026-11-30T19:33:36.506Z','2ee3ef0b288cb339e452aa6a7db70c9dc55b9d84bf9a90d4e4b6c1dc4e1ac17e','6db4f93e0218b474fb96c620807a82fb 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','3-244d6197ff97e7d739760bbbf18c3ccc','{"channel":"biller","business_date":"2026-11-18","state":"complete","due":"2026-11-19T03:00:00Z","files":[{"id":2,"name":"tokopedia_biller_20261118.csv","sha256":"0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"110000.00","fee":"7500.00"},"net":"102500.00","ledger":{"entries":3,"amount":"60000.00","fee":"7500.00"},"buckets":[["matched",{"settlement":{"entries":2,"amount":"30000.00","fee":"5000.00"},"ledger":{"entries":2,"amount":"30000.00","fee":"5000.00"}}],["timing_differences",{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"missing_at_partner"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"30000.00","owed_by_us":"0.00","undecided":"0.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":4,"amount":"166000.00"},"new":{"count":1,"amount":"30000.00"},"cleared":{"count":1,"amount":"80000.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"116000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":2,"amount":"30000.00","fee":"5000.00"},"ledger":{"entries":2,"amount":"30000.00","fee":"5000.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":"unnamed","bucket":{"break":"missing_at_partner"},"ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}}]}',10);
INSERT INTO "results" VALUES('biller','2026-11-17',3,'20261130T193336Z-2b5e78','complete','2026-11-30T19:33:36.758Z','5c291f0805793c32c68ae9c4d9ce137fed731e397d7ff1c0a5e52a9d7310c38b','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',18);
INSERT INTO "results" VALUES('biller','2026-11-18',2,'20261130T193336Z-2b5e78','complete','2026-11-30T19:33:36.758Z','1e73c0f796dc9b00086ff95d7fa49cb784c4c39b41d9b1bd3c8f143029527961','6855e1fdd758a7da7b6ac2692a87d38e 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','3-244d6197ff97e7d739760bbbf18c3ccc','{"channel":"biller","business_date":"2026-11-18","state":"complete","due":"2026-11-19T03:00:00Z","files":[{"id":3,"name":"tokopedia_biller_20261118_b.csv","sha256":"b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0","revision":2,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"111000.00","fee":"7500.00"},"net":"103500.00","ledger":{"entries":3,"amount":"60000.00","fee":"7500.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"10000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"10000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"missing_at_partner"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"21000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"20000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"30000.00","owed_by_us":"1000.00","undecided":"0.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":4,"amount":"166000.00"},"new":{"count":2,"amount":"31000.00"},"cleared":{"count":1,"amount":"80000.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":5,"amount":"117000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"10000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"10000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"21000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"20000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"missing_at_partner"},"ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}}]}',18);
INSERT INTO "results" VALUES('biller','2026-11-17',4,'20261130T193337Z-949752','complete','2026-11-30T19:33:37.187Z','c4de9d9803bd09f66a2b3942c1829f373a89971d7fadde468936ff0ef4eea9f2','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"0.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',28);
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
INSERT INTO "run_ends" VALUES('20261130T193336Z-aceab5','2026-11-30T19:33:36.160Z','2026-11-30T19:33:36.460Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261130T193336Z-ff04d5','2026-11-30T19:33:36.506Z','2026-11-30T19:33:36.719Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261130T193336Z-2b5e78','2026-11-30T19:33:36.758Z','2026-11-30T19:33:36.992Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261130T193337Z-949752','2026-11-30T19:33:37.187Z','2026-11-30T19:33:37.373Z',0,'part','');
CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    started_at TEXT NOT NULL,
    as_of TEXT NOT NULL
);
INSERT INTO "runs" VALUES('20261130T193336Z-aceab5','2026-11-30T19:33:36.160Z','2026-11-18T02:00:00.000Z');
INSERT INTO "runs" VALUES('20261130T193336Z-ff04d5','2026-11-30T19:33:36.506Z','2026-11-19T04:00:00.000Z');
INSERT INTO "runs" VALUES('20261130T193336Z-2b5e78','2026-11-30T19:33:36.758Z','2026-11-19T05:00:00.000Z');
INSERT INTO "runs" VALUES('20261130T193337Z-949752','2026-11-30T19:33:37.187Z','2026-11-30T19:33:37.187Z');
CREATE TABLE sealed_rows (
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (table_name, row_key)
);
INSERT INTO "sealed_rows" VALUES('coverage','1:1 10:2026-11-17','127d694e4a3ac5d5f3edabb553ab6e2ce00d19fe71e4b81dc87b87f0f0d11b35');
INSERT INTO "sealed_rows" VALUES('files','1:1','5e27ce031299e69ed631a2b2540359f5cb9fe9c5a26b258bf7e47e13f7949f52');
INSERT INTO "sealed_rows" VALUES('dates','6:biller 10:2026-11-17','70f87b6c21e7dc05a8254f9251bdfa94e72a4c71204a6f1cfd4a978723395334');
INSERT INTO "sealed_rows" VALUES('hourly','6:biller 10:2026-11-17','54f394767b8096c2cb4b3d83f800ed6517b15c49e0cd9570365f4be0a6881c43');
INSERT INTO "sealed_rows" VALUES('outbox','57:4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example','71a33609c0f8367edaca79d7878101318704e2c104698b73aeb886a50c2f5980');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:1','5e9f94677590cc24557c1a428ca4331934ea647bd4cde31c8ba655951b1e2c69');
INSERT INTO "sealed_rows" VALUES('runs','23:20261130T193336Z-aceab5','baa2ea2df6725aaa53c7be9facb5355c8375d5086bdf49cbd7431f564703f4f5');
INSERT INTO "sealed_rows" VALUES('tellings','1:1','f68ba1bb403049c9e13ebfdee3ac4f1d720954d569975c7bc82b0ca58840d741');
INSERT INTO "sealed_rows" VALUES('tellings','1:2','37b416a6747686d6496a5615f502a7925954dbffd96ba6557cf7f592b3973459');
INSERT INTO "sealed_rows" VALUES('told','1:1 4:date 6:biller 10:2026-11-17','34c5b222f14c188d7ddc7a1c58f2ca2902d82d3f66bc203aff0b70c598c166ed');
INSERT INTO "sealed_rows" VALUES('told','1:1 6:breaks 6:biller 0:','9e92f64dc7a2d3006c6bbb5d78aaaa961b6fb902b2c840b473cb4868d22f5827');
INSERT INTO "sealed_rows" VALUES('told','1:2 4:date 6:biller 10:2026-11-17','19504b0c811138c02f6080601bb2fb8d241ff29ce4297feb27c2dd92cd21916f');
INSERT INTO "sealed_rows" VALUES('told','1:2 6:breaks 6:biller 0:','a45c576c83727f1de0b5cbb5c0d3c9183ed9c81d52f06f0bff06536204270dd8');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example 1:1','53ba76fdf746d4a69333d015c44d414ca8ff897d46fd3e5ca142d182b0ca77ba');
INSERT INTO "sealed_rows" VALUES('coverage','1:2 10:2026-11-18','b9813ab0b6eb2c02e073125a4499d77f481508c2bba7379a15569b6776b2f2c2');
INSERT INTO "sealed_rows" VALUES('files','1:2','27d90788f34ed8b20d8513e8b21285e3ef8b91fccad5602cab8189012d89f3b6');
INSERT INTO "sealed_rows" VALUES('dates','6:biller 10:2026-11-18','2d435e25429142f7958d2ca2b694aa85ac38ba652115ce1d68d650e4323c2bcf');
INSERT INTO "sealed_rows" VALUES('hourly','6:biller 10:2026-11-18','250b404699eb3d993544d20966e040e5f6933fa70d645b40957f4757eb2a799a');
INSERT INTO "sealed_rows" VALUES('outbox','57:5595ad6860671a50e62ce18054a9e53b finance@merchant.example','5e602f7f16a939cd112485100cb1a373954167740444264ca6f32dc617176b22');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:2','2dc1c7c62f171bb8769b5e5085a255daeec5346716090b391ee66d40553a9270');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-18 1:1','e69f9ca27a14abf3d16ad01c57ded59f17efb9a8c540bcfdc09af356746b7677');
INSERT INTO "sealed_rows" VALUES('runs','23:20261130T193336Z-ff04d5','693970d048ec394b30edb87596fc6b9caac86fe1dfe5e7f26e22950df883a1a5');
INSERT INTO "sealed_rows" VALUES('tellings','1:3','322f0abbd73ba851c7f46854df6a8f6599f36cc5835d5db15997d5e0c5203b7d');
INSERT INTO "sealed_rows" VALUES('tellings','1:4','3ad9841a0af64c1b75bc7fb31637183a69e688114938b34f1afcc9a5e80811b7');
INSERT INTO "sealed_rows" VALUES('told','1:3 4:date 6:biller 10:2026-11-17','861d08acb6e9f4bf773259ffb403ca28164e8c7de9d04b99411250946e9f2f81');
INSERT INTO "sealed_rows" VALUES('told','1:3 4:date 6:biller 10:2026-11-18','7cced303e8d53df1dd1786437fa01c4f56d42fbaf5b0f1150ef3a9367abc4b62');
INSERT INTO "sealed_rows" VALUES('told','1:3 6:breaks 6:biller 0:','e74b05c24848844362bb5baca08942898d155e89522ee10c5540a6b99178f074');
INSERT INTO "sealed_rows" VALUES('told','1:4 4:date 6:biller 10:2026-11-17','931d6e27aadf4989436458c7352b924009f5fa708c573328dfaa827e94048d01');
INSERT INTO "sealed_rows" VALUES('told','1:4 4:date 6:biller 10:2026-11-18','f7723a5d15b846d5b791b339b428d08de23cd56c6056bd96cadfedfd5e19d600');
INSERT INTO "sealed_rows" VALUES('told','1:4 6:breaks 6:biller 0:','9717ac11e95d0c08044b49f73a33c3a9dc5a70afa922d06c0f8daeaf18644a86');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:5595ad6860671a50e62ce18054a9e53b finance@merchant.example 1:1','cac201a2b87c8efee515945b81c5ee4d0c8be5ff6819bf028e286a50455f2fd6');
INSERT INTO "sealed_rows" VALUES('coverage','1:3 10:2026-11-18','ba5e40924f4137a5b1ccd268d4b824f4ebcd33b01a8c84fc16ab312a4212cf7c');
INSERT INTO "sealed_rows" VALUES('files','1:3','1ed62f1a4e96cbb4d57c6995c8c348a88292e722fb79c0c1a3116a11c0bd000f');
INSERT INTO "sealed_rows" VALUES('outbox','57:318b83bab1e67d0de983a05702b60ba4 finance@merchant.example','8b2269a1c065106d5e648d1db40d600a258a326354e07b31ba77e20b617ae918');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:3','02797d055d7a3d6ed54920988eddde6c4c1d3a2513a3009793829be11713d41e');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-18 1:2','e046892770f71bd5612dcb627d6aec9da8b9dd755d8521f3551a6c841100f28e');
INSERT INTO "sealed_rows" VALUES('runs','23:20261130T193336Z-2b5e78','225f6072a5f13f84dedbd388c2506d99422001f763cbb1e8dc9a64fcdc45c87e');
INSERT INTO "sealed_rows" VALUES('tellings','1:5','2dc795df409e84daea401a7da883ae3604fc6ae3b2be4d09c1d8a5cf018fb60c');
INSERT INTO "sealed_rows" VALUES('tellings','1:6','f51f7f9c3a99827768cb64da9758d3c9d7d9e432e034c8fe8f23da1b38198d75');
INSERT INTO "sealed_rows" VALUES('told','1:5 4:date 6:biller 10:2026-11-17','61fc9f4ab82016bff9bea266fc0b4816f5a3a493c734d38b44b4bd6ba403b3e8');
INSERT INTO "sealed_rows" VALUES('told','1:5 4:date 6:biller 10:2026-11-18','83b67bb1ccb35977e6d0939c2dac5bd5d2a332546ffe0e63f4f2c0426d2f4764');
INSERT INTO "sealed_rows" VALUES('told','1:5 6:breaks 6:biller 0:','9e378f04466fc69d4ab9384afb8a45804aed320515f0cd12dc3ed2db7a6ad2e8');
INSERT INTO "sealed_rows" VALUES('told','1:6 4:date 6:biller 10:2026-11-17','c13f4ecd31efc18d9e0a15a48987617b67cd18256764cf595a29213f65bca000');
INSERT INTO "sealed_rows" VALUES('told','1:6 4:date 6:biller 10:2026-11-18','cf3b629083c34eb37189f19dce11b2df099dc307b160921651203c2b7b674719');
INSERT INTO "sealed_rows" VALUES('told','1:6 6:breaks 6:biller 0:','c1fa5fe24d6653c473217fe043ec914fc930ca5dd89057a607fe41081969baf6');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:318b83bab1e67d0de983a05702b60ba4 finance@merchant.example 1:1','67d2e0ca0bcddb2d2fe8aa343ba5a95cab4f48462776d2989b8c41a32930b827');
INSERT INTO "sealed_rows" VALUES('acts','2:24','50cd6ce0b0f864454b05602ae97bc692a9d7391d4aa2b70a200cffb56355f15e');
INSERT INTO "sealed_rows" VALUES('acts','2:26','0566817a3ac6dbbaf4ad82f25a3b0f363a414732e354d157854e38ba64afbe03');
INSERT INTO "sealed_rows" VALUES('outbox','57:2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example','c6f72257905f17444da5e0b05f239c66d9e5f5d459dd28d54a88804c8316e605');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:4','4f62fa7dd6f3be10e7736a6274393973dbebd920b665488e640d932307bf7fa3');
INSERT INTO "sealed_rows" VALUES('runs','23:20261130T193337Z-949752','9ca14b5980cae8d25c83f7630990234e373ef61806824691fda9a652efe12531');
INSERT INTO "sealed_rows" VALUES('tellings','1:7','6877d66ce2d850c00389da94879ccad8707315bad035c92290d3ec8ecb3057d6');
INSERT INTO "sealed_rows" VALUES('tellings','1:8','da466ba62d570ee869ae4e9fcbb69d7b5a148e124d68c630178163fe9cb131c8');
INSERT INTO "sealed_rows" VALUES('told','1:7 4:date 6:biller 10:2026-11-17','11fc83f9bed197b27da4af7525d100f8d4df727e413e51f300a5abe929060bd6');
INSERT INTO "sealed_rows" VALUES('told','1:7 6:breaks 6:biller 0:','49272d76f000699acc8deb395c0a713d9e644eacf6cecb57352a7236840ebd2f');
INSERT INTO "sealed_rows" VALUES('told','1:8 4:date 6:biller 10:2026-11-17','6bcc9c691b07b4c0f9bbb5a8c5c0b2887e93fc48f578dda7c3d85fb581cc0c23');
INSERT INTO "sealed_rows" VALUES('told','1:8 6:breaks 6:biller 0:','c6064e50233396044e4c5c222020050360e94ac53dcd6cba9ad1b163644c0d27');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example 1:1','5a704fe459e0c10d1f8df2fc8fae78228a0485090e011ce8a6c61a0246f3e625');
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
INSERT INTO "sealed_tables" VALUES('tellings','number report seq stamp message_id at');
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
    -- As of these results.
    stamp BIGINT NOT NULL,
    -- Empty where nothing was mailed: no mail is configured, or the readers want none about this.
    message_id TEXT NOT NULL,
    at TEXT NOT NULL
);
INSERT INTO "tellings" VALUES(1,'finance-daily',1,3,'4daef8b0a3c0c5588cfe6da7eca67403@rekon','2026-11-30T19:33:36.160Z');
INSERT INTO "tellings" VALUES(2,'',1,3,'','2026-11-30T19:33:36.160Z');
INSERT INTO "tellings" VALUES(3,'finance-daily',2,10,'5595ad6860671a50e62ce18054a9e53b@rekon','2026-11-30T19:33:36.506Z');
INSERT INTO "tellings" VALUES(4,'',2,10,'','2026-11-30T19:33:36.506Z');
INSERT INTO "tellings" VALUES(5,'finance-daily',3,18,'318b83bab1e67d0de983a05702b60ba4@rekon','2026-11-30T19:33:36.758Z');
INSERT INTO "tellings" VALUES(6,'',3,18,'','2026-11-30T19:33:36.758Z');
INSERT INTO "tellings" VALUES(7,'finance-daily',4,28,'2678950b3a40b311bcda88fb98a8a5a7@rekon','2026-11-30T19:33:37.187Z');
INSERT INTO "tellings" VALUES(8,'',4,28,'','2026-11-30T19:33:37.187Z');
CREATE TABLE told (
    telling BIGINT NOT NULL,
    -- breaks (all of a channel, as they stood), date, passed (a date about which they want no mail), file,
    -- mail or failure
    kind TEXT NOT NULL,
    -- Empty for a quarantined mail.
    channel TEXT NOT NULL,
    -- A business date, the id of a file or of a quarantined mail; empty for breaks and for a failure.
    subject TEXT NOT NULL,
    -- The revision of a date, why a channel failed.
    facts TEXT NOT NULL,
    -- Of a date: clean or wrong.
    standing TEXT NOT NULL,
    PRIMARY KEY (telling, kind, channel, subject)
);
INSERT INTO "told" VALUES(1,'breaks','biller','','','');
INSERT INTO "told" VALUES(1,'date','biller','2026-11-17','1','wrong');
INSERT INTO "told" VALUES(2,'breaks','biller','','','');
INSERT INTO "told" VALUES(2,'date','biller','2026-11-17','1','wrong');
INSERT INTO "told" VALUES(3,'breaks','biller','','','');
INSERT INTO "told" VALUES(3,'date','biller','2026-11-17','2','wrong');
INSERT INTO "told" VALUES(3,'date','biller','2026-11-18','1','wrong');
INSERT INTO "told" VALUES(4,'breaks','biller','','','');
INSERT INTO "told" VALUES(4,'date','biller','2026-11-17','2','wrong');
INSERT INTO "told" VALUES(4,'date','biller','2026-11-18','1','wrong');
INSERT INTO "told" VALUES(5,'breaks','biller','','','');
INSERT INTO "told" VALUES(5,'date','biller','2026-11-17','3','wrong');
INSERT INTO "told" VALUES(5,'date','biller','2026-11-18','2','wrong');
INSERT INTO "told" VALUES(6,'breaks','biller','','','');
INSERT INTO "told" VALUES(6,'date','biller','2026-11-17','3','wrong');
INSERT INTO "told" VALUES(6,'date','biller','2026-11-18','2','wrong');
INSERT INTO "told" VALUES(7,'breaks','biller','','','');
INSERT INTO "told" VALUES(7,'date','biller','2026-11-17','4','wrong');
INSERT INTO "told" VALUES(8,'breaks','biller','','','');
INSERT INTO "told" VALUES(8,'date','biller','2026-11-17','4','wrong');
CREATE INDEX items_by_date ON items (channel, last_date);
CREATE INDEX items_by_key ON items (channel, key_hash);
CREATE INDEX items_by_stamp ON items (channel, since);
CREATE INDEX items_ended ON items (channel, ended) WHERE ended IS NOT NULL;
CREATE INDEX items_open ON items (channel) WHERE standing = 'open';
CREATE INDEX items_tied ON items (channel)
    WHERE cause IN ('candidate', 'look_alike', 'several_candidates');
CREATE INDEX past_items_by_date ON past_items (channel, last_date);
CREATE INDEX past_items_by_stamp ON past_items (channel, until);
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
    WHERE kind NOT IN ('timing_differences', 'matched_within_tolerance',
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
