//! What somebody may do with a connection, and why: one pure question, [`effective`], which the profile asks and everything
//! else that explains access.
//!
//! What somebody was given themselves wins over what groups give them, and that over the default. Each giver is asked about a
//! model first and then about the connection. Nothing, given to somebody themselves, is a denial that no group undoes; and what a
//! custom role takes away is taken, whichever of several groups gives it.

use serde::{Deserialize, Serialize};

use super::{Connection, ConnectionPermissions, ConnectionRole, DataModel, GivenRole};
use crate::{DataModelId, Kind, PersonState, Role, Target, group::NamedGroup};

/// Who has given a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Giver {
    /// Nobody else: it is the person's own.
    Own,
    /// A group that the person is in.
    Group {
        /// Which.
        group: NamedGroup,
        /// The group under it in which they are, where it is not this one itself.
        via: Option<NamedGroup>,
    },
}

impl Giver {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Own, Self::Own) => true,
            (Self::Group { group, .. }, Self::Group { group: other, .. }) => group.id == other.id,
            _ => false,
        }
    }
}

/// A role that came to somebody on a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// By whom.
    pub by: Giver,
    /// On which model alone; `None` for the connection.
    pub model: Option<DataModel>,
    /// Which.
    pub role: GivenRole,
}

impl Given {
    fn is_on(&self, model: Option<&DataModelId>) -> bool {
        self.model.as_ref().map(|model| &model.id) == model
    }
}

/// What of a person counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Native or from elsewhere.
    pub kind: Kind,
    /// Their role in the organization.
    pub role: Role,
    /// Their state there.
    pub state: PersonState,
}

impl From<&Target> for Holder {
    fn from(target: &Target) -> Self {
        Self { kind: target.kind, role: target.role, state: target.state }
    }
}

impl Holder {
    /// Whether defaults are for them: for the organization's own people. Who comes from elsewhere has what they were given, and
    /// a Partner sees one section (B44).
    pub fn has_defaults(self) -> bool {
        self.kind == Kind::Standard && self.role != Role::Partner
    }
}

/// Where a role comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Was given to the person.
    Own,
    /// Was given to a group that they are in, or to the one above it.
    Group {
        /// Which.
        group: NamedGroup,
        /// The group under it in which they are, where it is not this one itself.
        via: Option<NamedGroup>,
    },
    /// Is the default of the connection.
    Default,
    /// The default is not for them, and nothing else was given.
    NotByDefault,
    /// They are deactivated.
    Deactivated,
}

/// One reason for what somebody may do with a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    /// Where it comes from.
    pub source: Source,
    /// The role that came from there.
    pub role: GivenRole,
    /// The model that it was given for, where it was not for the connection.
    pub model: Option<DataModel>,
}

impl Because {
    /// As one text: `Querier – through Analysts`.
    pub fn sentence(&self) -> String {
        let whence = match &self.source {
            Source::Own if self.role.base() == ConnectionRole::None => "taken away from them".to_owned(),
            Source::Own => "own role".to_owned(),
            Source::Group { group, via: None } => format!("through {}", group.name.as_str()),
            Source::Group { group, via: Some(via) } => {
                format!("through {}, of which {} is a part", group.name.as_str(), via.name.as_str())
            }
            Source::Default => "the default of the connection".to_owned(),
            Source::NotByDefault => "the default is for members of the organization alone".to_owned(),
            Source::Deactivated => "deactivated".to_owned(),
        };
        let on = self.model.as_ref().map(|model| format!(", for {}", model.name.as_str())).unwrap_or_default();
        let less = self.role.withheld();
        let less = if less.is_empty() { String::new() } else { format!(" (less: {})", less.in_words()) };
        format!("{}{less} – {whence}{on}", self.role.label())
    }
}

/// What somebody may do with a connection or a model, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effective {
    /// The highest role that it comes to.
    pub role: ConnectionRole,
    /// What they may do by that: what the role gives, less what custom roles among them take away.
    pub permissions: ConnectionPermissions,
    /// Why: everything that counts, the highest first. There always is a reason.
    pub because: Vec<Because>,
}

impl Effective {
    fn by(role: ConnectionRole, source: Source) -> Self {
        let because = vec![Because { source, role: role.into(), model: None }];
        Self { role, permissions: role.permissions(), because }
    }
    /// Whether something of the role is taken away.
    pub fn is_narrowed(&self) -> bool {
        self.permissions != self.role.permissions()
    }
    /// In words: the role, and whether something of it is taken away.
    pub fn in_words(&self) -> String {
        let less = self.role.permissions().without(self.permissions);
        if less.is_empty() {
            self.role.label().to_owned()
        } else {
            format!("{}, less: {}", self.role.label(), less.in_words())
        }
    }
}

/// What somebody may do with a connection, or with one of its models, who was given `given` on it; the one rule (B40).
///
/// Of those who are invited it is what they will have once they have joined.
pub fn effective(who: Holder, default: ConnectionRole, given: &[Given], model: Option<&DataModelId>) -> Effective {
    if who.state == PersonState::Deactivated {
        return Effective::by(ConnectionRole::None, Source::Deactivated);
    }
    // What the same giver has said about the model stands in place of what they have said about the connection.
    let is_said_of_model = |by: &Giver| given.iter().any(|of| of.by.is(by) && of.is_on(model));
    let counts = |of: &&Given| of.is_on(model) || (of.model.is_none() && !is_said_of_model(&of.by));
    let (own, mut groups): (Vec<&Given>, Vec<&Given>) = given.iter().filter(counts).partition(|of| of.by == Giver::Own);
    let said = if own.is_empty() {
        groups.sort_by_key(|of| std::cmp::Reverse(of.role.base()));
        groups
    } else {
        own
    };
    match said.first() {
        Some(highest) => {
            let role = highest.role.base();
            let withheld = said.iter().fold(ConnectionPermissions::default(), |all, of| all.union(of.role.withheld()));
            let permissions = role.permissions().without(withheld);
            Effective { role, permissions, because: said.iter().map(|of| because(of)).collect() }
        }
        None if who.has_defaults() => Effective::by(default, Source::Default),
        None => Effective::by(ConnectionRole::None, Source::NotByDefault),
    }
}

fn because(given: &Given) -> Because {
    let source = match given.by.clone() {
        Giver::Own => Source::Own,
        Giver::Group { group, via } => Source::Group { group, via },
    };
    Because { source, role: given.role.clone(), model: given.model.clone() }
}

/// A connection, and what of it came to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonConnection {
    /// Which.
    pub connection: Connection,
    /// What came to them on it and its models.
    pub given: Vec<Given>,
}

impl PersonConnection {
    /// What it comes to on the connection.
    pub fn effective(&self, who: Holder) -> Effective {
        effective(who, self.connection.default_role, &self.given, None)
    }
    /// The models on which something else was said, by name, and what it comes to there.
    pub fn on_models(&self, who: Holder) -> Vec<(DataModel, Effective)> {
        let mut models: Vec<DataModel> = self.given.iter().filter_map(|of| of.model.clone()).collect();
        models.sort_by(|a, b| (a.name.key(), &a.id).cmp(&(b.name.key(), &b.id)));
        models.dedup();
        let on = |model: DataModel| {
            let found = effective(who, self.connection.default_role, &self.given, Some(&model.id));
            (model, found)
        };
        models.into_iter().map(on).collect()
    }
    /// The role that was given to the person on the connection.
    pub fn own(&self) -> Option<&GivenRole> {
        self.given.iter().find(|of| of.by == Giver::Own && of.model.is_none()).map(|of| &of.role)
    }
    /// Whether there is anything to say of it: that somebody has access, or was given something.
    pub fn matters(&self, who: Holder) -> bool {
        !self.given.is_empty() || self.effective(who).role > ConnectionRole::None
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ConnectionPermission, ConnectionRoleName, CustomConnectionRole};
    use super::*;
    use crate::{ConnectionRoleId, GroupId, Timestamp, group::GroupName, id::Id as _};
    use ConnectionRole::{Admin, Modeler, None as Nothing, Querier, Viewer};
    use proptest::{collection::vec, option, prelude::*, sample::select};

    fn group(n: u8) -> NamedGroup {
        let name = ["Analysts", "Company", "Chess"][usize::from(n) % 3];
        NamedGroup { id: GroupId::fresh(Timestamp::from_millis(1), [n; 10]), name: GroupName::parse(name).unwrap() }
    }

    fn model(n: u8) -> DataModel {
        DataModel {
            id: DataModelId::fresh(Timestamp::from_millis(1), [n; 10]),
            name: super::super::ModelName::parse(["Sales", "Finance", "People"][usize::from(n) % 3]).unwrap(),
        }
    }

    fn own(on: Option<u8>, role: ConnectionRole) -> Given {
        Given { by: Giver::Own, model: on.map(model), role: role.into() }
    }

    fn by(n: u8, on: Option<u8>, role: ConnectionRole) -> Given {
        Given { by: Giver::Group { group: group(n), via: None }, model: on.map(model), role: role.into() }
    }

    /// A variation of a role.
    fn less(base: ConnectionRole, withheld: &[ConnectionPermission]) -> GivenRole {
        GivenRole::Custom(CustomConnectionRole {
            id: ConnectionRoleId::fresh(Timestamp::from_millis(1), [1; 10]),
            name: ConnectionRoleName::parse("Blind modeler").unwrap(),
            base,
            withheld: withheld.iter().copied().collect(),
        })
    }

    const MEMBER: Holder = Holder { kind: Kind::Standard, role: Role::Member, state: PersonState::Active };

    #[test]
    fn the_narrower_word_wins_and_groups_are_united() {
        let guest = Holder { kind: Kind::External, role: Role::Viewer, ..MEMBER };
        let staff = Holder { kind: Kind::Support, role: Role::Viewer, ..MEMBER };
        let partner = Holder { role: Role::Partner, ..MEMBER };
        let invited = Holder { state: PersonState::Invited, ..MEMBER };
        let gone = Holder { state: PersonState::Deactivated, ..MEMBER };
        for (who, given, on, expected) in [
            // The default, for whom it is.
            (MEMBER, vec![], None, Viewer),
            (MEMBER, vec![], Some(0), Viewer),
            (invited, vec![], None, Viewer),
            (guest, vec![], None, Nothing),
            (staff, vec![], None, Nothing),
            (partner, vec![], None, Nothing),
            (gone, vec![own(None, Admin)], None, Nothing),
            // Whatever was given is theirs, whoever they are.
            (guest, vec![own(None, Querier)], None, Querier),
            (staff, vec![by(0, None, Querier)], None, Querier),
            (partner, vec![own(None, Querier)], None, Querier),
            // The own one, also where it is less.
            (MEMBER, vec![own(None, Querier), by(0, None, Admin)], None, Querier),
            (MEMBER, vec![own(None, Nothing), by(0, None, Admin)], None, Nothing),
            (MEMBER, vec![own(None, Nothing)], None, Nothing),
            // Groups add up, and stand in place of the default.
            (MEMBER, vec![by(0, None, Querier), by(1, None, Modeler)], None, Modeler),
            (MEMBER, vec![by(0, None, Nothing), by(1, None, Modeler)], None, Modeler),
            (MEMBER, vec![by(0, None, Nothing)], None, Nothing),
            // On a model: what is said of it, by the same giver.
            (MEMBER, vec![own(None, Querier), own(Some(0), Admin)], Some(0), Admin),
            (MEMBER, vec![own(None, Querier), own(Some(0), Admin)], Some(1), Querier),
            (MEMBER, vec![own(None, Querier), own(Some(0), Admin)], None, Querier),
            (MEMBER, vec![own(None, Querier), own(Some(0), Nothing)], Some(0), Nothing),
            (MEMBER, vec![own(None, Nothing), own(Some(0), Modeler)], Some(0), Modeler),
            (MEMBER, vec![own(Some(0), Modeler)], None, Viewer),
            (MEMBER, vec![own(Some(0), Modeler)], Some(1), Viewer),
            (MEMBER, vec![by(0, None, Modeler), by(0, Some(0), Viewer)], Some(0), Viewer),
            (MEMBER, vec![by(0, None, Modeler), by(0, Some(0), Viewer), by(1, None, Querier)], Some(0), Querier),
            // The level of the person is above that of groups, whatever they say of the model.
            (MEMBER, vec![own(None, Viewer), by(0, Some(0), Admin)], Some(0), Viewer),
            (guest, vec![by(0, Some(0), Viewer)], None, Nothing),
            (guest, vec![by(0, Some(0), Viewer)], Some(0), Viewer),
        ] {
            let on = on.map(model);
            let found = effective(who, Viewer, &given, on.as_ref().map(|model| &model.id));
            assert_eq!(found.role, expected, "{who:?} {given:?} {on:?}");
        }
    }

    #[test]
    fn what_a_custom_role_takes_away_is_taken_whichever_group_gives_it() {
        use ConnectionPermission::{Query, ViewContent};
        let blind = |by| Given { by, model: None, role: less(Modeler, &[Query]) };
        let analysts = || Giver::Group { group: group(0), via: None };
        for (given, role, taken) in [
            (vec![blind(analysts())], Modeler, vec![Query]),
            (vec![blind(analysts()), by(1, None, Admin)], Admin, vec![Query]),
            (vec![blind(analysts()), by(1, None, Viewer)], Modeler, vec![Query]),
            // What was said to somebody themselves stands alone.
            (vec![blind(analysts()), own(None, Querier)], Querier, vec![]),
            (vec![blind(Giver::Own), by(1, None, Admin)], Modeler, vec![Query]),
            (vec![blind(Giver::Own), own(Some(0), Admin)], Modeler, vec![Query]),
        ] {
            let found = effective(MEMBER, Viewer, &given, None);
            let expected = role.permissions().without(taken.iter().copied().collect());
            assert_eq!((found.role, found.permissions), (role, expected), "{given:?}");
            assert_eq!(found.is_narrowed(), !taken.is_empty());
        }
        let found = effective(MEMBER, Viewer, &[blind(analysts())], None);
        assert_eq!(found.in_words(), "Modeler, less: Query");
        assert_eq!(found.because[0].sentence(), "Blind modeler (less: Query) – through Analysts");
        let on_model = [blind(Giver::Own), own(Some(0), Admin)];
        assert!(!effective(MEMBER, Viewer, &on_model, Some(&model(0).id)).is_narrowed());
        assert!(found.permissions.has(ViewContent));
    }

    #[test]
    fn where_it_comes_from_is_told() {
        let told = |who, given: &[Given], on: Option<u8>| -> Vec<String> {
            let on = on.map(model);
            let found = effective(who, Viewer, given, on.as_ref().map(|model| &model.id));
            found.because.iter().map(Because::sentence).collect()
        };
        let above =
            Given { by: Giver::Group { group: group(1), via: Some(group(0)) }, model: None, role: Modeler.into() };
        let groups = [by(0, None, Querier), above, by(0, Some(0), Nothing)];
        assert_eq!(told(MEMBER, &[], None), ["Viewer – the default of the connection"]);
        assert_eq!(
            told(MEMBER, &groups, None),
            ["Modeler – through Company, of which Analysts is a part", "Querier – through Analysts"]
        );
        assert_eq!(
            told(MEMBER, &groups, Some(0)),
            ["Modeler – through Company, of which Analysts is a part", "No access – through Analysts, for Sales"]
        );
        assert_eq!(told(MEMBER, &[own(None, Nothing)], None), ["No access – taken away from them"]);
        assert_eq!(told(MEMBER, &[own(Some(1), Querier)], Some(1)), ["Querier – own role, for Finance"]);
        let guest = Holder { kind: Kind::External, ..MEMBER };
        assert_eq!(told(guest, &[], None), ["No access – the default is for members of the organization alone"]);
        let gone = Holder { state: PersonState::Deactivated, ..MEMBER };
        assert_eq!(told(gone, &groups, None), ["No access – deactivated"]);
    }

    #[test]
    fn a_profile_tells_of_a_connection_and_of_models_on_which_something_was_said() {
        let connection = Connection {
            id: crate::ConnectionId::fresh(Timestamp::from_millis(1), [1; 10]),
            key: super::super::ConnectionKey::parse("warehouse").unwrap(),
            name: super::super::ConnectionName::parse("Warehouse").unwrap(),
            description: String::new(),
            application: String::new(),
            default_role: Nothing,
        };
        let of = |given: &[Given]| PersonConnection { connection: connection.clone(), given: given.to_vec() };
        assert!(!of(&[]).matters(MEMBER) && of(&[own(None, Nothing)]).matters(MEMBER));
        assert_eq!((of(&[]).own(), of(&[own(Some(0), Admin), own(None, Viewer)]).own()), (None, Some(&Viewer.into())));
        let found = of(&[own(Some(0), Admin), own(None, Viewer), by(0, Some(1), Querier), by(1, Some(0), Viewer)]);
        let models: Vec<_> = found.on_models(MEMBER).into_iter().map(|(of, is)| (of.name, is.role)).collect();
        assert_eq!(models, [(model(1).name, Viewer), (model(0).name, Admin)]);
    }

    /// The rule in another shape: step by step, as a person would go through it on paper.
    fn naively(who: Holder, default: ConnectionRole, given: &[Given], on: Option<&DataModelId>) -> ConnectionRole {
        let said = |is_it: &dyn Fn(&Giver) -> bool| -> Option<ConnectionRole> {
            let find = |model: Option<&DataModelId>| {
                let mut found = given.iter().filter(|of| is_it(&of.by) && of.model.as_ref().map(|m| &m.id) == model);
                found.next().map(|of| of.role.base())
            };
            match on {
                Some(model) => find(Some(model)).or_else(|| find(None)),
                None => find(None),
            }
        };
        if who.state == PersonState::Deactivated {
            return Nothing;
        }
        if let Some(own) = said(&|by| *by == Giver::Own) {
            return own;
        }
        let mut highest = None;
        for n in 0..3 {
            let id = group(n).id;
            let role = said(&|by| matches!(by, Giver::Group { group, .. } if group.id == id));
            highest = highest.max(role);
        }
        match highest {
            Some(role) => role,
            None if who.kind == Kind::Standard && who.role != Role::Partner => default,
            None => Nothing,
        }
    }

    prop_compose! {
        fn holders()(
            kind in select(vec![Kind::Standard, Kind::External, Kind::Support, Kind::Embed]),
            role in select(&Role::ALL[..]),
            state in select(&PersonState::ALL[..]),
        ) -> Holder {
            Holder { kind, role, state }
        }
    }

    fn roles() -> impl Strategy<Value = ConnectionRole> {
        select(&ConnectionRole::ALL[..])
    }

    prop_compose! {
        /// Each giver has said one thing at most about one thing, as it is stored.
        fn gifts()(all in vec((option::of(0..3_u8), option::of(0..3_u8), roles()), 0..12)) -> Vec<Given> {
            let mut gifts: Vec<Given> = Vec::new();
            for (giver, on, role) in all {
                let new = giver.map_or_else(|| own(on, role), |n| by(n, on, role));
                if gifts.iter().all(|of| !of.by.is(&new.by) || of.model != new.model) {
                    gifts.push(new);
                }
            }
            gifts
        }
    }

    proptest! {
        #[test]
        fn the_rule_is_what_one_works_out_by_hand(
            who in holders(), default in roles(), given in gifts(), on in option::of(0..3_u8)
        ) {
            let on = on.map(|n| model(n).id);
            let found = effective(who, default, &given, on.as_ref());
            prop_assert_eq!(found.role, naively(who, default, &given, on.as_ref()));
            prop_assert_eq!(found.because.iter().map(|of| of.role.base()).max(), Some(found.role));
            prop_assert_eq!(found.permissions, found.role.permissions());
        }

        /// Deny wins: what was taken away from somebody comes back by no group and no default, but on models that were given.
        #[test]
        fn what_is_taken_away_from_somebody_stays_away(
            who in holders(), default in roles(), given in gifts(), on in option::of(0..3_u8)
        ) {
            let mut given: Vec<Given> = given.into_iter().filter(|of| of.by != Giver::Own).collect();
            given.push(own(None, Nothing));
            let on = on.map(|n| model(n).id);
            prop_assert_eq!(effective(who, default, &given, on.as_ref()).role, Nothing);
        }

        /// The order in which things were given is no matter.
        #[test]
        fn the_order_counts_for_nothing(who in holders(), default in roles(), given in gifts(), on in option::of(0..3_u8)) {
            let on = on.map(|n| model(n).id);
            let backwards: Vec<Given> = given.iter().rev().cloned().collect();
            prop_assert_eq!(
                effective(who, default, &given, on.as_ref()).role,
                effective(who, default, &backwards, on.as_ref()).role
            );
        }

        /// Another group never takes away what groups give already.
        #[test]
        fn another_group_takes_nothing_away(who in holders(), default in roles(), given in gifts(), role in roles()) {
            prop_assume!(given.iter().any(|of| of.by != Giver::Own && of.model.is_none()));
            let before = effective(who, default, &given, None).role;
            let mut more = given;
            more.push(by(9, None, role));
            prop_assert!(effective(who, default, &more, None).role >= before);
        }
    }
}
