//! Rules over roles and statuses: there is an Owner at all times (B34, S49).

use crate::{Role, Status};

/// The change would leave the organization without an active Owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is the only Owner. There has to be an Owner at all times; transfer ownership first.")]
pub struct LastOwner;

/// What the rules need to know of a membership, read inside the transaction that changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The role now.
    pub role: Role,
    /// The status now.
    pub status: Status,
    /// How many active Owners the organization has now, this one included.
    pub active_owners: u64,
}

impl Standing {
    const fn is_last_owner(self) -> bool {
        matches!((self.role, self.status), (Role::Owner, Status::Active)) && self.active_owners <= 1
    }
}

/// The role after a change.
///
/// # Errors
/// [`LastOwner`] when the only active Owner would be demoted.
pub const fn change_role(now: Standing, to: Role) -> Result<Role, LastOwner> {
    if now.is_last_owner() && !matches!(to, Role::Owner) { Err(LastOwner) } else { Ok(to) }
}

/// The status after the switch is turned (B31, B32).
///
/// # Errors
/// [`LastOwner`] when the only active Owner would be locked out.
pub const fn set_active(now: Standing, to: Status) -> Result<Status, LastOwner> {
    if now.is_last_owner() && !matches!(to, Status::Active) { Err(LastOwner) } else { Ok(to) }
}

/// Whether somebody can go: be deleted, or lose the membership (B35, B37).
///
/// # Errors
/// [`LastOwner`] when the only active Owner would go.
pub const fn remove(now: Standing) -> Result<(), LastOwner> {
    if now.is_last_owner() { Err(LastOwner) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_owner_stays() {
        let owner = |active_owners| Standing { role: Role::Owner, status: Status::Active, active_owners };
        assert_eq!(change_role(owner(1), Role::Admin), Err(LastOwner));
        assert_eq!(change_role(owner(2), Role::Admin), Ok(Role::Admin));
        assert_eq!(set_active(owner(1), Status::Deactivated), Err(LastOwner));
        assert_eq!(set_active(owner(2), Status::Deactivated), Ok(Status::Deactivated));
        assert_eq!(remove(owner(1)), Err(LastOwner));
        assert_eq!(remove(owner(2)), Ok(()));
        let locked_out = Standing { status: Status::Deactivated, ..owner(1) };
        assert_eq!(remove(locked_out), Ok(()));
        let admin = Standing { role: Role::Admin, status: Status::Active, active_owners: 1 };
        assert_eq!(change_role(admin, Role::Member), Ok(Role::Member));
    }

    proptest! {
        /// Whatever sequence of role changes and switches is tried, an active Owner remains.
        #[test]
        fn there_is_always_an_active_owner(commands in prop::collection::vec((0_usize..5, 0_usize..8), 0..60)) {
            let mut people = [(Role::Owner, Status::Active); 5];
            for (who, what) in commands {
                let active_owners = people.iter().filter(|p| **p == (Role::Owner, Status::Active)).count() as u64;
                let (role, status) = people[who];
                let now = Standing { role, status, active_owners };
                match what {
                    5 => people[who].1 = set_active(now, Status::Deactivated).unwrap_or(status),
                    6 => people[who].1 = set_active(now, Status::Active).unwrap_or(status),
                    // Who goes makes room for somebody new.
                    7 if remove(now).is_ok() => people[who] = (Role::Member, Status::Active),
                    7 => {}
                    r => people[who].0 = change_role(now, Role::ALL[r]).unwrap_or(role),
                }
                prop_assert!(people.contains(&(Role::Owner, Status::Active)));
            }
        }
    }
}
