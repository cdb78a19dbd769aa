//! Importing people from a file (B27, B28, N2): its columns, what each row means, and what would become of it.

mod columns;
mod sheet;

pub use columns::{Column, EXAMPLE_EMAIL, Mapping, template};
pub use sheet::{Encoding, MAX_BYTES, MAX_CELL, MAX_COLUMNS, MAX_ROWS, Separator, Sheet, SheetReader, UnreadableFile};

use serde::{Deserialize, Serialize};

use crate::{
    Action, Actor, Denial, Email, Ends, Kind, PersonName, PersonState, Role, Target, Timestamp,
    bulk::{self, ItemState, Room},
    decide,
    email::InvalidEmail,
    ends::{InvalidEnd, parse_last_day},
    name::InvalidName,
    rules::{self, Barred},
};

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who.
    pub email: Email,
    /// Their name, where it is told.
    pub name: PersonName,
    /// Their role, where it is told.
    pub role: Option<Role>,
    /// The end of their access, where it is told.
    pub until: Option<Timestamp>,
}

/// Why a row cannot be read, worded for who can mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableRow {
    /// The address.
    #[error("{0}")]
    Email(#[from] InvalidEmail),
    /// A name.
    #[error("{0}")]
    Name(InvalidName),
    /// No role.
    #[error("There is no role “{0}”. Use Admin, Member or Viewer.")]
    Role(String),
    /// The end of access.
    #[error("{0}")]
    EndDate(#[from] InvalidEnd),
    /// The row of the template.
    #[error("This is the example row of the template.")]
    Example,
}

impl UnreadableRow {
    /// Whether there is nothing to mend about it.
    pub const fn is_left_aside(&self) -> bool {
        matches!(self, Self::Example)
    }
    /// The column that is wrong.
    pub const fn column(&self) -> Column {
        match self {
            Self::Email(_) | Self::Example => Column::Email,
            Self::Name(_) => Column::FullName,
            Self::Role(_) => Column::Role,
            Self::EndDate(_) => Column::EndDate,
        }
    }
}

/// Reads a row.
///
/// # Errors
/// [`UnreadableRow`]: the first thing that is wrong.
pub fn read_row(cells: &[String], mapping: &Mapping, now: Timestamp) -> Result<Entry, UnreadableRow> {
    let cell = |column| mapping.cell(cells, column);
    let address = cell(Column::Email);
    if address.eq_ignore_ascii_case(EXAMPLE_EMAIL) {
        return Err(UnreadableRow::Example);
    }
    let email = Email::parse(address)?;
    let (mut first, mut last) = (cell(Column::FirstName), cell(Column::LastName));
    if first.is_empty() && last.is_empty() {
        (first, last) = PersonName::split(cell(Column::FullName));
    }
    let name = PersonName::parse_optional(first, last).map_err(|(_, why)| UnreadableRow::Name(why))?;
    let role = match cell(Column::Role) {
        "" => None,
        said => Some(role_of(said).ok_or_else(|| UnreadableRow::Role(said.chars().take(40).collect()))?),
    };
    Ok(Entry { email, name, role, until: last_day(cell(Column::EndDate), now)? })
}

fn role_of(text: &str) -> Option<Role> {
    Role::from_code(&text.trim().to_lowercase())
}

/// The last day of access as people write it, or as an export does.
fn last_day(text: &str, now: Timestamp) -> Result<Option<Timestamp>, InvalidEnd> {
    if let Some(end) = Timestamp::parse_rfc3339(text) {
        return parse_last_day(&end.last_day(), now);
    }
    parse_last_day(text, now)
}

/// What is done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// Somebody new is invited, or gets an account (policy A).
    Create,
    /// An expired invitation is sent again.
    SendAgain,
    /// Somebody who is there is changed.
    Update,
}

impl Plan {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::SendAgain => "again",
            Self::Update => "update",
        }
    }
    /// The plan of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Create, Self::SendAgain, Self::Update].into_iter().find(|plan| plan.code() == code)
    }
    /// Whether somebody takes a seat by it (policy M), and gets a password where accounts are created (policy A).
    pub const fn needs_seat(self) -> bool {
        matches!(self, Self::Create | Self::SendAgain)
    }
    /// In words, before or after.
    pub const fn label(self, done: bool) -> &'static str {
        match (self, done) {
            (Self::Create, false) => "Will be invited",
            (Self::Create, true) => "Invited",
            (Self::SendAgain, false) => "Will be invited again",
            (Self::SendAgain, true) => "Invited again",
            (Self::Update, false) => "Will be updated",
            (Self::Update, true) => "Updated",
        }
    }
}

/// Somebody who stands under the address of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Who.
    pub target: Target,
    /// Their name.
    pub name: PersonName,
    /// The ends that are still to come.
    pub ends: Ends,
    /// Whether their access is over, so that another invitation takes its end away.
    pub is_over: bool,
}

/// What differs between a row and who stands under its address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// Another name.
    pub name: Option<PersonName>,
    /// Another role.
    pub role: Option<Role>,
    /// Another end of access.
    pub until: Option<Timestamp>,
}

impl Difference {
    /// What a row changes about somebody. An empty cell changes nothing.
    pub fn of(entry: &Entry, standing: &Standing) -> Self {
        let named = !entry.name.full().is_empty();
        Self {
            name: (named && entry.name != standing.name).then(|| entry.name.clone()),
            role: entry.role.filter(|role| *role != standing.target.role),
            until: entry.until.filter(|end| Some(*end) != standing.ends.access),
        }
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
    /// What changes, in words: `Role Member → Admin, name Ada → Ada Lovelace`.
    pub fn words(&self, standing: &Standing) -> String {
        let role = self.role.map(|role| format!("role {} → {}", standing.target.role.label(), role.label()));
        let name = self.name.as_ref().map(|name| match standing.name.full() {
            none if none.is_empty() => format!("name {}", name.full()),
            before => format!("name {before} → {}", name.full()),
        });
        let until = self.until.map(|end| format!("access until {}", end.last_day_words()));
        let words = [role, name, until].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let mut letters = words.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }
}

/// What is said of a row whose address an earlier one has.
pub fn repeated(earlier: u64) -> String {
    format!("Row {earlier} has this address already.")
}

/// What would become of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether anything is done.
    pub state: ItemState,
    /// What.
    pub plan: Option<Plan>,
    /// What changes about somebody who is there.
    pub difference: String,
}

impl Verdict {
    /// Of a row that nothing is done with.
    pub fn none(state: ItemState) -> Self {
        Self { state, plan: None, difference: String::new() }
    }
    /// Of a row that cannot be read.
    pub fn unreadable(why: &UnreadableRow) -> Self {
        let (aside, why) = (why.is_left_aside(), why.to_string());
        Self::none(if aside { ItemState::LeftOut(why) } else { ItemState::Failed(why) })
    }
    /// Of a row whose address an earlier row has.
    pub fn repeated(earlier: u64) -> Self {
        Self::none(ItemState::LeftOut(repeated(earlier)))
    }
}

/// Judges a row by who stands under its address: the same questions that are asked when it is done.
pub fn judge(
    actor: &Actor,
    entry: &Entry,
    standing: Option<&Standing>,
    barred: Option<Barred>,
    default_role: Role,
    room: Room,
) -> Verdict {
    let to_invite = |plan: Plan, role: Role| match decide(actor, Action::Invite(role), None) {
        Ok(_) => Verdict { state: ItemState::Would, plan: Some(plan), difference: String::new() },
        Err(why) => Verdict::none(ItemState::LeftOut(why.to_string())),
    };
    let state = standing.map(|standing| standing.target.state);
    if standing.is_some_and(|standing| standing.target.kind == Kind::Support) {
        return Verdict::none(ItemState::LeftOut(Denial::SupportNotImported.to_string()));
    }
    let refused = rules::verdict(state, barred, room.seats).refusal();
    match (standing, refused) {
        (None, None) => to_invite(Plan::Create, entry.role.unwrap_or(default_role)),
        (Some(standing), None) => {
            let role = entry.role.unwrap_or(standing.target.role);
            if !role.fits(standing.target.kind) {
                return Verdict::none(ItemState::LeftOut(Denial::NoExternalRole.to_string()));
            }
            let difference = Difference::of(entry, standing);
            let verdict = to_invite(Plan::SendAgain, role);
            if verdict.state != ItemState::Would {
                return verdict;
            }
            match hindrance(actor, &difference, standing, room) {
                Some(state) => Verdict::none(state),
                None => Verdict { difference: difference.words(standing), ..verdict },
            }
        }
        (Some(standing), Some(_)) if standing.target.state != PersonState::Expired => {
            update(actor, &Difference::of(entry, standing), standing, room)
        }
        (_, Some(refused)) => Verdict::none(ItemState::LeftOut(refused.sentence())),
    }
}

fn update(actor: &Actor, difference: &Difference, standing: &Standing, room: Room) -> Verdict {
    if difference.is_empty() {
        return Verdict::none(ItemState::Unchanged);
    }
    match hindrance(actor, difference, standing, room) {
        Some(state) => Verdict::none(state),
        None => Verdict { state: ItemState::Would, plan: Some(Plan::Update), difference: difference.words(standing) },
    }
}

/// Why somebody cannot be changed as a row says, if there is a reason.
fn hindrance(actor: &Actor, difference: &Difference, standing: &Standing, room: Room) -> Option<ItemState> {
    if let Some(role) = difference.role {
        let state = bulk::verdict(actor, Action::ChangeRole(role), &standing.target, room);
        if state != ItemState::Would {
            return Some(state);
        }
    }
    let edits = difference.name.is_some().then_some(Action::Edit);
    let reopens = standing.is_over && standing.target.state == PersonState::Expired;
    let limits = (difference.until.is_some() || reopens).then_some(Action::LimitAccess);
    let refused = |action| decide(actor, action, Some(&standing.target)).err();
    edits.into_iter().chain(limits).find_map(refused).map(|why| ItemState::LeftOut(why.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;
    use crate::{Permission, PermissionSet, Policies, authority, rules::Seats};

    const NOW: Timestamp = Timestamp::from_millis(1_795_700_000_000);

    #[test]
    fn the_template_is_read_and_its_example_is_left_aside() {
        let sheet = Sheet::read(template().as_bytes()).expect("a sheet");
        let mapping = Mapping::guess(&sheet);
        assert_eq!(mapping.columns(), Column::ALL.map(Some));
        let why = read_row(&sheet.rows[0], &mapping, NOW).expect_err("an example");
        assert_eq!((sheet.rows.len(), why.clone()), (1, UnreadableRow::Example));
        assert!(matches!(Verdict::unreadable(&why).state, ItemState::LeftOut(_)));
    }

    #[test]
    fn rows_are_read_and_what_is_wrong_is_said() {
        let mapping = Mapping::new(Column::ALL.map(Some));
        let read = |cells: [&str; 6]| read_row(&cells.map(str::to_owned), &mapping, NOW);
        let entry = |first: &str, last: &str, role, until| {
            let name = PersonName { first: first.to_owned(), last: last.to_owned() };
            Ok(Entry { email: Email::parse("a@x.io").expect("an address"), name, role, until })
        };
        let end = Timestamp::end_of_day("2026-12-31");
        for (cells, expected) in [
            (["Ada King", " A@X.io ", "Admin", "", "", ""], entry("Ada", "King", Some(Role::Admin), None)),
            (["Ada King", "a@x.io", "", "Ada", "", ""], entry("Ada", "", None, None)),
            (["", "a@x.io", " mEmBeR", "", "", "2026-12-31"], entry("", "", Some(Role::Member), end)),
            (["", "a@x.io", "", "", "", "2027-01-01T00:00:00Z"], entry("", "", None, end)),
            (["x", "", "", "", "", ""], Err(UnreadableRow::Email(InvalidEmail::Empty))),
            (["x", "a@x", "", "", "", ""], Err(UnreadableRow::Email(InvalidEmail::Malformed))),
            (["x", "a@x.io", "Boss", "", "", ""], Err(UnreadableRow::Role("Boss".to_owned()))),
            (["x", "a@x.io", "", "A\u{202e}", "", ""], Err(UnreadableRow::Name(InvalidName::Unprintable))),
            (["x", "a@x.io", "", "", "", "soon"], Err(UnreadableRow::EndDate(InvalidEnd::Unreadable))),
            (["x", "a@x.io", "", "", "", "2001-01-01"], Err(UnreadableRow::EndDate(InvalidEnd::Past))),
        ] {
            assert_eq!(read(cells), expected, "{cells:?}");
        }
        // Rows that end early say nothing about the rest.
        assert!(read_row(&["x".to_owned(), "a@x.io".to_owned()], &mapping, NOW).is_ok());
    }

    fn actor(role: Role) -> Actor {
        authority::tests::actor(role, Kind::Standard)
    }

    fn somebody(role: Role, state: PersonState) -> Standing {
        let target = authority::tests::target(role, state);
        Standing { target, name: PersonName::from_full("Ada King"), ends: Ends::default(), is_over: false }
    }

    #[test]
    fn who_is_invited_again_is_changed_by_nobody_who_may_not() {
        let entry = |name: &str, role: Option<Role>, until: Option<Timestamp>| Entry {
            email: Email::parse("a@x.io").expect("an address"),
            name: PersonName::from_full(name),
            role,
            until,
        };
        let end = Timestamp::end_of_day("2026-12-31");
        let member = somebody(Role::Member, PersonState::Expired);
        let mut custom = member.clone();
        custom.target.withheld = PermissionSet::of(&[Permission::UseFeatures]);
        let over = Standing { is_over: true, ..member.clone() };
        let withheld = Denial::Withheld.to_string();
        for (less, entry, standing, left_out) in [
            (None, entry("Ada Lovelace", Some(Role::Viewer), end), &member, None),
            (None, entry("", None, None), &over, None),
            (Some(Permission::ChangeRoles), entry("", None, None), &member, None),
            (Some(Permission::ChangeRoles), entry("", Some(Role::Member), None), &member, None),
            (Some(Permission::ChangeRoles), entry("", Some(Role::Viewer), None), &member, Some(&withheld)),
            (Some(Permission::EditPeople), entry("Ada Lovelace", None, None), &member, Some(&withheld)),
            (Some(Permission::DeactivatePeople), entry("", None, end), &member, Some(&withheld)),
            (Some(Permission::DeactivatePeople), entry("", None, None), &over, Some(&withheld)),
            (None, entry("", None, None), &custom, None),
            (None, entry("", Some(Role::Viewer), None), &custom, Some(&Denial::CustomRole.to_string())),
        ] {
            let mut by = actor(Role::Admin);
            by.withheld = PermissionSet::of(&less.into_iter().collect::<Vec<_>>());
            let room = Room { active_owners: 1, seats: Seats::unlimited() };
            let verdict = judge(&by, &entry, Some(standing), None, Role::Member, room);
            let expected = left_out.map_or(ItemState::Would, |why| ItemState::LeftOut(why.clone()));
            assert_eq!(verdict.state, expected, "{less:?} {entry:?}");
            assert_eq!(verdict.plan.is_some(), left_out.is_none());
        }
    }

    #[test]
    fn a_row_creates_updates_or_changes_nothing_and_says_why() {
        use PersonState::{Active, Deactivated, Expired, Invited};
        let full = Seats::new(&Policies { seats: Some(3), ..Policies::default() }, 3);
        let said = |name: &str, role: Option<Role>| Entry {
            email: Email::parse("a@x.io").expect("an address"),
            name: PersonName::from_full(name),
            role,
            until: None,
        };
        let left_out = |why: &str| (ItemState::LeftOut(why.to_owned()), None, "");
        let would = |plan: Plan, difference: &'static str| (ItemState::Would, Some(plan), difference);
        let unchanged = (ItemState::Unchanged, None, "");
        let no_seat = "No seat is left. Free a seat or raise the limit.";
        for (by, entry, standing, seats, expected) in [
            (Role::Admin, said("", None), None, Seats::unlimited(), would(Plan::Create, "")),
            (Role::Admin, said("", Some(Role::Admin)), None, Seats::unlimited(), would(Plan::Create, "")),
            (
                Role::Admin,
                said("", Some(Role::Owner)),
                None,
                Seats::unlimited(),
                left_out(&Denial::OwnerNotAssignable.to_string()),
            ),
            (Role::Admin, said("", None), None, full, left_out(no_seat)),
            (Role::Admin, said("", None), Some((Role::Member, Active)), full, unchanged.clone()),
            (Role::Admin, said("Ada King", Some(Role::Member)), Some((Role::Member, Invited)), full, unchanged.clone()),
            (Role::Admin, said("Ada King", None), Some((Role::Member, Deactivated)), full, unchanged),
            (
                Role::Admin,
                said("Ada Lovelace", Some(Role::Admin)),
                Some((Role::Member, Active)),
                full,
                would(Plan::Update, "Role Member → Admin, name Ada King → Ada Lovelace"),
            ),
            (
                Role::Admin,
                said("Ada Lovelace", None),
                Some((Role::Owner, Active)),
                full,
                left_out(&Denial::OwnerProtected.to_string()),
            ),
            (
                Role::Owner,
                said("", Some(Role::Member)),
                Some((Role::Owner, Active)),
                full,
                left_out(&rules::LastOwner.to_string()),
            ),
            (
                Role::Admin,
                said("", Some(Role::Viewer)),
                Some((Role::Member, Expired)),
                Seats::unlimited(),
                would(Plan::SendAgain, "Role Member → Viewer"),
            ),
            (Role::Admin, said("", None), Some((Role::Member, Expired)), full, left_out(no_seat)),
            (Role::Member, said("", None), None, full, left_out(no_seat)),
        ] {
            let standing = standing.map(|(role, state)| somebody(role, state));
            let room = Room { active_owners: 1, seats };
            let verdict = judge(&actor(by), &entry, standing.as_ref(), None, Role::Member, room);
            let (state, plan, difference) = expected;
            let expected = Verdict { state, plan, difference: difference.to_owned() };
            assert_eq!(verdict, expected, "{by:?} {entry:?} {standing:?}");
        }
    }

    #[test]
    fn an_end_changes_what_has_another() {
        let until = Timestamp::end_of_day("2026-12-31");
        let entry = Entry {
            email: Email::parse("a@x.io").expect("an address"),
            name: PersonName::default(),
            role: None,
            until,
        };
        let mut standing = somebody(Role::Member, PersonState::Active);
        let room = Room { active_owners: 1, seats: Seats::unlimited() };
        let judged = |standing: &Standing| judge(&actor(Role::Admin), &entry, Some(standing), None, Role::Member, room);
        assert_eq!(judged(&standing).difference, "Access until 31 Dec 2026");
        standing.ends.access = until;
        assert_eq!(judged(&standing), Verdict::none(ItemState::Unchanged));
    }

    /// Files of what stands in such files, and of what does not belong into any, in every encoding.
    fn files() -> impl Strategy<Value = Vec<u8>> {
        const PIECES: &[&str] = &[
            "Email",
            "Full Name",
            "first name",
            "Role",
            "End date",
            "Groups",
            "a@x.io",
            "B@x.io",
            "example@example.com",
            "Ada King",
            "King, Ada",
            "Admin",
            "boss",
            "2027-01-31",
            "2027-01-31T10:00:00Z",
            "9999999-99-99",
            ",",
            ";",
            "\t",
            "\n",
            "\r\n",
            "\r",
            "\"",
            "\"\"",
            "'=1",
            "sep=;",
            "SEP=\t",
            "\u{feff}",
            "\u{0}",
            "ü",
            "\u{202e}",
            "😀",
            " ",
        ];
        let known = select(PIECES).prop_map(|piece| piece.as_bytes().to_vec());
        let piece = prop_oneof![9 => known, 1 => vec(any::<u8>(), 0..4)];
        (vec(piece, 0..120), 0..4_u8).prop_map(|(pieces, encoding)| {
            let bytes = pieces.concat();
            let units = || String::from_utf8_lossy(&bytes).encode_utf16().collect::<Vec<_>>();
            match encoding {
                0 | 1 => bytes,
                2 => units().into_iter().flat_map(u16::to_le_bytes).collect(),
                _ => units().into_iter().flat_map(u16::to_be_bytes).collect(),
            }
        })
    }

    proptest! {
        /// For ten minutes: `PROPTEST_CASES=1000000 cargo test --release -p model no_file_breaks`.
        #[test]
        fn no_file_breaks_the_reader_the_mapper_or_a_row(bytes in files()) {
            let Ok(sheet) = Sheet::read(&bytes) else { return Ok(()) };
            let guessed = Mapping::guess(&sheet);
            prop_assert!(guessed.columns().len() <= MAX_COLUMNS);
            let in_order = Mapping::new(Column::ALL.map(Some));
            for (row, mapping) in sheet.rows.iter().flat_map(|row| [(row, &guessed), (row, &in_order)]) {
                match read_row(row, mapping, NOW) {
                    Ok(entry) => {
                        prop_assert!(entry.email.as_str().contains('@'));
                        prop_assert!(entry.until.is_none_or(|until| until > NOW));
                        prop_assert!(entry.name.full().chars().all(|c| !c.is_control()));
                    }
                    Err(why) => prop_assert!(!Verdict::unreadable(&why).state.code().is_empty()),
                }
            }
        }
    }
}
