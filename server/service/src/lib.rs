//! The use cases: load → decide → rule → write, audit and outbox in one transaction → commit.
//!
//! Whoever calls (a server function, the command line, later REST and SCIM) passes a [`Caller`] and plain values; this
//! crate finds out who the caller is, asks the model, and writes through the store. No other crate decides anything.

mod acceptance;
mod account;
mod activity;
mod again;
mod attributes;
mod audit;
mod budget;
mod bulk;
mod bundle;
mod caller;
mod change;
mod connection_grants;
mod connection_roles;
mod connections;
mod custom_roles;
mod demo;
mod dns;
mod domains;
mod email_change;
mod ends;
mod env;
mod error;
mod explain;
mod groups;
mod housekeeping;
mod import;
mod invitations;
mod limits;
mod live;
mod login;
mod mail;
mod mail_profile;
mod mail_samples;
mod onboarding;
mod organizations;
mod ownership;
mod paging;
mod partner_records;
mod partners;
mod passwords;
mod people;
mod policies;
mod registrations;
mod removal;
mod request_digest;
mod requests;
mod reset;
mod secrets;
mod sessions;
mod setup;
mod stats;
mod stopping;
mod support;
mod views;

pub use acceptance::AcceptAs;
pub use account::ChangePassword;
pub use attributes::{DefineAttribute, SetValues};
pub use budget::Budget;
pub use bulk::JobReport;
pub use bundle::{BundleError, Bundled};
pub use caller::{Caller, client_address};
pub use connection_grants::{GiveConnectionRole, GivenConnectionRole, RoleFor};
pub use connection_roles::DefineConnectionRole;
pub use connections::EditConnection;
pub use custom_roles::DefineRole;
pub use demo::DemoReport;
pub use dns::{LookingUp, NoAnswer, Resolver};
pub use domains::SetAutoJoin;
pub use email_change::EmailAnswered;
pub use ends::SetEnds;
pub use env::{Clock, Entropy, System};
pub use error::Error;
pub use groups::EditGroup;
pub use housekeeping::Ticked;
pub use import::{Cells, ImportFile};
pub use invitations::{InviteUser, Terms};
pub use live::Watching;
pub use login::NewLogin;
pub use mail::{Mail, Mailer, OrgMail, Outgoing, SendError, Sending, Trying};
pub use mail_profile::EditMailProfile;
pub use mail_samples::sample;
pub use onboarding::CreateUser;
pub use organizations::{EditOrganization, FoundOrganization};
pub use ownership::OfferOwnership;
pub use partner_records::{Entered, PartnerError};
pub use partners::Referred;
pub use passwords::Passwords;
pub use people::{EditPerson, Export};
pub use policies::EditPolicies;
pub use registrations::Registered;
pub use removal::RemovePerson;
pub use requests::AskForInvitation;
pub use secrets::{Sealer, Token};
pub use sessions::Ended;
pub use setup::SetUp;
pub use stats::Stats;
pub use store::{Db, DbOptions, DiskFault, PoolState, Pooler, StoreError, backlog::Backlog};
pub use support::GrantSupport;
pub use views::{ChangeView, SaveView};

use model::{Timestamp, id::Id, mail_profile::PrivateServers, organization::Founding};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Notify, watch};

/// What the operator sets; every value has a working default in the server's configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The origin that links in mails begin with, without a slash at the end (S28).
    pub public_url: String,
    /// A session ends when it is not used for so long (S4).
    pub session_idle: Duration,
    /// A session ends after so long in any case (S4).
    pub session_absolute: Duration,
    /// How many passwords are hashed at the same time; each holds 19 MiB.
    pub concurrent_hashes: usize,
    /// Whether organizations may name mail servers at private addresses.
    pub private_mail_servers: PrivateServers,
    /// Who may found organizations.
    pub founding: Founding,
}

/// The application: everything that a request needs, cheap to clone.
#[derive(Clone)]
pub struct Rollcall {
    db: Db,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    sealer: Arc<Sealer>,
    passwords: Passwords,
    settings: Arc<Settings>,
    /// How many ids this process has made.
    ids_made: Arc<AtomicU32>,
    outbox_ready: Arc<Notify>,
    jobs_ready: Arc<Notify>,
    live: Arc<live::Live>,
    mail_counts: Arc<stats::MailCounts>,
    /// Whether the process was told to end.
    stopping: watch::Sender<bool>,
    /// By which mail leaves that somebody waits for.
    mailer: Option<Arc<dyn Mailer>>,
    /// By which records in DNS are found.
    resolver: Option<Arc<dyn Resolver>>,
}

impl std::fmt::Debug for Rollcall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rollcall").field("engine", &self.db.engine_name()).finish_non_exhaustive()
    }
}

impl Rollcall {
    /// Puts the application together.
    pub fn new(db: Db, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>, sealer: Sealer, settings: Settings) -> Self {
        let passwords = Passwords::new(Arc::clone(&entropy), settings.concurrent_hashes);
        Self {
            db,
            clock,
            entropy,
            sealer: Arc::new(sealer),
            passwords,
            settings: Arc::new(settings),
            ids_made: Arc::default(),
            outbox_ready: Arc::new(Notify::new()),
            jobs_ready: Arc::new(Notify::new()),
            live: Arc::default(),
            mail_counts: Arc::default(),
            stopping: watch::Sender::new(false),
            mailer: None,
            resolver: None,
        }
    }
    /// The same, able to send mail at once where somebody waits for the answer of the mail server.
    #[must_use]
    pub fn with_mailer(self, mailer: Arc<dyn Mailer>) -> Self {
        Self { mailer: Some(mailer), ..self }
    }
    /// The same, able to look records up in DNS. Without it nothing there ever answers.
    #[must_use]
    pub fn with_resolver(self, resolver: Arc<dyn Resolver>) -> Self {
        Self { resolver: Some(resolver), ..self }
    }
    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }
    /// What the operator set.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// The time by the application's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
    /// Waits until a transaction has queued a message.
    pub async fn outbox_ready(&self) {
        self.outbox_ready.notified().await;
    }
    /// Waits until a job has something to do.
    pub async fn jobs_ready(&self) {
        self.jobs_ready.notified().await;
    }

    /// Ids that a process makes within a millisecond sort as they were made, so that the log tells what was done in its order.
    fn fresh<I: Id>(&self, now: Timestamp) -> I {
        I::fresh(now, in_order(self.ids_made.fetch_add(1, Ordering::Relaxed), self.entropy.bytes10()))
    }
}

/// The bytes of the `n`th id: its first 26 bits count (RFC 9562 §6.2, method 1), and 48 are random.
fn in_order(n: u32, mut bytes: [u8; 10]) -> [u8; 10] {
    // The version takes the high half of the first byte, and the variant the two highest bits of the third.
    let [.., high, middle, low] = ((n >> 8) & 0x3_ffff).to_be_bytes();
    let twelve = (u16::from(high) << 10) | (u16::from(middle) << 2) | u16::from(low >> 6);
    bytes[..2].copy_from_slice(&twelve.to_be_bytes());
    bytes[2] = low & 0x3f;
    bytes[3] = n.to_be_bytes()[3];
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::AuditId;

    #[test]
    fn ids_of_a_millisecond_sort_as_they_were_made() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let id = |n, random: u8| AuditId::fresh(now, in_order(n, [random; 10]));
        for n in [0, 1, 0xfe, 0xff, 0x100, 0x3fff, 0x4000, 0x3f_ffff, 0x40_0000, 0x3ff_fffe] {
            assert!(id(n, 0xff) < id(n + 1, 0), "{n:x}");
        }
        assert_ne!(id(7, 1), id(7, 2));
    }
}
