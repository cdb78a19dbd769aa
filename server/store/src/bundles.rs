//! An organization as lines that any installation can take in, whichever engine it has (N13): what belongs to it alone, the
//! accounts of its people, and their passwords' hashes. Sessions, messages on their way, jobs and what is made from the rest
//! stay behind, and so does what only this installation's key opens: the mail server's password, and the marks of deleted
//! addresses.

use futures::{Stream, TryStreamExt as _};
use model::{MembershipId, OrgId, id::Id};
use serde_json::{Map, Value as Json};
use sqlx::{AssertSqlSafe, Row};

use crate::{
    Engine, Handle, StoreError, Tx, Value, attributes, bulk::select_in, db::fetch_optional, groups, insert_many,
    memberships,
};

/// A row of a table, by the names of its columns.
pub type Fields = Map<String, Json>;

/// A table of a bundle.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The columns by which its rows are told apart and put in order.
    key: &'static str,
    /// What it is read from, where that is not the table as it stands.
    from: Option<&'static str>,
    /// Which rows belong to the organization `$1`.
    of: &'static str,
    columns: &'static [&'static str],
    /// Those of them that hold numbers.
    numbers: &'static [&'static str],
}

/// The accounts of its members as they are; and who has invited somebody there and left, as the shell that a deletion leaves:
/// what they are called today is no matter of the organization any more.
const ITS_USERS: &str = "(SELECT u.id, \
    CASE WHEN m.user_id IS NULL THEN u.id || '@deleted.invalid' ELSE u.email END AS email, \
    CASE WHEN m.user_id IS NULL THEN 'Deleted' ELSE u.first_name END AS first_name, \
    CASE WHEN m.user_id IS NULL THEN 'user' ELSE u.last_name END AS last_name, u.created_at, \
    CASE WHEN m.user_id IS NULL THEN COALESCE(u.erased_at, u.created_at) ELSE u.erased_at END AS erased_at \
    FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND m.org_id = $1 AND m.kind <> 'support' \
    WHERE m.user_id IS NOT NULL OR u.id IN (SELECT i.invited_by FROM invitations i WHERE i.org_id = $1)) AS its_users";

/// The views of an organization. Those of support staff stay behind with them; what they share is nobody's by then, as if they
/// had left.
const ITS_VIEWS: &str = "(SELECT v.id, v.org_id, CASE WHEN m.kind = 'support' THEN NULL ELSE v.made_by END AS made_by, \
    v.private_to, v.name, v.name_key, v.query, v.created_at \
    FROM saved_views v LEFT JOIN memberships m ON m.id = v.made_by \
    WHERE v.org_id = $1 AND (v.private_to IS NULL OR m.kind <> 'support')) AS its_views";

/// In the order in which they are read and written: what others refer to comes first.
pub const TABLES: &[Table] = &[
    Table {
        name: "organizations",
        key: "id",
        from: None,
        of: "id = $1",
        columns: &["id", "slug", "name", "policies", "revision", "created_at", "kind", "details", "archived_at"],
        numbers: &["revision", "created_at", "archived_at"],
    },
    Table {
        name: "users",
        key: "id",
        from: Some(ITS_USERS),
        of: "1 = 1",
        columns: &["id", "email", "first_name", "last_name", "created_at", "erased_at"],
        numbers: &["created_at", "erased_at"],
    },
    Table {
        name: "credentials",
        key: "user_id",
        from: None,
        of: "EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = credentials.user_id AND m.org_id = $1 \
             AND m.kind <> 'support')",
        columns: &["user_id", "password_hash", "changed_at", "temporary_until"],
        numbers: &["changed_at", "temporary_until"],
    },
    Table {
        name: "custom_roles",
        key: "id",
        from: None,
        of: "org_id = $1",
        columns: &["id", "org_id", "name", "name_key", "base", "withheld", "created_at"],
        numbers: &["created_at"],
    },
    Table {
        name: "groups",
        // What stands under another one comes behind it.
        key: "parent_id IS NOT NULL, id",
        from: None,
        of: "org_id = $1",
        columns: &[
            "id",
            "org_id",
            "name",
            "name_key",
            "description",
            "parent_id",
            "role",
            "custom_role_id",
            "created_at",
        ],
        numbers: &["created_at"],
    },
    Table {
        name: "attributes",
        key: "id",
        from: None,
        of: "org_id = $1",
        columns: &[
            "id",
            "org_id",
            "attribute_key",
            "label",
            "description",
            "value_type",
            "options",
            "how_many",
            "default_value",
            "seen_by",
            "edited_by",
            "created_at",
        ],
        numbers: &["created_at"],
    },
    Table {
        name: "memberships",
        key: "id",
        from: None,
        // The staff of this installation's operator are let in here alone.
        of: "org_id = $1 AND kind <> 'support'",
        columns: memberships::COLUMNS,
        numbers: &["open_until", "created_at", "joined_at", "last_login_at", "due_at"],
    },
    Table {
        name: "group_members",
        key: "group_id, membership_id",
        from: None,
        of: "group_id IN (SELECT g.id FROM groups g WHERE g.org_id = $1) AND EXISTS (SELECT 1 FROM memberships m \
             WHERE m.id = group_members.membership_id AND m.kind <> 'support')",
        columns: &["group_id", "membership_id", "org_id", "sort_name"],
        numbers: &[],
    },
    Table {
        name: "person_attributes",
        key: "attribute_id, membership_id, term",
        from: None,
        of: "membership_id IN (SELECT m.id FROM memberships m WHERE m.org_id = $1 AND m.kind <> 'support')",
        columns: &["attribute_id", "membership_id", "org_id", "term", "value"],
        numbers: &[],
    },
    Table {
        name: "group_attributes",
        key: "attribute_id, group_id, term",
        from: None,
        of: "org_id = $1",
        columns: &["attribute_id", "group_id", "org_id", "term", "value"],
        numbers: &[],
    },
    Table {
        name: "connections",
        key: "id",
        from: None,
        of: "org_id = $1",
        columns: &[
            "id",
            "org_id",
            "key",
            "name",
            "name_key",
            "description",
            "application",
            "default_role",
            "created_at",
        ],
        numbers: &["created_at"],
    },
    Table {
        name: "connection_models",
        key: "id",
        from: None,
        of: "org_id = $1",
        columns: &["id", "org_id", "connection_id", "name", "name_key", "created_at"],
        numbers: &["created_at"],
    },
    Table {
        name: "connection_roles",
        key: "id",
        from: None,
        of: "org_id = $1",
        columns: &["id", "org_id", "name", "name_key", "base", "withheld", "created_at"],
        numbers: &["created_at"],
    },
    Table {
        name: "connection_people",
        key: "connection_id, membership_id, model_id",
        from: None,
        of: "connection_id IN (SELECT c.id FROM connections c WHERE c.org_id = $1) AND EXISTS (SELECT 1 FROM memberships m \
             WHERE m.id = connection_people.membership_id AND m.kind <> 'support')",
        columns: &["connection_id", "membership_id", "model_id", "org_id", "role", "custom_role_id", "sort_name"],
        numbers: &[],
    },
    Table {
        name: "connection_groups",
        key: "connection_id, group_id, model_id",
        from: None,
        of: "connection_id IN (SELECT c.id FROM connections c WHERE c.org_id = $1)",
        columns: &["connection_id", "group_id", "model_id", "org_id", "role", "custom_role_id"],
        numbers: &[],
    },
    Table {
        name: "invitations",
        key: "id",
        from: None,
        of: "org_id = $1",
        columns: &[
            "id",
            "org_id",
            "membership_id",
            "token_hash",
            "state",
            "invited_by",
            "created_at",
            "expires_at",
            "closed_at",
            "delivery",
            "delivery_error",
        ],
        numbers: &["created_at", "expires_at", "closed_at"],
    },
    Table {
        name: "invitation_requests",
        key: "id",
        from: None,
        of: "org_id = $1",
        columns: &[
            "id",
            "org_id",
            "email",
            "first_name",
            "last_name",
            "message",
            "state",
            "created_at",
            "updated_at",
            "told_at",
            "decided_at",
            "decided_by",
        ],
        numbers: &["created_at", "updated_at", "told_at", "decided_at"],
    },
    Table {
        name: "saved_views",
        key: "id",
        from: Some(ITS_VIEWS),
        of: "1 = 1",
        columns: &["id", "org_id", "made_by", "private_to", "name", "name_key", "query", "created_at"],
        numbers: &["created_at"],
    },
    Table {
        name: "default_views",
        key: "membership_id",
        from: None,
        of: "membership_id IN (SELECT m.id FROM memberships m WHERE m.org_id = $1 AND m.kind <> 'support')",
        columns: &["membership_id", "view_id"],
        numbers: &[],
    },
    Table {
        name: "ownership_offers",
        key: "id",
        from: None,
        of: "org_id = $1",
        columns: &["id", "org_id", "from_id", "to_id", "mode", "state", "created_at", "expires_at", "closed_at"],
        numbers: &["created_at", "expires_at", "closed_at"],
    },
    Table {
        name: "mail_profiles",
        key: "org_id",
        from: None,
        of: "org_id = $1",
        columns: &["org_id", "version", "profile", "logo", "updated_at"],
        numbers: &["version", "updated_at"],
    },
    Table {
        name: "audit_events",
        key: "id",
        from: None,
        of: "org_id = $1",
        columns: &["id", "org_id", "at", "actor_id", "actor_name", "action", "target_id", "target_name", "detail"],
        numbers: &["at"],
    },
];

/// Tables of which nothing goes along, and why.
pub const LEFT_BEHIND: &[(&str, &str)] = &[
    ("installation", "is this installation itself"),
    ("sessions", "belong to this installation's cookies"),
    ("account_links", "were mailed with this installation's address"),
    ("outbox", "is sealed with this installation's key, and leaves from here"),
    ("rate_limits", "count what was tried here"),
    ("tombstones", "are hashes made with this installation's key"),
    ("membership_terms", "are made from the memberships"),
    ("attribute_terms", "are made from what people and groups have"),
    ("people_counts", "are made from the memberships"),
    ("jobs", "run here"),
    ("job_items", "are of the jobs"),
    ("imports", "are of the jobs"),
    ("support_grants", "let the staff of this installation's operator in"),
    ("domains", "were proven to this installation; a file may say anything, and adding one again takes a line"),
    ("referrals", "are about other organizations, which stay"),
    ("partner_records", "are what this installation's operator owes; `rollcall partner list` writes them as a file"),
    ("partner_months", "are made from the records"),
    ("partner_totals", "are made from the records"),
    ("referral_totals", "are made from the records"),
];

/// Columns that stay behind of a table that goes along.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("mail_profiles", "sealed_password"),
    // Another organization, which stays; and what was seen here.
    ("memberships", "home_org_id"),
    ("memberships", "last_used_at"),
    ("users", "support_since"),
    // Made from the groups.
    ("memberships", "through_groups"),
    // Proven to another installation; a file may say anything.
    ("users", "email_proven_at"),
    // Ends a link with this installation's address.
    ("organizations", "referral_code"),
];

/// The table of a name.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

impl Table {
    /// The columns that go along.
    pub const fn columns(&self) -> &'static [&'static str] {
        self.columns
    }

    /// Whether its rows say of which organization they are.
    pub fn has_tenant(&self) -> bool {
        self.columns.contains(&"org_id")
    }

    fn is_number(&self, column: &str) -> bool {
        self.numbers.contains(&column)
    }

    /// Hands each row of an organization over, in the order of the key. What is in memory at a time is one row.
    ///
    /// # Errors
    /// [`StoreError`]; inside, what went wrong with a row that was handed over.
    pub async fn each<H: Handle, E>(
        &self,
        h: &mut H,
        org_id: &OrgId,
        take: impl FnMut(Fields) -> Result<(), E>,
    ) -> Result<Result<(), E>, StoreError> {
        let Self { name, key, from, of, columns, .. } = self;
        let from = from.unwrap_or(name);
        // All of it is constants of this module.
        let sql = AssertSqlSafe(format!("SELECT {} FROM {from} WHERE {of} ORDER BY {key}", columns.join(", ")));
        match h.engine() {
            Engine::Sqlite(c) => self.hand_over(sqlx::query(sql).bind(org_id.as_str()).fetch(c), take).await,
            Engine::Postgres(c, pooler) => {
                let query = sqlx::query(sql).bind(org_id.as_str()).persistent(pooler.keeps_statements());
                self.hand_over(query.fetch(c), take).await
            }
        }
    }

    async fn hand_over<R: Row, E>(
        &self,
        mut rows: impl Stream<Item = Result<R, sqlx::Error>> + Unpin,
        mut take: impl FnMut(Fields) -> Result<(), E>,
    ) -> Result<Result<(), E>, StoreError>
    where
        usize: sqlx::ColumnIndex<R>,
        for<'r> Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
        for<'r> Option<i64>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    {
        while let Some(row) = rows.try_next().await? {
            if let Err(stopped) = take(self.read(&row)?) {
                return Ok(Err(stopped));
            }
        }
        Ok(Ok(()))
    }

    fn read<R: Row>(&self, row: &R) -> Result<Fields, StoreError>
    where
        usize: sqlx::ColumnIndex<R>,
        for<'r> Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
        for<'r> Option<i64>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    {
        let mut read = Fields::new();
        for (place, column) in self.columns.iter().enumerate() {
            let value = if self.is_number(column) {
                row.try_get::<Option<i64>, _>(place)?.map_or(Json::Null, Json::from)
            } else {
                row.try_get::<Option<String>, _>(place)?.map_or(Json::Null, Json::from)
            };
            read.insert((*column).to_owned(), value);
        }
        Ok(read)
    }

    /// Takes rows in, and makes what is made from them alone; for what is made from several tables see [`finish`].
    ///
    /// # Errors
    /// [`StoreError::Taken`] for what is there already, [`StoreError::Corrupt`] for a row that is none of this table.
    pub async fn insert(&self, tx: &mut Tx, org_id: &OrgId, rows: &[Fields]) -> Result<(), StoreError> {
        let values = rows.iter().map(|row| self.values(row)).collect::<Result<Vec<_>, _>>()?;
        insert_many(tx, self.name, self.columns, &values).await?;
        if self.name != "memberships" {
            return Ok(());
        }
        let id = |row: &Fields| row.get(self.key).and_then(Json::as_str).and_then(|id| MembershipId::parse(id).ok());
        let ids: Option<Vec<MembershipId>> = rows.iter().map(id).collect();
        let ids = ids.ok_or(StoreError::Corrupt("membership id"))?;
        let people = memberships::by_ids(tx, org_id, &ids).await?;
        if people.len() != ids.len() {
            return Err(StoreError::Corrupt("membership id"));
        }
        memberships::index(tx, org_id, &people).await
    }

    fn values(&self, row: &Fields) -> Result<Vec<Value>, StoreError> {
        const WRONG: StoreError = StoreError::Corrupt("row of a bundle");
        if row.len() != self.columns.len() {
            return Err(WRONG);
        }
        let value = |column: &&str| match (row.get(*column), self.is_number(column)) {
            (Some(Json::Null), true) => Ok(Value::OptInt(None)),
            (Some(Json::Null), false) => Ok(Value::OptText(None)),
            (Some(Json::Number(n)), true) => n.as_i64().map(|n| Value::OptInt(Some(n))).ok_or(WRONG),
            (Some(Json::String(text)), false) => Ok(Value::OptText(Some(text.clone()))),
            _ => Err(WRONG),
        };
        self.columns.iter().map(value).collect()
    }
}

/// Makes what is made from the rows of several tables, once all of them are there.
///
/// # Errors
/// [`StoreError`].
pub async fn finish(tx: &mut Tx, org_id: &OrgId) -> Result<(), StoreError> {
    groups::remake_all(tx, org_id).await?;
    attributes::remake_all(tx, org_id).await
}

/// The organization that is here under an id or a slug, if any: its id.
///
/// # Errors
/// [`StoreError`].
pub async fn is_here<H: Handle>(h: &mut H, id: &str, slug: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = fetch_optional!(
        h,
        "SELECT id FROM organizations WHERE id = $1 OR slug = $2 ORDER BY id = $1 DESC LIMIT 1",
        id,
        slug
    )?;
    Ok(row.map(|(id,)| id))
}

/// An account that is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// Its id.
    pub id: String,
    /// Its address.
    pub email: String,
    /// Whether its password is one that somebody else has set, and that nobody has used.
    pub is_unused: bool,
}

/// The accounts that are here under these ids, or under these addresses.
///
/// # Errors
/// [`StoreError`].
pub async fn accounts<H: Handle>(h: &mut H, ids: &[&str], emails: &[&str]) -> Result<Vec<Here>, StoreError> {
    type Row = (String, String, Option<i64>);
    const HEAD: &str =
        "SELECT u.id, u.email, c.temporary_until FROM users u LEFT JOIN credentials c ON c.user_id = u.id WHERE ";
    let mut found: Vec<Row> = select_in(h, HEAD, None, "u.id IN ", ids).await?;
    found.extend(select_in::<H, Row>(h, HEAD, None, "u.email IN ", emails).await?);
    let here = |(id, email, until): Row| Here { id, email, is_unused: until.is_some() };
    Ok(found.into_iter().map(here).collect())
}
