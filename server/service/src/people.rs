//! The people of an organization: list, profile, edit, roles, the ACTIVE switch.

use model::{
    Action, Denial, Email, Ends, Kind, MembershipId, Permission, Permit, PersonName, PersonState, Role, RoleChoice,
    RoleId, Status, Timestamp,
    attribute::AttributeKey,
    decide,
    id::{Id, InvalidId},
    people::{From, GridAttribute, OrgSummary, PageSize, PeoplePage, PeopleQuery, PersonProfile, PersonRow, Viewer},
    rules, text,
};
use serde_json::json;
use store::{
    Conn, StoreError, connection_grants, ends,
    memberships::{self, Membership},
    people, sessions,
};

use crate::{
    Caller, Error, Rollcall,
    audit::{By, To, was},
    change::{Change, role_of_box},
    custom_roles::role_of,
    error::Fields,
    requests::may_answer_requests,
};

impl Rollcall {
    /// One page of the grid, and who asks (B8–B12).
    ///
    /// # Errors
    /// [`Error::Denied`] for somebody who may not see people.
    pub async fn people_page(
        &self,
        caller: &Caller,
        org: &str,
        query: &PeopleQuery,
    ) -> Result<(Viewer, PeoplePage), Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ViewPeople, None)?;
        let now = self.now();
        let words = text::search_words(&query.q);
        let org_id = &viewer.actor.org_id;
        let (mut conn, sizes) = self.sizes(&viewer, query, &words, now).await?;
        let mut found = people::page(&mut conn, org_id, query, &words, &sizes, now).await?;
        let first = found.in_front(query.sort).map(From::Before);
        // The second page leads back to the beginning itself, so that nobody who joined in front is missed.
        let previous = first.map(|first| if query.page <= 2 { From::Start } else { first });
        let next = found.behind(query.sort).map(From::After);
        for row in &mut found.rows {
            row.mark(&words);
        }
        // Who may not answer requests is told of none.
        let answers = may_answer_requests(&viewer).is_ok();
        let counts = sizes.census.counts().with_requests(if answers { sizes.requests } else { 0 });
        let attributes = sizes.attributes.iter().map(GridAttribute::from).collect();
        let page = PeoplePage {
            rows: found.rows,
            counts,
            matches: found.matches,
            groups: sizes.groups,
            attributes,
            previous,
            next,
            now,
        };
        Ok((viewer, page))
    }

    /// The sizes of a question, of people who are in step with the clock, and the connection to go on reading with.
    async fn sizes(
        &self,
        viewer: &Viewer,
        query: &PeopleQuery,
        words: &[String],
        now: Timestamp,
    ) -> Result<(Conn, people::Sizes), Error> {
        let (org_id, pending) = (&viewer.actor.org_id, viewer.org.policies.pending_externals());
        let mut conn = self.db.read().await?;
        let sizes = people::sizes(&mut conn, org_id, query, words, now).await?.listing(pending);
        if !sizes.is_due {
            return Ok((conn, sizes));
        }
        drop(conn);
        self.follow_clock(org_id).await;
        let mut conn = self.db.read().await?;
        let sizes = people::sizes(&mut conn, org_id, query, words, now).await?.listing(pending);
        Ok((conn, sizes))
    }

    /// Begins to read everybody who matches, page after page (N1). That it was done is in the audit log.
    ///
    /// # Errors
    /// [`Error::Denied`] for somebody who may not see people.
    pub async fn export(&self, caller: &Caller, org: &str, query: &PeopleQuery) -> Result<Export, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ViewPeople, None)?;
        let now = self.now();
        let words = text::search_words(&query.q);
        let query = walked(query);
        let (conn, sizes) = self.sizes(&viewer, &query, &words, now).await?;
        drop(conn);
        let detail = json!({ "list": list_of(&query) });
        let event = self.event(now, &By::from(&viewer), "people.exported", To::nobody(), &detail);
        let mut tx = self.db.write().await?;
        self.record(&mut tx, event).await?;
        tx.commit().await?;
        Ok(Export { rollcall: self.clone(), viewer, query, words, sizes, now, over: false })
    }

    /// A profile page, and who asks (B29).
    ///
    /// # Errors
    /// [`Error::NotFound`] for an id of another organization (S44).
    pub async fn person(&self, caller: &Caller, org: &str, id: &str) -> Result<(Viewer, PersonProfile), Error> {
        let viewer = self.viewer(caller, org).await?;
        let id = Id::parse(id).map_err(|InvalidId| Error::NotFound)?;
        let now = self.now();
        let found = self.profile_of(caller, &viewer, &id).await?;
        let people::Profile {
            membership: person,
            delivery,
            delivery_error,
            home,
            custom_role,
            support,
            groups,
            attributes,
            connections,
            connection_roles,
            sessions,
        } = found;
        let target = person.target(now);
        decide(&viewer.actor, Action::ViewPeople, Some(&target))?;
        let sessions = match decide(&viewer.actor, Action::EndSessions, Some(&target)) {
            Ok(_) => Some(self.shown_sessions(caller, sessions).await?),
            Err(_) => None,
        };
        let profile = PersonProfile {
            joined_at: person.joined_at,
            access_ended_at: person.ends.access.filter(|end| *end <= now),
            invitation_expires_at: person.open_until,
            row: PersonRow { delivery, home, custom_role, ..person.into_row(now) },
            delivery_error,
            support,
            groups,
            attributes,
            connections,
            connection_roles,
            sessions,
            now,
        };
        Ok((viewer, profile))
    }

    /// A person of the viewer's organization with what their profile shows, asked for once a request.
    pub(crate) async fn profile_of(
        &self,
        caller: &Caller,
        viewer: &Viewer,
        id: &MembershipId,
    ) -> Result<people::Profile, Error> {
        let mut shown = caller.shown().await;
        if let Some(profile) = shown.as_ref().filter(|profile| profile.membership.id == *id) {
            return Ok(profile.clone());
        }
        let mut conn = self.db.read().await?;
        let alive = self.liveness(self.now());
        let profile = people::profile(&mut conn, &viewer.actor.org_id, id, alive).await?.ok_or(Error::NotFound)?;
        *shown = Some(profile.clone());
        Ok(profile)
    }

    /// Edit user (B30): names, the Admin box, and the address while the person is only invited, which voids the link
    /// that went to the old one (S26). Yields the person's name.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::NotFound`], [`Error::Conflict`].
    pub async fn update_person(&self, caller: &Caller, org: &str, id: &str, form: EditPerson) -> Result<String, Error> {
        let mut fields = Fields::default();
        let name = fields.name(PersonName::parse(&form.first_name, &form.last_name));
        let email = fields.take("email", Email::parse(&form.email));
        let prepared = self.prepared_for(caller, org, id).await?;
        let mut change = self.change(caller, org).await?;
        change.prepared = prepared;
        let (person, permit) = change.permit_on(id, Action::Edit).await?;
        fields.check()?;
        let (Some(name), Some(email)) = (name, email) else { return Err(Error::Internal) };

        let moved = email != person.email;
        if moved && let Some(barred) = self.is_barred(&mut change, &email, person.kind).await? {
            return Err(Error::field("email", barred));
        }
        if moved && person.status != Status::Invited {
            let why = "This person has an account and changes the address themselves.";
            return Err(Error::field("email", why));
        }
        // Whoever sends the link elsewhere decides about who gets what comes with joining (S31).
        let decides = change.actor().permissions().has(Permission::ManageConnections);
        if moved && !decides && connection_grants::come_to(&mut change.tx, &person.id).await? {
            return Err(Error::Denied(Denial::BeyondYourOwn));
        }
        self.put_details(&mut change, (&person, &permit), &name, &email).await?;
        let role = role_of_box(form.admin, person.role, change.viewer.org.policies.default_role.fitting(person.kind));
        if role != person.role {
            self.put_role(&mut change, id, role).await?;
        }
        if moved {
            let (person, permit) = change.permit_on(id, Action::ResendInvitation).await?;
            self.send_again(&mut change, &permit, &person).await?;
        }
        change.tx.commit().await?;
        if moved {
            self.outbox_ready.notify_one();
        }
        Ok(name.display(&email))
    }

    /// Puts a name and an address in place inside a change.
    pub(crate) async fn put_details(
        &self,
        change: &mut Change,
        (person, permit): (&Membership, &Permit),
        name: &PersonName,
        email: &Email,
    ) -> Result<(), Error> {
        match memberships::set_details(&mut change.tx, permit, name, email).await {
            Err(StoreError::Taken) => {
                return Err(Error::field("email", "This user already exists in the organization."));
            }
            other => other?,
        }
        let detail = json!({ "email_changed": *email != person.email });
        self.note(change, "membership.updated", To::from(person), &detail).await
    }

    /// Gives a role (B33, B34, B41). Yields the person's name, and the role's.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::NotFound`], [`Error::Conflict`] for the last Owner.
    pub async fn change_role(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        to: &RoleChoice,
    ) -> Result<(String, String), Error> {
        let mut change = self.change(caller, org).await?;
        let (person, role) = match to {
            RoleChoice::Base(role) => (self.put_role(&mut change, id, *role).await?, role.label().to_owned()),
            RoleChoice::Custom(role) => self.put_custom_role(&mut change, id, role).await?,
        };
        change.tx.commit().await?;
        Ok((person.name.display(&person.email), role))
    }

    /// Gives a custom role inside a change; yields the person as they were before, and what the role is called.
    async fn put_custom_role(
        &self,
        change: &mut Change,
        id: &str,
        role: &RoleId,
    ) -> Result<(Membership, String), Error> {
        let (person, _) = change.permit_on(id, Action::ViewPeople).await?;
        let role = role_of(change, role.as_str()).await?;
        let (_, permit) = change.permit_on(id, Action::GiveCustomRole(role.grant)).await?;
        if person.custom_role.as_ref() == Some(&role.id) {
            return Err(Error::Denied(Denial::State));
        }
        self.end_no_role(change, &permit, &person).await?;
        memberships::set_custom_role(&mut change.tx, &permit, &person, &role).await?;
        let name = role.name.as_str().to_owned();
        let detail = json!({
            "from": person.role.code(),
            "to": role.grant.base.code(),
            "role_name": name,
            "role_id": role.id,
            "was": was(&person),
        });
        self.note(change, "membership.role_changed", To::from(&person), &detail).await?;
        Ok((person, name))
    }

    /// An end was that of the role before.
    async fn end_no_role(&self, change: &mut Change, permit: &Permit, person: &Membership) -> Result<(), Error> {
        if person.ends.role.is_some() {
            let ends = Ends { role: None, ..person.ends.clone() };
            ends::set(&mut change.tx, permit, person, &ends, change.now).await?;
        }
        Ok(())
    }

    /// "Revoke admin role": back to the organization's default role, as far as that fits.
    ///
    /// # Errors
    /// As [`Self::change_role`].
    pub async fn revoke_admin(&self, caller: &Caller, org: &str, id: &str) -> Result<String, Error> {
        let mut change = self.change(caller, org).await?;
        let (person, _) = change.permit_on(id, Action::ViewPeople).await?;
        let to = change.viewer.org.policies.default_role.fitting(person.kind);
        let person = self.put_role(&mut change, id, to).await?;
        change.tx.commit().await?;
        Ok(person.name.display(&person.email))
    }

    /// Gives a role inside a change; yields the person as they were before.
    pub(crate) async fn put_role(&self, change: &mut Change, id: &str, to: Role) -> Result<Membership, Error> {
        let (person, permit) = change.permit_on(id, Action::ChangeRole(to)).await?;
        let standing = memberships::standing(&mut change.tx, &person).await?;
        let to = rules::change_role(standing, to).map_err(|e| Error::Conflict(e.to_string()))?;
        self.end_no_role(change, &permit, &person).await?;
        memberships::set_role(&mut change.tx, &permit, &person, to).await?;
        self.note(
            change,
            "membership.role_changed",
            To::from(&person),
            &json!({ "from": person.role.code(), "to": to.code(), "was": was(&person) }),
        )
        .await?;
        Ok(person)
    }

    /// Turns the ACTIVE switch off (B31): the sessions of somebody without access elsewhere end at once.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::NotFound`], [`Error::Conflict`] for the last Owner.
    pub async fn deactivate(&self, caller: &Caller, org: &str, id: &str) -> Result<(), Error> {
        self.turn_switch(caller, org, id, Action::Deactivate).await
    }

    /// Turns the ACTIVE switch on (B32), with no new verification.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::NotFound`], [`Error::Conflict`] when no seat is left (policy M).
    pub async fn activate(&self, caller: &Caller, org: &str, id: &str) -> Result<(), Error> {
        self.turn_switch(caller, org, id, Action::Activate).await
    }

    async fn turn_switch(&self, caller: &Caller, org: &str, id: &str, action: Action) -> Result<(), Error> {
        let mut change = self.change(caller, org).await?;
        match self.put_switch(&mut change, id, action).await {
            // Somebody else turned it first: what was wanted is so already.
            Err(Error::Denied(Denial::State)) if self.stands(&mut change, id, switched(action)).await? => return Ok(()),
            other => other?,
        };
        change.tx.commit().await?;
        Ok(())
    }

    /// Turns a switch inside a change; yields the person as they were before.
    pub(crate) async fn put_switch(&self, change: &mut Change, id: &str, action: Action) -> Result<Membership, Error> {
        let (person, permit) = change.permit_on(id, action).await?;
        change.seat_for(&person, action).await?;
        let standing = memberships::standing(&mut change.tx, &person).await?;
        let to = rules::set_active(standing, switched(action)).map_err(|e| Error::Conflict(e.to_string()))?;
        if to == Status::Active && person.ends.is_over(change.now) {
            if person.kind == Kind::Support {
                // Being activated takes an end away that is over, and support access always has one.
                return Err(Error::Conflict("Their time is over. Set another last day first.".to_owned()));
            }
            let ends = rules::reactivated(&person.ends, change.now);
            ends::set(&mut change.tx, &permit, &person, &ends, change.now).await?;
        }
        memberships::set_status(&mut change.tx, &permit, &person, to).await?;
        if let (Status::Deactivated, Some(user_id)) = (to, &person.user_id) {
            sessions::end_all_without_access(&mut change.tx, user_id).await?;
        }
        let action = if to == Status::Active { "membership.activated" } else { "membership.deactivated" };
        self.note(change, action, To::from(&person), &json!({ "was": was(&person) })).await?;
        Ok(person)
    }

    async fn stands(&self, change: &mut Change, id: &str, status: Status) -> Result<bool, Error> {
        let id = Id::parse(id).map_err(|InvalidId| Error::NotFound)?;
        let person = memberships::by_id(&mut change.tx, &change.viewer.actor.org_id, &id).await?;
        Ok(person.is_some_and(|p| p.status == status && p.target(change.now).state != PersonState::Invited))
    }
}

/// How the switch stands after an action that turns it.
fn switched(action: Action) -> Status {
    if action == Action::Activate { Status::Active } else { Status::Deactivated }
}

/// What the dialog "Edit user" holds (B30).
#[derive(Debug, Clone, Default)]
pub struct EditPerson {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Address.
    pub email: String,
    /// The Admin box.
    pub admin: bool,
}

/// Everybody who matches, read page after page: what is held at a time is one page, however many there are.
#[derive(Debug)]
pub struct Export {
    rollcall: Rollcall,
    viewer: Viewer,
    query: PeopleQuery,
    words: Vec<String>,
    sizes: people::Sizes,
    now: Timestamp,
    over: bool,
}

impl Export {
    /// The attributes that the list shows, in their order (B39).
    pub fn attributes(&self) -> Vec<GridAttribute> {
        let all = &self.sizes.attributes;
        let column = |key: &AttributeKey| all.iter().find(|of| of.key == *key).map(GridAttribute::from);
        self.query.look.attributes.iter().filter_map(column).collect()
    }
    /// The organization, whose words the file uses.
    pub fn org(&self) -> &OrgSummary {
        &self.viewer.org
    }

    /// The next people; `None` after the last.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database went away.
    pub async fn next(&mut self) -> Result<Option<Vec<PersonRow>>, Error> {
        if self.over {
            return Ok(None);
        }
        let mut conn = self.rollcall.db.read().await?;
        let org_id = &self.viewer.actor.org_id;
        let found = people::rows(&mut conn, org_id, &self.query, &self.words, &self.sizes, self.now).await?;
        match found.behind(self.query.sort) {
            Some(cursor) => self.query.from = From::After(cursor),
            None => self.over = true,
        }
        Ok(Some(found.rows))
    }
}

/// The list from its beginning in the largest pages, however it was looked at.
pub(crate) fn walked(query: &PeopleQuery) -> PeopleQuery {
    PeopleQuery { size: PageSize::P200, ..query.restarted(|_| ()) }
}

/// The question as it stands in the URL.
fn list_of(query: &PeopleQuery) -> String {
    let pairs: Vec<String> = query.to_params().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}
