//! A made-up organization: so that somebody who looks at Rollcall for the first time sees it full, and so that what is
//! slow at a hundred thousand people shows.

mod crowd;
mod names;

use model::{
    Email, Ends, Kind, OrgId, Preset, Slug, Status, Timestamp,
    people::{PeopleQuery, Tab},
};
use std::collections::HashSet;
use store::{
    Tx,
    invitations::{self, NewInvitation},
    memberships::{self, NewMembership},
    organizations, people,
    users::{self, User},
};

use crate::{Caller, Error, Rollcall, SetUp, Token, passwords};
use crowd::{Crowd, Extra};

/// People written in one transaction: more at a time is hardly faster, and other writers wait for its end.
const BATCH: u32 = 10_000;
/// A line goes to the log after so many.
const TELL_EVERY: u32 = 10_000;

const ORG_NAME: &str = "Analytical Engines";
const OWNER_FIRST_NAME: &str = "Ada";
const OWNER_LAST_NAME: &str = "Lovelace";
const OWNER_EMAIL: &str = "ada@analytical.example";

/// What was made up.
#[derive(Debug, Clone)]
pub struct DemoReport {
    /// The organization that was filled.
    pub org: Slug,
    /// Its Owner and the password, where the installation was not set up and so both were made. The password is not to
    /// be had again.
    pub owner: Option<(Email, String)>,
    /// How many people came in, the Owner not counted.
    pub people: u32,
}

/// Rows of one batch.
#[derive(Default)]
struct Batch {
    users: Vec<(User, Timestamp)>,
    people: Vec<NewMembership>,
    links: Vec<NewInvitation>,
}

impl Rollcall {
    /// Adds so many made-up people to the organization of a slug, else to the oldest. An installation that is not set
    /// up is: Ada Lovelace owns Analytical Engines then. The same people come on every empty database, others when it
    /// is done again. None of them can sign in.
    ///
    /// # Errors
    /// [`Error::NotFound`] where no organization has the slug; [`Error::Unavailable`], and what was finished stays.
    pub async fn demo(&self, users: u32, org: Option<&str>) -> Result<DemoReport, Error> {
        let slug = org.map(|org| Slug::parse(org).ok_or(Error::NotFound)).transpose()?;
        let owner = if self.setup_is_open().await? { Some(self.demo_owner().await?) } else { None };

        let now = self.now();
        let mut conn = self.db.read().await?;
        let (org_id, org, owner_id) =
            organizations::of_slug_or_oldest(&mut conn, slug.as_ref()).await?.ok_or(Error::NotFound)?;
        let there = people::sizes(&mut conn, &org_id, &PeopleQuery::default(), &[], now).await?.census.counts();
        drop(conn);

        let crowd = Crowd::new(now, org.policies.invitation_ttl_ms);
        // About where an earlier run ended; whoever is there already is left out below.
        let mut numbers = there.of(Tab::Standard) + there.of(Tab::Expired) + 1..;
        let mut written = 0;
        while written < users {
            let wanted = BATCH.min(users - written);
            let mut tx = self.db.write().await?;
            organizations::bump_revision(&mut tx, &org_id).await?;
            let extras = strangers(&mut tx, &org_id, &crowd, &mut numbers, wanted as usize).await?;
            let batch = self.demo_rows(extras);
            users::insert_demo(&mut tx, &batch.users).await?;
            memberships::insert_demo(&mut tx, &org_id, &batch.people).await?;
            invitations::insert_demo(&mut tx, &org_id, &owner_id, &batch.links).await?;
            tx.commit().await?;
            if written == 0 {
                // PostgreSQL keeps the plans that it made while the tables were empty until it hears otherwise.
                self.db.analyze().await?;
            }
            written += wanted;
            if written % TELL_EVERY == 0 {
                tracing::info!(people.written = written, people.wanted = users, "filling");
            }
        }
        self.fold_counts().await?;
        self.db.analyze().await?;
        Ok(DemoReport { org: org.slug, owner, people: written })
    }

    /// Sets the installation up with an Owner who has a password that nobody can know beforehand.
    async fn demo_owner(&self) -> Result<(Email, String), Error> {
        let password = self.passphrase();
        let form = SetUp {
            org_name: ORG_NAME.to_owned(),
            first_name: OWNER_FIRST_NAME.to_owned(),
            last_name: OWNER_LAST_NAME.to_owned(),
            email: OWNER_EMAIL.to_owned(),
            password: password.clone(),
            preset: Preset::InvitationLinks.code().to_owned(),
        };
        let login = self.set_up(&Caller::default(), form).await?;
        // Setting up signs in; here no browser is there to hold the session.
        self.log_out(&Caller::new(Some(login.token.expose()), String::new(), "")).await?;
        let email = Email::parse(OWNER_EMAIL).map_err(|_| Error::Internal)?;
        Ok((email, password))
    }

    /// 80 random bits that can be read aloud and typed: five words like `lusab` (proquints, Wilkerson 2009).
    fn passphrase(&self) -> String {
        loop {
            let bytes = self.entropy.bytes10();
            let words: Vec<String> =
                bytes.chunks_exact(2).map(|pair| proquint(u16::from_be_bytes([pair[0], pair[1]]))).collect();
            let phrase = words.join("-");
            if passwords::judge(&phrase, &[ORG_NAME, OWNER_EMAIL]).is_ok() {
                return phrase;
            }
        }
    }

    fn demo_rows(&self, extras: Vec<Extra>) -> Batch {
        let now = self.now();
        let mut batch = Batch::default();
        for extra in extras {
            let user_id = (extra.status != Status::Invited).then(|| self.fresh(now));
            if let Some(id) = user_id.clone() {
                let user = User { id, email: extra.email.clone(), name: extra.name.clone() };
                batch.users.push((user, extra.created_at));
            }
            let person = NewMembership {
                id: self.fresh(now),
                user_id,
                kind: Kind::Standard,
                role: extra.role,
                status: extra.status,
                source: extra.source,
                email: extra.email,
                name: extra.name,
                ends: Ends::default(),
                open_until: extra.open_until,
                created_at: extra.created_at,
                last_login_at: extra.last_login_at,
            };
            if let Some(expires_at) = extra.open_until {
                batch.links.push(NewInvitation {
                    id: self.fresh(now),
                    membership_id: person.id.clone(),
                    token_hash: Token::fresh(&*self.entropy).hash(),
                    at: extra.created_at,
                    expires_at,
                });
            }
            batch.people.push(person);
        }
        batch
    }
}

/// The next people of the crowd whose addresses are not in use yet.
async fn strangers(
    tx: &mut Tx,
    org_id: &OrgId,
    crowd: &Crowd,
    numbers: &mut impl Iterator<Item = u64>,
    wanted: usize,
) -> Result<Vec<Extra>, Error> {
    let mut found: Vec<Extra> = Vec::with_capacity(wanted);
    while found.len() < wanted {
        let next: Vec<Extra> = numbers.by_ref().filter_map(|n| crowd.person(n)).take(wanted - found.len()).collect();
        let emails: Vec<Email> = next.iter().map(|extra| extra.email.clone()).collect();
        let taken: HashSet<Email> = memberships::taken(tx, org_id, &emails).await?.into_iter().collect();
        found.extend(next.into_iter().filter(|extra| !taken.contains(&extra.email)));
    }
    Ok(found)
}

/// 16 bits as a word of five letters.
fn proquint(bits: u16) -> String {
    const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
    const VOWELS: &[u8; 4] = b"aiou";
    [(12, true), (10, false), (6, true), (4, false), (0, true)]
        .into_iter()
        .map(|(shift, consonant)| {
            let at = usize::from(bits >> shift);
            char::from(if consonant { CONSONANTS[at % 16] } else { VOWELS[at % 4] })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sealer, Settings, System};
    use model::people::PeopleQuery;
    use std::{sync::Arc, time::Duration};
    use store::{Db, DbOptions};

    async fn rollcall() -> (Rollcall, tempfile::TempDir) {
        let dir = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite://{}/demo.db", dir.path().display());
        let db = Db::connect(&DbOptions::new(url)).await.expect("connects");
        db.migrate().await.expect("migrates");
        let settings = Settings {
            public_url: "http://127.0.0.1:3000".to_owned(),
            session_idle: Duration::from_hours(1),
            session_absolute: Duration::from_hours(1),
            concurrent_hashes: 1,
            private_mail_servers: model::mail_profile::PrivateServers::Refused,
            founding: model::organization::Founding::default(),
        };
        (Rollcall::new(db, Arc::new(System), Arc::new(System), Sealer::new(&[1; 32]), settings), dir)
    }

    #[test]
    fn proquints_are_those_of_the_paper() {
        // 127.0.0.1 is lusab-babad there.
        assert_eq!([proquint(0x7f00), proquint(0x0001)], ["lusab", "babad"]);
    }

    #[tokio::test]
    async fn an_empty_installation_gets_an_owner_who_can_sign_in_and_people_who_count() {
        let (rollcall, _dir) = rollcall().await;
        let report = rollcall.demo(120, None).await.expect("fills");
        assert_eq!((report.org.as_str(), report.people), ("analytical-engines", 120));
        let (email, password) = report.owner.expect("a new owner");
        let caller = Caller::new(None, "203.0.113.1".to_owned(), "");
        let login = rollcall.log_in(&caller, email.as_str(), password, None).await.expect("signs in");
        let ada = Caller::new(Some(login.token.expose()), String::new(), "");
        let first = PeopleQuery::default();
        let (viewer, page) = rollcall.people_page(&ada, "analytical-engines", &first).await.expect("a page");
        assert_eq!(viewer.name.full(), "Ada Lovelace");
        assert_eq!(page.counts.of(Tab::Standard) + page.counts.of(Tab::Expired), 121);
        assert!(page.counts.of(Tab::Invitations) > 0 && page.next.is_some());
    }

    #[tokio::test]
    async fn done_again_it_brings_other_people_and_no_second_owner() {
        let (rollcall, _dir) = rollcall().await;
        rollcall.demo(30, None).await.expect("fills");
        let again = rollcall.demo(40, Some("analytical-engines")).await.expect("fills again");
        assert!(again.owner.is_none() && again.people == 40);
        assert!(matches!(rollcall.demo(1, Some("nowhere")).await, Err(Error::NotFound)));
    }
}
