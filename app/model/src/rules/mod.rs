//! The rules of what follows from a command: `(state, command, now) -> Result<change, error>`, pure and tested as
//! tables. Whether somebody *may* is [`crate::decide`]; whether it is *possible* stands here.

mod account;
mod barred;
mod ends;
mod invite;
mod membership;
mod ownership;
mod request;
mod retirement;
mod seats;

pub use account::{
    ConfirmError, Confirmation, EmailChange, InTheWay, LinkError, LinkRecord, LinkState, confirm_email, tellable,
};
pub use barred::{Barred, barred};
pub use ends::{AccessOver, Lapse, SameRole, Timed, end_role, lapse, open_within, reactivated};
pub use invite::{
    AcceptError, Acceptance, InvitationRecord, InvitationState, InviteVerdict, accept, open_until, verdict, verdict_of,
};
pub use membership::{LastOwner, Standing, change_role, remove, set_active};
pub use ownership::{
    Offer, OfferError, OfferState, OwnerRoom, OwnersFull, Transfer, TransferMode, accept_ownership, offer_ownership,
};
pub use request::{Approval, DIGEST_EVERY, RequestState, approval, digest_is_due, is_stale, tells_dismissal};
pub use retirement::{Retired, retired};
pub use seats::{NoSeat, Seats, needs_seat, takes_seat};
