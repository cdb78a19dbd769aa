//! Saved views: a question to the grid under a name (N1). A view is private to its maker, or shared with everybody in
//! the organization who may see people; that and who made it say who may do what with it.

use serde::{Deserialize, Serialize};

use super::PeopleQuery;
use crate::{Action, Actor, Denial, MembershipId, Permit, Role, ViewId, decide, name::names};

/// The longest name of a view, in characters.
pub const MAX_VIEW_NAME_CHARS: usize = 60;
/// How many views a person may have in an organization, private and shared.
pub const MAX_VIEWS: usize = 50;

names! {
    /// The name of a view.
    ViewName: MAX_VIEW_NAME_CHARS;
}

/// Who made a view.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Maker {
    /// The person's membership.
    pub membership_id: MembershipId,
    /// What the person is called.
    pub name: String,
}

/// A view, as somebody in the organization sees it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SavedView {
    /// Its id.
    pub id: ViewId,
    /// Its name.
    pub name: ViewName,
    /// What it asks the grid, from the beginning of the list.
    pub query: PeopleQuery,
    /// Who made it; `None` for a shared view whose maker has left.
    pub maker: Option<Maker>,
    /// Whether everybody in the organization who may see people sees it.
    pub is_shared: bool,
    /// Whether who looks at it lands on it.
    pub is_default: bool,
}

/// The views that somebody sees, both lists by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ViewLists {
    /// The person's own, shared or not.
    pub mine: Vec<SavedView>,
    /// What others share.
    pub shared: Vec<SavedView>,
}

/// What can be done with a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewOp {
    /// Land on it.
    MakeDefault,
    /// Land on everybody again.
    DropDefault,
    /// Let everybody see it who may see people.
    Share,
    /// Keep it to its maker.
    Unshare,
    /// Give it another name.
    Rename,
    /// Give it another question.
    Replace,
    /// Take it away.
    Delete,
}

impl ViewOp {
    /// All.
    pub const ALL: [Self; 7] =
        [Self::MakeDefault, Self::DropDefault, Self::Share, Self::Unshare, Self::Rename, Self::Replace, Self::Delete];

    /// As in a form: `make_default`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MakeDefault => "make_default",
            Self::DropDefault => "drop_default",
            Self::Share => "share",
            Self::Unshare => "unshare",
            Self::Rename => "rename",
            Self::Replace => "replace",
            Self::Delete => "delete",
        }
    }
}

impl SavedView {
    /// Whether the actor made it.
    pub fn is_of(&self, actor: &Actor) -> bool {
        self.maker.as_ref().is_some_and(|maker| maker.membership_id == actor.membership_id)
    }

    /// Whether `actor` may do this with the view. Everybody does with a private view of their own as they like; a
    /// shared one is in the hands of its maker and of Owners and Admins, while they may share.
    ///
    /// # Errors
    /// [`Denial::NotFound`] for the private views of others (S44); [`Denial::State`] where nobody is left to whom a
    /// view could be private.
    pub fn may(&self, actor: &Actor, op: ViewOp) -> Result<Permit, Denial> {
        let seen = decide(actor, Action::ViewPeople, None)?;
        if !self.is_shared && !self.is_of(actor) {
            return Err(Denial::NotFound);
        }
        match op {
            ViewOp::MakeDefault | ViewOp::DropDefault => Ok(seen),
            ViewOp::Unshare | ViewOp::Rename | ViewOp::Replace | ViewOp::Delete if !self.is_shared => Ok(seen),
            _ => {
                let permit = decide(actor, Action::ShareViews, None)?;
                if !self.is_of(actor) && !matches!(actor.role, Role::Owner | Role::Admin) {
                    return Err(Denial::Role);
                }
                if op == ViewOp::Unshare && self.maker.is_none() {
                    return Err(Denial::State);
                }
                Ok(permit)
            }
        }
    }
}

/// What to do where the maker has a view of the name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twin {
    /// Leave it alone.
    Keep,
    /// Give it the new question.
    Replace,
}

/// Why a view cannot be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// The maker has another one of that name.
    #[error("There is a view of this name already.")]
    Taken,
    /// The maker has as many as there may be.
    #[error("You have {MAX_VIEWS} views, which is as many as there can be. Delete one to save another.")]
    Full,
}

/// Saving under a name, by somebody who has these views: the view that it replaces, or `None` for a new one.
///
/// # Errors
/// [`ViewError`].
pub fn saving<'a>(mine: &'a [SavedView], name: &ViewName, twin: Twin) -> Result<Option<&'a SavedView>, ViewError> {
    let key = name.key();
    match (mine.iter().find(|view| view.name.key() == key), twin) {
        (Some(_), Twin::Keep) => Err(ViewError::Taken),
        (Some(view), Twin::Replace) => Ok(Some(view)),
        (None, _) if mine.len() >= MAX_VIEWS => Err(ViewError::Full),
        (None, _) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::InvalidName;
    use crate::{Kind, Timestamp, authority, id::Id};

    fn id<I: Id>(n: u8) -> I {
        I::fresh(Timestamp::from_millis(1), [n; 10])
    }

    fn actor(n: u8, role: Role, kind: Kind) -> Actor {
        Actor { user_id: id(n), membership_id: id(n), ..authority::tests::actor(role, kind) }
    }

    fn view(name: &str, maker: Option<u8>, is_shared: bool) -> SavedView {
        SavedView {
            id: id(9),
            name: ViewName::parse(name).expect("valid"),
            query: PeopleQuery::default(),
            maker: maker.map(|n| Maker { membership_id: id(n), name: "Ada".to_owned() }),
            is_shared,
            is_default: false,
        }
    }

    /// Person 1 acts: which operations are allowed, and why the others are not.
    #[test]
    fn whose_a_view_is_and_who_asks_says_what_may_be_done() {
        use ViewOp::{Delete, DropDefault, MakeDefault, Rename, Replace, Share, Unshare};
        let all = ViewOp::ALL.as_slice();
        let own_private = view("x", Some(1), false);
        let their_private = view("x", Some(2), false);
        let own_shared = view("x", Some(1), true);
        let their_shared = view("x", Some(2), true);
        let orphan = view("x", None, true);
        let owner = actor(1, Role::Owner, Kind::Standard);
        let admin = actor(1, Role::Admin, Kind::Standard);
        let guest = actor(1, Role::Admin, Kind::External);
        let member = actor(1, Role::Member, Kind::Standard);
        let defaults = [MakeDefault, DropDefault].as_slice();
        let without_sharing = [MakeDefault, DropDefault, Unshare, Rename, Replace, Delete].as_slice();
        let for_ever = [MakeDefault, DropDefault, Share, Rename, Replace, Delete].as_slice();
        for (view, who, allowed, otherwise) in [
            (&own_private, &owner, all, Denial::Role),
            (&own_private, &admin, all, Denial::Role),
            (&own_private, &guest, without_sharing, Denial::External),
            (&own_private, &member, &[], Denial::Role),
            (&their_private, &owner, &[], Denial::NotFound),
            (&their_private, &guest, &[], Denial::NotFound),
            (&own_shared, &admin, all, Denial::Role),
            // Who lost the right to share since.
            (&own_shared, &guest, defaults, Denial::External),
            (&their_shared, &owner, all, Denial::Role),
            (&their_shared, &admin, all, Denial::Role),
            (&their_shared, &guest, defaults, Denial::External),
            (&orphan, &admin, for_ever, Denial::State),
            (&orphan, &guest, defaults, Denial::External),
        ] {
            for op in ViewOp::ALL {
                let answer = view.may(who, op).map(|permit| permit.org_id().clone());
                let expected = if allowed.contains(&op) { Ok(who.org_id.clone()) } else { Err(otherwise) };
                assert_eq!(answer, expected, "{op:?} {view:?} {who:?}");
            }
        }
    }

    #[test]
    fn a_name_is_trimmed_and_short() {
        let long = "x".repeat(60);
        for (text, name) in [("  Never  came\tin ", "Never came in"), (long.as_str(), &long), ("山田", "山田")] {
            assert_eq!(ViewName::parse(text).as_ref().map(ViewName::as_str), Ok(name));
        }
        for (text, why) in [
            (" \n", InvalidName::Empty),
            ("a\0b", InvalidName::Unprintable),
            ("a\u{202e}b", InvalidName::Unprintable),
            (&"x".repeat(61), InvalidName::TooLong(60)),
        ] {
            assert_eq!(ViewName::parse(text), Err(why));
        }
    }

    #[test]
    fn a_name_that_one_has_is_refused_or_replaced() {
        let mine = [view("Guests", Some(1), false), view("Zoë", Some(1), true)];
        for (name, twin, expected) in [
            ("Admins", Twin::Keep, Ok(None)),
            ("Admins", Twin::Replace, Ok(None)),
            ("Guests", Twin::Keep, Err(ViewError::Taken)),
            (" gUESTS", Twin::Keep, Err(ViewError::Taken)),
            ("zoe", Twin::Keep, Err(ViewError::Taken)),
            ("zoe", Twin::Replace, Ok(Some(&mine[1]))),
        ] {
            assert_eq!(saving(&mine, &ViewName::parse(name).expect("valid"), twin), expected, "{name}");
        }
    }

    #[test]
    fn there_are_so_many_and_no_more() {
        let mine: Vec<SavedView> = (0..MAX_VIEWS).map(|n| view(&format!("View {n}"), Some(1), n % 2 == 0)).collect();
        let name = |name| ViewName::parse(name).expect("valid");
        assert_eq!(saving(&mine[1..], &name("Another"), Twin::Keep), Ok(None));
        assert_eq!(saving(&mine, &name("Another"), Twin::Keep), Err(ViewError::Full));
        assert_eq!(saving(&mine, &name("View 7"), Twin::Replace), Ok(Some(&mine[7])));
    }

    #[test]
    fn the_code_of_an_operation_is_what_a_form_sends() {
        for op in ViewOp::ALL {
            assert_eq!(format!("{op:?}").to_lowercase(), op.code().replace('_', ""));
        }
    }
}
