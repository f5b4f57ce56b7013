//! A ledger in PostgreSQL, read by the real binary from a real server.

use crate::postgres::Postgres;

#[test]
fn a_stopped_server_comes_back_with_its_data() {
    let mut server = Postgres::start();
    let database = server.database();
    database.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)");
    let name = database.name.clone();
    server.stop_immediately();
    server.restart();
    let database = crate::postgres::Database {
        server: &server,
        name,
    };
    assert_eq!(
        database.query("SELECT a, 'x' FROM t ORDER BY a"),
        "1|x\n2|x"
    );
    server.stop();
    server.restart();
}
