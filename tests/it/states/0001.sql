CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(1,'baseline','2026-12-01 03:39:13',1,X'95989EAC0F8335C2324E388641DA1030F244B6B40D64CF840FD60245F6D332E421A817616D17C78FF8D47CD5B8713E2B',11738552);
CREATE TABLE acts (
    seq BIGINT PRIMARY KEY NOT NULL,
    channel TEXT NOT NULL,
    identity TEXT NOT NULL,
    item_id TEXT NOT NULL,
    body TEXT NOT NULL
);
INSERT INTO "acts" VALUES(24,'biller','biller|KX|2026-11-17|settlement|2026-11-17T05:00:00+00:00|15000.00','BILLER-2G72H','{"number":24,"at":"2026-12-01T03:39:14.663762947Z","on":"2026-12-01","by":"root","facts":"b79f90ba460d","act":"note","text":"asked the partner"}');
INSERT INTO "acts" VALUES(26,'biller','biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00','BILLER-78Q4X','{"number":26,"at":"2026-12-01T03:39:14.782213427Z","on":"2026-12-01","by":"root","facts":"f3188c32c6ea","act":"resolve","reason":"paid by the partner","text":""}');
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
INSERT INTO "chain" VALUES(1,'2026-12-01T03:39:13.483Z','file','biller file 1 counted','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507','','9f0f16b47119bb3749ae7c334761aaf1a9614625332fc043d22dfc8be5f87819');
INSERT INTO "chain" VALUES(2,'2026-12-01T03:39:13.643Z','seal','2 rows','b971976a57234f9351e5174023ba6474056ab32e3cbd7e7990e4f1c65e7e7f1e','9f0f16b47119bb3749ae7c334761aaf1a9614625332fc043d22dfc8be5f87819','307f34629848d4ce99b3e160d267248c1c8b5963aedd7788042ab3eaf3277987');
INSERT INTO "chain" VALUES(3,'2026-12-01T03:39:13.483Z','result','biller 2026-11-17 revision 1','60ada3ac85cf3016480762d11ae897de0fd75e51be43de50fac2e8e638f2da26','307f34629848d4ce99b3e160d267248c1c8b5963aedd7788042ab3eaf3277987','debe9081b020446fc1769b7c94881a456da3d3c18a2ce0dba22d9305a80c6f32');
INSERT INTO "chain" VALUES(4,'2026-12-01T03:39:13.483Z','mail','finance-daily to finance@merchant.example','b748b4ae72219a5e064526e000d0f3de0c138100ad3edb26e45d4a646b24afa1','debe9081b020446fc1769b7c94881a456da3d3c18a2ce0dba22d9305a80c6f32','e49f9090cfe89e20b0741b3b7ffa5ea89abb043614eddf0749769beb858f0c2c');
INSERT INTO "chain" VALUES(5,'2026-12-01T03:39:13.763Z','seal','16 rows','14045db70ad8f0005f463ec1e1dddadc1f89ac2c8dfe197d86d452540deab3d7','e49f9090cfe89e20b0741b3b7ffa5ea89abb043614eddf0749769beb858f0c2c','f27bfde0363e2479f55e8e84a6233cff6ae15f66c43dc3ceb11334f8e3c4ac21');
INSERT INTO "chain" VALUES(6,'2026-12-01T03:39:13.776Z','seal','1 rows','02aee84ca0a2d8167400f1afba193b92b339c305cc9bbcd5490983ebd35ee933','f27bfde0363e2479f55e8e84a6233cff6ae15f66c43dc3ceb11334f8e3c4ac21','dc80e1e6116dc00b9db012d54a7d397e2dbb2f8a81b5fd1f39098c926cf2394c');
INSERT INTO "chain" VALUES(7,'2026-12-01T03:39:13.786Z','seal','2 rows','859bdbcf74e4e212f57f5771c84e39e565bf2f842da3cf13ca55b705a82a1741','dc80e1e6116dc00b9db012d54a7d397e2dbb2f8a81b5fd1f39098c926cf2394c','61bc6e96cc68280046d9a8e2a2aebcd9ebe7c90d4293876aafbe0388d1943de6');
INSERT INTO "chain" VALUES(8,'2026-12-01T03:39:13.880Z','file','biller file 2 counted','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e','61bc6e96cc68280046d9a8e2a2aebcd9ebe7c90d4293876aafbe0388d1943de6','9ccbd1a4aa99943827d62373b9e3ee17d89af02ff0ca068ccb5a6af987b24abc');
INSERT INTO "chain" VALUES(9,'2026-12-01T03:39:14.005Z','seal','2 rows','1c1f7c9c549ce4ab81d9713706915d64bb963fc2d98e67af2ef27a4f56a45905','9ccbd1a4aa99943827d62373b9e3ee17d89af02ff0ca068ccb5a6af987b24abc','24789cd7695e4166b32d42ae37f9bc98eff0e50c4eaa97ef0b6a49f57b3912b5');
INSERT INTO "chain" VALUES(10,'2026-12-01T03:39:13.880Z','result','biller 2026-11-17 revision 2','ccbca80159f9c2e69dee95d926a874599be74398e6f9417573e4bef5d6748249','24789cd7695e4166b32d42ae37f9bc98eff0e50c4eaa97ef0b6a49f57b3912b5','e9c9f6404129260d4ce2ded9725be1eb86bcf65a70ee8febf061dd6bdbeacce3');
INSERT INTO "chain" VALUES(11,'2026-12-01T03:39:13.880Z','result','biller 2026-11-18 revision 1','6b483b4692bc2c05c9585265134ba37b775a75c8927e9df46ae07e322044fb44','e9c9f6404129260d4ce2ded9725be1eb86bcf65a70ee8febf061dd6bdbeacce3','ad366992a993573894c3a7e74e83c78de64d9071d85d954d2918919601067710');
INSERT INTO "chain" VALUES(12,'2026-12-01T03:39:13.880Z','mail','finance-daily to finance@merchant.example','104f2da4db964a3c20564a696b58384ca44443726adc333f99bfd818a1893f70','ad366992a993573894c3a7e74e83c78de64d9071d85d954d2918919601067710','616837867a2db3b5cdd835e49776388805a9bb3cc839e0f76e808c1e7caf31d0');
INSERT INTO "chain" VALUES(13,'2026-12-01T03:39:14.151Z','seal','20 rows','6919afd18a37bcfcce0c3ef0039dccaaa991de454445410beb7ed20903984c21','616837867a2db3b5cdd835e49776388805a9bb3cc839e0f76e808c1e7caf31d0','5e10055e0e7fdf159c5ee244f7f87557ef84492c5314c60a41539f2bbd784f8b');
INSERT INTO "chain" VALUES(14,'2026-12-01T03:39:14.162Z','seal','1 rows','8ff7955eddf2e3bd132b7b35bc1325726f944cd9a81ec8d271e1f592c3a83f6a','5e10055e0e7fdf159c5ee244f7f87557ef84492c5314c60a41539f2bbd784f8b','cf8e09d04c633f2bd81eb28646746a122e76f79fc81129cd635549d602363f96');
INSERT INTO "chain" VALUES(15,'2026-12-01T03:39:14.170Z','seal','2 rows','4b83464558a19e34421cbdd9e4373f63ba04cb58bf33510da7d67e6e2c2ca276','cf8e09d04c633f2bd81eb28646746a122e76f79fc81129cd635549d602363f96','6ce7a73bf397ebd02a91aa7937dc37121aa521b22c5a403b008e2fab54060f0a');
INSERT INTO "chain" VALUES(16,'2026-12-01T03:39:14.250Z','file','biller file 3 counted','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0','6ce7a73bf397ebd02a91aa7937dc37121aa521b22c5a403b008e2fab54060f0a','2dfb3d7ec0ed7dc1608b37c407f1cf6a2a17edcbf40d0056a543186f379751b8');
INSERT INTO "chain" VALUES(17,'2026-12-01T03:39:14.391Z','seal','2 rows','2aae87d4a9cd792f53b8201e0f3b4628c24a518ff4010feb3f6c61bb141d5e0f','2dfb3d7ec0ed7dc1608b37c407f1cf6a2a17edcbf40d0056a543186f379751b8','fe59b233c7aaa6580975b6c429baa3c1dbae356d0b2122e85195c8fd99ab8e2f');
INSERT INTO "chain" VALUES(18,'2026-12-01T03:39:14.250Z','result','biller 2026-11-17 revision 3','ccbca80159f9c2e69dee95d926a874599be74398e6f9417573e4bef5d6748249','fe59b233c7aaa6580975b6c429baa3c1dbae356d0b2122e85195c8fd99ab8e2f','326c19a3181a4abc6546d02f27ae3c856ec3496a5a736ed6ca61f5c33dd2bcbe');
INSERT INTO "chain" VALUES(19,'2026-12-01T03:39:14.250Z','result','biller 2026-11-18 revision 2','32513aa5d8e259d53afa242bbff02c6917781d66d12e38263201e4f5ea715e06','326c19a3181a4abc6546d02f27ae3c856ec3496a5a736ed6ca61f5c33dd2bcbe','0218b791de1e471397d3fbf658f976a0f3deacb3693741cd2ad4b46917ea708a');
INSERT INTO "chain" VALUES(20,'2026-12-01T03:39:14.250Z','mail','finance-daily to finance@merchant.example','bca01ce2f00346031a1f44558c1a1e369139ba088640ae69e8c9696713b2ea81','0218b791de1e471397d3fbf658f976a0f3deacb3693741cd2ad4b46917ea708a','9f1753095bb70a7358269650e0298a7987336598523191c975af49a379703be1');
INSERT INTO "chain" VALUES(21,'2026-12-01T03:39:14.571Z','seal','20 rows','75d40c40c58f3576e3b132f16151fa5206febaa5b8d338a2dc717d458e47efe1','9f1753095bb70a7358269650e0298a7987336598523191c975af49a379703be1','8ea5ec17380f8b17ebb5d7979bd7e204afb135d843cee72133b015cc57a1360d');
INSERT INTO "chain" VALUES(22,'2026-12-01T03:39:14.579Z','seal','1 rows','6dfee193d2fc0e5d3e9074937bb0a9323265ba434a9ee0ed651dcdd336407fd6','8ea5ec17380f8b17ebb5d7979bd7e204afb135d843cee72133b015cc57a1360d','82f495d42cd9532e15820b912ab2d2bd0e98da5e921434dc880c845160e36783');
INSERT INTO "chain" VALUES(23,'2026-12-01T03:39:14.586Z','seal','2 rows','e0023d3f15df1561ffdf1a24aefa239f8de1567743c6b26f92edb652109fca8f','82f495d42cd9532e15820b912ab2d2bd0e98da5e921434dc880c845160e36783','d60640ff8ff37bc4cd83acbc2c3ca4d70457fb4b44294e3af738ae2add60e1fb');
INSERT INTO "chain" VALUES(24,'2026-12-01T03:39:14.663Z','act','BILLER-2G72H note','9edbeecbe0d4ab1911ed26b66609a7e273be9a165c16ccd5c67044d7350a6b65','d60640ff8ff37bc4cd83acbc2c3ca4d70457fb4b44294e3af738ae2add60e1fb','708b8925c412a575059da481e68574e0a6834cc5380a7177de84d6d52f739556');
INSERT INTO "chain" VALUES(25,'2026-12-01T03:39:14.741Z','seal','1 rows','0af8f1a8362251c98ffc63ebe4ede4d5b1bc37638c51860cfa769e648f37fba7','708b8925c412a575059da481e68574e0a6834cc5380a7177de84d6d52f739556','0624fd921e16ed26cade11cb996ee2ba527a92df49857801141ef64aba578ed5');
INSERT INTO "chain" VALUES(26,'2026-12-01T03:39:14.782Z','act','BILLER-78Q4X resolve','de45cee237ce713522035149eb1c398aff000aaa20576942d95dca61eab9ed8b','0624fd921e16ed26cade11cb996ee2ba527a92df49857801141ef64aba578ed5','e5d491e78de7418b9070358f47dcb4957de1b766e258ac2d36485122146c4951');
INSERT INTO "chain" VALUES(27,'2026-12-01T03:39:14.880Z','seal','4 rows','a1db14570780300316d4e6d37246b7704a03ee1cc0fdb4b998b606978230be1e','e5d491e78de7418b9070358f47dcb4957de1b766e258ac2d36485122146c4951','82b221a3700144f46b9ad8cc0e313f8c33ebbe3da910c279b38f76622616e2b9');
INSERT INTO "chain" VALUES(28,'2026-12-01T03:39:14.913Z','result','biller 2026-11-17 revision 4','e7fe446caa997163c56941225ecac54bcfec7f2284ef53d0a1f33a32af436139','82b221a3700144f46b9ad8cc0e313f8c33ebbe3da910c279b38f76622616e2b9','e287a85a51429b727fabb251d0d4b8968c6c317d88c35234ad70df177e3cd671');
INSERT INTO "chain" VALUES(29,'2026-12-01T03:39:14.913Z','mail','finance-daily to finance@merchant.example','c36549456d824a10171a0b56f49141da1e49d13485e55f9036e4812a8e550069','e287a85a51429b727fabb251d0d4b8968c6c317d88c35234ad70df177e3cd671','d74bf4142565cc2741745f00eee6ed2a59e6b8bb816a2658086aa024a905c7ef');
INSERT INTO "chain" VALUES(30,'2026-12-01T03:39:15.066Z','seal','10 rows','0dd75f54b3a38cd6af543e35192e7b8cbb092959be3c8d0d14e3b72de33634cf','d74bf4142565cc2741745f00eee6ed2a59e6b8bb816a2658086aa024a905c7ef','a3ecc9d88f6d1f9c70828ddc886a07d4e7f4a1170382f69d6556ebc889ae7861');
INSERT INTO "chain" VALUES(31,'2026-12-01T03:39:15.072Z','seal','1 rows','96414d42166abbd1681d7585e495c31d957321d44451bed3bc563bfdb45b5fc8','a3ecc9d88f6d1f9c70828ddc886a07d4e7f4a1170382f69d6556ebc889ae7861','22e232d273ed3c4cdab78630f3317cfd2566c0187dab3d807b272a0d4e810b49');
INSERT INTO "chain" VALUES(32,'2026-12-01T03:39:15.108Z','seal','2 rows','0dba6f57c66920b49bfe2a194495ea72d028f19d4200e472b36f5f44a1cd892c','22e232d273ed3c4cdab78630f3317cfd2566c0187dab3d807b272a0d4e810b49','6e4a63d1135f5404f606bd7f432e338855e643048581ab6272c6d7cd4cfa4f63');
CREATE TABLE changed_rows (
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    was TEXT NOT NULL,
    now TEXT NOT NULL,
    PRIMARY KEY (table_name, row_key)
);
CREATE TABLE clean_totals (
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    bucket TEXT NOT NULL,
    -- `product`, or `unnamed` or `others` where there is no name.
    named TEXT NOT NULL,
    product TEXT NOT NULL,
    -- Empty where the side has no entry.
    ledger_status TEXT NOT NULL,
    settlement_status TEXT NOT NULL,
    settlement_entries BIGINT NOT NULL,
    settlement_amount BIGINT NOT NULL,
    settlement_fee BIGINT NOT NULL,
    ledger_entries BIGINT NOT NULL,
    ledger_amount BIGINT NOT NULL,
    ledger_fee BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (channel, business_date, bucket, named, product, ledger_status, settlement_status)
);
INSERT INTO "clean_totals" VALUES('biller','2026-11-17','matched','product','pln','success','success',1,5000000,250000,1,5000000,250000,'g4Ijfa8LKHIPAWolxruvtC9YWnurcSO+Lv/jK4nMVdQ');
INSERT INTO "clean_totals" VALUES('biller','2026-11-18','matched','product','pln','success','success',1,1000000,250000,1,1000000,250000,'IkIRFfR6Je+NL/jS8FRILOvSxgkEN+mxvxYLQpo2MTw');
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
    -- Rows of `clean_totals`, where they are all there, and the version of rekon that found them.
    clean_groups BIGINT,
    judged_by TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (channel, business_date)
);
INSERT INTO "dates" VALUES('biller','2026-11-17','complete','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','20261201T033914Z-8dc696',0,1,'0.1.0');
INSERT INTO "dates" VALUES('biller','2026-11-18','complete','6855e1fdd758a7da7b6ac2692a87d38e 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','3-244d6197ff97e7d739760bbbf18c3ccc','20261201T033914Z-10daef',0,1,'0.1.0');
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
INSERT INTO "files" VALUES(1,'biller','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507','tokopedia_biller_20261117.csv','folder /srv/rekon/inbox/tokopedia_biller_20261117.csv','2026-12-01T03:36:13.457Z','2026-12-01T03:39:13.483Z',229,'2026-11-17 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-17 09:00:05"},"amounts":{"whole":"50000"},"filled":["amount","fee"]}]}','','','','');
INSERT INTO "files" VALUES(2,'biller','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e','tokopedia_biller_20261118.csv','folder /srv/rekon/inbox/tokopedia_biller_20261118.csv','2026-12-01T03:37:13.864Z','2026-12-01T03:39:13.880Z',229,'2026-11-18 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-18 00:00:03"},"amounts":{"whole":"80000"},"filled":["amount","fee"]}]}','','','','');
INSERT INTO "files" VALUES(3,'biller','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0','tokopedia_biller_20261118_b.csv','folder /srv/rekon/inbox/tokopedia_biller_20261118_b.csv','2026-12-01T03:38:14.234Z','2026-12-01T03:39:14.250Z',229,'2026-11-18 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-18 00:00:03"},"amounts":{"whole":"80000"},"filled":["amount","fee"]}]}','','','','');
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
    -- Of keys that a spreadsheet rounded alike there are several on a date.
    ordinal BIGINT NOT NULL,
    key_hash BIGINT NOT NULL,
    -- 1 where an item of another key holds one of its entries.
    tied BIGINT NOT NULL,
    -- Of a key with too many of them, as JSON: they are counted and not listed.
    sums TEXT,
    ledger_entries BIGINT NOT NULL,
    settlement_entries BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (channel, business_date, key, ordinal)
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
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261117.csv','1796096173.457254715 1796096353.452496357 65024:868366','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507');
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261118.csv','1796096233.864676484 1796096353.862744932 65024:868369','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e');
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261118_b.csv','1796096294.234130730 1796096354.232415644 65024:868383','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0');
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
INSERT INTO "outbox" VALUES('4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example','20261201T033913Z-2c0c67','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17 Nov 2026: Complete, 3 breaks, Rp86,000 at risk','4daef8b0a3c0c5588cfe6da7eca67403@rekon','finance-daily_2026-11-17_4daef8.eml','b748b4ae72219a5e064526e000d0f3de0c138100ad3edb26e45d4a646b24afa1','2026-12-01T03:39:13.483Z','2026-12-01T03:39:13.483Z','sent',1,'mail/finance-daily_2026-11-17_4daef8.eml','','2026-12-01T03:39:13.774Z');
INSERT INTO "outbox" VALUES('5595ad6860671a50e62ce18054a9e53b finance@merchant.example','20261201T033913Z-eb3d4d','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17–18 Nov 2026: Complete, 4 breaks: 1 new Rp30,000, 3 still open Rp86,000, Rp116,000 at risk','5595ad6860671a50e62ce18054a9e53b@rekon','finance-daily_2026-11-17_2026-11-18_5595ad.eml','104f2da4db964a3c20564a696b58384ca44443726adc333f99bfd818a1893f70','2026-12-01T03:39:13.880Z','2026-12-01T03:39:13.880Z','sent',1,'mail/finance-daily_2026-11-17_2026-11-18_5595ad.eml','','2026-12-01T03:39:14.159Z');
INSERT INTO "outbox" VALUES('318b83bab1e67d0de983a05702b60ba4 finance@merchant.example','20261201T033914Z-10daef','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17–18 Nov 2026: Complete, 5 breaks: 1 new Rp1,000, 4 still open Rp116,000, Rp117,000 at risk','318b83bab1e67d0de983a05702b60ba4@rekon','finance-daily_2026-11-17_2026-11-18_318b83.eml','bca01ce2f00346031a1f44558c1a1e369139ba088640ae69e8c9696713b2ea81','2026-12-01T03:39:14.250Z','2026-12-01T03:39:14.250Z','sent',1,'mail/finance-daily_2026-11-17_2026-11-18_318b83.eml','','2026-12-01T03:39:14.577Z');
INSERT INTO "outbox" VALUES('2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example','20261201T033914Z-8dc696','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17 Nov 2026: Complete, 4 breaks: 4 still open Rp116,000, Rp116,000 at risk','2678950b3a40b311bcda88fb98a8a5a7@rekon','finance-daily_2026-11-17_267895.eml','c36549456d824a10171a0b56f49141da1e49d13485e55f9036e4812a8e550069','2026-12-01T03:39:14.913Z','2026-12-01T03:39:14.913Z','sent',1,'mail/finance-daily_2026-11-17_267895.eml','','2026-12-01T03:39:15.070Z');
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
INSERT INTO "outbox_attempts" VALUES('4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example',1,'2026-12-01T03:39:13.783Z','sent','mail/finance-daily_2026-11-17_4daef8.eml','');
INSERT INTO "outbox_attempts" VALUES('5595ad6860671a50e62ce18054a9e53b finance@merchant.example',1,'2026-12-01T03:39:14.167Z','sent','mail/finance-daily_2026-11-17_2026-11-18_5595ad.eml','');
INSERT INTO "outbox_attempts" VALUES('318b83bab1e67d0de983a05702b60ba4 finance@merchant.example',1,'2026-12-01T03:39:14.582Z','sent','mail/finance-daily_2026-11-17_2026-11-18_318b83.eml','');
INSERT INTO "outbox_attempts" VALUES('2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example',1,'2026-12-01T03:39:15.078Z','sent','mail/finance-daily_2026-11-17_267895.eml','');
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
INSERT INTO "results" VALUES('biller','2026-11-17',1,'20261201T033913Z-2c0c67','complete','2026-12-01T03:39:13.483Z','35e1991869357bf5eda342b9296aea4818767f15f8572da82e82ba120c66aff1','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["awaiting",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":"awaiting","ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',3);
INSERT INTO "results" VALUES('biller','2026-11-17',2,'20261201T033913Z-eb3d4d','complete','2026-12-01T03:39:13.880Z','9cb56819ca96593b29ec89f1fc1da2508be14a41be070f1de218c0824613c4ad','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',10);
INSERT INTO "results" VALUES('biller','2026-11-18',1,'20261201T033913Z-eb3d4d','complete','2026-12-01T03:39:13.880Z','2ee3ef0b288cb339e452aa6a7db70c9dc55b9d84bf9a90d4e4b6c1dc4e1ac17e','6db4f93e0218b474fb96c620807a82fb 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','3-244d6197ff97e7d739760bbbf18c3ccc','{"channel":"biller","business_date":"2026-11-18","state":"complete","due":"2026-11-19T03:00:00Z","files":[{"id":2,"name":"tokopedia_biller_20261118.csv","sha256":"0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"110000.00","fee":"7500.00"},"net":"102500.00","ledger":{"entries":3,"amount":"60000.00","fee":"7500.00"},"buckets":[["matched",{"settlement":{"entries":2,"amount":"30000.00","fee":"5000.00"},"ledger":{"entries":2,"amount":"30000.00","fee":"5000.00"}}],["timing_differences",{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"missing_at_partner"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"30000.00","owed_by_us":"0.00","undecided":"0.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":4,"amount":"166000.00"},"new":{"count":1,"amount":"30000.00"},"cleared":{"count":1,"amount":"80000.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"116000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":2,"amount":"30000.00","fee":"5000.00"},"ledger":{"entries":2,"amount":"30000.00","fee":"5000.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":"unnamed","bucket":{"break":"missing_at_partner"},"ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}}]}',10);
INSERT INTO "results" VALUES('biller','2026-11-17',3,'20261201T033914Z-10daef','complete','2026-12-01T03:39:14.250Z','5c291f0805793c32c68ae9c4d9ce137fed731e397d7ff1c0a5e52a9d7310c38b','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',18);
INSERT INTO "results" VALUES('biller','2026-11-18',2,'20261201T033914Z-10daef','complete','2026-12-01T03:39:14.250Z','1e73c0f796dc9b00086ff95d7fa49cb784c4c39b41d9b1bd3c8f143029527961','6855e1fdd758a7da7b6ac2692a87d38e 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','3-244d6197ff97e7d739760bbbf18c3ccc','{"channel":"biller","business_date":"2026-11-18","state":"complete","due":"2026-11-19T03:00:00Z","files":[{"id":3,"name":"tokopedia_biller_20261118_b.csv","sha256":"b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0","revision":2,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"111000.00","fee":"7500.00"},"net":"103500.00","ledger":{"entries":3,"amount":"60000.00","fee":"7500.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"10000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"10000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"missing_at_partner"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"21000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"20000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"30000.00","owed_by_us":"1000.00","undecided":"0.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":4,"amount":"166000.00"},"new":{"count":2,"amount":"31000.00"},"cleared":{"count":1,"amount":"80000.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":5,"amount":"117000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"10000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"10000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"21000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"20000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"missing_at_partner"},"ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}}]}',18);
INSERT INTO "results" VALUES('biller','2026-11-17',4,'20261201T033914Z-8dc696','complete','2026-12-01T03:39:14.913Z','c4de9d9803bd09f66a2b3942c1829f373a89971d7fadde468936ff0ef4eea9f2','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"0.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',28);
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
INSERT INTO "run_ends" VALUES('20261201T033913Z-2c0c67','2026-12-01T03:39:13.483Z','2026-12-01T03:39:13.811Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261201T033913Z-eb3d4d','2026-12-01T03:39:13.880Z','2026-12-01T03:39:14.191Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261201T033914Z-10daef','2026-12-01T03:39:14.250Z','2026-12-01T03:39:14.603Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261201T033914Z-8dc696','2026-12-01T03:39:14.913Z','2026-12-01T03:39:15.122Z',0,'part','');
CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    started_at TEXT NOT NULL,
    as_of TEXT NOT NULL
);
INSERT INTO "runs" VALUES('20261201T033913Z-2c0c67','2026-12-01T03:39:13.483Z','2026-11-18T02:00:00.000Z');
INSERT INTO "runs" VALUES('20261201T033913Z-eb3d4d','2026-12-01T03:39:13.880Z','2026-11-19T04:00:00.000Z');
INSERT INTO "runs" VALUES('20261201T033914Z-10daef','2026-12-01T03:39:14.250Z','2026-11-19T05:00:00.000Z');
INSERT INTO "runs" VALUES('20261201T033914Z-8dc696','2026-12-01T03:39:14.913Z','2026-12-01T03:39:14.913Z');
CREATE TABLE sealed_rows (
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (table_name, row_key)
);
INSERT INTO "sealed_rows" VALUES('coverage','1:1 10:2026-11-17','127d694e4a3ac5d5f3edabb553ab6e2ce00d19fe71e4b81dc87b87f0f0d11b35');
INSERT INTO "sealed_rows" VALUES('files','1:1','a6f42e1c0ce889bd5df76b8ad00ef647255d992fcad8c65bc86969d56dad63e9');
INSERT INTO "sealed_rows" VALUES('dates','6:biller 10:2026-11-17','a16d92ba70d448fa4593f3b01446164361d3057b499712c685647ae4e64adbcb');
INSERT INTO "sealed_rows" VALUES('hourly','6:biller 10:2026-11-17','54f394767b8096c2cb4b3d83f800ed6517b15c49e0cd9570365f4be0a6881c43');
INSERT INTO "sealed_rows" VALUES('outbox','57:4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example','52d7681d342fc4dd947a6dba597a70272394375a6573794c036a4632e3ef3df2');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:1','01206fb0179c64d59240cd908e3bc1fe29526bb2efdf831547e801cdc2f4cffd');
INSERT INTO "sealed_rows" VALUES('runs','23:20261201T033913Z-2c0c67','95c71edb6a2db9a140fc511f9e886dab6022658a47bf0448928f03627ed34390');
INSERT INTO "sealed_rows" VALUES('tellings','1:1','d18eaab8809e10499246c5591c6ce3ca00d5332bc88b4b6767f215cc77229186');
INSERT INTO "sealed_rows" VALUES('tellings','1:2','576d8b7ca97bd6ae7b23536bafa8c3dc8ee9445feec5268c75937f97ab157c00');
INSERT INTO "sealed_rows" VALUES('told','1:1 4:date 6:biller 10:2026-11-17','34c5b222f14c188d7ddc7a1c58f2ca2902d82d3f66bc203aff0b70c598c166ed');
INSERT INTO "sealed_rows" VALUES('told','1:1 6:breaks 6:biller 0:','9e92f64dc7a2d3006c6bbb5d78aaaa961b6fb902b2c840b473cb4868d22f5827');
INSERT INTO "sealed_rows" VALUES('told','1:2 4:date 6:biller 10:2026-11-17','19504b0c811138c02f6080601bb2fb8d241ff29ce4297feb27c2dd92cd21916f');
INSERT INTO "sealed_rows" VALUES('told','1:2 6:breaks 6:biller 0:','a45c576c83727f1de0b5cbb5c0d3c9183ed9c81d52f06f0bff06536204270dd8');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example 1:1','5a7939b85b9a029753233e9e7a72d3c63cae206232db3702636d9d460f1e1237');
INSERT INTO "sealed_rows" VALUES('coverage','1:2 10:2026-11-18','b9813ab0b6eb2c02e073125a4499d77f481508c2bba7379a15569b6776b2f2c2');
INSERT INTO "sealed_rows" VALUES('files','1:2','dd02661c28ccd695abe7076af9a94c000dc2077bf04361014f4627e237c74f02');
INSERT INTO "sealed_rows" VALUES('dates','6:biller 10:2026-11-18','b314645da6c6487cece883c725a85ad4e4817ec6f92339d3fa3f63e5d4e50f30');
INSERT INTO "sealed_rows" VALUES('hourly','6:biller 10:2026-11-18','250b404699eb3d993544d20966e040e5f6933fa70d645b40957f4757eb2a799a');
INSERT INTO "sealed_rows" VALUES('outbox','57:5595ad6860671a50e62ce18054a9e53b finance@merchant.example','c98a1a6d6e20dc03242577c2cd2bc044fdc6f0e98aef025464f8e6c7928beff4');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:2','96ae8b6293f29f411e42e09e290f3f1ce72798cce8c1722f34693663a91f4466');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-18 1:1','7e8fd5a365b618b46f39189b424deec6d03a05ad572cd3c250e28b98e626de35');
INSERT INTO "sealed_rows" VALUES('runs','23:20261201T033913Z-eb3d4d','aa6087d1221a2a2f6f8baf3e37479a5dda4320167a57b680c655568120a78828');
INSERT INTO "sealed_rows" VALUES('tellings','1:3','1015e028f8e5c43fb72f7a187dae78bd61c74bf56a1abe04f6579127a4d8263b');
INSERT INTO "sealed_rows" VALUES('tellings','1:4','9e2e67a87f016bc60e7d6108061cefb015c5514e79d347380a17ef9176c7440c');
INSERT INTO "sealed_rows" VALUES('told','1:3 4:date 6:biller 10:2026-11-17','861d08acb6e9f4bf773259ffb403ca28164e8c7de9d04b99411250946e9f2f81');
INSERT INTO "sealed_rows" VALUES('told','1:3 4:date 6:biller 10:2026-11-18','7cced303e8d53df1dd1786437fa01c4f56d42fbaf5b0f1150ef3a9367abc4b62');
INSERT INTO "sealed_rows" VALUES('told','1:3 6:breaks 6:biller 0:','e74b05c24848844362bb5baca08942898d155e89522ee10c5540a6b99178f074');
INSERT INTO "sealed_rows" VALUES('told','1:4 4:date 6:biller 10:2026-11-17','931d6e27aadf4989436458c7352b924009f5fa708c573328dfaa827e94048d01');
INSERT INTO "sealed_rows" VALUES('told','1:4 4:date 6:biller 10:2026-11-18','f7723a5d15b846d5b791b339b428d08de23cd56c6056bd96cadfedfd5e19d600');
INSERT INTO "sealed_rows" VALUES('told','1:4 6:breaks 6:biller 0:','9717ac11e95d0c08044b49f73a33c3a9dc5a70afa922d06c0f8daeaf18644a86');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:5595ad6860671a50e62ce18054a9e53b finance@merchant.example 1:1','afe4162ec4c7da6e60b8758e2b32566b5f1de353c4daa475c3157feda0a7bd6d');
INSERT INTO "sealed_rows" VALUES('coverage','1:3 10:2026-11-18','ba5e40924f4137a5b1ccd268d4b824f4ebcd33b01a8c84fc16ab312a4212cf7c');
INSERT INTO "sealed_rows" VALUES('files','1:3','24cd00fd01eaa3555fce8fdb564be1d01c7852871a4139e180eab222a5ddec1d');
INSERT INTO "sealed_rows" VALUES('outbox','57:318b83bab1e67d0de983a05702b60ba4 finance@merchant.example','f1a18a08e10bfcf76726cce844a0ff1c60b3ef8a9a9a4e4b08fb6a63df18188a');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:3','694d155c9f902710ae7aff991a3be64a56650b6a4845e1ccd491e85faff4422f');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-18 1:2','d556e231c4f652f2deab1c54b563509571c71dfc20e759317b677f5155048cf0');
INSERT INTO "sealed_rows" VALUES('runs','23:20261201T033914Z-10daef','6de5f925538b7c90ef73659319f3b11d9ec022660e79bd762a9d3dfe2f78459f');
INSERT INTO "sealed_rows" VALUES('tellings','1:5','67839d964c89557c60f4cd5edfcd555f1e371e2df7785acc72b9d567da8177c4');
INSERT INTO "sealed_rows" VALUES('tellings','1:6','94197c1519c5719e0d0e106d32638829f1b9c7737f38415e86b4cf519f886604');
INSERT INTO "sealed_rows" VALUES('told','1:5 4:date 6:biller 10:2026-11-17','61fc9f4ab82016bff9bea266fc0b4816f5a3a493c734d38b44b4bd6ba403b3e8');
INSERT INTO "sealed_rows" VALUES('told','1:5 4:date 6:biller 10:2026-11-18','83b67bb1ccb35977e6d0939c2dac5bd5d2a332546ffe0e63f4f2c0426d2f4764');
INSERT INTO "sealed_rows" VALUES('told','1:5 6:breaks 6:biller 0:','9e378f04466fc69d4ab9384afb8a45804aed320515f0cd12dc3ed2db7a6ad2e8');
INSERT INTO "sealed_rows" VALUES('told','1:6 4:date 6:biller 10:2026-11-17','c13f4ecd31efc18d9e0a15a48987617b67cd18256764cf595a29213f65bca000');
INSERT INTO "sealed_rows" VALUES('told','1:6 4:date 6:biller 10:2026-11-18','cf3b629083c34eb37189f19dce11b2df099dc307b160921651203c2b7b674719');
INSERT INTO "sealed_rows" VALUES('told','1:6 6:breaks 6:biller 0:','c1fa5fe24d6653c473217fe043ec914fc930ca5dd89057a607fe41081969baf6');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:318b83bab1e67d0de983a05702b60ba4 finance@merchant.example 1:1','30f34e8cc289c0c0a14ede2af8b0d3dd47fa98d2c0682fee1596b5b99b6588f3');
INSERT INTO "sealed_rows" VALUES('acts','2:24','2af6b46920433c67901d49c735f3c13623dae0ec488ad39d6788e8127e983118');
INSERT INTO "sealed_rows" VALUES('acts','2:26','776ce974cbefb89677d19e990ef9778f6f8491800dcc1f57e318c7da06341e55');
INSERT INTO "sealed_rows" VALUES('outbox','57:2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example','ea5c2418354e0e4fa5ea09b4379b353dad0e7f131af2e1c7bc41710744b9b6b1');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:4','c533973223214d14810c65457f9885e6333f1e57b6fbe609ac51bfe21b965fd5');
INSERT INTO "sealed_rows" VALUES('runs','23:20261201T033914Z-8dc696','2381279e1c0904c1aeeedad64a1a42451339754b3cfd22fadcbc46f988393d8e');
INSERT INTO "sealed_rows" VALUES('tellings','1:7','b73c90638c1d036290d6713616a539817f89e48dfb491efc90ccb7cd11406be8');
INSERT INTO "sealed_rows" VALUES('tellings','1:8','6415fab9dfeee82c3d4508d3aa869dcc4cfaacb9afac9725ebb70b5190bfd8af');
INSERT INTO "sealed_rows" VALUES('told','1:7 4:date 6:biller 10:2026-11-17','11fc83f9bed197b27da4af7525d100f8d4df727e413e51f300a5abe929060bd6');
INSERT INTO "sealed_rows" VALUES('told','1:7 6:breaks 6:biller 0:','49272d76f000699acc8deb395c0a713d9e644eacf6cecb57352a7236840ebd2f');
INSERT INTO "sealed_rows" VALUES('told','1:8 4:date 6:biller 10:2026-11-17','6bcc9c691b07b4c0f9bbb5a8c5c0b2887e93fc48f578dda7c3d85fb581cc0c23');
INSERT INTO "sealed_rows" VALUES('told','1:8 6:breaks 6:biller 0:','c6064e50233396044e4c5c222020050360e94ac53dcd6cba9ad1b163644c0d27');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example 1:1','aa33578b82904a3a680a1e8e5bebed1d8e5440b8e0aedcedded4f8ae3b2bbc50');
CREATE TABLE sealed_tables (
    table_name TEXT PRIMARY KEY NOT NULL,
    columns TEXT NOT NULL
);
INSERT INTO "sealed_tables" VALUES('acts','seq channel identity item_id body');
INSERT INTO "sealed_tables" VALUES('arrivals','file_id name origin arrived_at');
INSERT INTO "sealed_tables" VALUES('coverage','file_id channel business_date entries rejected digest same_as');
INSERT INTO "sealed_tables" VALUES('dates','channel business_date state knowledge ledger_fingerprint run_id moved clean_groups judged_by');
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
INSERT INTO "tellings" VALUES(1,'finance-daily',1,3,'4daef8b0a3c0c5588cfe6da7eca67403@rekon','2026-12-01T03:39:13.483Z');
INSERT INTO "tellings" VALUES(2,'',1,3,'','2026-12-01T03:39:13.483Z');
INSERT INTO "tellings" VALUES(3,'finance-daily',2,10,'5595ad6860671a50e62ce18054a9e53b@rekon','2026-12-01T03:39:13.880Z');
INSERT INTO "tellings" VALUES(4,'',2,10,'','2026-12-01T03:39:13.880Z');
INSERT INTO "tellings" VALUES(5,'finance-daily',3,18,'318b83bab1e67d0de983a05702b60ba4@rekon','2026-12-01T03:39:14.250Z');
INSERT INTO "tellings" VALUES(6,'',3,18,'','2026-12-01T03:39:14.250Z');
INSERT INTO "tellings" VALUES(7,'finance-daily',4,28,'2678950b3a40b311bcda88fb98a8a5a7@rekon','2026-12-01T03:39:14.913Z');
INSERT INTO "tellings" VALUES(8,'',4,28,'','2026-12-01T03:39:14.913Z');
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
