CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(1,'baseline','2026-11-30 18:49:02',1,X'CECEFAC111E26147AE2127ED7B278794A5C467804899A3E9DCF7F900588FBEAA5E0D02E74C4DE3769B190FE816796A2B',14877136);
CREATE TABLE acts (
    seq BIGINT PRIMARY KEY NOT NULL,
    channel TEXT NOT NULL,
    identity TEXT NOT NULL,
    item_id TEXT NOT NULL,
    body TEXT NOT NULL
);
INSERT INTO "acts" VALUES(24,'biller','biller|KX|2026-11-17|settlement|2026-11-17T05:00:00+00:00|15000.00','BILLER-2G72H','{"number":24,"at":"2026-11-30T18:49:04.476901810Z","on":"2026-12-01","by":"root","facts":"b79f90ba460d","act":"note","text":"asked the partner"}');
INSERT INTO "acts" VALUES(26,'biller','biller|K2|2026-11-17|ledger|2026-11-17T03:00:00+00:00|60000.00','BILLER-78Q4X','{"number":26,"at":"2026-11-30T18:49:04.605354115Z","on":"2026-12-01","by":"root","facts":"f3188c32c6ea","act":"resolve","reason":"paid by the partner","text":""}');
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
INSERT INTO "chain" VALUES(1,'2026-11-30T18:49:02.526Z','file','biller file 1 counted','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507','','c22dcc4e79284a592c098f220b2ec2e7e4f11b324d858ec4f5fb364be8227132');
INSERT INTO "chain" VALUES(2,'2026-11-30T18:49:02.737Z','seal','2 rows','b32092e62477fdfc7633b1482ce0480a5338bcf20da4f6819dbb9d4a09557a34','c22dcc4e79284a592c098f220b2ec2e7e4f11b324d858ec4f5fb364be8227132','ec333ae6ad40f9eeb7fa24f5341bceb54dc044e0f0092427d9403879f14a2a3f');
INSERT INTO "chain" VALUES(3,'2026-11-30T18:49:02.526Z','result','biller 2026-11-17 revision 1','60ada3ac85cf3016480762d11ae897de0fd75e51be43de50fac2e8e638f2da26','ec333ae6ad40f9eeb7fa24f5341bceb54dc044e0f0092427d9403879f14a2a3f','cc7f4738de59ef840b76ca4aa42de15042a763555ec52bad16ad1257f72f3687');
INSERT INTO "chain" VALUES(4,'2026-11-30T18:49:02.526Z','mail','finance-daily to finance@merchant.example','e02a46f1f32ff48e05b3d32a31a26b1706abc64743eee772b0a5c32c989b5429','cc7f4738de59ef840b76ca4aa42de15042a763555ec52bad16ad1257f72f3687','895b8766c3e33ba4ca09d2dfd5d5093e86d46e874e2d6400954269427f2c5fa1');
INSERT INTO "chain" VALUES(5,'2026-11-30T18:49:02.859Z','seal','15 rows','f224c022de1a4036d1245ed8acdb103f475108a619ca159a02d63d5dad576c38','895b8766c3e33ba4ca09d2dfd5d5093e86d46e874e2d6400954269427f2c5fa1','7d34d58fbbd9ba3b7a4e974a59806d7a3a7b774d915c882f4b405c8203060292');
INSERT INTO "chain" VALUES(6,'2026-11-30T18:49:02.864Z','seal','1 rows','462f88b2e8d86435c40dc4ac6805355c8c40507b2dfdff4cc967bcaca1efdae7','7d34d58fbbd9ba3b7a4e974a59806d7a3a7b774d915c882f4b405c8203060292','7da1989599338896382949bd4da5fd8c2b2c50313928a26a95940e27f23119c7');
INSERT INTO "chain" VALUES(7,'2026-11-30T18:49:02.870Z','seal','2 rows','7cf9ae0d0786145a568396f5485e13209468a966ed5a214161450deb7b717cb7','7da1989599338896382949bd4da5fd8c2b2c50313928a26a95940e27f23119c7','5a87e8c1beac62f2428bca003c3bad822b48d0b4ee22ebf56ee59613f00483e1');
INSERT INTO "chain" VALUES(8,'2026-11-30T18:49:02.962Z','file','biller file 2 counted','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e','5a87e8c1beac62f2428bca003c3bad822b48d0b4ee22ebf56ee59613f00483e1','f52ed52e57294bc669061c0522de0e761810478079c3a36e49bae3624b7ea982');
INSERT INTO "chain" VALUES(9,'2026-11-30T18:49:03.085Z','seal','2 rows','a637f6bfc67668a9b95ced80ea1ecac2d987a023543fe743224ebf21710f09ca','f52ed52e57294bc669061c0522de0e761810478079c3a36e49bae3624b7ea982','8d3f8aba36a1ce449cce0e38b7439050885ac3d63d5bfa0a8d0de60400e884c5');
INSERT INTO "chain" VALUES(10,'2026-11-30T18:49:02.962Z','result','biller 2026-11-17 revision 2','ccbca80159f9c2e69dee95d926a874599be74398e6f9417573e4bef5d6748249','8d3f8aba36a1ce449cce0e38b7439050885ac3d63d5bfa0a8d0de60400e884c5','6ace972d21d639a7e0cdca1516c724d322f478a0d8d8e98a92c4f417f1b8f4dd');
INSERT INTO "chain" VALUES(11,'2026-11-30T18:49:02.962Z','result','biller 2026-11-18 revision 1','6b483b4692bc2c05c9585265134ba37b775a75c8927e9df46ae07e322044fb44','6ace972d21d639a7e0cdca1516c724d322f478a0d8d8e98a92c4f417f1b8f4dd','c0946e2da362a030e43b17b9e3078ac66bceb184da500db7e5d401272b2f19cb');
INSERT INTO "chain" VALUES(12,'2026-11-30T18:49:02.962Z','mail','finance-daily to finance@merchant.example','cf8e246fe1e96be1b9683544176cc817b0272ccf615eec0a5ad15bb97a5339e5','c0946e2da362a030e43b17b9e3078ac66bceb184da500db7e5d401272b2f19cb','e3cf15d8d9f5da2eecbfa543a644901b5822f6ec08eaef5baa37344395d65400');
INSERT INTO "chain" VALUES(13,'2026-11-30T18:49:03.241Z','seal','19 rows','7737556288aa5abfed6315cb2c934c5f2e40f9791926ab2dc797c014d1631b0f','e3cf15d8d9f5da2eecbfa543a644901b5822f6ec08eaef5baa37344395d65400','e03d50489a3f21e280e259127815d4431ee97538564bcad82b16a7f26f34b69c');
INSERT INTO "chain" VALUES(14,'2026-11-30T18:49:03.251Z','seal','1 rows','ab6338813f941475b9757fcbc2d9f1a78975f25c34bfdb8863ce6f476da8768b','e03d50489a3f21e280e259127815d4431ee97538564bcad82b16a7f26f34b69c','d60827a3e8c85ff9ba03603c1e2ae6f1fd0335bbe91c9b7d2a655f31f5f4cfc5');
INSERT INTO "chain" VALUES(15,'2026-11-30T18:49:03.258Z','seal','2 rows','9a3e46579f876ec7ace6ee9beb0f093dd64c9b093c90d72b296f8424a6f33b34','d60827a3e8c85ff9ba03603c1e2ae6f1fd0335bbe91c9b7d2a655f31f5f4cfc5','861e5b1967cbedf3e3afa123e245a1604f2b3e88e441ea0b6a4653991c289cec');
INSERT INTO "chain" VALUES(16,'2026-11-30T18:49:03.347Z','file','biller file 3 counted','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0','861e5b1967cbedf3e3afa123e245a1604f2b3e88e441ea0b6a4653991c289cec','a97e14c7c3c2cc964d40f26ac466e97e521389c1c4f014b482086dbfa92ca9f9');
INSERT INTO "chain" VALUES(17,'2026-11-30T18:49:03.892Z','seal','2 rows','cf48eb27fc9d2532a80ff53840541f6b0bfe6623e7e4c3d3515fc7cec6619d50','a97e14c7c3c2cc964d40f26ac466e97e521389c1c4f014b482086dbfa92ca9f9','8aa10f5fce15ce6159e5867595871330a2fe15ce597fd7ce8b9862cff69e68db');
INSERT INTO "chain" VALUES(18,'2026-11-30T18:49:03.347Z','result','biller 2026-11-17 revision 3','ccbca80159f9c2e69dee95d926a874599be74398e6f9417573e4bef5d6748249','8aa10f5fce15ce6159e5867595871330a2fe15ce597fd7ce8b9862cff69e68db','196278d4b6b3b01f346e77515e14c120dade659422afded4c6643636aac33ed6');
INSERT INTO "chain" VALUES(19,'2026-11-30T18:49:03.347Z','result','biller 2026-11-18 revision 2','32513aa5d8e259d53afa242bbff02c6917781d66d12e38263201e4f5ea715e06','196278d4b6b3b01f346e77515e14c120dade659422afded4c6643636aac33ed6','7e4976d11a30303e1fcbc432f99a05b190ca0deb2491ee0f86d8eddb5991a5cc');
INSERT INTO "chain" VALUES(20,'2026-11-30T18:49:03.347Z','mail','finance-daily to finance@merchant.example','62d03aca78870fd5773f8a3596005904921beaf6ea500ced6179977c355e60ee','7e4976d11a30303e1fcbc432f99a05b190ca0deb2491ee0f86d8eddb5991a5cc','22c533b9075ea81d49d9b0d2dee88dc1439115288aa1f683fae0aa32d224409d');
INSERT INTO "chain" VALUES(21,'2026-11-30T18:49:04.383Z','seal','18 rows','a71ea67eb85859a5a20d8b551ac9b016cf43543e52f0fcde24aeb3e280d4b99c','22c533b9075ea81d49d9b0d2dee88dc1439115288aa1f683fae0aa32d224409d','57c4ad2653044c61c261273d7d6a4ffa2390714a81f87c0d54b4d4fb6734de77');
INSERT INTO "chain" VALUES(22,'2026-11-30T18:49:04.397Z','seal','1 rows','b08fa8655ce504926d1c4435a5656a8c8bb2e955c7ba995b6cd55cee86cbf295','57c4ad2653044c61c261273d7d6a4ffa2390714a81f87c0d54b4d4fb6734de77','1e3514847ac7db0096103b287fc139e8a7d36558386354bea73b10d45b45e51b');
INSERT INTO "chain" VALUES(23,'2026-11-30T18:49:04.405Z','seal','2 rows','d5f4439d28cf9a3fccf7f46a174760c6588c4da57c0d3092866e53c6bba02c68','1e3514847ac7db0096103b287fc139e8a7d36558386354bea73b10d45b45e51b','ffe7d4c76fec9441f5be05d3679ffd0c3abbcb5ce45b1fde50e825672f6c5cb8');
INSERT INTO "chain" VALUES(24,'2026-11-30T18:49:04.476Z','act','BILLER-2G72H note','721f3555ef834ad9abb8f2a8171befe80c8df91c2f46c25965ca78699501ae29','ffe7d4c76fec9441f5be05d3679ffd0c3abbcb5ce45b1fde50e825672f6c5cb8','f6f3461e5a29d0970e06757e3ad4239add2eb962e0a97cb5ba1f9d9d50a9102c');
INSERT INTO "chain" VALUES(25,'2026-11-30T18:49:04.560Z','seal','1 rows','6e86977e36c475e7953c683289b20861d20dd6e1482f8242b7fdd61960c4174f','f6f3461e5a29d0970e06757e3ad4239add2eb962e0a97cb5ba1f9d9d50a9102c','6fdaff7a55f68a668c8f2d23adcf712bf6b6b559eb1b83b6e50bf6cf9429ac7e');
INSERT INTO "chain" VALUES(26,'2026-11-30T18:49:04.605Z','act','BILLER-78Q4X resolve','35d1a0d35864ea54d8a17c1cbd5f7a2425478df1b82815b1af2efe6b9f29a6ea','6fdaff7a55f68a668c8f2d23adcf712bf6b6b559eb1b83b6e50bf6cf9429ac7e','684b7a6a2046c3c61c15ed344b9db3b8835c752ac6817c879e1823b8d9a9b7e4');
INSERT INTO "chain" VALUES(27,'2026-11-30T18:49:04.679Z','seal','4 rows','1b03e4623d4eed5b6ee131abe27fdafbc72c865e57a8cb3901f34b6d9e0d2e78','684b7a6a2046c3c61c15ed344b9db3b8835c752ac6817c879e1823b8d9a9b7e4','021dd85596a310fe7f002fecb9c142e77be15294333a4729c4a5acfe818fa443');
INSERT INTO "chain" VALUES(28,'2026-11-30T18:49:04.719Z','result','biller 2026-11-17 revision 4','e7fe446caa997163c56941225ecac54bcfec7f2284ef53d0a1f33a32af436139','021dd85596a310fe7f002fecb9c142e77be15294333a4729c4a5acfe818fa443','acd7aaacd6c572f738c0f9b4357ee172c0548ad7d6184bb315e768e870044def');
INSERT INTO "chain" VALUES(29,'2026-11-30T18:49:04.719Z','mail','finance-daily to finance@merchant.example','41812c2cb95f29a18dab0712c6810b2fd5297a230f46b3d502ac06ef3f3e0067','acd7aaacd6c572f738c0f9b4357ee172c0548ad7d6184bb315e768e870044def','a779c5e86e26b5f92ec82ac333ab773dafbec38a31eaa1404b62792e075957fa');
INSERT INTO "chain" VALUES(30,'2026-11-30T18:49:04.947Z','seal','10 rows','78e623cb5fff32c26b770c0e3ea3fad2b41b743aca399ca1b1224c4ca4eb4e4c','a779c5e86e26b5f92ec82ac333ab773dafbec38a31eaa1404b62792e075957fa','00f73a39196a22d9e84f01fee1292ae1712b0bed7df3bab9ee4ef5e3a6b92d2d');
INSERT INTO "chain" VALUES(31,'2026-11-30T18:49:04.952Z','seal','1 rows','1511de19704602efa1ad99576981bd1711c82f7d42fb9be1d3fcb61d774dc937','00f73a39196a22d9e84f01fee1292ae1712b0bed7df3bab9ee4ef5e3a6b92d2d','5b5a5db446800ee02a6c262c5b9a6f69f88707daa6e913cbdb3c444b235eb948');
INSERT INTO "chain" VALUES(32,'2026-11-30T18:49:04.957Z','seal','2 rows','9aab160805386d5ad401e65850d0fda152029277a41ffe91a2d2c81db2212670','5b5a5db446800ee02a6c262c5b9a6f69f88707daa6e913cbdb3c444b235eb948','b3fb3d969b130ae5f6be214295548c25c9ddb80860fa56220ed5efb1b480d598');
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
INSERT INTO "dates" VALUES('biller','2026-11-17','complete','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','20261130T184904Z-7c3fc2',0);
INSERT INTO "dates" VALUES('biller','2026-11-18','complete','6855e1fdd758a7da7b6ac2692a87d38e 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','3-244d6197ff97e7d739760bbbf18c3ccc','20261130T184903Z-8f5e6d',0);
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
INSERT INTO "files" VALUES(1,'biller','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507','tokopedia_biller_20261117.csv','folder /srv/rekon/inbox/tokopedia_biller_20261117.csv','2026-11-30T18:46:02.505Z','2026-11-30T18:49:02.526Z',229,'2026-11-17 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-17 09:00:05"},"amounts":{"whole":"50000"},"filled":["amount","fee"]}]}','','','','');
INSERT INTO "files" VALUES(2,'biller','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e','tokopedia_biller_20261118.csv','folder /srv/rekon/inbox/tokopedia_biller_20261118.csv','2026-11-30T18:47:02.945Z','2026-11-30T18:49:02.962Z',229,'2026-11-18 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-18 00:00:03"},"amounts":{"whole":"80000"},"filled":["amount","fee"]}]}','','','','');
INSERT INTO "files" VALUES(3,'biller','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0','tokopedia_biller_20261118_b.csv','folder /srv/rekon/inbox/tokopedia_biller_20261118_b.csv','2026-11-30T18:48:03.329Z','2026-11-30T18:49:03.347Z',229,'2026-11-18 part 0 merchant ',NULL,NULL,3,0,'tokopedia-biller','ef9510ec8f32ec5e13a501421215a92637376360b8b0a67de8497c1505e88d34','counted','','','{"sheets":[{"workbook":false,"headers":["timestamp","client_number","ref_id","partner_ref_id","product_code","admin_fee","amount"],"stamps":{"9999-9-9":"2026-11-18 00:00:03"},"amounts":{"whole":"80000"},"filled":["amount","fee"]}]}','','','','');
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
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261117.csv','1796064362.505666694 1796064542.503534195 65024:868366','6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507');
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261118.csv','1796064422.945657464 1796064542.943534208 65024:868369','0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e');
INSERT INTO "looked_at" VALUES('biller','folder /srv/rekon/inbox/tokopedia_biller_20261118_b.csv','1796064483.329543581 1796064543.327534220 65024:868385','b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0');
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
INSERT INTO "outbox" VALUES('4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example','20261130T184902Z-fcee1a','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17 Nov 2026: Complete, 3 breaks, Rp86,000 at risk','4daef8b0a3c0c5588cfe6da7eca67403@rekon','finance-daily_2026-11-17_4daef8.eml','e02a46f1f32ff48e05b3d32a31a26b1706abc64743eee772b0a5c32c989b5429','2026-11-30T18:49:02.526Z','2026-11-30T18:49:02.526Z','sent',1,'mail/finance-daily_2026-11-17_4daef8.eml','','2026-11-30T18:49:02.863Z');
INSERT INTO "outbox" VALUES('5595ad6860671a50e62ce18054a9e53b finance@merchant.example','20261130T184902Z-c04b89','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17–18 Nov 2026: Complete, 4 breaks: 1 new Rp30,000, 3 still open Rp86,000, Rp116,000 at risk','5595ad6860671a50e62ce18054a9e53b@rekon','finance-daily_2026-11-17_2026-11-18_5595ad.eml','cf8e246fe1e96be1b9683544176cc817b0272ccf615eec0a5ad15bb97a5339e5','2026-11-30T18:49:02.962Z','2026-11-30T18:49:02.962Z','sent',1,'mail/finance-daily_2026-11-17_2026-11-18_5595ad.eml','','2026-11-30T18:49:03.250Z');
INSERT INTO "outbox" VALUES('318b83bab1e67d0de983a05702b60ba4 finance@merchant.example','20261130T184903Z-8f5e6d','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17–18 Nov 2026: Complete, 5 breaks: 1 new Rp1,000, 4 still open Rp116,000, Rp117,000 at risk','318b83bab1e67d0de983a05702b60ba4@rekon','finance-daily_2026-11-17_2026-11-18_318b83.eml','62d03aca78870fd5773f8a3596005904921beaf6ea500ced6179977c355e60ee','2026-11-30T18:49:03.347Z','2026-11-30T18:49:03.347Z','sent',1,'mail/finance-daily_2026-11-17_2026-11-18_318b83.eml','','2026-11-30T18:49:04.391Z');
INSERT INTO "outbox" VALUES('2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example','20261130T184904Z-7c3fc2','finance-daily','Rekon <rekon@merchant.example>','finance@merchant.example','Reconciliation 17 Nov 2026: Complete, 4 breaks: 4 still open Rp116,000, Rp116,000 at risk','2678950b3a40b311bcda88fb98a8a5a7@rekon','finance-daily_2026-11-17_267895.eml','41812c2cb95f29a18dab0712c6810b2fd5297a230f46b3d502ac06ef3f3e0067','2026-11-30T18:49:04.719Z','2026-11-30T18:49:04.719Z','sent',1,'mail/finance-daily_2026-11-17_267895.eml','','2026-11-30T18:49:04.950Z');
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
INSERT INTO "outbox_attempts" VALUES('4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example',1,'2026-11-30T18:49:02.868Z','sent','mail/finance-daily_2026-11-17_4daef8.eml','');
INSERT INTO "outbox_attempts" VALUES('5595ad6860671a50e62ce18054a9e53b finance@merchant.example',1,'2026-11-30T18:49:03.256Z','sent','mail/finance-daily_2026-11-17_2026-11-18_5595ad.eml','');
INSERT INTO "outbox_attempts" VALUES('318b83bab1e67d0de983a05702b60ba4 finance@merchant.example',1,'2026-11-30T18:49:04.404Z','sent','mail/finance-daily_2026-11-17_2026-11-18_318b83.eml','');
INSERT INTO "outbox_attempts" VALUES('2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example',1,'2026-11-30T18:49:04.956Z','sent','mail/finance-daily_2026-11-17_267895.eml','');
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
INSERT INTO "results" VALUES('biller','2026-11-17',1,'20261130T184902Z-fcee1a','complete','2026-11-30T18:49:02.526Z','35e1991869357bf5eda342b9296aea4818767f15f8572da82e82ba120c66aff1','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["awaiting",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":"awaiting","ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',3);
INSERT INTO "results" VALUES('biller','2026-11-17',2,'20261130T184902Z-c04b89','complete','2026-11-30T18:49:02.962Z','9cb56819ca96593b29ec89f1fc1da2508be14a41be070f1de218c0824613c4ad','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',10);
INSERT INTO "results" VALUES('biller','2026-11-18',1,'20261130T184902Z-c04b89','complete','2026-11-30T18:49:02.962Z','2ee3ef0b288cb339e452aa6a7db70c9dc55b9d84bf9a90d4e4b6c1dc4e1ac17e','6db4f93e0218b474fb96c620807a82fb 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','3-244d6197ff97e7d739760bbbf18c3ccc','{"channel":"biller","business_date":"2026-11-18","state":"complete","due":"2026-11-19T03:00:00Z","files":[{"id":2,"name":"tokopedia_biller_20261118.csv","sha256":"0283deb21d0f94a056c46b90fa746f821db1d09e02b97e2d4d3c66d183fedc2e","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"110000.00","fee":"7500.00"},"net":"102500.00","ledger":{"entries":3,"amount":"60000.00","fee":"7500.00"},"buckets":[["matched",{"settlement":{"entries":2,"amount":"30000.00","fee":"5000.00"},"ledger":{"entries":2,"amount":"30000.00","fee":"5000.00"}}],["timing_differences",{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"missing_at_partner"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"30000.00","owed_by_us":"0.00","undecided":"0.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":4,"amount":"166000.00"},"new":{"count":1,"amount":"30000.00"},"cleared":{"count":1,"amount":"80000.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"116000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":2,"amount":"30000.00","fee":"5000.00"},"ledger":{"entries":2,"amount":"30000.00","fee":"5000.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":"unnamed","bucket":{"break":"missing_at_partner"},"ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}}]}',10);
INSERT INTO "results" VALUES('biller','2026-11-17',3,'20261130T184903Z-8f5e6d','complete','2026-11-30T18:49:03.347Z','5c291f0805793c32c68ae9c4d9ce137fed731e397d7ff1c0a5e52a9d7310c38b','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"1000.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',18);
INSERT INTO "results" VALUES('biller','2026-11-18',2,'20261130T184903Z-8f5e6d','complete','2026-11-30T18:49:03.347Z','1e73c0f796dc9b00086ff95d7fa49cb784c4c39b41d9b1bd3c8f143029527961','6855e1fdd758a7da7b6ac2692a87d38e 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','3-244d6197ff97e7d739760bbbf18c3ccc','{"channel":"biller","business_date":"2026-11-18","state":"complete","due":"2026-11-19T03:00:00Z","files":[{"id":3,"name":"tokopedia_biller_20261118_b.csv","sha256":"b78265e692e8ce860442df38f1e291c71446eea1f42e9a2ded6f1e6f16e1c1c0","revision":2,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"111000.00","fee":"7500.00"},"net":"103500.00","ledger":{"entries":3,"amount":"60000.00","fee":"7500.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"10000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"10000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"missing_at_partner"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"21000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"20000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"30000.00","owed_by_us":"1000.00","undecided":"0.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":4,"amount":"166000.00"},"new":{"count":2,"amount":"31000.00"},"cleared":{"count":1,"amount":"80000.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":5,"amount":"117000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"10000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"10000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"80000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"21000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"20000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"missing_at_partner"},"ledger":"success","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"30000.00","fee":"2500.00"}}}]}',18);
INSERT INTO "results" VALUES('biller','2026-11-17',4,'20261130T184904Z-7c3fc2','complete','2026-11-30T18:49:04.719Z','c4de9d9803bd09f66a2b3942c1829f373a89971d7fadde468936ff0ef4eea9f2','f4d8763907ddec75d6c0a52257941727 9047032c77fae94907ca2f811c4098f0 3c5675489115c2b8c1c5f2f00988619d','4-4c9bb7caed9b0fd1b1239ecdd3641f56','{"channel":"biller","business_date":"2026-11-17","state":"complete","due":"2026-11-18T03:00:00Z","files":[{"id":1,"name":"tokopedia_biller_20261117.csv","sha256":"6ce8ed14a60c86ab40b12265e761c675d1949b494316ccc4853e663223f2d507","revision":1,"rows":3,"rejected":0}],"missing_parts":[],"settlement":{"entries":3,"amount":"124000.00","fee":"7500.00"},"net":"116500.00","ledger":{"entries":4,"amount":"260000.00","fee":"10000.00"},"buckets":[["matched",{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}],["timing_differences",{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}],[{"break":"missing_in_ledger"},{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}],[{"break":"amount_break"},{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}],[{"break":"stuck_pending"},{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}]],"at_risk":{"owed_to_us":"0.00","owed_by_us":"15000.00","undecided":"70000.00"},"rejected_rows":0,"patterns":[],"roll_forward":{"opening":{"count":0,"amount":"0.00"},"new":{"count":4,"amount":"166000.00"},"cleared":{"count":0,"amount":"0.00"},"resolved":{"count":0,"amount":"0.00"},"written_off":{"count":0,"amount":"0.00"},"closing":{"count":4,"amount":"166000.00"}},"products":[{"group":{"product":{"named":"pln"},"bucket":"matched","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"50000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"50000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":"timing_differences","ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"80000.00","fee":"2500.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"missing_in_ledger"},"ledger":null,"settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"15000.00","fee":"2500.00"},"ledger":{"entries":0,"amount":"0.00","fee":"0.00"}}},{"group":{"product":{"named":"pln"},"bucket":{"break":"amount_break"},"ledger":"success","settlement":"success"},"sides":{"settlement":{"entries":1,"amount":"59000.00","fee":"2500.00"},"ledger":{"entries":1,"amount":"60000.00","fee":"2500.00"}}},{"group":{"product":"unnamed","bucket":{"break":"stuck_pending"},"ledger":"pending","settlement":null},"sides":{"settlement":{"entries":0,"amount":"0.00","fee":"0.00"},"ledger":{"entries":1,"amount":"70000.00","fee":"2500.00"}}}]}',28);
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
INSERT INTO "run_ends" VALUES('20261130T184902Z-fcee1a','2026-11-30T18:49:02.526Z','2026-11-30T18:49:02.895Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261130T184902Z-c04b89','2026-11-30T18:49:02.962Z','2026-11-30T18:49:03.287Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261130T184903Z-8f5e6d','2026-11-30T18:49:03.347Z','2026-11-30T18:49:04.429Z',0,'everything','');
INSERT INTO "run_ends" VALUES('20261130T184904Z-7c3fc2','2026-11-30T18:49:04.719Z','2026-11-30T18:49:04.984Z',0,'part','');
CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    started_at TEXT NOT NULL,
    as_of TEXT NOT NULL
);
INSERT INTO "runs" VALUES('20261130T184902Z-fcee1a','2026-11-30T18:49:02.526Z','2026-11-18T02:00:00.000Z');
INSERT INTO "runs" VALUES('20261130T184902Z-c04b89','2026-11-30T18:49:02.962Z','2026-11-19T04:00:00.000Z');
INSERT INTO "runs" VALUES('20261130T184903Z-8f5e6d','2026-11-30T18:49:03.347Z','2026-11-19T05:00:00.000Z');
INSERT INTO "runs" VALUES('20261130T184904Z-7c3fc2','2026-11-30T18:49:04.719Z','2026-11-30T18:49:04.719Z');
CREATE TABLE sealed_rows (
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (table_name, row_key)
);
INSERT INTO "sealed_rows" VALUES('coverage','1:1 10:2026-11-17','127d694e4a3ac5d5f3edabb553ab6e2ce00d19fe71e4b81dc87b87f0f0d11b35');
INSERT INTO "sealed_rows" VALUES('files','1:1','a0a32997da3d382682460592d934d9dd732ba2f39bc03e63d540155918845eff');
INSERT INTO "sealed_rows" VALUES('dates','6:biller 10:2026-11-17','749829a8f7fc8f52862975a954c0deca10d8c4da22db61ddd773418f990bcf3b');
INSERT INTO "sealed_rows" VALUES('hourly','6:biller 10:2026-11-17','54f394767b8096c2cb4b3d83f800ed6517b15c49e0cd9570365f4be0a6881c43');
INSERT INTO "sealed_rows" VALUES('outbox','57:4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example','c8e561bb655f66e10b96b18382a5a937de3833902912ea7f7ad7f04a039f1951');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:1','ab40def2f0043cbecaeb7ed6fe6cf04a5052b6359ad809508e99f4fd9161b2f7');
INSERT INTO "sealed_rows" VALUES('runs','23:20261130T184902Z-fcee1a','da2f3ad30a89b6f9179e59e3caa1dc46d1580451c34753cba34ae63d013d81cc');
INSERT INTO "sealed_rows" VALUES('tellings','1:1','a54824e9d4317992b0f6ec27ddb607f1c324821f75a0d3bb5ec2b601836956ac');
INSERT INTO "sealed_rows" VALUES('tellings','1:2','1f9d697947fc15d101c366b80145d5f3dc746badda09afa6692dcf7f85cdd87d');
INSERT INTO "sealed_rows" VALUES('told','1:1 4:date 6:biller 10:2026-11-17','34c5b222f14c188d7ddc7a1c58f2ca2902d82d3f66bc203aff0b70c598c166ed');
INSERT INTO "sealed_rows" VALUES('told','1:1 6:breaks 6:biller 0:','9e92f64dc7a2d3006c6bbb5d78aaaa961b6fb902b2c840b473cb4868d22f5827');
INSERT INTO "sealed_rows" VALUES('told','1:2 4:date 6:biller 10:2026-11-17','19504b0c811138c02f6080601bb2fb8d241ff29ce4297feb27c2dd92cd21916f');
INSERT INTO "sealed_rows" VALUES('told','1:2 6:breaks 6:biller 0:','a45c576c83727f1de0b5cbb5c0d3c9183ed9c81d52f06f0bff06536204270dd8');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:4daef8b0a3c0c5588cfe6da7eca67403 finance@merchant.example 1:1','e1f5ec986ec3b86fe38deb9670e2d5ec4133163fddfe9e21e1faaa1ac182769b');
INSERT INTO "sealed_rows" VALUES('coverage','1:2 10:2026-11-18','b9813ab0b6eb2c02e073125a4499d77f481508c2bba7379a15569b6776b2f2c2');
INSERT INTO "sealed_rows" VALUES('files','1:2','6fbd0e020805284c826644315d26e022fd09edf9ab3e8e67abb315ce7eea9a51');
INSERT INTO "sealed_rows" VALUES('dates','6:biller 10:2026-11-18','35f30e7cbdf984521e7b64d64ddd613e4d5a86b596cdd8e6c05dd6b308cf2c62');
INSERT INTO "sealed_rows" VALUES('hourly','6:biller 10:2026-11-18','250b404699eb3d993544d20966e040e5f6933fa70d645b40957f4757eb2a799a');
INSERT INTO "sealed_rows" VALUES('outbox','57:5595ad6860671a50e62ce18054a9e53b finance@merchant.example','a36b4f0636b843ca63ab38c344e98c90262880f9e98105a312dfe37e8a71724b');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:2','efcc8aed34b9ccc7cd2184eafc4b4982c36e726fa8e31b095f8621947b2a7bf5');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-18 1:1','49f85cd299adc3cdcfd1e42e1be521b970467bb5df6d2c4b5f196bf8b44d4ae7');
INSERT INTO "sealed_rows" VALUES('runs','23:20261130T184902Z-c04b89','d21cc6c85ea8e9ee4d476a966f16710dfb39cebe5820ac810ed320a94f35f188');
INSERT INTO "sealed_rows" VALUES('tellings','1:3','d663ec24d83c43df004304422ac8755d3e71b7700526e3b6c03f60b8864030ac');
INSERT INTO "sealed_rows" VALUES('tellings','1:4','ebfbf469fc55a48f5571fd1351c8f77f35a70d34045e283456f9bf7f7a14e345');
INSERT INTO "sealed_rows" VALUES('told','1:3 4:date 6:biller 10:2026-11-17','861d08acb6e9f4bf773259ffb403ca28164e8c7de9d04b99411250946e9f2f81');
INSERT INTO "sealed_rows" VALUES('told','1:3 4:date 6:biller 10:2026-11-18','7cced303e8d53df1dd1786437fa01c4f56d42fbaf5b0f1150ef3a9367abc4b62');
INSERT INTO "sealed_rows" VALUES('told','1:3 6:breaks 6:biller 0:','e74b05c24848844362bb5baca08942898d155e89522ee10c5540a6b99178f074');
INSERT INTO "sealed_rows" VALUES('told','1:4 4:date 6:biller 10:2026-11-17','931d6e27aadf4989436458c7352b924009f5fa708c573328dfaa827e94048d01');
INSERT INTO "sealed_rows" VALUES('told','1:4 4:date 6:biller 10:2026-11-18','f7723a5d15b846d5b791b339b428d08de23cd56c6056bd96cadfedfd5e19d600');
INSERT INTO "sealed_rows" VALUES('told','1:4 6:breaks 6:biller 0:','9717ac11e95d0c08044b49f73a33c3a9dc5a70afa922d06c0f8daeaf18644a86');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:5595ad6860671a50e62ce18054a9e53b finance@merchant.example 1:1','d9578ba94e2038ad4c1a8eb62f7d0b1ae0b455a456c082cfbdb839241ec4c874');
INSERT INTO "sealed_rows" VALUES('coverage','1:3 10:2026-11-18','ba5e40924f4137a5b1ccd268d4b824f4ebcd33b01a8c84fc16ab312a4212cf7c');
INSERT INTO "sealed_rows" VALUES('files','1:3','7aac643e0dd47ec5495c3433808cf13849e4976a90c767ac1145127fdd5b92a0');
INSERT INTO "sealed_rows" VALUES('outbox','57:318b83bab1e67d0de983a05702b60ba4 finance@merchant.example','e037f9778810bd230a3c59e779302bc45bd53d23d692e6aecb3539aa99887957');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:3','6eebe41cd9429542e8ca767f233bbf2d184781143ba7730358ed63bb37fa00f6');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-18 1:2','b4602ae21eb8f7ff2ddf9406a2f865d50cd5e87208016ced33fafab31a1b167f');
INSERT INTO "sealed_rows" VALUES('runs','23:20261130T184903Z-8f5e6d','1e81de659e8098a2fc46117f7382581cd54a7dd8e9e682e67aab282bb83d270e');
INSERT INTO "sealed_rows" VALUES('tellings','1:5','0817a2e8483b8f3b92952d703c26dfdc61e404890294754482ca2291661a5a12');
INSERT INTO "sealed_rows" VALUES('tellings','1:6','fb8a84f5fe9db96f2ffc5bb94d5d4eca133ebdf88d937f3cedcaf5a6264f98cc');
INSERT INTO "sealed_rows" VALUES('told','1:5 4:date 6:biller 10:2026-11-17','61fc9f4ab82016bff9bea266fc0b4816f5a3a493c734d38b44b4bd6ba403b3e8');
INSERT INTO "sealed_rows" VALUES('told','1:5 4:date 6:biller 10:2026-11-18','83b67bb1ccb35977e6d0939c2dac5bd5d2a332546ffe0e63f4f2c0426d2f4764');
INSERT INTO "sealed_rows" VALUES('told','1:5 6:breaks 6:biller 0:','9e378f04466fc69d4ab9384afb8a45804aed320515f0cd12dc3ed2db7a6ad2e8');
INSERT INTO "sealed_rows" VALUES('told','1:6 4:date 6:biller 10:2026-11-17','c13f4ecd31efc18d9e0a15a48987617b67cd18256764cf595a29213f65bca000');
INSERT INTO "sealed_rows" VALUES('told','1:6 4:date 6:biller 10:2026-11-18','cf3b629083c34eb37189f19dce11b2df099dc307b160921651203c2b7b674719');
INSERT INTO "sealed_rows" VALUES('told','1:6 6:breaks 6:biller 0:','c1fa5fe24d6653c473217fe043ec914fc930ca5dd89057a607fe41081969baf6');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:318b83bab1e67d0de983a05702b60ba4 finance@merchant.example 1:1','cc310d2105d9f74e4ce57dd6fac3a6bb34be3426d64cf01a0711431dfeb19c37');
INSERT INTO "sealed_rows" VALUES('acts','2:24','989253e10df4dba7c84473c8726aa79b7981893bcc2251b0318f8252a523eae7');
INSERT INTO "sealed_rows" VALUES('acts','2:26','8d0813aa011c51d0ca9de52ada6e778ecc5b8a43e89939a18eced4fb50847307');
INSERT INTO "sealed_rows" VALUES('outbox','57:2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example','d858a86355b4abb0697dedcef52342deaaa18d48eb84a8420a6acd9aa6c62713');
INSERT INTO "sealed_rows" VALUES('results','6:biller 10:2026-11-17 1:4','9cecbfe786fe9c7eda2a7a18ed9c5a15072ef2480c7c459b90c202603e81bbc0');
INSERT INTO "sealed_rows" VALUES('runs','23:20261130T184904Z-7c3fc2','104aee6fbfb7608307c58634d829cb4895870ced55b4110f6cbaf8a9faf2c329');
INSERT INTO "sealed_rows" VALUES('tellings','1:7','c11042161c3cb2b00d3ce4c642d289e87ca7059e29d81e01ba297207e348814b');
INSERT INTO "sealed_rows" VALUES('tellings','1:8','252a882661449476af9f1da3063d3eeb526536a559f987769f0f82b0eaed1664');
INSERT INTO "sealed_rows" VALUES('told','1:7 4:date 6:biller 10:2026-11-17','11fc83f9bed197b27da4af7525d100f8d4df727e413e51f300a5abe929060bd6');
INSERT INTO "sealed_rows" VALUES('told','1:7 6:breaks 6:biller 0:','49272d76f000699acc8deb395c0a713d9e644eacf6cecb57352a7236840ebd2f');
INSERT INTO "sealed_rows" VALUES('told','1:8 4:date 6:biller 10:2026-11-17','6bcc9c691b07b4c0f9bbb5a8c5c0b2887e93fc48f578dda7c3d85fb581cc0c23');
INSERT INTO "sealed_rows" VALUES('told','1:8 6:breaks 6:biller 0:','c6064e50233396044e4c5c222020050360e94ac53dcd6cba9ad1b163644c0d27');
INSERT INTO "sealed_rows" VALUES('outbox_attempts','57:2678950b3a40b311bcda88fb98a8a5a7 finance@merchant.example 1:1','912a9d31996a16f558a63f4eafe1d1c9148864ba7800ecc464a8d9a6913bb568');
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
INSERT INTO "tellings" VALUES(1,'finance-daily',1,3,'4daef8b0a3c0c5588cfe6da7eca67403@rekon','2026-11-30T18:49:02.526Z');
INSERT INTO "tellings" VALUES(2,'',1,3,'','2026-11-30T18:49:02.526Z');
INSERT INTO "tellings" VALUES(3,'finance-daily',2,10,'5595ad6860671a50e62ce18054a9e53b@rekon','2026-11-30T18:49:02.962Z');
INSERT INTO "tellings" VALUES(4,'',2,10,'','2026-11-30T18:49:02.962Z');
INSERT INTO "tellings" VALUES(5,'finance-daily',3,18,'318b83bab1e67d0de983a05702b60ba4@rekon','2026-11-30T18:49:03.347Z');
INSERT INTO "tellings" VALUES(6,'',3,18,'','2026-11-30T18:49:03.347Z');
INSERT INTO "tellings" VALUES(7,'finance-daily',4,28,'2678950b3a40b311bcda88fb98a8a5a7@rekon','2026-11-30T18:49:04.719Z');
INSERT INTO "tellings" VALUES(8,'',4,28,'','2026-11-30T18:49:04.719Z');
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
