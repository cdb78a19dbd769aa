//! An organization as a file that any installation can take in, whichever engine it has (N13). The file is lines of JSON: a
//! head, a row each, and an end with the hash of all before it, so that one that was cut off or changed is refused.
//!
//! Accounts are told apart by their addresses alone. Who has an account where the organization comes to keeps it, with its
//! password, and becomes a member as that. The hash tells damage, not who wrote the file, so each row is looked at as if
//! anybody had.

use model::{
    AttributeId, Grant, OrgId, OrgName, PermissionSet, Role, Slug, UserId,
    attribute::{self, Attribute, AttributeKey, AttributeLabel, Audience, Count, ValueType, Values},
    connection::{self, ConnectionPermissions, ConnectionRole},
    custom_role::{self, BASES},
    group,
    id::Id as _,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use std::{
    collections::{HashMap, HashSet},
    io::{self, BufRead, Write},
};
use store::{
    Tx,
    bundles::{self, Fields, Here, Table},
    connection_roles, connections, custom_roles, groups, memberships, organizations,
};

use crate::{Rollcall, StoreError, secrets::fingerprint};

/// What this release writes, and reads.
const FORMAT: u32 = 1;
/// Rows that are taken in at once.
const AT_ONCE: usize = 1_000;
/// What an id of an account begins with, and how long it is.
const USER_ID: (&str, usize) = ("usr_", 36);

/// Why an organization was not written to a file, or not taken in; nothing of it stays then. Worded for the operator.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// No organization has the slug.
    #[error("there is no organization {0} here")]
    NoSuchOrganization(String),
    /// It was taken in before, or comes from here.
    #[error("this organization is here already")]
    IsHere,
    /// Another organization has its slug.
    #[error("another organization here is called {0}; choose a name for its address with --slug")]
    SlugTaken(String),
    /// Not a slug.
    #[error("{0} cannot be part of an address; use lower-case letters, digits and hyphens")]
    InvalidSlug(String),
    /// The file does not hold what it should. Counted from 1.
    #[error("the file cannot be read from line {line} on: {why}")]
    Unreadable {
        /// Where, or in front of it.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// The file is of a release with another schema.
    #[error(
        "the file was written by a release with schema {theirs}, and this one has schema {ours}; use the same release"
    )]
    OtherSchema {
        /// That of the file.
        theirs: i64,
        /// That of this release.
        ours: i64,
    },
    /// The file is of a release that writes another format.
    #[error("the file has format {0}, which this release does not read")]
    OtherFormat(u32),
    /// Somebody has an account here that nobody has proved to be theirs.
    #[error(
        "{0} has an account here with a temporary password that nobody has used; it has to be used, or taken back, first"
    )]
    UnusedAccount(String),
    /// The file breaks off, or was changed.
    #[error("the file is not as it was written: it was cut off or changed")]
    Damaged,
    /// The file itself.
    #[error("the file cannot be used: {0}")]
    Io(#[from] io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was written or taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundled {
    /// The organization's name.
    pub name: OrgName,
    /// Its slug.
    pub slug: Slug,
    /// Rows.
    pub rows: u64,
    /// Accounts that were here already, when it was taken in.
    pub accounts_here: usize,
    /// Whether its mail leaves by a server of its own, whose password stays behind.
    pub own_mail_server: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Bundle { format: u32, schema: i64 },
    Row { of: String, is: Fields },
    End { rows: u64, sha256: String },
}

impl Rollcall {
    /// Writes an organization as it is at this moment: its people with their accounts and passwords' hashes, invitations,
    /// requests, views, policies, mail profile and audit log. What hangs on this installation stays behind
    /// ([`bundles::LEFT_BEHIND`]).
    ///
    /// # Errors
    /// [`BundleError`].
    pub async fn export_organization(&self, slug: &str, out: impl Write) -> Result<Bundled, BundleError> {
        let none = || BundleError::NoSuchOrganization(slug.to_owned());
        let mut tx = self.db.snapshot().await?;
        let found = match Slug::parse(slug) {
            Some(slug) => organizations::by_slug(&mut tx, &slug).await?,
            None => None,
        };
        let (org_id, org) = found.ok_or_else(none)?;
        let mut sink = Sink { out, digest: Sha256::new(), rows: 0 };
        sink.line(&Line::Bundle { format: FORMAT, schema: self.db.schema() })?;
        let mut own_mail_server = false;
        for table in bundles::TABLES {
            let row = |is: Fields| {
                own_mail_server |= table.name == "mail_profiles" && has_own_server(&is);
                sink.rows += 1;
                sink.line(&Line::Row { of: table.name.to_owned(), is })
            };
            table.each(&mut tx, &org_id, row).await??;
        }
        let rows = sink.rows;
        sink.end()?;
        Ok(Bundled { name: org.name, slug: org.slug, rows, accounts_here: 0, own_mail_server })
    }

    /// Takes an organization in, in one transaction; under another slug, if one is given. The set-up of an installation
    /// that had none is over then.
    ///
    /// # Errors
    /// [`BundleError`].
    pub async fn import_organization(
        &self,
        mut input: impl BufRead,
        slug: Option<&str>,
    ) -> Result<Bundled, BundleError> {
        let parse = |slug: &str| Slug::parse(slug).ok_or_else(|| BundleError::InvalidSlug(slug.to_owned()));
        let slug = slug.map(parse).transpose()?;
        let mut taking = Taking::new(self, slug);
        let mut tx = self.db.write().await?;
        let (mut digest, mut text, mut n) = (Sha256::new(), Vec::new(), 0);
        loop {
            text.clear();
            n += 1;
            if input.read_until(b'\n', &mut text)? == 0 {
                return Err(BundleError::Damaged);
            }
            let at_line = |why: String| BundleError::Unreadable { line: n, why };
            let line: Line = serde_json::from_slice(&text).map_err(|why| at_line(why.to_string()))?;
            match line {
                Line::Bundle { format, schema } if n == 1 => self.is_ours(format, schema)?,
                _ if n == 1 => return Err(at_line("it is no organization of Rollcall".to_owned())),
                Line::Bundle { .. } => return Err(at_line("it begins anew".to_owned())),
                Line::Row { of, is } => {
                    let table = bundles::table(&of).ok_or_else(|| at_line(format!("there is no table {of}")))?;
                    taking.row(&mut tx, table, is, n).await.map_err(|why| why.at(taking.since))?;
                }
                Line::End { rows, sha256 } => {
                    if rows != taking.rows || sha256 != fingerprint(digest) {
                        return Err(BundleError::Damaged);
                    }
                    break;
                }
            }
            digest.update(&text);
        }
        let bundled = taking.end(&mut tx).await.map_err(|why| why.at(taking.since))?;
        organizations::claim_installation(&mut tx, self.now()).await?;
        tx.commit().await?;
        // It is here; that the planner hears of it later only makes it slower until then.
        if let Err(error) = self.db.analyze().await {
            tracing::warn!(%error, "the planner's statistics were not refreshed");
        }
        Ok(bundled)
    }

    fn is_ours(&self, format: u32, theirs: i64) -> Result<(), BundleError> {
        let ours = self.db.schema();
        match (format, theirs) {
            (FORMAT, theirs) if theirs == ours => Ok(()),
            (FORMAT, _) => Err(BundleError::OtherSchema { theirs, ours }),
            (other, _) => Err(BundleError::OtherFormat(other)),
        }
    }
}

impl BundleError {
    /// What a row of the file makes the database refuse is wrong with the file. Rows are written many at a time.
    fn at(self, line: u64) -> Self {
        match self {
            Self::Store(StoreError::Corrupt(what)) => Self::Unreadable { line, why: format!("{what} is not valid") },
            Self::Store(StoreError::Taken) => Self::Unreadable { line, why: "it is here already".to_owned() },
            Self::Store(StoreError::Statement(_)) => {
                Self::Unreadable { line, why: "the database refuses it".to_owned() }
            }
            other => other,
        }
    }
}

/// Where lines are written to.
struct Sink<W> {
    out: W,
    digest: Sha256,
    rows: u64,
}

impl<W: Write> Sink<W> {
    fn line(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.digest.update(&text);
        self.out.write_all(&text)
    }
    fn end(mut self) -> io::Result<()> {
        let end = Line::End { rows: self.rows, sha256: fingerprint(self.digest) };
        serde_json::to_writer(&mut self.out, &end)?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

/// An organization that is being taken in.
struct Taking<'a> {
    app: &'a Rollcall,
    /// The slug that it gets instead of its own.
    slug: Option<Slug>,
    /// Which, once it was told.
    org_id: Option<OrgId>,
    /// Rows of one table that wait to be written, and the line on which the first of them stands.
    waiting: Option<(&'static Table, Vec<Fields>)>,
    since: u64,
    rows: u64,
    /// The address of each account of the file that can have a membership, by its id there.
    accounts: HashMap<String, String>,
    /// Which of them are here already.
    here: HashSet<String>,
    /// Which of them get another id, and which.
    moved: HashMap<String, String>,
    /// Its memberships, views, custom roles, groups, attributes and connections: what other rows may refer to.
    own: HashSet<String>,
    /// What its custom roles give, by their ids.
    roles: HashMap<String, Grant>,
    /// Its attributes, by their ids.
    attributes: HashMap<String, Attribute>,
    /// Of what its custom connection roles are variations.
    variations: HashMap<String, ConnectionRole>,
    /// The connection of each of its models.
    models: HashMap<String, String>,
    own_mail_server: bool,
}

impl<'a> Taking<'a> {
    fn new(app: &'a Rollcall, slug: Option<Slug>) -> Self {
        Self {
            app,
            slug,
            org_id: None,
            waiting: None,
            since: 1,
            rows: 0,
            accounts: HashMap::new(),
            here: HashSet::new(),
            moved: HashMap::new(),
            own: HashSet::new(),
            roles: HashMap::new(),
            attributes: HashMap::new(),
            variations: HashMap::new(),
            models: HashMap::new(),
            own_mail_server: false,
        }
    }

    async fn row(&mut self, tx: &mut Tx, table: &'static Table, row: Fields, line: u64) -> Result<(), BundleError> {
        self.rows += 1;
        match &mut self.waiting {
            Some((of, rows)) if of.name == table.name && rows.len() < AT_ONCE => rows.push(row),
            _ => {
                self.write(tx).await?;
                self.since = line;
                self.waiting = Some((table, vec![row]));
            }
        }
        Ok(())
    }

    /// Writes what waits. A file may come from anywhere, so a row is of the organization and refers to its own alone.
    async fn write(&mut self, tx: &mut Tx) -> Result<(), BundleError> {
        let Some((table, mut rows)) = self.waiting.take() else { return Ok(()) };
        match table.name {
            "organizations" => self.begin(tx, &mut rows).await?,
            "users" => self.only_new(tx, &mut rows).await?,
            _ => {}
        }
        let org_id = self.org_id.clone().ok_or(StoreError::Corrupt("the order of the rows"))?;
        for row in &mut rows {
            let is_own = !table.has_tenant() || text(row, "org_id") == Some(org_id.as_str());
            if !is_own || !self.refers_to_its_own(table, row) {
                return Err(StoreError::Corrupt("a row that is not of this organization").into());
            }
            self.make_consistent(table, row)?;
        }
        if table.name == "credentials" {
            rows.retain(|row| text(row, "user_id").is_none_or(|id| !self.here.contains(id)));
        }
        if !self.moved.is_empty() {
            rows.iter_mut().flat_map(Fields::values_mut).for_each(|value| rename(value, &self.moved));
        }
        table.insert(tx, &org_id, &rows).await?;
        Ok(())
    }

    /// Whether a row refers to nothing but what stands in the file in front of it.
    fn refers_to_its_own(&mut self, table: &Table, row: &mut Fields) -> bool {
        let is_own = |column| text(row, column).is_none_or(|id| self.own.contains(id));
        match table.name {
            "credentials" => text(row, "user_id").is_some_and(|id| self.accounts.contains_key(id)),
            "memberships" => {
                // A membership has the address of its account.
                let account = text(row, "user_id").map(str::to_owned);
                let address = account.as_ref().map(|id| self.accounts.get(id).map(String::as_str));
                let fits = address.is_none_or(|address| address == text(row, "email")) && is_own("custom_role_id");
                if account.is_some_and(|id| self.here.contains(&id)) && text(row, "status") == Some("invited") {
                    // Whoever has an account here is to accept with it.
                    row.insert("user_id".to_owned(), Json::Null);
                }
                self.own.extend(text(row, "id").map(str::to_owned));
                fits
            }
            "custom_roles" | "attributes" | "connections" | "connection_roles" => {
                self.own.extend(text(row, "id").map(str::to_owned));
                true
            }
            "groups" => {
                let fits = is_own("parent_id") && is_own("custom_role_id");
                self.own.extend(text(row, "id").map(str::to_owned));
                fits
            }
            "group_members" => is_own("group_id") && is_own("membership_id"),
            "person_attributes" => is_own("attribute_id") && is_own("membership_id"),
            "group_attributes" => is_own("attribute_id") && is_own("group_id"),
            "connection_models" => {
                let fits = is_own("connection_id");
                let (model, of) = (text(row, "id"), text(row, "connection_id"));
                self.models.extend(model.zip(of).map(|(model, of)| (model.to_owned(), of.to_owned())));
                fits
            }
            "connection_people" | "connection_groups" => {
                let (model, of) = (text(row, "model_id").unwrap_or_default(), text(row, "connection_id"));
                let fits = model.is_empty() || self.models.get(model).map(String::as_str) == of;
                fits && is_own("connection_id")
                    && is_own("membership_id")
                    && is_own("group_id")
                    && is_own("custom_role_id")
            }
            "invitations" => text(row, "state") != Some("open") || is_own("membership_id"),
            "saved_views" => {
                let fits = is_own("made_by") && is_own("private_to");
                self.own.extend(text(row, "id").map(str::to_owned));
                fits
            }
            "default_views" => is_own("membership_id") && is_own("view_id"),
            "ownership_offers" => is_own("from_id") && is_own("to_id"),
            "mail_profiles" => {
                self.own_mail_server |= has_own_server(row);
                true
            }
            _ => true,
        }
    }

    /// What stands in several rows is put where it is made from another, and refused where it cannot be: nothing reads it
    /// again before somebody depends on it.
    fn make_consistent(&mut self, table: &Table, row: &mut Fields) -> Result<(), StoreError> {
        const ROLE: StoreError = StoreError::Corrupt("custom role");
        const ON_CONNECTION: StoreError = StoreError::Corrupt("role on a connection");
        let custom = || text(row, "custom_role_id").map(|id| self.roles.get(id).copied().ok_or(ROLE)).transpose();
        match table.name {
            "custom_roles" => {
                let (Some(id), Some(base)) = (text(row, "id"), text(row, "base").and_then(Role::from_code)) else {
                    return Err(ROLE);
                };
                let withheld = PermissionSet::from_codes(text(row, "withheld").unwrap_or_default());
                let grant = custom_role::vary(base, withheld).map_err(|_| ROLE)?;
                self.roles.insert(id.to_owned(), grant);
                row.insert("withheld".to_owned(), grant.withheld.codes().into());
            }
            "memberships" => {
                // Whom an operator lets in is no matter of a file.
                if text(row, "kind") == Some("support") {
                    return Err(StoreError::Corrupt("support access"));
                }
                let custom = custom()?;
                if let Some(grant) = custom {
                    row.insert("role".to_owned(), grant.base.code().into());
                }
                let withheld = custom.map(|grant| grant.withheld.codes()).unwrap_or_default();
                row.insert("withheld".to_owned(), withheld.into());
            }
            "groups" => {
                if let Some(grant) = custom()? {
                    row.insert("role".to_owned(), grant.base.code().into());
                }
                let base = text(row, "role").map(Role::from_code);
                if base.is_some_and(|base| base.is_none_or(|base| !BASES.contains(&base))) {
                    return Err(StoreError::Corrupt("role of a group"));
                }
            }
            "attributes" => {
                let attribute = attribute_of(row).ok_or(StoreError::Corrupt("definition of an attribute"))?;
                self.attributes.insert(attribute.id.to_string(), attribute);
            }
            "person_attributes" | "group_attributes" => {
                const VALUE: StoreError = StoreError::Corrupt("value of an attribute");
                let of = text(row, "attribute_id").and_then(|id| self.attributes.get(id)).ok_or(VALUE)?;
                let value =
                    text(row, "value").filter(|value| of.parse_one(value).as_deref() == Ok(value)).ok_or(VALUE)?;
                let term = of.term(value);
                row.insert("term".to_owned(), term.into());
            }
            "connection_roles" => {
                let base = text(row, "base").and_then(ConnectionRole::from_code);
                let (Some(id), Some(base)) = (text(row, "id"), base) else { return Err(ON_CONNECTION) };
                let withheld = ConnectionPermissions::from_codes(text(row, "withheld").unwrap_or_default());
                let withheld = connection::vary(base, withheld).map_err(|_| ON_CONNECTION)?;
                self.variations.insert(id.to_owned(), base);
                row.insert("withheld".to_owned(), withheld.codes().into());
            }
            "connection_people" | "connection_groups" => {
                let custom = text(row, "custom_role_id").map(|id| self.variations.get(id).ok_or(ON_CONNECTION));
                if let Some(base) = custom.transpose()? {
                    row.insert("role".to_owned(), base.code().into());
                }
                if text(row, "role").and_then(ConnectionRole::from_code).is_none() {
                    return Err(ON_CONNECTION);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The organization's own row, which comes first.
    async fn begin(&mut self, tx: &mut Tx, rows: &mut [Fields]) -> Result<(), BundleError> {
        const WRONG: StoreError = StoreError::Corrupt("organization");
        let ([row], None) = (rows, &self.org_id) else { return Err(WRONG.into()) };
        if let Some(slug) = &self.slug {
            row.insert("slug".to_owned(), slug.as_str().into());
        }
        let (Some(id), Some(slug)) = (text(row, "id"), text(row, "slug")) else { return Err(WRONG.into()) };
        match bundles::is_here(tx, id, slug).await? {
            Some(here) if here == id => return Err(BundleError::IsHere),
            Some(_) => return Err(BundleError::SlugTaken(slug.to_owned())),
            None => {}
        }
        self.org_id = Some(OrgId::parse(id).map_err(|_| WRONG)?);
        Ok(())
    }

    /// Leaves out the accounts that are here, by their addresses. An id that another account has here says nothing: that
    /// account may have another address by now, so whoever brings it gets another id.
    async fn only_new(&mut self, tx: &mut Tx, rows: &mut Vec<Fields>) -> Result<(), BundleError> {
        let all = |column| rows.iter().filter_map(|row| text(row, column)).collect::<Vec<_>>();
        let found = bundles::accounts(tx, &all("id"), &all("email")).await?;
        let taken: HashSet<&str> = found.iter().map(|here| here.id.as_str()).collect();
        let by_email: HashMap<&str, &Here> = found.iter().map(|here| (here.email.as_str(), here)).collect();
        let mut new = Vec::with_capacity(rows.len());
        for row in rows.drain(..) {
            let (Some(id), Some(email)) = (text(&row, "id"), text(&row, "email")) else {
                return Err(StoreError::Corrupt("account").into());
            };
            let id = id.to_owned();
            // Who is gone is the inviter of somebody, never a member: no row may hang on the account that is here under the id.
            if row.get("erased_at").is_some_and(|at| !at.is_null()) {
                if !taken.contains(&*id) {
                    new.push(row);
                }
                continue;
            }
            self.accounts.insert(id.clone(), email.to_owned());
            match by_email.get(email) {
                Some(here) if here.is_unused => return Err(BundleError::UnusedAccount(email.to_owned())),
                Some(here) => {
                    if here.id != id {
                        self.moved.insert(id.clone(), here.id.clone());
                    }
                    self.here.insert(id);
                }
                None => {
                    if taken.contains(&*id) {
                        let fresh: UserId = self.app.fresh(self.app.now());
                        self.moved.insert(id, fresh.to_string());
                    }
                    new.push(row);
                }
            }
        }
        *rows = new;
        Ok(())
    }

    /// Writes the rest, and looks at what it has become.
    async fn end(&mut self, tx: &mut Tx) -> Result<Bundled, BundleError> {
        self.write(tx).await?;
        let org_id = self.org_id.clone().ok_or(BundleError::Damaged)?;
        let org = organizations::by_id(tx, &org_id).await?.ok_or(BundleError::Damaged)?;
        organizations::details(tx, &org_id).await?;
        bundles::finish(tx, &org_id).await?;
        look_at_groups(tx, &org_id).await?;
        if self.attributes.len() > attribute::MOST {
            return Err(StoreError::Corrupt("number of attributes").into());
        }
        look_at_connections(tx, &org_id).await?;
        if memberships::owners(tx, &org_id).await?.is_empty() {
            return Err(StoreError::Corrupt("an organization without an Owner").into());
        }
        Ok(Bundled {
            name: org.name,
            slug: org.slug,
            rows: self.rows,
            accounts_here: self.here.len(),
            own_mail_server: self.own_mail_server,
        })
    }
}

/// Reads custom roles and groups back: each list with somebody who has one of them would fail on what cannot be read.
async fn look_at_groups(tx: &mut Tx, org_id: &OrgId) -> Result<(), BundleError> {
    custom_roles::of_organization(tx, org_id).await?;
    let is_over = |count: u64, most: usize| usize::try_from(count).is_ok_and(|count| count > most);
    if is_over(custom_roles::count(tx, org_id).await?, custom_role::MOST) {
        return Err(StoreError::Corrupt("number of custom roles").into());
    }
    if is_over(groups::count(tx, org_id).await?, group::MOST) {
        return Err(StoreError::Corrupt("number of groups").into());
    }
    let all = groups::of_organization(tx, org_id).await?;
    for one in &all {
        if group::description(&one.description).as_ref() != Ok(&one.description) {
            return Err(StoreError::Corrupt("description of a group").into());
        }
        let Some(above) = &one.parent else { continue };
        let parent = all.iter().find(|other| other.id == above.group.id);
        if parent.is_none_or(|parent| one.may_stand_under(parent).is_err()) {
            return Err(StoreError::Corrupt("place of a group").into());
        }
    }
    Ok(())
}

/// The definition of a row, where it is one that somebody could have made here.
fn attribute_of(row: &Fields) -> Option<Attribute> {
    let mut attribute = Attribute {
        id: AttributeId::parse(text(row, "id")?).ok()?,
        key: AttributeKey::parse(text(row, "attribute_key")?).ok()?,
        label: AttributeLabel::parse(text(row, "label")?).ok()?,
        description: group::description(text(row, "description")?).ok()?,
        value_type: ValueType::from_code(text(row, "value_type")?)?,
        options: match text(row, "options")? {
            "" => Vec::new(),
            lines => attribute::options(lines).ok()?,
        },
        count: Count::from_code(text(row, "how_many")?)?,
        default: Values::default(),
        seen_by: Audience::from_code(text(row, "seen_by")?)?,
        edited_by: Audience::from_code(text(row, "edited_by")?)?,
    };
    attribute.default = attribute.read(text(row, "default_value")?, &[]).ok()?;
    Attribute::check_count(attribute.value_type, attribute.count).ok()?;
    Attribute::check_audience(attribute.seen_by, attribute.edited_by).ok()?;
    let is_list = attribute.value_type == ValueType::List;
    let as_it_is = attribute.key.as_str() == text(row, "attribute_key")?
        && attribute.label.as_str() == text(row, "label")?
        && attribute.description == text(row, "description")?
        && attribute.options.join("\n") == text(row, "options")?
        && attribute.options.is_empty() != is_list
        && attribute.default.lines() == text(row, "default_value")?;
    as_it_is.then_some(attribute)
}

/// The same of connections, which each profile reads.
async fn look_at_connections(tx: &mut Tx, org_id: &OrgId) -> Result<(), BundleError> {
    if connection_roles::of_organization(tx, org_id).await?.len() > connection::MOST_CUSTOM {
        return Err(StoreError::Corrupt("number of roles on connections").into());
    }
    let all = connections::of_organization(tx, org_id).await?;
    if all.len() > connection::MOST {
        return Err(StoreError::Corrupt("number of connections").into());
    }
    for row in all {
        let of = &row.connection;
        if connections::models(tx, &of.id).await?.len() > connection::MOST_MODELS {
            return Err(StoreError::Corrupt("number of models").into());
        }
        let description = group::description(&of.description);
        let application = connection::application(&of.application);
        if description.as_ref() != Ok(&of.description) || application.as_ref() != Ok(&of.application) {
            return Err(StoreError::Corrupt("details of a connection").into());
        }
    }
    Ok(())
}

fn text<'a>(row: &'a Fields, column: &str) -> Option<&'a str> {
    row.get(column)?.as_str()
}

/// Whether mail leaves by a server of the organization's own.
fn has_own_server(profile: &Fields) -> bool {
    let profile: Option<Json> = text(profile, "profile").and_then(|text| serde_json::from_str(text).ok());
    profile.is_some_and(|profile| profile.get("server").is_some_and(|server| !server.is_null()))
}

/// Puts the ids of accounts that are here in place of those of the file, wherever in a text they stand.
fn rename(value: &mut Json, moved: &HashMap<String, String>) {
    let (begin, length) = USER_ID;
    let Json::String(text) = value else { return };
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(begin)) {
        let place = at + found;
        at = place + begin.len();
        if let Some(to) = text.get(place..place + length).and_then(|id| moved.get(id)) {
            text.replace_range(place..place + length, to);
            at = place + to.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_put_in_place_of_others_wherever_they_stand() {
        let id = |digit: &str| format!("usr_{}", digit.repeat(32));
        let (from, to, other) = (id("a"), id("b"), id("c"));
        let moved = HashMap::from([(from.clone(), to.clone())]);
        for (before, after) in [
            (from.clone(), to.clone()),
            (
                format!("{{\"by\":\"{from}\",\"x\":[\"{other}\",\"{from}\"]}}"),
                format!("{{\"by\":\"{to}\",\"x\":[\"{other}\",\"{to}\"]}}"),
            ),
            (other.clone(), other.clone()),
            ("usr_".to_owned(), "usr_".to_owned()),
            ("usr_ü".to_owned(), "usr_ü".to_owned()),
            (format!("usr_{from}"), format!("usr_{to}")),
        ] {
            let mut value = Json::from(before);
            rename(&mut value, &moved);
            assert_eq!(value, Json::from(after));
        }
    }
}
