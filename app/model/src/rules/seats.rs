//! Seats (policy M): who takes one, and that nobody gets one more than there are.

use crate::{Action, Kind, PersonState, Policies};

/// All seats are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("No seat is left. Free a seat or raise the limit.")]
pub struct NoSeat;

/// Whether somebody takes a seat: active or invited, native here or elsewhere. Whoever is deactivated, has let the
/// invitation expire, or receives mail alone takes none (B12).
pub const fn takes_seat(kind: Kind, state: PersonState) -> bool {
    matches!(kind, Kind::Standard | Kind::External) && matches!(state, PersonState::Active | PersonState::Invited)
}

/// Whether what is done to somebody in this state makes them take a seat that they do not have.
pub const fn needs_seat(action: Action, state: PersonState) -> bool {
    matches!(
        (action, state),
        (Action::Activate, PersonState::Deactivated) | (Action::ResendInvitation, PersonState::Expired)
    )
}

/// The seats of an organization, read behind its revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seats {
    limit: Option<u32>,
    taken: u64,
}

impl Seats {
    /// So many are taken of those that the policies allow.
    pub const fn new(policies: &Policies, taken: u64) -> Self {
        Self { limit: policies.seats, taken }
    }
    /// As many as anybody may want.
    pub const fn unlimited() -> Self {
        Self { limit: None, taken: 0 }
    }
    /// The same, after so many more were taken.
    #[must_use]
    pub const fn less(self, more: u64) -> Self {
        Self { taken: self.taken.saturating_add(more), ..self }
    }
    /// Whether one is left.
    pub const fn is_left(self) -> bool {
        match self.limit {
            Some(limit) => self.taken < limit as u64,
            None => true,
        }
    }
    /// How many are left, where they are counted.
    pub const fn left(self) -> Option<u64> {
        match self.limit {
            Some(limit) => Some((limit as u64).saturating_sub(self.taken)),
            None => None,
        }
    }
    /// Takes one.
    ///
    /// # Errors
    /// [`NoSeat`].
    pub const fn take(&mut self) -> Result<(), NoSeat> {
        if self.is_left() {
            self.taken = self.taken.saturating_add(1);
            Ok(())
        } else {
            Err(NoSeat)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    #[test]
    fn active_and_invited_people_take_seats_where_they_are_native_or_external() {
        use PersonState::{Active, Deactivated, Expired, Invited};
        for (kind, seated) in [
            (Kind::Standard, true),
            (Kind::External, true),
            (Kind::Support, false),
            (Kind::Embed, false),
            (Kind::EmailOnly, false),
        ] {
            for (state, counts) in [(Active, true), (Invited, true), (Expired, false), (Deactivated, false)] {
                assert_eq!(takes_seat(kind, state), seated && counts, "{kind:?} {state:?}");
            }
        }
    }

    #[test]
    fn coming_back_needs_a_seat_and_nothing_else_does() {
        for state in PersonState::ALL {
            for action in
                [Action::Activate, Action::Deactivate, Action::ResendInvitation, Action::ChangeRole(Role::Viewer)]
            {
                let needed = matches!(
                    (action, state),
                    (Action::Activate, PersonState::Deactivated) | (Action::ResendInvitation, PersonState::Expired)
                );
                assert_eq!(needs_seat(action, state), needed, "{action:?} {state:?}");
            }
        }
    }

    #[test]
    fn no_more_are_taken_than_there_are() {
        for (limit, taken, get) in
            [(None, 1_000_000, 5), (Some(3), 0, 3), (Some(3), 2, 1), (Some(3), 3, 0), (Some(3), 9, 0), (Some(1), 0, 1)]
        {
            let mut seats = Seats::new(&Policies { seats: limit, ..Policies::default() }, taken);
            assert_eq!((0..5).filter(|_| seats.take().is_ok()).count(), get, "{taken} of {limit:?}");
        }
        let seats = Seats::new(&Policies { seats: Some(5), ..Policies::default() }, 2);
        assert!(seats.less(2).is_left() && !seats.less(3).is_left());
        assert_eq!(NoSeat.to_string(), "No seat is left. Free a seat or raise the limit.");
    }
}
