//! What the account may do besides reading.

use super::session::{Flavour, Session};
use crate::LedgerError;

/// Privileges by which data or tables change.
const WRITING: [&str; 14] = [
    "ALL",
    "ALL PRIVILEGES",
    "INSERT",
    "UPDATE",
    "DELETE",
    "DELETE HISTORY",
    "CREATE",
    "CREATE VIEW",
    "DROP",
    "ALTER",
    "INDEX",
    "TRIGGER",
    "CREATE USER",
    "SUPER",
];
/// Privileges of the whole server that `read_only` does not bind.
const UNBOUND: [&str; 6] = [
    "ALL",
    "ALL PRIVILEGES",
    "SUPER",
    "READ ONLY ADMIN",
    "READ_ONLY ADMIN",
    "CONNECTION_ADMIN",
];

/// One line of `SHOW GRANTS`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Grant {
    privileges: Vec<String>,
    /// `` `ledger`.* ``, `*.*`.
    on: String,
}

/// What the account and the roles that are active in the session may change.
pub async fn writable(
    session: &mut Session,
    database: Option<&str>,
) -> Result<Option<LedgerError>, LedgerError> {
    let rows = session
        .ask("SELECT CURRENT_USER(), @@global.read_only")
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let account = session.text(row, 0)?;
    let read_only = session.text(row, 1)? == "1";
    let mut grants = Vec::new();
    let show = show_grants(session).await?;
    for row in session.ask(&show).await? {
        grants.extend(Grant::parse(&session.text(&row, 0)?));
    }
    let unbound = grants.iter().any(|grant| {
        grant.on == "*.*" && grant.privileges.iter().any(|one| UNBOUND.contains(&&**one))
    });
    if read_only && !unbound {
        return Ok(None);
    }
    let proof: Vec<String> = grants.iter().filter_map(Grant::proof).collect();
    if proof.is_empty() {
        return Ok(None);
    }
    let database = database.unwrap_or("DATABASE");
    let host = account.rsplit_once('@').map_or("%", |(_, host)| host);
    Ok(Some(LedgerError::Writable {
        place: session.place.clone(),
        proof: proof.join("; "),
        hint: format!(
            "make an account that reads: CREATE USER 'rekon_reader'@'{host}' IDENTIFIED BY '…'; \
             GRANT SELECT ON `{database}`.* TO 'rekon_reader'@'{host}'; and name it in `url` under \
             [ledger]; allow_writable_ledger = true there if this one is meant"
        ),
    }))
}

/// MySQL shows what a role gives only when it is asked for that role.
async fn show_grants(session: &mut Session) -> Result<String, LedgerError> {
    if session.flavour == Flavour::MariaDb || session.number < (8, 0) {
        return Ok("SHOW GRANTS".to_owned());
    }
    let rows = session.ask("SELECT CURRENT_ROLE()").await?;
    let roles = match rows.first() {
        Some(row) => session.text(row, 0)?,
        None => String::new(),
    };
    Ok(match roles.as_str() {
        "" | "NONE" => "SHOW GRANTS".to_owned(),
        roles => format!("SHOW GRANTS FOR CURRENT_USER() USING {roles}"),
    })
}

impl Grant {
    /// `None` for the grant of a role, which is listed with what it gives where it is active.
    fn parse(line: &str) -> Option<Grant> {
        let rest = line.strip_prefix("GRANT ")?;
        let on = outside_quotes(rest, " ON ")?;
        let object = &rest[on + " ON ".len()..];
        let to = outside_quotes(object, " TO ")?;
        Some(Grant {
            privileges: listed(&rest[..on]),
            on: object[..to].to_owned(),
        })
    }

    fn proof(&self) -> Option<String> {
        // What a routine does is not to be seen from here.
        if ["PROCEDURE ", "FUNCTION ", "PACKAGE "]
            .iter()
            .any(|kind| self.on.starts_with(kind))
        {
            return None;
        }
        let writing: Vec<&str> = self
            .privileges
            .iter()
            .map(String::as_str)
            .filter(|one| WRITING.contains(one))
            .collect();
        (!writing.is_empty()).then(|| format!("{} ON {}", writing.join(", "), self.on))
    }
}

/// Where a word stands outside of backticks and brackets.
fn outside_quotes(text: &str, word: &str) -> Option<usize> {
    let (mut quoted, mut depth) = (false, 0usize);
    for (at, c) in text.char_indices() {
        match c {
            '`' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ if !quoted && depth == 0 && text[at..].starts_with(word) => return Some(at),
            _ => {}
        }
    }
    None
}

/// `SELECT, UPDATE (a, b)` → the names, without their columns.
fn listed(privileges: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = privileges;
    loop {
        let end = outside_quotes(rest, ",").unwrap_or(rest.len());
        let name = rest[..end].split('(').next().unwrap_or("").trim();
        if !name.is_empty() {
            names.push(name.to_uppercase());
        }
        match rest.get(end + 1..) {
            Some(more) => rest = more,
            None => return names,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_tells_what_may_be_written() {
        let table: &[(&str, Option<&str>)] = &[
            (
                "GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*B6'",
                None,
            ),
            ("GRANT SELECT ON `led`.* TO `u`@`%`", None),
            (
                "GRANT SELECT, SHOW VIEW, LOCK TABLES, CREATE TEMPORARY TABLES ON `led`.* TO `u`@`%`",
                None,
            ),
            (
                "GRANT SELECT (`id`, `on delete`) ON `led`.`p` TO `u`@`%`",
                None,
            ),
            (
                "GRANT SELECT, UPDATE (`a`, `b`) ON `led`.`p` TO `u`@`%`",
                Some("UPDATE ON `led`.`p`"),
            ),
            (
                "GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION",
                Some("ALL PRIVILEGES ON *.*"),
            ),
            (
                "GRANT INSERT, SELECT, DROP ON `a TO b`.* TO `u`@`%`",
                Some("INSERT, DROP ON `a TO b`.*"),
            ),
            ("GRANT `INSERT ON x`@`%` TO `u`@`%`", None),
            ("GRANT `writer` TO `u`@`%` WITH ADMIN OPTION", None),
            (
                "GRANT EXECUTE, ALTER ROUTINE ON PROCEDURE `led`.`p` TO `u`@`%`",
                None,
            ),
            (
                "GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION",
                None,
            ),
            (
                "GRANT SUPER, RELOAD ON *.* TO `u`@`%`",
                Some("SUPER ON *.*"),
            ),
            ("SET DEFAULT ROLE `writer` FOR `u`@`%`", None),
        ];
        for (line, expected) in table {
            let proof = Grant::parse(line).and_then(|grant| grant.proof());
            assert_eq!(proof.as_deref(), *expected, "{line}");
        }
    }
}
