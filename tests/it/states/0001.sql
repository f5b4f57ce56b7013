CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(1,'baseline','2026-12-01 02:21:58',1,X'58B309148F5EDB1B11EB029D1993CD4B39DC0878FDAFF456D54CD2CAF95058D27D5E686BB0E363931303678A4C5A507A',7305128);
CREATE TABLE acts (
    seq BIGINT PRIMARY KEY NOT NULL,
    channel TEXT NOT NULL,
    identity TEXT NOT NULL,
    item_id TEXT NOT NULL,
    body TEXT NOT NULL
);
INSERT INTO "acts" VALUES(24,'biller','biller|KX|2026-11-17|settlement|2026-11-17T05:00:00+00:00|15000.00','BILLER-2G72H','{"number":24,"at":"2026-12-01T02:21:58.746688303Z","on":"2026-12-01","by":"root","facts":"b79f90ba460d","act":"note","text":"asked the partner"}');
INSERT INTO "acts" VALUES(26,'biller','biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00','BILLER-78Q4X','{"number":26,"at":"2026-12-01T02:21:58.826091004Z","on":"2026-12-01","by":"root","facts":"f3188c32c6ea","act":"resolve","reason":"paid by the partner","text":""}');
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
INSERT INTO "chain" VALUES(1,'2026-12-01T02:21:58.052Z','file','biller file 1 counted','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507','','21c98ec3f209bee245a04f3185cf92a56fbd6e21714b15644e736262e069d55f');
INSERT INTO "chain" VALUES(2,'2026-12-01T02:21:58.169Z','seal','2 rows','230f3568f709732ae44abf313b2292a282a28404a294ac6f00d7c613ac436ab0','21c98ec3f209bee245a04f3185cf92a56fbd6e21714b15644e736262e069d55f','3797f04941127256684e328fd887bb073c95ace1b005a3504b221c83872316ca');
INSERT INTO "chain" VALUES(3,'2026-12-01T02:21:58.052Z','result','biller 2026-11-17 revision 1','60ada3ac85cf3016480762d11ae897de0fd75e51be43de50fac2e8e638f2da26','3797f04941127256684e328fd887bb073c95ace1b005a3504b221c83872316ca','530bcc4784094a3957be39891c0469b1bda3bb440fecc3e0215b139b9beff4e5');
INSERT INTO "chain" VALUES(4,'2026-12-01T02:21:58.052Z','mail','finance-daily to finance@merchant.example','25fe57513656797179f96a6bd7575cb93679685ec27f23ae89a69dcb89a572ef','530bcc4784094a3957be39891c0469b1bda3bb440fecc3e0215b139b9beff4e5','04857fff3e83ef0f1dca68a182483df4b8ec937623f55b82d5b96f15f5f17d18');
INSERT INTO "chain" VALUES(5,'2026-12-01T02:21:58.234Z','seal','16 rows','f44dc947bce0813120f337f85444f1428f35678fc29e90c54598454311ab1146','04857fff3e83ef0f1dca68a182483df4b8ec937623f55b82d5b96f15f5f17d18','d26e4fe3760aad56bddb1b1524d223fbe839d6f212cdc0e145f63b1ee6488bb8');
INSERT INTO "chain" VALUES(6,'2026-12-01T02:21:58.239Z','seal','1 rows','d8f57b9681bb5e3699dbb5355f87af16c51148534e085cd910335b959fefe5bc','d26e4fe3760aad56bddb1b1524d223fbe839d6f212cdc0e145f63b1ee6488bb8','2978d531889b560dc027a8030670c5e86e8390b7a4fad962a3d6ec87a7657af5');
INSERT INTO "chain" VALUES(7,'2026-12-01T02:21:58.242Z','seal','2 rows','94628499230a86d109d2db922fb8dbcea17fccc51067ba369fd5746b4aace404','2978d531889b560dc027a8030670c5e86e8390b7a4fad962a3d6ec87a7657af5','e0167bfa6bd25e2d12670b5615220e0a82d905aeef3da827f36666dd11ac2e3f');
INSERT INTO "chain" VALUES(8,'2026-12-01T02:21:58.289Z','file','biller file 2 counted','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e','e0167bfa6bd25e2d12670b5615220e0a82d905aeef3da827f36666dd11ac2e3f','92cedd1e2fe27eef379301b4ddb5edf9b0e07fd17fdfda2e804a491ae3946991');
INSERT INTO "chain" VALUES(9,'2026-12-01T02:21:58.369Z','seal','2 rows','97a5b725a7b5dc0016591cc3cbc959d9c457c23bc841cd72dd7fbfbd06790b04','92cedd1e2fe27eef379301b4ddb5edf9b0e07fd17fdfda2e804a491ae3946991','f0034dd3fc6b0b92220a369b73d4b2878e6695a3daae550a337b12a9f64b91ed');
INSERT INTO "chain" VALUES(10,'2026-12-01T02:21:58.289Z','result','biller 2026-11-17 revision 2','ccbca80159f9c2e69dee95d926a874599be74398e6f9417573e4bef5d6748249','f0034dd3fc6b0b92220a369b73d4b2878e6695a3daae550a337b12a9f64b91ed','16cce609999fe0b515a7a35553e587a36df5bda0746a98bb042e1b2a806d8c25');
INSERT INTO "chain" VALUES(11,'2026-12-01T02:21:58.289Z','result','biller 2026-11-18 revision 1','6b483b4692bc2c05c9585265134ba37b775a75c8927e9df46ae07e322044fb44','16cce609999fe0b515a7a35553e587a36df5bda0746a98bb042e1b2a806d8c25','d3b910a6f747ec3d37ddd112c7d1133ab5332675118c185ada8df4e389902aac');
INSERT INTO "chain" VALUES(12,'2026-12-01T02:21:58.289Z','mail','finance-daily to finance@merchant.example','e2125748115d12e0fe7ab02cd26e693b05581b8c2b7b9d6aefb3d1508c03d938','d3b910a6f747ec3d37ddd112c7d1133ab5332675118c185ada8df4e389902aac','b14802d610719e136c80390b0637533ff364f362e63d2ff9c6714f9a7b9ec2df');
INSERT INTO "chain" VALUES(13,'2026-12-01T02:21:58.454Z','seal','20 rows','ad1b1a415fa91a763fc359ac1e4fbec84a1914761d0015880bd1527146628090','b14802d610719e136c80390b0637533ff364f362e63d2ff9c6714f9a7b9ec2df','b9ca60e2a0978fcf6130c069e3805cf784b972db3b23670a0579fddf7d2008d2');
INSERT INTO "chain" VALUES(14,'2026-12-01T02:21:58.459Z','seal','1 rows','83bbe2feb764ba4903ae9d6cfa182b2e005d62a1fcab351e591e35d87d141913','b9ca60e2a0978fcf6130c069e3805cf784b972db3b23670a0579fddf7d2008d2','2bb46a239a9c329fc5c1115d4db06d7adb9a136416175210717fcba528b70695');
INSERT INTO "chain" VALUES(15,'2026-12-01T02:21:58.463Z','seal','2 rows','b0e172e64e8517290e31e52d9ae7d8ffb8b24bf8e40f6b7084c1d17923033e8d','2bb46a239a9c329fc5c1115d4db06d7adb9a136416175210717fcba528b70695','2456921508c4be8d63686e412d9e6b9343115d105b63a0a0228fe502c30948be');
INSERT INTO "chain" VALUES(16,'2026-12-01T02:21:58.515Z','file','biller file 3 counted','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0','2456921508c4be8d63686e412d9e6b9343115d105b63a0a0228fe502c30948be','abaab33278d090d3ace9eb2e55e77cab901a2a07e9c0b03b72f4b477418d086f');
INSERT INTO "chain" VALUES(17,'2026-12-01T02:21:58.601Z','seal','2 rows','1c090f4b373321e01d2ee0ff5b7676d824d517d15e3d1982e55022efb190fa09','abaab33278d090d3ace9eb2e55e77cab901a2a07e9c0b03b72f4b477418d086f','66ea22c81b3e9cd081b6c5e656b92d8daaad9360a271ee9bc5f8ce02290ff56a');
INSERT INTO "chain" VALUES(18,'2026-12-01T02:21:58.515Z','result','biller 2026-11-17 revision 3','ccbca80159f9c2e69dee95d926a874599be74398e6f9417573e4bef5d6748249','66ea22c81b3e9cd081b6c5e656b92d8daaad9360a271ee9bc5f8ce02290ff56a','939598bc112db9ba747fd125d2e2b3328756aca5c1523981666dc051f5f48c71');
INSERT INTO "chain" VALUES(19,'2026-12-01T02:21:58.515Z','result','biller 2026-11-18 revision 2','32513aa5d8e259d53afa242bbff02c6917781d66d12e38263201e4f5ea715e06','939598bc112db9ba747fd125d2e2b3328756aca5c1523981666dc051f5f48c71','3d1480fad04e506bb5d3f65e3ebad62952fb99c796ed8c327900c6153dcebc6d');
INSERT INTO "chain" VALUES(20,'2026-12-01T02:21:58.515Z','mail','finance-daily to finance@merchant.example','418dde75b8208f40dab46fe80dfce761fa298eedbffb14ed23eb6afea07d747e','3d1480fad04e506bb5d3f65e3ebad62952fb99c796ed8c327900c6153dcebc6d','c0164aed7ca8408415971ed7777c056af7966005413932ba91ab09694a666b6c');
INSERT INTO "chain" VALUES(21,'2026-12-01T02:21:58.690Z','seal','20 rows','176692ab5c8b07130e6d448878f085062ae2edc1b85a5e57a2768320816cc2fd','c0164aed7ca8408415971ed7777c056af7966005413932ba91ab09694a666b6c','eb006fed38a7688fa270876c7abd3099ffc98aae74f52d18ccdc804708f6e91e');
INSERT INTO "chain" VALUES(22,'2026-12-01T02:21:58.695Z','seal','1 rows','bcbd91037960378326921f169a8cf8527d3d005e468be500cb424d6f904bf311','eb006fed38a7688fa270876c7abd3099ffc98aae74f52d18ccdc804708f6e91e','2c2424736c8117ecefad526ca5e2eb0f1a123bcbb50059976197c2db2947e8a8');
INSERT INTO "chain" VALUES(23,'2026-12-01T02:21:58.699Z','seal','2 rows','428f10aa00df4819bf9fae7ac2801c8c251e36a829ab3c015c265267064531d8','2c2424736c8117ecefad526ca5e2eb0f1a123bcbb50059976197c2db2947e8a8','ca64493d2760f18dfbd431da23abe7c3be8c3f33c24bee9ab144ab3b8034be88');
INSERT INTO "chain" VALUES(24,'2026-12-01T02:21:58.746Z','act','BILLER-2G72H note','6cdd6f01c458efe923c65f7f0764f5c55d6aaab2113f1104a490f5cf31bd31ff','ca64493d2760f18dfbd431da23abe7c3be8c3f33c24bee9ab144ab3b8034be88','fa28fbf557ba5377619838461f6914f423373889dbf558c0fdbb040d37c00b07');
INSERT INTO "chain" VALUES(25,'2026-12-01T02:21:58.804Z','seal','1 rows','4fed498b3798796919acb3d6d444093c62da7999b8030aa6d26a1bebb9b74456','fa28fbf557ba5377619838461f6914f423373889dbf558c0fdbb040d37c00b07','3016cbe3bcd832d1f661bbe4794d81196559adf64d28349d3b425e7551ec74d0');
INSERT INTO "chain" VALUES(26,'2026-12-01T02:21:58.826Z','act','BILLER-78Q4X resolve','d38b12e93ee48302c0064aabe4714117d8a1c8005b3d2233c0582a90fb68f06b','3016cbe3bcd832d1f661bbe4794d81196559adf64d28349d3b425e7551ec74d0','607fb91ad37695ff5845c47beabcff78984583c1ba5247d6ad43a6d401f69786');
INSERT INTO "chain" VALUES(27,'2026-12-01T02:21:58.901Z','seal','4 rows','9df520a4a6867ef5bb63ca580540d864539fe2af8ffae583974e387203674866','607fb91ad37695ff5845c47beabcff78984583c1ba5247d6ad43a6d401f69786','c8fb206d319bd72730a7e5dcbd3b9620f7942c78385b4a08ed74790d0a51f92f');
INSERT INTO "chain" VALUES(28,'2026-12-01T02:21:58.928Z','result','biller 2026-11-17 revision 4','e7fe446caa997163c56941225ecac54bcfec7f2284ef53d0a1f33a32af436139','c8fb206d319bd72730a7e5dcbd3b9620f7942c78385b4a08ed74790d0a51f92f','fe9cfd8cb2383411d42b6827aea73735bf639ea1053975bd8ff6912558a1410b');
INSERT INTO "chain" VALUES(29,'2026-12-01T02:21:58.928Z','mail','finance-daily to finance@merchant.example','44a7ceefd12eb19b57bd88821094d4689db69e7759a03142596ef6c404c63859','fe9cfd8cb2383411d42b6827aea73735bf639ea1053975bd8ff6912558a1410b','18f40efee6300fb27c0f9e253c84842501eb3665039d25e8ddfdc3ed9787e8f3');
INSERT INTO "chain" VALUES(30,'2026-12-01T02:21:59.057Z','seal','10 rows','64ec7a6c64301876d59705875204275448a23c0992c235a06358913e4f4c3bbd','18f40efee6300fb27c0f9e253c84842501eb3665039d25e8ddfdc3ed9787e8f3','ced9e6d31dbd0f97a56e80eae3f262249391bc2e7abbef493617b24fb9b3f6a9');
INSERT INTO "chain" VALUES(31,'2026-12-01T02:21:59.061Z','seal','1 rows','28994436d92a9ec4b4f1166013176532fefe9ad210d5aef28b8fdb16b40c2df0','ced9e6d31dbd0f97a56e80eae3f262249391bc2e7abbef493617b24fb9b3f6a9','107122bd2a1e961b85e1078f0ec43826c333b02f30d7d145ed25cb7832b74521');
INSERT INTO "chain" VALUES(32,'2026-12-01T02:21:59.064Z','seal','2 rows','a815272ff613ea9dbb51078a92a26bdeea4a95f438fc3d509c92a97580a9a86c','107122bd2a1e961b85e1078f0ec43826c333b02f30d7d145ed25cb7832b74521','229b2cda2ed5c053cb345b286a25e2e2d987f78793d6ac739a675a423270ef76');
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
INSERT INTO "dates" VALUES('biller','2026-11-17','complete','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','20261201T022158Z-09f938',0,1,'0.1.0');
INSERT INTO "dates" VALUES('biller','2026-11-18','complete','6855e1fdd758a7da7b6ac2692a87d38e 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','3-244d6197ff97e7d739760bbbf18c3ccc','20261201T022158Z-67b1e4',0,1,'0.1.0');
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
INSERT INTO "files" VALUES(1,'biller','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507','tokopedia_biller_20261117.csv','folder /srv/rekon/inbox/tokopedia_biller_20261117.csv','2026-12-01T02:18:58.011Z','2026-12-01T02:21:58.052Z',229,'2026-11-17 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-17 09:00:05"},"amounts":{"whole":"50000"},"filled":["amount","fee"]}]}','','','','');
INSERT INTO "files" VALUES(2,'biller','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e','tokopedia_biller_20261118.csv','folder /srv/rekon/inbox/tokopedia_biller_20261118.csv','2026-12-01T02:19:58.277Z','2026-12-01T02:21:58.289Z',229,'2026-11-18 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-18 00:00:03"},"amounts":{"whole":"80000"},"filled":["amount","fee"]}]}','','','','');
INSERT INTO "files" VALUES(3,'biller','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0','tokopedia_biller_20261118_b.csv','folder /srv/rekon/inbox/tokopedia_biller_20261118_b.csv','2026-12-01T02:20:58.501Z','2026-12-01T02:21:58.515Z',229,'2026-11-18 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-18 00:00:03"},"amounts":{"whole":"80000"},"filled":["amount","fee"]}]}','','','','');
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
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261117.csv','1796091538.011430057 1796091718.009249187 65024:868504','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507');
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261118.csv','1796091598.277168682 1796091718.275646998 65024:868507','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e');
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261118_b.csv','1796091658.501982407 1796091718.500161102 65024:868521','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0');
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
INSERT INTO "outbox" VALUES('4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example','20261201T022158Z-2c5922','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17 Nov 2026: Complete, 3 breaks, Rp86,000 at risk','4daef8b0a3c0c5588cfe6da7eca67403@rekon','finance-daily_2026-11-17_4daef8.eml','25fe57513656797179f96a6bd7575cb93679685ec27f23ae89a69dcb89a572ef','2026-12-01T02:21:58.052Z','2026-12-01T02:21:58.052Z','sent',1,'mail/finance-daily_2026-11-17_4daef8.eml','','2026-12-01T02:21:58.238Z');
INSERT INTO "outbox" VALUES('5595ad6860671a50e62ce18054a9e53b finance@merchant.example','20261201T022158Z-8bd53b','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17–18 Nov 2026: Complete, 4 breaks: 1 new Rp30,000, 3 still open Rp86,000, Rp116,000 at risk','5595ad6860671a50e62ce18054a9e53b@rekon','finance-daily_2026-11-17_2026-11-18_5595ad.eml','e2125748115d12e0fe7ab02cd26e693b05581b8c2b7b9d6aefb3d1508c03d938','2026-12-01T02:21:58.289Z','2026-12-01T02:21:58.289Z','sent',1,'mail/finance-daily_2026-11-17_2026-11-18_5595ad.eml','','2026-12-01T02:21:58.457Z');
INSERT INTO "outbox" VALUES('318b83bab1e67d0de983a05702b60ba4 finance@merchant.example','20261201T022158Z-67b1e4','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17–18 Nov 2026: Complete, 5 breaks: 1 new Rp1,000, 4 still open Rp116,000, Rp117,000 at risk','318b83bab1e67d0de983a05702b60ba4@rekon','finance-daily_2026-11-17_2026-11-18_318b83.eml','418dde75b8208f40dab46fe80dfce761fa298eedbffb14ed23eb6afea07d747e','2026-12-01T02:21:58.515Z','2026-12-01T02:21:58.515Z','sent',1,'mail/finance-daily_2026-11-17_2026-11-18_318b83.eml','','2026-12-01T02:21:58.694Z');
INSERT INTO "outbox" VALUES('2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example','20261201T022158Z-09f938','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17 Nov 2026: Complete, 4 breaks: 4 still open Rp116,000, Rp116,000 at risk','2678950b3a40b311bcda88fb98a8a5a7@rekon','finance-daily_2026-11-17_267895.eml','44a7ceefd12eb19b57bd88821094d4689db69e7759a03142596ef6c404c63859','2026-12-01T02:21:58.928Z','2026-12-01T02:21:58.928Z','sent',1,'mail/finance-daily_2026-11-17_267895.eml','','2026-12-01T02:21:59.059Z');
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
INSERT INTO "outbox_attempts" VALUES('4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example',1,'2026-12-01T02:21:58.241Z','sent','mail/finance-daily_2026-11-17_4daef8.eml','');
INSERT INTO "outbox_attempts" VALUES('5595ad6860671a50e62ce18054a9e53b finance@merchant.example',1,'2026-12-01T02:21:58.461Z','sent','mail/finance-daily_2026-11-17_2026-11-18_5595ad.eml','');
INSERT INTO "outbox_attempts" VALUES('318b83bab1e67d0de983a05702b60ba4 finance@merchant.example',1,'2026-12-01T02:21:58.698Z','sent','mail/finance-daily_2026-11-17_2026-11-18_318b83.eml','');
INSERT INTO "outbox_attempts" VALUES('2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example',1,'2026-12-01T02:21:59.062Z','sent','mail/finance-daily_2026-11-17_267895.eml','');
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
INSERT INTO "results" VALUES('biller','2026-11-17',1,'20261201T022158Z-2c5922','complete','2026-12-01T02:21:58.052Z','35e1991869357bf5eda342b9296aea4818767f15f8572da82e82ba120c66aff1','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["awaiting",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":"awaiting","ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',3);
INSERT INTO "results" VALUES('biller','2026-11-17',2,'20261201T022158Z-8bd53b','complete','2026-12-01T02:21:58.289Z','9cb56819ca96593b29ec89f1fc1da2508be14a41be070f1de218c0824613c4ad','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',10);
INSERT INTO "results" VALUES('biller','2026-11-18',1,'20261201T022158Z-8bd53b','complete','2026-12-01T02:21:58.289Z','2ee3ef0b288cb339e452aa6a7db70c9dc55b9d84bf9a90d4e4b6c1dc4e1ac17e','6db4f93e0218b474fb96c620807a82fb 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','3-244d6197ff97e7d739760bbbf18c3ccc','{"channel":"biller","business_date":"2026-11-18","state":"complete","due":"2026-11-19T03:00:00Z","files":[{"id":2,"name":"tokopedia_biller_20261118.csv","sha256":"0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"110000.00","fee":"7500.00"},"net":"102500.00","ledger":{"entries":3,"amount":"60000.00","fee":"7500.00"},"buckets":[["matched",{"settlement":{"entries":2,"amount":"30000.00","fee":"5000.00"},"ledger":{"entries":2,"amount":"30000.00","fee":"5000.00"}}],["timing_differences",{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"missing_at_partner"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"30000.00","owed_by_us":"0.00","undecided":"0.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":4,"amount":"166000.00"},"new":{"count":1,"amount":"30000.00"},"cleared":{"count":1,"amount":"80000.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"116000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":2,"amount":"30000.00","fee":"5000.00"},"ledger":{"entries":2,"amount":"30000.00","fee":"5000.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":"unnamed","bucket":{"break":"missing_at_partner"},"ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}}]}',10);
INSERT INTO "results" VALUES('biller','2026-11-17',3,'20261201T022158Z-67b1e4','complete','2026-12-01T02:21:58.515Z','5c291f0805793c32c68ae9c4d9ce137fed731e397d7ff1c0a5e52a9d7310c38b','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',18);
INSERT INTO "results" VALUES('biller','2026-11-18',2,'20261201T022158Z-67b1e4','complete','2026-12-01T02:21:58.515Z','1e73c0f796dc9b00086ff95d7fa49cb784c4c39b41d9b1bd3c8f143029527961','6855e1fdd758a7da7b6ac2692a87d38e 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','3-244d6197ff97e7d739760bbbf18c3ccc','{"channel":"biller","business_date":"2026-11-18","state":"complete","due":"2026-11-19T03:00:00Z","files":[{"id":3,"name":"tokopedia_biller_20261118_b.csv","sha256":"b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0","revision":2,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"111000.00","fee":"7500.00"},"net":"103500.00","ledger":{"entries":3,"amount":"60000.00","fee":"7500.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"10000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"10000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"missing_at_partner"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"21000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"20000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"30000.00","owed_by_us":"1000.00","undecided":"0.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":4,"amount":"166000.00"},"new":{"count":2,"amount":"31000.00"},"cleared":{"count":1,"amount":"80000.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":5,"amount":"117000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"10000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"10000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"21000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"20000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"missing_at_partner"},"ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}}]}',18);
INSERT INTO "results" VALUES('biller','2026-11-17',4,'20261201T022158Z-09f938','complete','2026-12-01T02:21:58.928Z','c4de9d9803bd09f66a2b3942c1829f373a89971d7fadde468936ff0ef4eea9f2','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"0.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',28);
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
INSERT INTO "run_ends" VALUES('20261201T022158Z-2c5922','2026-12-01T02:21:58.052Z','2026-12-01T02:21:58.254Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261201T022158Z-8bd53b','2026-12-01T02:21:58.289Z','2026-12-01T02:21:58.476Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261201T022158Z-67b1e4','2026-12-01T02:21:58.515Z','2026-12-01T02:21:58.711Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261201T022158Z-09f938','2026-12-01T02:21:58.928Z','2026-12-01T02:21:59.079Z',0,'part','');
CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    started_at TEXT NOT NULL,
    as_of TEXT NOT NULL
);
INSERT INTO "runs" VALUES('20261201T022158Z-2c5922','2026-12-01T02:21:58.052Z','2026-11-18T02:00:00.000Z');
INSERT INTO "runs" VALUES('20261201T022158Z-8bd53b','2026-12-01T02:21:58.289Z','2026-11-19T04:00:00.000Z');
INSERT INTO "runs" VALUES('20261201T022158Z-67b1e4','2026-12-01T02:21:58.515Z','2026-11-19T05:00:00.000Z');
INSERT INTO "runs" VALUES('20261201T022158Z-09f938','2026-12-01T02:21:58.928Z','2026-12-01T02:21:58.928Z');
CREATE TABLE sealed_rows (
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (table_name, row_key)
);
INSERT INTO "sealed_rows" VALUES('coverage','1:1 10:2026-11-17','127d694e4a3ac5d5f3edabb553ab6e2ce00d19fe71e4b81dc87b87f0f0d11b35');
INSERT INTO "sealed_rows" VALUES('files','1:1','1091cc1aaccead54f05d137be7772475a2956a0630aff451385c3e22bb724f7b');
INSERT INTO "sealed_rows" VALUES('dates','6:biller 10:2026-11-17','a49ea73c2ca3e6ac2deadfd8a60a9c4d6915b75f35f2be6f844411c9bdcd56f2');
INSERT INTO "sealed_rows" VALUES('hourly','6:biller 10:2026-11-17','54f394767b8096c2cb4b3d83f800ed6517b15c49e0cd9570365f4be0a6881c43');
INSERT INTO "sealed_rows" VALUES('outbox','57:4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example','ed055b7f2caeab30402742697cbc9a57f2b3952fa88f25a5fff3bedbef49bba5');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:1','38a88bb6001a0a5b72b26c08cc5ad39343ed62f862c071b3cb56b78ad1fcf3f0');
INSERT INTO "sealed_rows" VALUES('runs','23:20261201T022158Z-2c5922','cde08bcfa1b16d2485aa89162c18190505057487117da3f344eed41ead1820cf');
INSERT INTO "sealed_rows" VALUES('tellings','1:1','59ab4d92d171ce3b64fe186c61ef802e3329a066a7e3e551bc6dd8e69c8a7c21');
INSERT INTO "sealed_rows" VALUES('tellings','1:2','b59f6a545aba3154450d115e9772e5566e7a666590cd2ec0e9c287168a0276eb');
INSERT INTO "sealed_rows" VALUES('told','1:1 4:date 6:biller 10:2026-11-17','34c5b222f14c188d7ddc7a1c58f2ca2902d82d3f66bc203aff0b70c598c166ed');
INSERT INTO "sealed_rows" VALUES('told','1:1 6:breaks 6:biller 0:','9e92f64dc7a2d3006c6bbb5d78aaaa961b6fb902b2c840b473cb4868d22f5827');
INSERT INTO "sealed_rows" VALUES('told','1:2 4:date 6:biller 10:2026-11-17','19504b0c811138c02f6080601bb2fb8d241ff29ce4297feb27c2dd92cd21916f');
INSERT INTO "sealed_rows" VALUES('told','1:2 6:breaks 6:biller 0:','a45c576c83727f1de0b5cbb5c0d3c9183ed9c81d52f06f0bff06536204270dd8');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example 1:1','dec5cedb4cc012f0a72dacf49c105a039082f8640256b61b64e978e3473b2ed9');
INSERT INTO "sealed_rows" VALUES('coverage','1:2 10:2026-11-18','b9813ab0b6eb2c02e073125a4499d77f481508c2bba7379a15569b6776b2f2c2');
INSERT INTO "sealed_rows" VALUES('files','1:2','49c1f7dbcdc0292c2c132ed75776a68bdac2ecb3fc32dba22853afea4519343e');
INSERT INTO "sealed_rows" VALUES('dates','6:biller 10:2026-11-18','2a80f198f905f876cbd97540bf3527f58720bc3f9630cba57a9b30a00122565b');
INSERT INTO "sealed_rows" VALUES('hourly','6:biller 10:2026-11-18','250b404699eb3d993544d20966e040e5f6933fa70d645b40957f4757eb2a799a');
INSERT INTO "sealed_rows" VALUES('outbox','57:5595ad6860671a50e62ce18054a9e53b finance@merchant.example','d7489851a19ed49d458d1d52d452d33e97bb60bae67828a68649b3d8769b6e13');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:2','b90a66b25b9bc606ac0c7485b31a746c6078671d0dd6375dab6207664782187a');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-18 1:1','f8eece8fe42ad00543bb9dd4520eb505e3235e9471dcf165b0226efec8a5a8da');
INSERT INTO "sealed_rows" VALUES('runs','23:20261201T022158Z-8bd53b','0b9bdaa023286fa9d90f86a5588e08a87a74aff1432fe2d2053de63a89714f2a');
INSERT INTO "sealed_rows" VALUES('tellings','1:3','527fde1b7ca7ebbc7e8fa0ca52b27cbfb33f6faa43abb13e8fe07cb407d43839');
INSERT INTO "sealed_rows" VALUES('tellings','1:4','60b849e216f09a657a7976b7b7fc4bd59123ed485333a2e55fb639465adba24a');
INSERT INTO "sealed_rows" VALUES('told','1:3 4:date 6:biller 10:2026-11-17','861d08acb6e9f4bf773259ffb403ca28164e8c7de9d04b99411250946e9f2f81');
INSERT INTO "sealed_rows" VALUES('told','1:3 4:date 6:biller 10:2026-11-18','7cced303e8d53df1dd1786437fa01c4f56d42fbaf5b0f1150ef3a9367abc4b62');
INSERT INTO "sealed_rows" VALUES('told','1:3 6:breaks 6:biller 0:','e74b05c24848844362bb5baca08942898d155e89522ee10c5540a6b99178f074');
INSERT INTO "sealed_rows" VALUES('told','1:4 4:date 6:biller 10:2026-11-17','931d6e27aadf4989436458c7352b924009f5fa708c573328dfaa827e94048d01');
INSERT INTO "sealed_rows" VALUES('told','1:4 4:date 6:biller 10:2026-11-18','f7723a5d15b846d5b791b339b428d08de23cd56c6056bd96cadfedfd5e19d600');
INSERT INTO "sealed_rows" VALUES('told','1:4 6:breaks 6:biller 0:','9717ac11e95d0c08044b49f73a33c3a9dc5a70afa922d06c0f8daeaf18644a86');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:5595ad6860671a50e62ce18054a9e53b finance@merchant.example 1:1','f35c5a577f855ac9e2d28f631208b4a1eb89615031aff6c20765d75fc02a44f9');
INSERT INTO "sealed_rows" VALUES('coverage','1:3 10:2026-11-18','ba5e40924f4137a5b1ccd268d4b824f4ebcd33b01a8c84fc16ab312a4212cf7c');
INSERT INTO "sealed_rows" VALUES('files','1:3','b0c95bd2996cd3115d302968ebd678e3805598285fa1291649e3204c4c7aec00');
INSERT INTO "sealed_rows" VALUES('outbox','57:318b83bab1e67d0de983a05702b60ba4 finance@merchant.example','6bdb7475652b89a69a58a83432931c34d322acbab1af7aa12f909f4336958edc');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:3','4c0fb7cdc12b4937a85dea1123d7a871d1e9d110ed397e99f43f55d9fc261890');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-18 1:2','b35a6008565efad66920b673388fa41397d88da6564f7b0245e027bb3c526159');
INSERT INTO "sealed_rows" VALUES('runs','23:20261201T022158Z-67b1e4','4e127880f721151acdd3211f22d463b03d443478953199583487198519d799ca');
INSERT INTO "sealed_rows" VALUES('tellings','1:5','7916ce683830b57bc3fd3fa5c17ca59f99ca7d5451a5bcc6edfe18149376c9e6');
INSERT INTO "sealed_rows" VALUES('tellings','1:6','5d2d06c0493557c9ec697eb49b32a964dd72a1040c24b31fddbcbd41dc18f075');
INSERT INTO "sealed_rows" VALUES('told','1:5 4:date 6:biller 10:2026-11-17','61fc9f4ab82016bff9bea266fc0b4816f5a3a493c734d38b44b4bd6ba403b3e8');
INSERT INTO "sealed_rows" VALUES('told','1:5 4:date 6:biller 10:2026-11-18','83b67bb1ccb35977e6d0939c2dac5bd5d2a332546ffe0e63f4f2c0426d2f4764');
INSERT INTO "sealed_rows" VALUES('told','1:5 6:breaks 6:biller 0:','9e378f04466fc69d4ab9384afb8a45804aed320515f0cd12dc3ed2db7a6ad2e8');
INSERT INTO "sealed_rows" VALUES('told','1:6 4:date 6:biller 10:2026-11-17','c13f4ecd31efc18d9e0a15a48987617b67cd18256764cf595a29213f65bca000');
INSERT INTO "sealed_rows" VALUES('told','1:6 4:date 6:biller 10:2026-11-18','cf3b629083c34eb37189f19dce11b2df099dc307b160921651203c2b7b674719');
INSERT INTO "sealed_rows" VALUES('told','1:6 6:breaks 6:biller 0:','c1fa5fe24d6653c473217fe043ec914fc930ca5dd89057a607fe41081969baf6');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:318b83bab1e67d0de983a05702b60ba4 finance@merchant.example 1:1','ce0bbaceb4e6aa94b141e73b257fa8610131f582afd636a3e087641cd176b541');
INSERT INTO "sealed_rows" VALUES('acts','2:24','0d5e38e136b9314f5a0d055c11c3ecb03dbc42f18e57cea57643c984b372127e');
INSERT INTO "sealed_rows" VALUES('acts','2:26','2e929ddf697fdfe992b03232b29d741cc80243dcb117cb8809bd7c2d5ceb5fee');
INSERT INTO "sealed_rows" VALUES('outbox','57:2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example','6147a299efeaa09c5b489d8cc65a51c0f2dbca21f1d60e94d21c7d3b986157f3');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:4','c7465d700441ee93b15c912e07771d5f8e584304299619e900ea9acafbeb2705');
INSERT INTO "sealed_rows" VALUES('runs','23:20261201T022158Z-09f938','4312b4813e1b05d771f6837e2e815106a42000a82b136d9ce0fbe2dc3a37adce');
INSERT INTO "sealed_rows" VALUES('tellings','1:7','5ceac2ff97247ec9e84a3b066aa4b40f1b8f415d72f6082d8140c505dfecf2af');
INSERT INTO "sealed_rows" VALUES('tellings','1:8','52a84371a89869d7fb3c76148ac6bb435662fec9701b702c022c40a4ea5d4fda');
INSERT INTO "sealed_rows" VALUES('told','1:7 4:date 6:biller 10:2026-11-17','11fc83f9bed197b27da4af7525d100f8d4df727e413e51f300a5abe929060bd6');
INSERT INTO "sealed_rows" VALUES('told','1:7 6:breaks 6:biller 0:','49272d76f000699acc8deb395c0a713d9e644eacf6cecb57352a7236840ebd2f');
INSERT INTO "sealed_rows" VALUES('told','1:8 4:date 6:biller 10:2026-11-17','6bcc9c691b07b4c0f9bbb5a8c5c0b2887e93fc48f578dda7c3d85fb581cc0c23');
INSERT INTO "sealed_rows" VALUES('told','1:8 6:breaks 6:biller 0:','c6064e50233396044e4c5c222020050360e94ac53dcd6cba9ad1b163644c0d27');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example 1:1','45c24ef53d4b582bc0caaaf45c77e70b1fdd71c79b1d77fd6d7d70e620637413');
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
INSERT INTO "tellings" VALUES(1,'finance-daily',1,3,'4daef8b0a3c0c5588cfe6da7eca67403@rekon','2026-12-01T02:21:58.052Z');
INSERT INTO "tellings" VALUES(2,'',1,3,'','2026-12-01T02:21:58.052Z');
INSERT INTO "tellings" VALUES(3,'finance-daily',2,10,'5595ad6860671a50e62ce18054a9e53b@rekon','2026-12-01T02:21:58.289Z');
INSERT INTO "tellings" VALUES(4,'',2,10,'','2026-12-01T02:21:58.289Z');
INSERT INTO "tellings" VALUES(5,'finance-daily',3,18,'318b83bab1e67d0de983a05702b60ba4@rekon','2026-12-01T02:21:58.515Z');
INSERT INTO "tellings" VALUES(6,'',3,18,'','2026-12-01T02:21:58.515Z');
INSERT INTO "tellings" VALUES(7,'finance-daily',4,28,'2678950b3a40b311bcda88fb98a8a5a7@rekon','2026-12-01T02:21:58.928Z');
INSERT INTO "tellings" VALUES(8,'',4,28,'','2026-12-01T02:21:58.928Z');
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
