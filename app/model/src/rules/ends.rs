//! Rules of time-boxed access (N5): which ends can be set, and what the clock makes of somebody.

use crate::{Ends, MembershipId, OrgId, Role, Status, Timestamp, ends::RoleEnd};

/// The role afterwards is the role itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is their role already. Choose the one that follows it.")]
pub struct SameRole;

/// The end of a role, after which another follows.
///
/// # Errors
/// [`SameRole`] where nothing would end.
pub fn end_role(role: Role, at: Timestamp, then: Role) -> Result<RoleEnd, SameRole> {
    if role == then { Err(SameRole) } else { Ok(RoleEnd { at, then }) }
}

/// The access of somebody who is to be invited again has ended meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Their access was to end on {}. Change that under “Time limits” first.", .0.last_day_words())]
pub struct AccessOver(Timestamp);

/// Until when an invitation is open that would be so until `otherwise`: no longer than the access that it gives.
///
/// # Errors
/// [`AccessOver`] when that is over.
pub fn open_within(otherwise: Timestamp, ends: &Ends, now: Timestamp) -> Result<Timestamp, AccessOver> {
    match ends.access {
        Some(end) if end <= now => Err(AccessOver(end)),
        Some(end) => Ok(otherwise.min(end)),
        None => Ok(otherwise),
    }
}

/// The ends of somebody who becomes active again: access that is over would end at once.
#[must_use]
pub fn reactivated(ends: &Ends, now: Timestamp) -> Ends {
    Ends { access: ends.access.filter(|end| *end > now), ..ends.clone() }
}

/// What is stored about somebody, for [`lapse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timed<'a> {
    /// In which organization.
    pub org_id: &'a OrgId,
    /// Who.
    pub membership_id: &'a MembershipId,
    /// The role as stored.
    pub role: Role,
    /// The status as stored.
    pub status: Status,
    /// The ends as stored.
    pub ends: &'a Ends,
    /// When something was to be done about them.
    pub due_at: Timestamp,
}

/// What the clock has made of somebody, to be stored. Nobody decides it, and so no permit covers it: only [`lapse`] makes
/// one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lapse {
    org_id: OrgId,
    membership_id: MembershipId,
    role: Role,
    status: Status,
    ends: Ends,
    due_at: Option<Timestamp>,
    reminder: Option<Ends>,
}

impl Lapse {
    /// In which organization.
    pub fn org_id(&self) -> &OrgId {
        &self.org_id
    }
    /// Of whom.
    pub fn membership_id(&self) -> &MembershipId {
        &self.membership_id
    }
    /// The role from now on.
    pub fn role(&self) -> Role {
        self.role
    }
    /// The status from now on.
    pub fn status(&self) -> Status {
        self.status
    }
    /// The ends from now on. That of access stays when it has come: it tells why somebody is deactivated.
    pub fn ends(&self) -> &Ends {
        &self.ends
    }
    /// When the next thing is to be done.
    pub fn due_at(&self) -> Option<Timestamp> {
        self.due_at
    }
    /// Of which ends the person is told now.
    pub fn reminder(&self) -> Option<&Ends> {
        self.reminder.as_ref()
    }
}

/// Brings what is stored about somebody in step with the clock.
pub fn lapse(of: &Timed<'_>, now: Timestamp) -> Lapse {
    let over = of.status == Status::Active && of.ends.is_over(now);
    let status = if over { Status::Deactivated } else { of.status };
    let ends = Ends { role: of.ends.role.filter(|end| end.at > now), ..of.ends.clone() };
    Lapse {
        org_id: of.org_id.clone(),
        membership_id: of.membership_id.clone(),
        role: of.ends.role_at(of.role, now),
        status,
        due_at: ends.next_due(now),
        reminder: of.ends.reminder(of.due_at, now).filter(|_| status == Status::Active),
        ends,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::Id as _, time::DAY};
    use proptest::prelude::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn an_invitation_lasts_no_longer_than_access() {
        let until = |access: Option<i64>| Ends { access: access.map(at), ..Ends::default() };
        for (access, expected) in [(None, Ok(at(70))), (Some(100), Ok(at(70))), (Some(60), Ok(at(60)))] {
            assert_eq!(open_within(at(70), &until(access), at(10)), expected);
        }
        let over = open_within(at(90 * DAY), &until(Some(DAY)), at(DAY)).unwrap_err();
        assert_eq!(over.to_string(), "Their access was to end on 1 Jan 1970. Change that under “Time limits” first.");
        assert_eq!(end_role(Role::Admin, at(1), Role::Admin), Err(SameRole));
        assert!(end_role(Role::Admin, at(1), Role::Member).is_ok());
    }

    #[test]
    fn who_becomes_active_again_has_no_end_that_is_over() {
        let ends = Ends { access: Some(at(10)), ..Ends::default() };
        assert_eq!(reactivated(&ends, at(9)), ends);
        assert_eq!(reactivated(&ends, at(10)), Ends::default());
    }

    proptest! {
        /// What is stored afterwards is what was read before, at every moment and in every status.
        #[test]
        fn the_store_follows_the_clock(access in prop::option::of(0_i64..50), role in prop::option::of(0_i64..50), now in 0_i64..50, status in 0_usize..3) {
            let (org_id, membership_id) = (OrgId::fresh(at(0), [1; 10]), MembershipId::fresh(at(0), [1; 10]));
            let ends = Ends { access: access.map(at), role: role.map(|end| RoleEnd { at: at(end), then: Role::Viewer }), set_by: None };
            let status = [Status::Invited, Status::Active, Status::Deactivated][status];
            let of = Timed { org_id: &org_id, membership_id: &membership_id, role: Role::Admin, status, ends: &ends, due_at: at(0) };
            let lapsed = lapse(&of, at(now));
            let state = ends.state_at(status.at(None, at(now)), at(now));
            prop_assert_eq!((lapsed.role(), lapsed.status()), (ends.role_at(Role::Admin, at(now)), state.stored()));
            // Once more changes nothing.
            let again = Timed { role: lapsed.role(), status: lapsed.status(), ends: lapsed.ends(), due_at: at(now), ..of };
            let twice = lapse(&again, at(now));
            prop_assert_eq!((twice.role(), twice.status(), twice.ends()), (lapsed.role(), lapsed.status(), lapsed.ends()));
            prop_assert!(lapsed.due_at().is_none_or(|due| due > at(now)));
        }
    }
}
