//! Support access (B53): the operator says who is of the staff, and an organization lets somebody of it in, for a time and
//! with a reason. From there on it is a membership like others, that can be seen, shortened, turned off and revoked.

use model::{
    Action, Email, Ends, Kind, Role, Source, Status, Timestamp, UserId, decide,
    id::Id,
    support::{Reason, SupportGrant, Supporter, parse_end},
};
use serde_json::json;
use store::{StoreError, memberships::NewMembership, sessions, support, users};

use crate::{
    Caller, Error, Rollcall,
    account::lock_own,
    audit::{By, To},
    error::Fields,
};

/// What the dialog "Grant support access" holds.
#[derive(Debug, Clone, Default)]
pub struct GrantSupport {
    /// The id of the account.
    pub user: String,
    /// The code of the role.
    pub role: String,
    /// The last day, as `2026-12-05`.
    pub access_until: String,
    /// Why.
    pub reason: String,
}

impl Rollcall {
    /// The staff that an organization can let in.
    ///
    /// # Errors
    /// [`Error::Denied`] for who lets nobody in.
    pub async fn support_staff(&self, caller: &Caller, org: &str) -> Result<Vec<Supporter>, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::GrantSupport(Role::Viewer), None)?;
        let mut conn = self.db.read().await?;
        Ok(support::staff(&mut conn, Some(&viewer.actor.org_id)).await?)
    }

    /// Lets somebody of the staff in. Yields what they are called.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`].
    pub async fn grant_support(&self, caller: &Caller, org: &str, form: GrantSupport) -> Result<String, Error> {
        let mut change = self.change(caller, org).await?;
        // Before anything is said about what was entered.
        decide(change.actor(), Action::GrantSupport(Role::Viewer), None)?;
        let mut fields = Fields::default();
        let role = fields.take("role", Role::from_code(&form.role).ok_or("Choose what they may do."));
        let end = fields.take("access_until", parse_end(&form.access_until, change.now));
        let reason = fields.take("reason", Reason::parse(&form.reason));
        let user = match UserId::parse(&form.user) {
            // Held, so that nobody is taken off the staff meanwhile.
            Ok(id) if users::hold(&mut change.tx, &id).await? && support::is_staff(&mut change.tx, &id).await? => {
                users::by_id(&mut change.tx, &id).await?
            }
            _ => None,
        };
        let user = fields.take("user", user.ok_or("Choose somebody of the support staff."));
        fields.check()?;
        let (Some(role), Some(end), Some(reason), Some((user, _))) = (role, end, reason, user) else {
            return Err(Error::Internal);
        };
        let permit = decide(change.actor(), Action::GrantSupport(role), None)?;
        let new = NewMembership {
            id: self.fresh(change.now),
            user_id: Some(user.id),
            kind: Kind::Support,
            role,
            status: Status::Active,
            source: Source::Invited,
            email: user.email,
            name: user.name,
            ends: Ends::of_access(Some(end), &permit.actor().user_id),
            open_until: None,
            created_at: change.now,
            last_login_at: None,
        };
        let by = By::from(&change.viewer);
        let name = new.name.display(&new.email);
        let to = To { id: Some(new.id.to_string()), name: name.clone() };
        let detail = json!({
            "role": role.code(),
            "access_until": Timestamp::last_day_words(end),
            "reason": reason.as_str(),
        });
        let event = self.event(change.now, &by, "support.granted", to, &detail);
        let grant = SupportGrant { reason, granted_by: by.name.clone(), granted_at: change.now };
        support::grant(&mut change.tx, &permit, new, &grant).await.map_err(|error| match error {
            StoreError::Taken => Error::field("user", "They are in this organization already."),
            other => other.into(),
        })?;
        self.record(&mut change.tx, event).await?;
        change.tx.commit().await?;
        Ok(name)
    }

    /// The staff, for the operator.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn all_support_staff(&self) -> Result<Vec<Supporter>, Error> {
        let mut conn = self.db.read().await?;
        Ok(support::staff(&mut conn, None).await?)
    }

    /// Says that an account is of the staff. Yields whether it was so already.
    ///
    /// # Errors
    /// [`Error::NotFound`] where no account has the address; [`Error::Conflict`] where whoever holds it has not proven to read
    /// the mailbox: somebody else may have made the account (S25).
    pub async fn add_support(&self, email: &Email) -> Result<bool, Error> {
        let mut tx = self.db.write().await?;
        let (user, _) = users::by_email(&mut tx, email).await?.ok_or(Error::NotFound)?;
        if !users::has_proven_email(&mut tx, &user.id).await? {
            let why =
                "Nobody has proven to read this mailbox. Let them choose a new password by “Forgot password?” once.";
            return Err(Error::Conflict(why.to_owned()));
        }
        let was = support::mark(&mut tx, &user.id, Some(self.now())).await?;
        tx.commit().await?;
        Ok(was)
    }

    /// Says that an account is not of the staff any more, whose support access to every organization ends with it. Yields to
    /// how many.
    ///
    /// # Errors
    /// [`Error::NotFound`] where nobody of the staff has the address.
    pub async fn remove_support(&self, email: &Email) -> Result<usize, Error> {
        let now = self.now();
        let mut tx = self.db.write().await?;
        let (user, _) = users::by_email(&mut tx, email).await?.ok_or(Error::NotFound)?;
        // Organizations before the account, as whoever grants does.
        lock_own(&mut tx, &user).await?;
        if !users::hold(&mut tx, &user.id).await? || support::mark(&mut tx, &user.id, None).await? {
            return Err(Error::NotFound);
        }
        // Also where somebody has let them in meanwhile.
        let let_in: Vec<_> =
            lock_own(&mut tx, &user).await?.into_iter().filter(|of| of.kind == Kind::Support).collect();
        for of in &let_in {
            support::withdraw(&mut tx, of).await?;
            let event = self.event(now, &By::itself(&of.org_id), "support.withdrawn", To::from(of), &json!({}));
            self.record(&mut tx, event).await?;
        }
        sessions::end_all_without_access(&mut tx, &user.id).await?;
        tx.commit().await?;
        Ok(let_in.len())
    }
}
