//! The people grid as data: what can be asked (and stands in the URL), and what comes back.

use serde::{Deserialize, Serialize};

use crate::{Email, MembershipId, PersonName, PersonState, Policies, Role, Target, Timestamp};

/// Rows on a page.
pub const PAGE_SIZE: usize = 50;
/// The longest search that is read, in characters.
const MAX_QUERY_CHARS: usize = 200;

/// A list of the grid (B9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// Standard users, the open invitations among them.
    #[default]
    Standard,
    /// Open invitations alone.
    Invitations,
    /// Invitations whose time ran out (B21).
    Expired,
}

impl Tab {
    /// The tabs in their order.
    pub const ALL: [Self; 3] = [Self::Standard, Self::Invitations, Self::Expired];
    /// As in the URL.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Invitations => "invitations",
            Self::Expired => "expired",
        }
    }
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::Invitations => "Invitations",
            Self::Expired => "Expired invitations",
        }
    }
}

/// By what the grid is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Full name, A first.
    #[default]
    NameAsc,
    /// Full name, Z first.
    NameDesc,
    /// Last login, the latest first; never last.
    LoginDesc,
    /// Last login, the longest ago first; never last.
    LoginAsc,
}

impl Sort {
    /// Every order.
    pub const ALL: [Self; 4] = [Self::NameAsc, Self::NameDesc, Self::LoginDesc, Self::LoginAsc];
    /// As in the URL.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NameAsc => "name",
            Self::NameDesc => "-name",
            Self::LoginDesc => "-last_login",
            Self::LoginAsc => "last_login",
        }
    }
}

/// A place between two rows: the sort key and id of the row beside it (keyset paging).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// The row's sort key: the folded name, or the last login in decimal milliseconds.
    pub key: String,
    /// The row.
    pub id: MembershipId,
}

impl Cursor {
    /// As in the URL.
    pub fn encode(&self) -> String {
        format!("{}~{}", self.id, self.key)
    }
    /// Reads [`Self::encode`]; `None` for anything else.
    pub fn decode(text: &str) -> Option<Self> {
        let (id, key) = text.split_once('~')?;
        if key.chars().any(char::is_control) {
            return None;
        }
        Some(Self { key: key.to_owned(), id: crate::id::Id::parse(id).ok()? })
    }
}

/// From where a page is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// The beginning.
    #[default]
    Start,
    /// The rows behind a place.
    After(Cursor),
    /// The rows in front of a place.
    Before(Cursor),
}

/// One question to the grid; all of it stands in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct PeopleQuery {
    /// Which list.
    pub tab: Tab,
    /// Words whose beginnings are searched for.
    pub q: String,
    /// The order.
    pub sort: Sort,
    /// The place.
    pub from: From,
    /// The number of the page, for display alone.
    pub page: u32,
}

impl PeopleQuery {
    /// Reads the query of a URL. What cannot be read falls back to the default: a mangled link still shows people.
    pub fn from_params(get: impl Fn(&str) -> Option<String>) -> Self {
        let tab = get("tab").and_then(|t| Tab::ALL.into_iter().find(|tab| tab.code() == t)).unwrap_or_default();
        let sort = get("sort").and_then(|s| Sort::ALL.into_iter().find(|sort| sort.code() == s)).unwrap_or_default();
        // Who has not come in yet has no last login to sort by.
        let sort = match (tab, sort) {
            (Tab::Standard, sort) => sort,
            (_, Sort::NameDesc) => Sort::NameDesc,
            _ => Sort::NameAsc,
        };
        let q = get("q").map(|q| q.trim().chars().take(MAX_QUERY_CHARS).collect()).unwrap_or_default();
        let after = get("after").as_deref().and_then(Cursor::decode).map(From::After);
        let before = get("before").as_deref().and_then(Cursor::decode).map(From::Before);
        let from = after.or(before).unwrap_or_default();
        let page = match from {
            From::Start => 1,
            _ => get("page").and_then(|p| p.parse().ok()).unwrap_or(1).max(1),
        };
        Self { tab, q, sort, from, page }
    }

    /// The parameters of the URL that asks this, without those that have their default.
    pub fn to_params(&self) -> Vec<(&'static str, String)> {
        let mut params = Vec::new();
        if self.tab != Tab::default() {
            params.push(("tab", self.tab.code().to_owned()));
        }
        if !self.q.is_empty() {
            params.push(("q", self.q.clone()));
        }
        if self.sort != Sort::default() {
            params.push(("sort", self.sort.code().to_owned()));
        }
        match &self.from {
            From::Start => {}
            From::After(cursor) => params.push(("after", cursor.encode())),
            From::Before(cursor) => params.push(("before", cursor.encode())),
        }
        if self.from != From::Start {
            params.push(("page", self.page.to_string()));
        }
        params
    }

    /// The same list from its beginning, changed by `change`.
    #[must_use]
    pub fn restarted(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut query = Self { from: From::Start, page: 1, ..self.clone() };
        change(&mut query);
        query
    }
}

/// One row of the grid (B10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Whom it shows; also what [`crate::decide`] is asked about.
    pub target: Target,
    /// The name.
    pub name: PersonName,
    /// The address.
    pub email: Email,
    /// The last login to this organization (B11).
    pub last_login_at: Option<Timestamp>,
}

impl PersonRow {
    /// What to call the person.
    pub fn display_name(&self) -> String {
        self.name.display(&self.email)
    }
    /// The place of this row in an order.
    pub fn cursor(&self, sort: Sort) -> Cursor {
        let key = match sort {
            Sort::NameAsc | Sort::NameDesc => self.name.sort_key(&self.email),
            Sort::LoginDesc | Sort::LoginAsc => self.last_login_at.map_or(String::new(), |t| t.millis().to_string()),
        };
        Cursor { key, id: self.target.membership_id.clone() }
    }
}

/// How many people the tabs hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PeopleCounts {
    /// On [`Tab::Standard`].
    pub standard: u64,
    /// On [`Tab::Invitations`].
    pub invitations: u64,
    /// On [`Tab::Expired`].
    pub expired: u64,
}

impl PeopleCounts {
    /// The count of a tab.
    pub const fn of(self, tab: Tab) -> u64 {
        match tab {
            Tab::Standard => self.standard,
            Tab::Invitations => self.invitations,
            Tab::Expired => self.expired,
        }
    }
}

/// One page of the grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeoplePage {
    /// At most [`PAGE_SIZE`] rows.
    pub rows: Vec<PersonRow>,
    /// Counts of all tabs.
    pub counts: PeopleCounts,
    /// How many match the search: exact up to a bound, `None` when there are more than it pays to count.
    pub matches: Option<u64>,
    /// From where the page in front of this is read, if there is one.
    pub previous: Option<From>,
    /// From where the page behind this is read, if there is one.
    pub next: Option<From>,
    /// The server's clock at reading, for relative words that agree on both sides.
    pub now: Timestamp,
}

/// How far the mail of an invitation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Waits for the mail server.
    Queued,
    /// Accepted by the mail server.
    Sent,
    /// Given up after repeated tries.
    Failed,
}

/// A profile page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonProfile {
    /// As in the grid.
    pub row: PersonRow,
    /// When the person was invited, or made.
    pub created_at: Timestamp,
    /// When the person accepted.
    pub joined_at: Option<Timestamp>,
    /// Until when the invitation may be accepted.
    pub invitation_expires_at: Option<Timestamp>,
    /// How far the latest invitation mail has come.
    pub delivery: Option<Delivery>,
    /// The server's clock at reading.
    pub now: Timestamp,
}

/// Somebody signed in, in one organization: what the shell shows and what controls are decided by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// What [`crate::decide`] is asked about.
    pub actor: crate::Actor,
    /// The person's name here.
    pub name: PersonName,
    /// The person's address.
    pub email: Email,
    /// The organization.
    pub org: OrgSummary,
}

/// An organization in the shell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgSummary {
    /// For URLs.
    pub slug: crate::Slug,
    /// As shown.
    pub name: crate::OrgName,
    /// What governs its people.
    pub policies: Policies,
}

/// One of the organizations that a user belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgMembership {
    /// For URLs.
    pub slug: crate::Slug,
    /// As shown.
    pub name: crate::OrgName,
    /// The user's role there.
    pub role: Role,
    /// The user's state there.
    pub state: PersonState,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use std::collections::HashMap;

    fn read(params: &[(&'static str, String)]) -> PeopleQuery {
        let map: HashMap<_, _> = params.iter().cloned().collect();
        PeopleQuery::from_params(|k| map.get(k).cloned())
    }

    #[test]
    fn a_query_survives_the_url() {
        let cursor =
            Cursor { key: "ada ~ lovelace".into(), id: MembershipId::fresh(Timestamp::from_millis(5), [3; 10]) };
        let query = PeopleQuery {
            tab: Tab::Expired,
            q: "ada l".into(),
            sort: Sort::NameDesc,
            from: From::After(cursor),
            page: 3,
        };
        assert_eq!(read(&query.to_params()), query);
        assert!(PeopleQuery::from_params(|_| None).to_params().is_empty());
    }

    #[test]
    fn a_mangled_url_still_shows_people() {
        let wild = ["tab", "sort", "after", "before", "page"].map(|k| (k, "%00~'<".to_owned()));
        assert_eq!(read(&wild), PeopleQuery { page: 1, ..PeopleQuery::default() });
        assert_eq!(read(&[("q", "x".repeat(5_000))]).q.len(), 200);
        let key = Cursor { key: "a\0b".into(), id: MembershipId::fresh(Timestamp::from_millis(5), [3; 10]) };
        assert_eq!(read(&[("after", key.encode())]).from, From::Start);
        let unsortable = read(&[("tab", "invitations".into()), ("sort", "last_login".into())]);
        assert_eq!(unsortable.sort, Sort::NameAsc);
    }
}
