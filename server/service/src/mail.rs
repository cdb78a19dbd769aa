//! Mail as data, and its way out of the outbox. How a mail looks and by which server it leaves is the server's matter.

use model::{
    Email, OrgId, Timestamp,
    mail_profile::{MailProfile, MailTemplate, TestOutcome, TestReport},
    people::Delivery,
};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};
use store::{
    invitations, organizations,
    outbox::{self, Leased, NewMessage},
};

use crate::{Budget, Error, Rollcall};

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
        /// When the access that it gives ends (N5).
        #[serde(default)]
        access_until: Option<Timestamp>,
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
        /// When the access that it gives ends (N5).
        #[serde(default)]
        access_until: Option<Timestamp>,
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
    /// N5: that access or a role ends soon, to whom it is about or to who set the end.
    AccessEnds {
        /// Who reads it.
        to: Email,
        /// Their name.
        to_name: String,
        /// In which organization.
        org_name: String,
        /// Whose access it is; `None` where it is the reader's own.
        whose: Option<String>,
        /// When access ends.
        access: Option<Timestamp>,
        /// The role, when it ends, and the role that follows.
        role: Option<(String, Timestamp, String)>,
        /// Where the reader can see it.
        link: String,
    },
    /// Tries the mail profile of an organization out (B2).
    Test {
        /// Who tries it out.
        to: Email,
        /// The name.
        to_name: String,
        /// Whose profile.
        org_name: String,
        /// When.
        at: Timestamp,
    },
}

impl Mail {
    /// To whom it goes.
    pub fn to(&self) -> &Email {
        match self {
            Self::Invitation { to, .. }
            | Self::Welcome { to, .. }
            | Self::Test { to, .. }
            | Self::PasswordReset { to, .. }
            | Self::PasswordChanged { to, .. }
            | Self::ConfirmOldEmail { to, .. }
            | Self::ConfirmNewEmail { to, .. }
            | Self::EmailChanged { to, .. }
            | Self::OwnershipOffered { to, .. }
            | Self::OwnershipAnswered { to, .. }
            | Self::RequestDigest { to, .. }
            | Self::RequestDismissed { to, .. }
            | Self::AccessEnds { to, .. } => to,
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
            | Self::RequestDismissed { .. }
            | Self::AccessEnds { .. }
            | Self::Test { .. } => None,
        }
    }
    /// Which mail it is. Whoever adds one adds its name and a sample for the preview.
    pub const fn template(&self) -> MailTemplate {
        match self {
            Self::Invitation { .. } => MailTemplate::Invitation,
            Self::Welcome { .. } => MailTemplate::Welcome,
            Self::RequestDigest { .. } => MailTemplate::RequestDigest,
            Self::RequestDismissed { .. } => MailTemplate::RequestDismissed,
            Self::AccessEnds { .. } => MailTemplate::AccessEnds,
            Self::Test { .. } => MailTemplate::Test,
            Self::PasswordReset { .. } => MailTemplate::PasswordReset,
            Self::PasswordChanged { .. } => MailTemplate::PasswordChanged,
            Self::ConfirmOldEmail { .. } => MailTemplate::ConfirmOldEmail,
            Self::ConfirmNewEmail { .. } => MailTemplate::ConfirmNewEmail,
            Self::EmailChanged { .. } => MailTemplate::EmailChanged,
            Self::OwnershipOffered { .. } => MailTemplate::OwnershipOffered,
            Self::OwnershipAnswered { .. } => MailTemplate::OwnershipAnswered,
        }
    }
}

/// How the mail of an organization looks and leaves, with what no page is told.
#[derive(Clone, PartialEq, Eq)]
pub struct OrgMail {
    /// Of which organization.
    pub org_id: OrgId,
    /// Look and server.
    pub profile: MailProfile,
    /// The file of the logo; empty where there is none.
    pub logo: Vec<u8>,
    /// The password of the server. `None` where nobody signs in, or where it cannot be opened.
    pub password: Option<String>,
}

impl fmt::Debug for OrgMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrgMail").field("org_id", &self.org_id).field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// A mail on its way out.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The same at every try, for the Message-ID.
    pub id: String,
    /// When it leaves.
    pub at: Timestamp,
    /// What it says.
    pub mail: Mail,
    /// How its organization wants it; `None` for what is of the installation.
    pub of: Option<Arc<OrgMail>>,
}

/// Why a mail did not leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendError {
    /// What the mail server said, without the address.
    pub message: String,
    /// Whether another try makes no sense (SMTP 5xx).
    pub permanent: bool,
}

/// The outcome of a try: what the mail server said.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<String, SendError>> + Send + 'a>>;

/// What became of a mail that tries settings out.
pub type Trying<'a> = Pin<Box<dyn Future<Output = TestReport> + Send + 'a>>;

/// Renders a mail and hands it to a mail server: that of its organization, or else the installation's.
pub trait Mailer: Send + Sync {
    /// Sends one mail.
    fn send<'a>(&'a self, out: &'a Outgoing) -> Sending<'a>;

    /// Sends one mail over a connection of its own, and tells how far it came.
    fn try_out<'a>(&'a self, out: &'a Outgoing) -> Trying<'a> {
        Box::pin(async move {
            let (outcome, said) = match self.send(out).await {
                Ok(said) => (TestOutcome::Accepted, said),
                Err(error) => (TestOutcome::Failed, error.message),
            };
            TestReport { outcome, said, to: out.mail.to().to_string(), through: None }
        })
    }
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

    /// Sends what is due, batch by batch, until nothing is or the budget is spent. Yields how many left.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; what was leased comes again when the lease runs out.
    pub async fn deliver_due(&self, mailer: &dyn Mailer, budget: impl Into<Budget>) -> Result<u64, Error> {
        let budget = budget.into();
        let (mut sent, mut batches) = (0, 0);
        while budget.allows_after(batches, self.now()) {
            batches += 1;
            let now = self.now();
            let mut tx = self.db.write().await?;
            let leased = outbox::lease(&mut tx, now, now.plus(LEASE), AT_ONCE).await?;
            tx.commit().await?;
            if leased.is_empty() {
                break;
            }
            let profiles = self.profiles_of(&leased).await?;
            let tries: Vec<_> = leased.iter().map(|message| self.try_send(mailer, now, message, &profiles)).collect();
            let outcomes = futures::future::join_all(tries).await;
            let now = self.now();
            let mut tx = self.db.write().await?;
            // Whoever looks at the list sees that a mail has left.
            for org_id in organizations_of(leased.iter().filter(|message| message.invitation_id.is_some())) {
                organizations::bump_revision(&mut tx, &org_id).await?;
            }
            for (message, outcome) in leased.iter().zip(outcomes) {
                let delivery = match outcome {
                    Ok(_) => {
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

    /// How the organizations of some messages want their mail; those that never chose are not among them.
    async fn profiles_of(&self, messages: &[Leased]) -> Result<HashMap<OrgId, Arc<OrgMail>>, Error> {
        let ids = organizations_of(messages);
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        self.org_mail(&ids).await
    }

    async fn try_send(
        &self,
        mailer: &dyn Mailer,
        now: Timestamp,
        message: &Leased,
        profiles: &HashMap<OrgId, Arc<OrgMail>>,
    ) -> Result<String, SendError> {
        let lost = || SendError {
            message: "the message cannot be opened with this installation's key".into(),
            permanent: true,
        };
        let body = self.sealer.open(SEALED_AS_MAIL, &message.sealed_body).ok_or_else(lost)?;
        let mail: Mail = serde_json::from_str(&body).map_err(|_| lost())?;
        let of = message.org_id.as_ref().and_then(|id| profiles.get(id)).cloned();
        let out = Outgoing { id: message.id.to_string(), at: now, mail, of };
        // Servers like to repeat whom they refuse; the log and the list of what failed need not know it.
        let without_address =
            |error: SendError| SendError { message: error.message.replace(out.mail.to().as_str(), "…"), ..error };
        match tokio::time::timeout(SEND_TIMEOUT, mailer.send(&out)).await {
            Ok(outcome) => outcome.map_err(without_address),
            Err(_) => Err(SendError { message: "the mail server did not answer in time".into(), permanent: false }),
        }
    }
}

/// The organizations of messages, each once, in the order in which they are to be locked.
fn organizations_of<'a>(messages: impl IntoIterator<Item = &'a Leased>) -> Vec<OrgId> {
    let mut ids: Vec<OrgId> = messages.into_iter().filter_map(|message| message.org_id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
