//! Mail as data, and its way out of the outbox. How a mail looks and by which server it leaves is the server's matter.

use model::{Email, Timestamp, id::Id, people::Delivery};
use serde::{Deserialize, Serialize};
use std::{future::Future, pin::Pin, time::Duration};
use store::{
    invitations,
    outbox::{self, Leased, NewMessage},
};

use crate::{Error, Rollcall};

/// What [`crate::Sealer`] is told that a message is for.
const SEALED_AS_MAIL: &str = "outbox.mail";
/// How many messages one worker takes at a time, and sends side by side.
const AT_ONCE: u32 = 8;
/// How long one message may take.
const SEND_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a worker holds messages, in milliseconds: all of a batch are sent or given up before.
const LEASE: i64 = 30_000;
/// Waits before the next tries, in milliseconds: half a minute at first, six hours at last; about two days in all.
const BACK_OFF: [i64; 10] =
    [30_000, 120_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 21_600_000, 43_200_000, 86_400_000];

/// A mail to be rendered and sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", rename_all = "snake_case")]
pub enum Mail {
    /// B18, B24.
    Invitation {
        /// Who is invited.
        to: Email,
        /// The name, where it is known.
        to_name: String,
        /// Who invites.
        org_name: String,
        /// The person who sent it.
        invited_by: String,
        /// The role in words.
        role: String,
        /// The link.
        link: String,
        /// Until when it may be accepted.
        expires_at: Timestamp,
    },
    /// To choose a new password, for who forgot it.
    PasswordReset {
        /// The account's address.
        to: Email,
        /// The person's name.
        to_name: String,
        /// The link.
        link: String,
        /// Until when it may be used.
        expires_at: Timestamp,
    },
    /// That the password is another one now.
    PasswordChanged {
        /// The account's address.
        to: Email,
        /// The person's name.
        to_name: String,
        /// When.
        at: Timestamp,
        /// Where a new one can be asked for, should it have been somebody else.
        forgot: String,
    },
    /// To the address that an account has, before it gets another one.
    ConfirmOldEmail {
        /// The account's address.
        to: Email,
        /// The person's name.
        to_name: String,
        /// The address that it is to have.
        new_email: Email,
        /// The link.
        link: String,
        /// Until when it may be used.
        expires_at: Timestamp,
    },
    /// To the address that an account is to have. Names nobody: it may have been mistyped, or be a stranger's.
    ConfirmNewEmail {
        /// The new address.
        to: Email,
        /// The link.
        link: String,
        /// Until when it may be used.
        expires_at: Timestamp,
    },
    /// That an account has another address now; to both.
    EmailChanged {
        /// One of the two.
        to: Email,
        /// The person's name.
        to_name: String,
        /// The address that the account has now.
        new_email: Email,
        /// When.
        at: Timestamp,
    },
    /// B6: an account was created, with a temporary password.
    Welcome {
        /// Whose account; also the login name.
        to: Email,
        /// The name.
        to_name: String,
        /// Where.
        org_name: String,
        /// The person who created it.
        created_by: String,
        /// The temporary password.
        password: String,
        /// The sign-in page.
        link: String,
        /// Until when the password can be used.
        expires_at: Timestamp,
    },
    /// B34: somebody could become Owner.
    OwnershipOffered {
        /// Who could.
        to: Email,
        /// Their name.
        to_name: String,
        /// Of what.
        org_name: String,
        /// The Owner who offers.
        offered_by: String,
        /// The page of the offer.
        link: String,
        /// Until when it can be accepted.
        expires_at: Timestamp,
    },
    /// B34: what became of an offer.
    OwnershipAnswered {
        /// Who made it.
        to: Email,
        /// Their name.
        to_name: String,
        /// Of what.
        org_name: String,
        /// To whom it was made.
        answered_by: String,
        /// Whether they are Owner now.
        accepted: bool,
        /// Where the Owners are listed.
        link: String,
        /// When.
        at: Timestamp,
    },
    /// B26: who waits for an invitation, to an admin.
    RequestDigest {
        /// An admin.
        to: Email,
        /// The admin's name.
        to_name: String,
        /// Of which organization.
        org_name: String,
        /// The newest who wait, as name and address.
        waiting: Vec<(String, Email)>,
        /// How many more there are.
        more: u64,
        /// The list.
        list: String,
    },
    /// B26: that somebody will get no invitation. Names nobody: who asked may have been somebody else.
    RequestDismissed {
        /// For whom was asked.
        to: Email,
        /// Of which organization.
        org_name: String,
    },
}

impl Mail {
    /// To whom it goes.
    pub fn to(&self) -> &Email {
        match self {
            Self::Invitation { to, .. }
            | Self::Welcome { to, .. }
            | Self::PasswordReset { to, .. }
            | Self::PasswordChanged { to, .. }
            | Self::ConfirmOldEmail { to, .. }
            | Self::ConfirmNewEmail { to, .. }
            | Self::EmailChanged { to, .. }
            | Self::OwnershipOffered { to, .. }
            | Self::OwnershipAnswered { to, .. }
            | Self::RequestDigest { to, .. }
            | Self::RequestDismissed { to, .. } => to,
        }
    }
    /// The link with a token that it carries.
    pub fn link(&self) -> Option<&str> {
        match self {
            Self::Invitation { link, .. }
            | Self::PasswordReset { link, .. }
            | Self::ConfirmOldEmail { link, .. }
            | Self::ConfirmNewEmail { link, .. } => Some(link),
            Self::Welcome { .. }
            | Self::PasswordChanged { .. }
            | Self::EmailChanged { .. }
            | Self::OwnershipOffered { .. }
            | Self::OwnershipAnswered { .. }
            | Self::RequestDigest { .. }
            | Self::RequestDismissed { .. } => None,
        }
    }
}

/// Why a mail did not leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendError {
    /// What the mail server said, without the address.
    pub message: String,
    /// Whether another try makes no sense (SMTP 5xx).
    pub permanent: bool,
}

/// The outcome of a try.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), SendError>> + Send + 'a>>;

/// Renders a mail and hands it to a mail server. `id` is the same at every try, for the Message-ID.
pub trait Mailer: Send + Sync {
    /// Sends one mail.
    fn send<'a>(&'a self, id: &'a str, at: Timestamp, mail: &'a Mail) -> Sending<'a>;
}

impl Rollcall {
    /// A message of no organization that carries no link.
    pub(crate) fn message(&self, now: Timestamp, mail: &Mail) -> NewMessage {
        let body = serde_json::to_string(mail).expect("a mail is plain data");
        NewMessage {
            id: self.fresh(now),
            org_id: None,
            invitation_id: None,
            account_link_id: None,
            sealed_body: self.sealer.seal(SEALED_AS_MAIL, &body),
            at: now,
        }
    }

    /// Sends what is due, batch by batch, until nothing is or `budget` batches are done. Yields how many left.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; what was leased comes again when the lease runs out.
    pub async fn deliver_due(&self, mailer: &dyn Mailer, budget: u32) -> Result<u64, Error> {
        let mut sent = 0;
        for _ in 0..budget {
            let now = self.now();
            let mut tx = self.db.write().await?;
            let leased = outbox::lease(&mut tx, now, now.plus(LEASE), AT_ONCE).await?;
            tx.commit().await?;
            if leased.is_empty() {
                break;
            }
            let tries: Vec<_> = leased.iter().map(|message| self.try_send(mailer, now, message)).collect();
            let outcomes = futures::future::join_all(tries).await;
            let now = self.now();
            let mut tx = self.db.write().await?;
            for (message, outcome) in leased.iter().zip(outcomes) {
                let delivery = match outcome {
                    Ok(()) => {
                        sent += 1;
                        outbox::mark_sent(&mut tx, &message.id, now).await?;
                        Some((Delivery::Sent, None))
                    }
                    Err(error) => {
                        tracing::warn!(outbox.id = %message.id, attempt = message.attempt, "mail not sent: {}", error.message);
                        let wait =
                            BACK_OFF.get(message.attempt.saturating_sub(1) as usize).filter(|_| !error.permanent);
                        let next = wait.map(|ms| now.plus(*ms));
                        outbox::mark_failed(&mut tx, &message.id, now, next, &error.message).await?;
                        next.is_none().then_some((Delivery::Failed, Some(error.message)))
                    }
                };
                if let (Some(invitation), Some((delivery, error))) = (&message.invitation_id, delivery) {
                    invitations::set_delivery(&mut tx, invitation, delivery, error.as_deref()).await?;
                }
            }
            tx.commit().await?;
        }
        Ok(sent)
    }

    async fn try_send(&self, mailer: &dyn Mailer, now: Timestamp, message: &Leased) -> Result<(), SendError> {
        let lost = || SendError {
            message: "the message cannot be opened with this installation's key".into(),
            permanent: true,
        };
        let body = self.sealer.open(SEALED_AS_MAIL, &message.sealed_body).ok_or_else(lost)?;
        let mail: Mail = serde_json::from_str(&body).map_err(|_| lost())?;
        match tokio::time::timeout(SEND_TIMEOUT, mailer.send(message.id.as_str(), now, &mail)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(SendError { message: "the mail server did not answer in time".into(), permanent: false }),
        }
    }
}
