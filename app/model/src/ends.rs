//! Time-boxed access (N5): a membership or a role with an end. What somebody is follows from the clock whenever it is read,
//! so an end holds with no job running; what is stored is brought in step behind it.
//!
//! An end is the end of a day in UTC: whoever types "2026-12-05" has that day still.

use serde::{Deserialize, Serialize};

use crate::{
    Grant, PersonState, Role, Timestamp, UserId,
    time::{DAY, HOUR},
};

/// How long before an end somebody is told, in milliseconds; the longest first.
const REMINDERS: [i64; 2] = [7 * DAY, DAY];
/// Within how long after an end that is reminded of others are told of along with it, in milliseconds.
const TOLD_TOGETHER: i64 = 7 * DAY + HOUR;
/// How far away an end may lie, in milliseconds: ten years.
pub const FARTHEST: i64 = 3_653 * DAY;

/// The ends of what somebody may do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ends {
    /// When access to the organization ends: the person is deactivated from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<Timestamp>,
    /// When the role ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleEnd>,
    /// Who set them, and is told as well before they come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_by: Option<UserId>,
}

/// The end of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleEnd {
    /// When.
    pub at: Timestamp,
    /// The role from then on.
    pub then: Role,
}

impl Ends {
    /// The end that access was given with, or none.
    #[must_use]
    pub fn of_access(access: Option<Timestamp>, set_by: &UserId) -> Self {
        Self { access, role: None, set_by: access.map(|_| set_by.clone()) }
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.access.is_none() && self.role.is_none()
    }
    /// What the role gives at `now` to somebody who was given this: a custom role ends with what it takes away.
    pub fn grant_at(&self, given: Grant, now: Timestamp) -> Grant {
        match self.role {
            Some(end) if end.at <= now => end.then.into(),
            _ => given,
        }
    }
    /// The role at `now` of somebody who was given one.
    pub fn role_at(&self, given: Role, now: Timestamp) -> Role {
        self.grant_at(given.into(), now).base
    }
    /// The state at `now` of somebody who would be in `otherwise`. An invitation never outlasts the access that it gives.
    pub fn state_at(&self, otherwise: PersonState, now: Timestamp) -> PersonState {
        match otherwise {
            PersonState::Active if self.is_over(now) => PersonState::Deactivated,
            state => state,
        }
    }
    /// Whether access has ended.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.access.is_some_and(|end| end <= now)
    }
    /// Those that are still to come.
    #[must_use]
    pub fn pending(&self, now: Timestamp) -> Self {
        Self {
            access: self.access.filter(|end| *end > now),
            role: self.role.filter(|end| end.at > now),
            set_by: self.set_by.clone(),
        }
    }
    /// The next moment after `now` at which something has to be done about them: a reminder, or an end.
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        self.instants()
            .flat_map(|end| REMINDERS.map(|before| end.plus(-before)).into_iter().chain([end]))
            .filter(|at| *at > now)
            .min()
    }
    /// What is told at `now`, when something was due at `since`: the ends that come soon, if one of them is to be reminded
    /// of by now.
    pub fn reminder(&self, since: Timestamp, now: Timestamp) -> Option<Self> {
        let reminded = |end: Timestamp| REMINDERS.iter().any(|before| (since..=now).contains(&end.plus(-before)));
        let pending = self.pending(now);
        let soon = |end: &Timestamp| *end <= now.plus(TOLD_TOGETHER);
        pending.instants().any(reminded).then(|| Self {
            access: pending.access.filter(soon),
            role: pending.role.filter(|end| soon(&end.at)),
            set_by: pending.set_by,
        })
    }
    fn instants(&self) -> impl Iterator<Item = Timestamp> + use<> {
        self.access.into_iter().chain(self.role.map(|end| end.at))
    }
}

/// Why a day cannot be an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEnd {
    /// No day at all.
    #[error("Enter a day as year, month and day, such as 2026-12-31.")]
    Unreadable,
    /// Over already.
    #[error("This day is over. Choose today or a later day.")]
    Past,
    /// Farther away than [`FARTHEST`].
    #[error("Choose a day within the next ten years.")]
    TooFar,
}

/// The end of the day that somebody chose in a field, as `2026-12-05`; `None` where it was left empty.
///
/// # Errors
/// [`InvalidEnd`], worded for the person who typed it.
pub fn parse_last_day(text: &str, now: Timestamp) -> Result<Option<Timestamp>, InvalidEnd> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let end = Timestamp::end_of_day(text).ok_or(InvalidEnd::Unreadable)?;
    match end {
        end if end <= now => Err(InvalidEnd::Past),
        end if end > now.plus(FARTHEST) => Err(InvalidEnd::TooFar),
        end => Ok(Some(end)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOON: i64 = 1_795_219_200_000 + 12 * HOUR; // 2026-11-21T12:00Z
    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_day_ends_when_it_is_over() {
        let now = at(NOON);
        let end = parse_last_day("2026-11-21", now).unwrap().unwrap();
        assert_eq!(end.rfc3339(), "2026-11-22T00:00:00Z");
        assert_eq!((end.last_day(), end.last_day_words()), ("2026-11-21".to_owned(), "21 Nov 2026".to_owned()));
        for (typed, expected) in [
            ("", Ok(None)),
            ("  ", Ok(None)),
            ("2026-11-20", Err(InvalidEnd::Past)),
            ("2036-11-20", Ok(Some("2036-11-21T00:00:00Z"))),
            ("2036-11-21", Err(InvalidEnd::TooFar)),
            ("2026-02-30", Err(InvalidEnd::Unreadable)),
            ("21.11.2026", Err(InvalidEnd::Unreadable)),
            ("2026-11-21T10:00", Err(InvalidEnd::Unreadable)),
            ("99999-01-01", Err(InvalidEnd::Unreadable)),
            ("soon", Err(InvalidEnd::Unreadable)),
        ] {
            let found = parse_last_day(typed, now).map(|end| end.map(Timestamp::rfc3339));
            assert_eq!(found, expected.map(|end| end.map(str::to_owned)), "{typed}");
        }
    }

    #[test]
    fn what_somebody_is_follows_from_the_clock() {
        let ends =
            Ends { access: Some(at(200)), role: Some(RoleEnd { at: at(100), then: Role::Member }), set_by: None };
        for (now, role, state) in [
            (99, Role::Admin, PersonState::Active),
            (100, Role::Member, PersonState::Active),
            (199, Role::Member, PersonState::Active),
            (200, Role::Member, PersonState::Deactivated),
        ] {
            assert_eq!(ends.role_at(Role::Admin, at(now)), role, "{now}");
            assert_eq!(ends.state_at(PersonState::Active, at(now)), state, "{now}");
            for other in [PersonState::Invited, PersonState::Expired, PersonState::Deactivated] {
                assert_eq!(ends.state_at(other, at(now)), other);
            }
        }
        assert_eq!(Ends::default().role_at(Role::Admin, at(i64::MAX)), Role::Admin);
        assert_eq!(Ends::default().next_due(at(0)), None);
    }

    #[test]
    fn somebody_is_told_a_week_and_a_day_before() {
        let end = 30 * DAY;
        let ends = Ends { access: Some(at(end)), ..Ends::default() };
        for (now, next) in
            [(0, Some(23 * DAY)), (23 * DAY, Some(29 * DAY)), (29 * DAY, Some(end)), (end - 1, Some(end)), (end, None)]
        {
            assert_eq!(ends.next_due(at(now)), next.map(at), "{now}");
        }
        let told = |since: i64, now: i64| ends.reminder(at(since), at(now)).is_some();
        assert!(told(23 * DAY, 23 * DAY));
        assert!(told(23 * DAY, 25 * DAY), "late, and told all the same");
        assert!(told(29 * DAY, 30 * DAY - 1));
        assert!(!told(23 * DAY, end), "nobody is told of what has come");
        assert!(!told(end, end));
        let both = Ends { role: Some(RoleEnd { at: at(29 * DAY), then: Role::Viewer }), ..ends.clone() };
        assert_eq!(both.reminder(at(22 * DAY), at(22 * DAY)).unwrap().access, None, "the other one is too far away");
        assert_eq!(both.reminder(at(23 * DAY), at(23 * DAY)), Some(both.clone()));
    }

    proptest! {
        /// However late and however often somebody looks, each reminder falls due once, and then the end.
        #[test]
        fn whoever_goes_from_due_to_due_comes_by_every_end(access in 0_i64..40, role in 0_i64..40, late in prop::collection::vec(0_i64..3, 12)) {
            let ends = Ends {
                access: Some(at(access * DAY)),
                role: Some(RoleEnd { at: at(role * DAY), then: Role::Viewer }),
                set_by: None,
            };
            let (mut now, mut reminders) = (at(-1), 0);
            for late in late {
                let Some(due) = ends.next_due(now) else { break };
                prop_assert!(due > now);
                now = due.plus(late * HOUR);
                reminders += usize::from(ends.reminder(due, now).is_some());
            }
            prop_assert_eq!(ends.next_due(now), None);
            prop_assert!(now >= at(access.max(role) * DAY));
            prop_assert!(reminders <= 4);
            let possible = [access, role].iter().any(|end| *end >= 1);
            prop_assert_eq!(reminders > 0, possible);
        }
    }
}
