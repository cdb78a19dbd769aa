//! Who plays in the tests: Ada, who owns Analytical Engines, people who join, and an organization beside hers.

use app::reply::Reply;
use model::{
    Email, MembershipId, OrgName, PersonName, Policies, Role, Slug, Status,
    id::Id as _,
    invitation::{InviteOutcome, InviteResult},
    people::MyOrgs,
};
use store::{
    memberships::{self, NewMembership},
    organizations::{self, NewOrganization},
    users::{self, User},
};

use crate::{app::TestApp, browser::Browser};

/// Ada's organization.
pub(crate) const ORG: &str = "analytical-engines";
/// The list of its people.
pub(crate) const USERS: &str = "/o/analytical-engines/users";
/// Where somebody lands who just came in.
pub(crate) const HOME: &str = "/o/analytical-engines";
/// Ada's address.
pub(crate) const ADA: &str = "ada@engines.example";
/// Everybody's password.
pub(crate) const PASSWORD: &str = "gravel-otter-ninth-plum";
/// Nobody's password.
pub(crate) const WRONG: &str = "gravel-otter-ninth-pear";
/// What `/setup` is sent.
pub(crate) const SET_UP: [(&str, &str); 6] = [
    ("org_name", "Analytical Engines"),
    ("first_name", "Ada"),
    ("last_name", "Lovelace"),
    ("email", ADA),
    ("password", PASSWORD),
    ("preset", "invitation_links"),
];

/// Somebody who belongs to an organization.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) browser: Browser,
    pub(crate) id: String,
    pub(crate) email: String,
}

/// Somebody with an open invitation.
#[derive(Debug, Clone)]
pub(crate) struct Invited {
    pub(crate) id: String,
    pub(crate) token: String,
}

impl Invited {
    /// The page of the link.
    pub(crate) fn page(&self) -> String {
        format!("/invite/{}", self.token)
    }
}

/// A form with one field changed, or added.
pub(crate) fn changed<'a>(form: &[(&'a str, &'a str)], field: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut form: Vec<_> = form.iter().copied().filter(|(name, _)| *name != field).collect();
    form.push((field, value));
    form
}

impl TestApp {
    /// Sets up, and yields Ada's browser.
    pub(crate) async fn set_up(&self) -> Browser {
        self.set_up_as("invitation_links").await
    }

    /// Sets up with a preset of policies.
    pub(crate) async fn set_up_as(&self, preset: &str) -> Browser {
        let ada = self.browser();
        ada.call("/api/setup", &changed(&SET_UP, "preset", preset)).await.expect(200);
        ada
    }

    /// Invites somebody with a role, accepts, and yields their browser.
    pub(crate) async fn join(&self, by: &Browser, email: &str, role: Role) -> Person {
        if role == Role::Partner {
            // There are none elsewhere (B44).
            crate::engines::raw(self.db(), "UPDATE organizations SET kind = 'partner'").await;
        }
        let invited = invite(by, email, role).await;
        accept(self, email, invited).await
    }

    /// Signs somebody in.
    pub(crate) async fn sign_in(&self, email: &str) -> Browser {
        let browser = self.browser();
        browser.call("/api/session/login", &[("email", email), ("password", PASSWORD)]).await.expect(200);
        browser
    }

    /// Founds a second organization, and yields its slug and its Owner.
    pub(crate) async fn found(&self, name: &str) -> (String, Person) {
        let org_name = OrgName::parse(name).unwrap();
        let slug = Slug::suggest(&org_name);
        let email = Email::parse(&format!("owner@{}.example", slug.as_str())).unwrap();
        let now = self.rollcall.now();
        let user = User { id: self.user_id(), email: email.clone(), name: PersonName::from_full("Olive Owner") };
        let org = NewOrganization {
            id: self.unused(),
            name: org_name,
            slug,
            kind: model::OrgKind::Customer,
            policies: Policies::default(),
            at: now,
        };
        let owner = NewMembership {
            id: MembershipId::fresh(now, [0xEF; 10]),
            user_id: Some(user.id.clone()),
            kind: model::Kind::Standard,
            role: Role::Owner,
            status: Status::Active,
            source: model::Source::SetUp,
            email: email.clone(),
            name: user.name.clone(),
            ends: model::Ends::default(),
            open_until: None,
            created_at: now,
            last_login_at: None,
        };
        let id = owner.id.to_string();
        let mut tx = self.db().write().await.unwrap();
        let ada = Email::parse(ADA).unwrap();
        let hash =
            users::by_email(&mut tx, &ada).await.unwrap().and_then(|(_, hash)| hash).expect("Ada has a password");
        users::insert(&mut tx, std::slice::from_ref(&user), now).await.unwrap();
        users::set_password_hash(&mut tx, &user.id, &hash, now).await.unwrap();
        let slug = organizations::insert(&mut tx, &org).await.unwrap();
        memberships::insert_first_owner(&mut tx, &org.id, owner).await.unwrap();
        tx.commit().await.unwrap();
        let browser = self.sign_in(email.as_str()).await;
        (slug.as_str().to_owned(), Person { browser, id, email: email.to_string() })
    }
}

/// Accepts an invitation as somebody without an account.
pub(crate) async fn accept(app: &TestApp, email: &str, invited: Invited) -> Person {
    let browser = app.browser();
    let name = email.split('@').next().unwrap();
    let form = [("token", invited.token.as_str()), ("first_name", name), ("last_name", "Doe"), ("password", PASSWORD)];
    browser.call("/api/invitations/accept_new", &form).await.expect(200);
    Person { browser, id: invited.id, email: email.to_owned() }
}

/// Invites an address with a role into Ada's organization.
pub(crate) async fn invite(by: &Browser, email: &str, role: Role) -> Invited {
    invite_to(ORG, by, email, role).await
}

/// Invites an address with a role into any organization.
pub(crate) async fn invite_to(org: &str, by: &Browser, email: &str, role: Role) -> Invited {
    let form = [("org", org), ("emails", email), ("role", role.code())];
    sent(by.call("/api/invitations/send", &form).await.expect(200).parsed()).pop().expect("one line")
}

/// The people to whom a batch was sent.
pub(crate) fn sent(reply: Reply<Vec<InviteResult>>) -> Vec<Invited> {
    let read = |result: InviteResult| match result.outcome {
        InviteOutcome::Invited { membership_id, link } | InviteOutcome::SentAgain { membership_id, link } => {
            let link = link.expect("links may be copied");
            Invited { id: membership_id.to_string(), token: token_of(&link).to_owned() }
        }
        other => panic!("{other:?}"),
    };
    reply.data.expect("a report").into_iter().map(read).collect()
}

/// The link that a mail holds.
#[track_caller]
pub(crate) fn link_in(mail: &service::Mail) -> &str {
    let service::Mail::Invitation { link, .. } = mail else { panic!("no invitation: {}", mail.to()) };
    link
}

/// The token of a link.
pub(crate) fn token_of(link: &str) -> &str {
    link.rsplit_once('/').expect("a link").1
}

/// The organizations of whoever a browser is signed in as.
pub(crate) async fn mine(by: &Browser) -> MyOrgs {
    by.call("/api/orgs/list", &[]).await.expect(200).parsed()
}
