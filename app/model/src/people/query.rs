//! What can be asked of the grid; all of it stands in the URL.

use serde::{Deserialize, Serialize};

use crate::{
    GroupId, Kind, MembershipId, PersonState, Role, Source, Timestamp, attribute::AttributeKey, query_string, time::DAY,
};

/// The longest search that is read, in characters.
const MAX_QUERY_CHARS: usize = 200;
/// The most attributes that a list is narrowed down by at once.
pub const MAX_ATTRIBUTE_FILTERS: usize = 5;
/// The most columns of attributes.
pub const MAX_ATTRIBUTE_COLUMNS: usize = 5;

/// Makes an enum of words that stand in the URL, with the label that people see.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$item])* $variant),+ }

        impl $name {
            /// All, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// As in the URL.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
            /// As shown.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
            /// The one of a [`Self::code`].
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.code() == code)
            }
        }
    };
}

words! {
    /// A list of the grid (B9).
    Tab {
        /// Standard users, the open invitations among them.
        Standard = "standard", "Standard";
        /// Those who come through an embedded host application (B54).
        Embed = "embed", "Embed";
        /// Recipients of deliveries without an account (B55).
        EmailOnly = "email_only", "Email-only";
        /// The vendor's staff (B53).
        Support = "support", "Support";
        /// Native to another organization (B45).
        External = "external", "External";
        /// Open invitations alone.
        Invitations = "invitations", "Invitations";
        /// Invitations whose time ran out (B21).
        Expired = "expired", "Expired invitations";
        /// Those who asked to be invited (B25).
        Requests = "requests", "Invitation requests";
    }
}

#[expect(clippy::derivable_impls, reason = "the macro makes the enum")]
impl Default for Tab {
    fn default() -> Self {
        Self::Standard
    }
}

impl Tab {
    /// The kind of membership that stands on it; `None` where kinds are mixed.
    pub const fn kind(self) -> Option<Kind> {
        match self {
            Self::Standard => Some(Kind::Standard),
            Self::Embed => Some(Kind::Embed),
            Self::EmailOnly => Some(Kind::EmailOnly),
            Self::Support => Some(Kind::Support),
            Self::External => Some(Kind::External),
            Self::Invitations | Self::Expired | Self::Requests => None,
        }
    }
    /// Whether invitations alone stand on it.
    pub const fn is_of_invitations(self) -> bool {
        matches!(self, Self::Invitations | Self::Expired)
    }
    /// Whether it can be sorted so: invitations are all of one status, and nobody there has come in yet.
    pub const fn sorts_by(self, by: SortBy) -> bool {
        !self.is_of_invitations() || !matches!(by, SortBy::Status | SortBy::LastLogin)
    }
}

words! {
    /// A column beside the name, which always stands first.
    Column {
        /// Role.
        Role = "role", "Role";
        /// Status.
        Status = "status", "Status";
        /// Last login (B11).
        LastLogin = "last_login", "Last login";
        /// The ACTIVE switch (B15).
        Active = "active", "Active";
        /// When the person was invited or made.
        Added = "added", "Added";
        /// How the person came here.
        Source = "source", "Source";
    }
}

impl Column {
    /// Those that are shown unless others are chosen.
    pub const DEFAULT: [Self; 4] = [Self::Role, Self::Status, Self::LastLogin, Self::Active];

    /// By what a click on its head sorts, and whether the first click sorts downwards.
    pub const fn sorts_by(self) -> Option<(SortBy, bool)> {
        match self {
            Self::Role => Some((SortBy::Role, false)),
            Self::Status => Some((SortBy::Status, false)),
            Self::LastLogin => Some((SortBy::LastLogin, true)),
            Self::Added => Some((SortBy::Added, true)),
            Self::Source => Some((SortBy::Source, false)),
            Self::Active => None,
        }
    }
}

words! {
    /// By what the grid is sorted. Whoever has no value stands last, whichever way.
    SortBy {
        /// The full name.
        Name = "name", "Full name";
        /// The role, then the name.
        Role = "role", "Role";
        /// The status, then the name.
        Status = "status", "Status";
        /// The last login.
        LastLogin = "last_login", "Last login";
        /// When the person was invited or made.
        Added = "added", "Added";
        /// How the person came here, then the name.
        Source = "source", "Source";
    }
}

/// The order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Sort {
    /// By name; while searching, by the word that was found, so that whole words stand in front of longer ones, and by
    /// name among those of one word.
    #[default]
    Best,
    /// The lowest first.
    Up(SortBy),
    /// The highest first.
    Down(SortBy),
}

impl Sort {
    /// By what.
    pub const fn by(self) -> SortBy {
        match self {
            Self::Best => SortBy::Name,
            Self::Up(by) | Self::Down(by) => by,
        }
    }
    /// Whether the highest stands first.
    pub const fn is_down(self) -> bool {
        matches!(self, Self::Down(_))
    }
    fn code(self) -> String {
        format!("{}{}", if self.is_down() { "-" } else { "" }, self.by().code())
    }
    fn from_code(code: &str) -> Option<Self> {
        Some(match code.strip_prefix('-') {
            Some(code) => Self::Down(SortBy::from_code(code)?),
            None => Self::Up(SortBy::from_code(code)?),
        })
    }
}

words! {
    /// When somebody came last.
    LoginFilter {
        /// Not once.
        Never = "never", "Never";
        /// At least once, but not in the last 30 days.
        Over30Days = "30d", "Over 30 days ago";
        /// At least once, but not in the last 90 days.
        Over90Days = "90d", "Over 90 days ago";
    }
}

impl LoginFilter {
    /// The range of last logins in epoch milliseconds, with 0 for never: from (inclusive) and to (exclusive).
    pub const fn range(self, now: Timestamp) -> (i64, i64) {
        match self {
            Self::Never => (0, 1),
            Self::Over30Days => (1, now.millis() - 30 * DAY),
            Self::Over90Days => (1, now.millis() - 90 * DAY),
        }
    }
}

/// What narrows a list down. Empty lists let everybody through.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Filters {
    /// One of these roles.
    pub roles: Vec<Role>,
    /// In one of these states.
    pub states: Vec<PersonState>,
    /// Came last then.
    pub login: Option<LoginFilter>,
    /// Came here in one of these ways.
    pub sources: Vec<Source>,
    /// Is in this group (B38).
    pub group: Option<GroupId>,
    /// Has these values of attributes (B39).
    #[serde(default)]
    pub attributes: Vec<AttributeFilter>,
}

/// A value that somebody has of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AttributeFilter {
    /// Of which.
    pub key: AttributeKey,
    /// As it was entered or chosen.
    pub value: String,
}

impl AttributeFilter {
    /// A filter by what was entered; `None` where nothing was.
    pub fn new(key: AttributeKey, value: &str) -> Option<Self> {
        let value: String = value.trim().chars().take(MAX_QUERY_CHARS).collect();
        (!value.is_empty()).then_some(Self { key, value })
    }
    /// As in the URL, where commas stand between several.
    fn code(&self) -> String {
        format!("{}:{}", self.key.as_str(), self.value.replace('\\', "\\\\").replace(',', "\\,"))
    }
    /// Reads several [`Self::code`]s; what is none is left out.
    fn list(text: &str) -> Vec<Self> {
        let mut codes = vec![String::new()];
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match (c, codes.last_mut()) {
                (',', _) => codes.push(String::new()),
                ('\\', Some(last)) => last.extend(chars.next()),
                (c, Some(last)) => last.push(c),
                (_, None) => {}
            }
        }
        let read = |code: &String| {
            let (key, value) = code.split_once(':')?;
            Self::new(AttributeKey::parse(key).ok()?, value)
        };
        codes.iter().filter_map(read).collect()
    }
}

/// The states that a list can be narrowed down to.
pub const FILTER_STATES: [PersonState; 3] = [PersonState::Active, PersonState::Invited, PersonState::Deactivated];

impl Filters {
    /// Whether nobody is left out.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Rows on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum PageSize {
    /// 50.
    #[default]
    P50,
    /// 100.
    P100,
    /// 200.
    P200,
}

impl PageSize {
    /// All, the smallest first.
    pub const ALL: [Self; 3] = [Self::P50, Self::P100, Self::P200];
    /// How many.
    pub const fn rows(self) -> usize {
        match self {
            Self::P50 => 50,
            Self::P100 => 100,
            Self::P200 => 200,
        }
    }
}

/// How the rows look; nothing of it changes who is shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Look {
    /// The columns beside the name, in their order.
    pub columns: Vec<Column>,
    /// The attributes that stand behind those, in their order (B39).
    #[serde(default)]
    pub attributes: Vec<AttributeKey>,
    /// Low rows.
    pub compact: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { columns: Column::DEFAULT.to_vec(), attributes: Vec::new(), compact: false }
    }
}

/// A place between two rows: the sort key and id of the row beside it (keyset paging).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// The row's sort key; see [`super::PersonRow::sort_key`].
    pub key: String,
    /// The row.
    pub id: MembershipId,
    /// The order may have two parts, one behind the other; whether the row stands in the second.
    #[serde(default)]
    pub second: bool,
}

impl Cursor {
    /// As in the URL.
    pub fn encode(&self) -> String {
        format!("{}{}~{}", self.id, if self.second { "!" } else { "" }, self.key)
    }
    /// Reads [`Self::encode`]; `None` for anything else.
    pub fn decode(text: &str) -> Option<Self> {
        let (id, key) = text.split_once('~')?;
        if key.chars().any(char::is_control) {
            return None;
        }
        let (id, second) = id.strip_suffix('!').map_or((id, false), |id| (id, true));
        Some(Self { key: key.to_owned(), id: crate::id::Id::parse(id).ok()?, second })
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

/// One question to the grid.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct PeopleQuery {
    /// Which list.
    pub tab: Tab,
    /// Words whose beginnings are searched for.
    pub q: String,
    /// What narrows the list down.
    pub filters: Filters,
    /// The order.
    pub sort: Sort,
    /// Rows on a page.
    pub size: PageSize,
    /// How the rows look.
    pub look: Look,
    /// The place.
    pub from: From,
    /// The number of the page, for display alone.
    pub page: u32,
}

/// The words of a list in the URL, each once; what is none is left out.
fn list<T: PartialEq>(text: Option<String>, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
    let mut found = Vec::new();
    for word in text.iter().flat_map(|text| text.split(',')).filter_map(read) {
        if !found.contains(&word) {
            found.push(word);
        }
    }
    found
}

fn joined<T: Copy>(words: &[T], code: impl Fn(T) -> &'static str) -> String {
    words.iter().map(|word| code(*word)).collect::<Vec<_>>().join(",")
}

/// Those of a URL: the ones that are on, and the one that a form adds to them, by two fields. Each attribute once.
fn attribute_filters(get: impl Fn(&str) -> Option<String>) -> Vec<AttributeFilter> {
    let mut filters = AttributeFilter::list(&get("attr").unwrap_or_default());
    let added = || AttributeFilter::new(AttributeKey::parse(&get("attr_key")?).ok()?, &get("attr_value")?);
    filters.extend(added());
    let mut kept: Vec<AttributeFilter> = Vec::new();
    // Of several for one attribute the last holds.
    for filter in filters.into_iter().rev() {
        if !kept.iter().any(|other| other.key == filter.key) {
            kept.push(filter);
        }
    }
    kept.reverse();
    kept.truncate(MAX_ATTRIBUTE_FILTERS);
    kept
}

fn attribute_columns(text: Option<String>) -> Vec<AttributeKey> {
    let mut keys = list(text, |key| AttributeKey::parse(key).ok());
    keys.truncate(MAX_ATTRIBUTE_COLUMNS);
    keys
}

impl PeopleQuery {
    /// Reads the query of a URL. What cannot be read falls back to the default: a mangled link still shows people.
    pub fn from_params(get: impl Fn(&str) -> Option<String>) -> Self {
        let tab = get("tab").as_deref().and_then(Tab::from_code).unwrap_or_default();
        let sort = get("sort").as_deref().and_then(Sort::from_code).unwrap_or_default();
        let state = |code: &str| FILTER_STATES.into_iter().find(|state| state.code() == code);
        let filters = Filters {
            roles: list(get("role"), Role::from_code),
            states: list(get("status"), state),
            login: get("login").as_deref().and_then(LoginFilter::from_code),
            sources: list(get("source"), Source::from_code),
            group: get("group").and_then(|id| crate::id::Id::parse(&id).ok()),
            attributes: attribute_filters(&get),
        };
        let columns = get("cols").map(|cols| list(Some(cols), Column::from_code));
        let look = Look {
            columns: columns.unwrap_or_else(|| Look::default().columns),
            attributes: attribute_columns(get("attrs")),
            compact: get("rows").is_some_and(|rows| rows == "compact"),
        };
        let per: Option<usize> = get("per").and_then(|per| per.parse().ok());
        let q = get("q").map(|q| q.trim().chars().take(MAX_QUERY_CHARS).collect()).unwrap_or_default();
        let after = get("after").as_deref().and_then(Cursor::decode).map(From::After);
        let before = get("before").as_deref().and_then(Cursor::decode).map(From::Before);
        let from = after.or(before).unwrap_or_default();
        let page = match from {
            From::Start => 1,
            _ => get("page").and_then(|p| p.parse().ok()).unwrap_or(1).max(1),
        };
        let size = PageSize::ALL.into_iter().find(|size| Some(size.rows()) == per).unwrap_or_default();
        Self { tab, q, filters, sort, size, look, from, page }.fitting()
    }

    /// Without what has no meaning on the tab: who has not come in yet has one status and no login.
    fn fitting(mut self) -> Self {
        if self.tab.is_of_invitations() {
            self.filters.states.clear();
            self.filters.login = None;
        }
        if !self.tab.sorts_by(self.sort.by()) {
            self.sort = Sort::Best;
        }
        self
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
        if !self.filters.roles.is_empty() {
            params.push(("role", joined(&self.filters.roles, Role::code)));
        }
        if !self.filters.states.is_empty() {
            params.push(("status", joined(&self.filters.states, PersonState::code)));
        }
        if let Some(login) = self.filters.login {
            params.push(("login", login.code().to_owned()));
        }
        if !self.filters.sources.is_empty() {
            params.push(("source", joined(&self.filters.sources, Source::code)));
        }
        if let Some(group) = &self.filters.group {
            params.push(("group", group.to_string()));
        }
        if !self.filters.attributes.is_empty() {
            let codes: Vec<String> = self.filters.attributes.iter().map(AttributeFilter::code).collect();
            params.push(("attr", codes.join(",")));
        }
        if self.sort != Sort::default() {
            params.push(("sort", self.sort.code()));
        }
        if self.size != PageSize::default() {
            params.push(("per", self.size.rows().to_string()));
        }
        if self.look.columns != Column::DEFAULT {
            params.push(("cols", joined(&self.look.columns, Column::code)));
        }
        if !self.look.attributes.is_empty() {
            let keys: Vec<&str> = self.look.attributes.iter().map(AttributeKey::as_str).collect();
            params.push(("attrs", keys.join(",")));
        }
        if self.look.compact {
            params.push(("rows", "compact".to_owned()));
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

    /// The query string of the URL, without the `?`.
    pub fn to_query_string(&self) -> String {
        query_string::join(&self.to_params())
    }

    /// Reads [`Self::to_query_string`]; as of any URL, what cannot be read falls back to the default.
    pub fn from_query_string(text: &str) -> Self {
        Self::from_params(|name| query_string::value(text, name))
    }

    /// The same list from its beginning, changed by `change`.
    #[must_use]
    pub fn restarted(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut query = Self { from: From::Start, page: 1, ..self.clone() };
        change(&mut query);
        query.fitting()
    }

    /// The same people looking otherwise: the place stays.
    #[must_use]
    pub fn looking(&self, change: impl FnOnce(&mut Look)) -> Self {
        let mut query = self.clone();
        change(&mut query.look);
        query
    }

    /// Whether a search or a filter leaves people out.
    pub fn is_narrowed(&self) -> bool {
        !self.q.is_empty() || !self.filters.is_empty()
    }
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

    fn cursor(key: &str, second: bool) -> Cursor {
        Cursor { key: key.into(), id: MembershipId::fresh(Timestamp::from_millis(5), [3; 10]), second }
    }

    #[test]
    fn a_query_survives_the_url() {
        for second in [true, false] {
            let query = PeopleQuery {
                tab: Tab::External,
                q: "ada l".into(),
                filters: Filters {
                    roles: vec![Role::Viewer, Role::Admin],
                    states: vec![PersonState::Deactivated],
                    login: Some(LoginFilter::Over30Days),
                    sources: vec![Source::Csv],
                    group: Some(GroupId::fresh(Timestamp::from_millis(7), [4; 10])),
                    attributes: vec![by("region", "a,b\\c:d"), by("team", "Zoë & Co")],
                },
                sort: Sort::Down(SortBy::Status),
                size: PageSize::P200,
                look: Look {
                    columns: vec![Column::Added, Column::Role],
                    attributes: vec![key("region"), key("team")],
                    compact: true,
                },
                from: From::After(cursor("ada ~ lovelace", second)),
                page: 3,
            };
            assert_eq!(read(&query.to_params()), query);
            assert_eq!(PeopleQuery::from_query_string(&query.to_query_string()), query);
        }
        assert!(PeopleQuery::from_params(|_| None).to_params().is_empty());
        let look = Look { columns: Vec::new(), ..Look::default() };
        let bare = PeopleQuery { look, page: 1, ..Default::default() };
        assert_eq!(read(&bare.to_params()), bare, "no column but the name");
    }

    #[test]
    fn a_mangled_url_still_shows_people() {
        let names = [
            "tab", "sort", "after", "before", "page", "role", "status", "login", "source", "group", "attr", "attr_key",
            "attrs", "per", "rows",
        ];
        let wild = names.map(|k| (k, "%00~'<".to_owned()));
        assert_eq!(read(&wild), PeopleQuery { page: 1, ..PeopleQuery::default() });
        assert_eq!(read(&[("q", "x".repeat(5_000))]).q.len(), 200);
        assert_eq!(read(&[("after", cursor("a\0b", false).encode())]).from, From::Start);
        let unsortable =
            read(&[("tab", "invitations".into()), ("sort", "last_login".into()), ("login", "never".into())]);
        assert_eq!((unsortable.sort, unsortable.filters.login), (Sort::Best, None));
        let by_role = read(&[("tab", "invitations".into()), ("sort", "-role".into())]);
        assert_eq!(by_role.sort, Sort::Down(SortBy::Role));
        let doubled = read(&[("role", "admin,x,admin,owner".into()), ("cols", "role,role".into())]);
        assert_eq!(doubled.filters.roles, [Role::Admin, Role::Owner]);
        assert_eq!(doubled.look.columns, [Column::Role]);
    }

    fn key(text: &str) -> AttributeKey {
        AttributeKey::parse(text).unwrap()
    }

    fn by(of: &str, value: &str) -> AttributeFilter {
        AttributeFilter::new(key(of), value).unwrap()
    }

    #[test]
    fn a_form_adds_a_filter_by_an_attribute() {
        let read = |attr: &str, of: &str, value: &str| {
            read(&[("attr", attr.into()), ("attr_key", of.into()), ("attr_value", value.into())]).filters.attributes
        };
        assert_eq!(read("region:EMEA", "team", " North, South "), [by("region", "EMEA"), by("team", "North, South")]);
        assert_eq!(read("region:EMEA", "region", "APAC"), [by("region", "APAC")], "the last one holds");
        assert_eq!(read("region:EMEA", "team", " "), [by("region", "EMEA")]);
        assert_eq!(read("region:,x,:y,A:b,", "", "z"), []);
        assert_eq!(read("a:1,b:1,c:1,d:1,e:1,f:1,g:1", "", "").len(), MAX_ATTRIBUTE_FILTERS);
        assert_eq!(read("a:trailing\\", "", ""), [by("a", "trailing")]);
    }

    #[test]
    fn never_is_a_login_at_the_beginning_of_time() {
        let now = Timestamp::from_millis(100 * DAY);
        assert_eq!(LoginFilter::Never.range(now), (0, 1));
        assert_eq!(LoginFilter::Over30Days.range(now), (1, 70 * DAY));
        assert_eq!(LoginFilter::Over90Days.range(now), (1, 10 * DAY));
    }
}
