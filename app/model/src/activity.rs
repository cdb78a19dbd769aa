//! What was done by and to a person, in plain words: the lines of the audit log as their profile tells them.

use serde::{Deserialize, Serialize};

use crate::{AuditId, Kind, Role, Timestamp, domain::AutoJoin, policy::PolicyChange};

/// How many lines a page holds.
pub const ACTIVITY_PAGE: usize = 20;

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Its id, by which pages go on.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who; the name at the time.
    pub actor_name: String,
    /// To whom or what; the name at the time.
    pub target_name: String,
    /// Whether somebody did it to themselves.
    pub to_themselves: bool,
    /// What, as `noun.verb`.
    pub action: String,
    /// Further facts.
    pub detail: Detail,
}

/// The facts of a line that its sentence tells. Each action has its own few of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// With which role somebody was invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// As what, where that is not as a member of the organization itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The role before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The role afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The custom role that somebody got, or whatever role the people of one that was deleted; or a role on a connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_name: Option<String>,
    /// The group that somebody came to or left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The connection on which somebody or a group was given a role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// The model of a connection that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The application that a connection belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// What people of a custom role may do again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<String>,
    /// What they may do no more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<String>,
    /// Why somebody of the vendor's staff was let in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last day of access.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_until: Option<String>,
    /// The last day of the role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_until: Option<String>,
    /// Whether the address is another one now.
    pub email_changed: bool,
    /// The browser whose session was ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// The policies that were changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<PolicyChange>,
    /// What of the mail profile, the organization's details, a group or a connection was changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The type of an attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_type: Option<String>,
    /// The attribute of which somebody got a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The value, unless it was taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Who had a value of an attribute that was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<String>,
    /// The domain by whose address somebody came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// What was entered in the Partner section: an amount, or how many records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entered: Option<String>,
}

/// One page of lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityPage {
    /// The newest first.
    pub lines: Vec<Activity>,
    /// Whether newer ones may have been left out.
    pub continued: bool,
    /// Before which line the next page goes on, if there is one.
    pub older: Option<AuditId>,
    /// The server's clock at reading.
    pub now: Timestamp,
}

impl Activity {
    /// The line as a sentence. An action that is not known here, as of a newer release, stands there by its code.
    pub fn sentence(&self) -> String {
        let who = if self.actor_name.is_empty() { "Somebody" } else { &self.actor_name };
        format!("{who} {}", self.predicate())
    }

    /// What was done, as what follows the name.
    fn predicate(&self) -> String {
        let whom = &self.target_name;
        // Whose, where the line says so: "their own", or "of Grace Hopper" behind the noun.
        let of =
            |own: &str, other: &str| if self.to_themselves { own.to_owned() } else { format!("{other} of {whom}") };
        match self.action.as_str() {
            code if code.starts_with("organization.") => self.about_the_organization(),
            "invitation.sent" => match label_as(self.detail.role.as_deref(), self.detail.kind) {
                Some(role) => format!("invited {whom} as {role}"),
                None => format!("invited {whom}"),
            },
            "invitation.kind_changed" if self.detail.kind == Some(Kind::External) => {
                format!("made {whom} somebody who is invited from another organization")
            }
            "invitation.kind_changed" => format!("made {whom} somebody who is invited as a member"),
            "invitation.declined" => "declined the invitation".to_owned(),
            "account.created" => match label(self.detail.role.as_deref()) {
                Some(role) => format!("created the account of {whom} as {role}"),
                None => format!("created the account of {whom}"),
            },
            "password.chosen" => "chose a password of their own and joined".to_owned(),
            "policies.changed" if self.detail.changes.is_empty() => "changed the policies".to_owned(),
            "policies.changed" => {
                let told = |of: &PolicyChange| format!("“{}” from “{}” to “{}”", of.policy.label(), of.from, of.to);
                let changes: Vec<String> = self.detail.changes.iter().map(told).collect();
                format!("changed the policies: {}", changes.join(", "))
            }
            "mail_profile.changed" if self.detail.fields.is_empty() => "changed the mail profile".to_owned(),
            "mail_profile.changed" => format!("changed the mail profile: {}", self.detail.fields.join(", ")),
            "invitation.resent" => format!("sent the invitation of {whom} again"),
            "invitation.revoked" => format!("revoked the invitation of {whom}"),
            "invitation.accepted" => "accepted the invitation".to_owned(),
            "membership.updated" if self.detail.email_changed => {
                format!("updated {}", of("their own name and address", "the name and address"))
            }
            "membership.updated" => format!("updated {}", of("their own name", "the name")),
            "membership.role_changed" => {
                let role = of("their own role", "the role");
                let to = self.detail.role_name.as_deref().or_else(|| label(self.detail.to.as_deref()));
                match (label(self.detail.from.as_deref()), to) {
                    (Some(from), Some(to)) => format!("changed {role} from {from} to {to}"),
                    _ => format!("changed {role}"),
                }
            }
            code if code.starts_with("support.") => self.about_support(),
            code if code.starts_with("role.") => self.about_a_role(),
            code if code.starts_with("group.") => self.about_a_group(),
            code if code.starts_with("partner.") => self.about_partners(),
            code if code.starts_with("attribute.") => self.about_an_attribute(),
            code if code.starts_with("connection.") => self.about_a_connection(),
            code if code.starts_with("connection_role.") => self.about_a_connection_role(),
            "membership.limited" => match (&self.detail.access_until, &self.detail.role_until) {
                (None, None) => format!("took the time limits of {whom} away"),
                (Some(access), None) => format!("limited the access of {whom} until {access}"),
                (access, Some(role)) => {
                    let then = label(self.detail.to.as_deref()).map(|to| format!(", then {to}")).unwrap_or_default();
                    let access = access.as_ref().map(|day| format!(" and the access until {day}")).unwrap_or_default();
                    format!("limited the role of {whom} until {role}{then}{access}")
                }
            },
            "membership.access_ended" => format!("let the access of {whom} end, as its time was over"),
            "membership.role_ended" => match (label(self.detail.from.as_deref()), label(self.detail.to.as_deref())) {
                (Some(from), Some(to)) => {
                    format!("let the role {from} of {whom} end, as its time was over; it is {to} now")
                }
                _ => format!("let the role of {whom} end, as its time was over"),
            },
            "membership.activated" => format!("activated {whom}"),
            "membership.deactivated" => format!("deactivated {whom}"),
            "membership.deleted" => format!("deleted {whom}"),
            "membership.revoked" => format!("took {whom} out of the organization"),
            "ownership.offered" => format!("offered ownership to {whom}"),
            "ownership.cancelled" => format!("withdrew the offer of ownership to {whom}"),
            "ownership.declined" => format!("declined the ownership that {whom} offered"),
            "ownership.accepted" => format!("took over ownership from {whom}"),
            "ownership.taken" => "became an Owner".to_owned(),
            "session.created" => "signed in".to_owned(),
            "session.refused" => "was refused at signing in".to_owned(),
            "session.ended" => {
                let session = of("one of their own sessions", "a session");
                match &self.detail.browser {
                    Some(browser) => format!("ended {session} ({browser})"),
                    None => format!("ended {session}"),
                }
            }
            "sessions.ended_others" => "ended all of their own sessions but one".to_owned(),
            "password.reset_requested" => {
                format!("asked for a link to reset {}", of("their own password", "the password"))
            }
            "password.reset" => "chose a new password by a link in an email".to_owned(),
            "password.changed" => "changed their own password".to_owned(),
            "email.change_requested" => "asked to change their own address".to_owned(),
            "email.change_cancelled" => format!("cancelled the change of {}", of("their own address", "the address")),
            "email.changed" => "changed their own address".to_owned(),
            "sessions.ended_all" => format!("ended {}", of("all of their own sessions", "all sessions")),
            code if code.starts_with("view.") => self.about_a_view(),
            code if code.starts_with("request.") => self.about_a_request(),
            code if code.starts_with("domain.") => self.of_domain(code),
            code => unknown(code, whom),
        }
    }

    /// What was done with a saved view (N1).
    fn about_a_view(&self) -> String {
        let whom = &self.target_name;
        match self.action.as_str() {
            "view.shared" => format!("shared the view {whom}"),
            "view.unshared" => format!("stopped sharing the view {whom}"),
            "view.changed" => format!("changed the shared view {whom}"),
            "view.deleted" => format!("deleted the shared view {whom}"),
            code => unknown(code, whom),
        }
    }

    /// What became of a request for an invitation (B26).
    fn about_a_request(&self) -> String {
        let whom = &self.target_name;
        match self.action.as_str() {
            "request.filed" => "asked for an invitation".to_owned(),
            "request.approved" => format!("approved the request of {whom} for an invitation"),
            "request.dismissed" => format!("dismissed the request of {whom} for an invitation"),
            code => unknown(code, whom),
        }
    }

    /// What was done to the organization itself.
    fn about_the_organization(&self) -> String {
        let whom = &self.target_name;
        match self.action.as_str() {
            "organization.created" => format!("created the organization {whom}"),
            "organization.changed" if self.detail.fields.is_empty() => "changed the organization".to_owned(),
            "organization.changed" => format!("changed the organization: {}", self.detail.fields.join(", ")),
            "organization.archived" => format!("archived the organization {whom}"),
            "organization.restored" => format!("restored the organization {whom}"),
            code => unknown(code, whom),
        }
    }

    /// How the vendor's staff came and went (B53).
    fn about_support(&self) -> String {
        let whom = &self.target_name;
        match self.action.as_str() {
            "support.granted" => {
                let role = label(self.detail.role.as_deref()).map(|role| format!(" as {role}")).unwrap_or_default();
                let until = self.detail.access_until.as_deref();
                let until = until.map(|day| format!(" until {day}")).unwrap_or_default();
                let why = self.detail.reason.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
                format!("gave {whom} support access{role}{until}{why}")
            }
            "support.withdrawn" => format!("took the support access of {whom} away"),
            code => unknown(code, whom),
        }
    }

    /// The same of a custom role (B41).
    fn about_a_role(&self) -> String {
        let whom = &self.target_name;
        match self.action.as_str() {
            "role.created" => match label(self.detail.role.as_deref()) {
                Some(base) => format!("made the role {whom} out of {base}"),
                None => format!("made the role {whom}"),
            },
            "role.changed" => format!("changed the role {whom}{}", self.given_and_taken()),
            _ => match &self.detail.role_name {
                Some(to) => format!("deleted the role {whom}; who had it has {to} now"),
                None => format!("deleted the role {whom}"),
            },
        }
    }

    /// The same of a custom connection role.
    fn about_a_connection_role(&self) -> String {
        let whom = &self.target_name;
        let base = self.detail.role_name.as_deref().unwrap_or_default();
        match self.action.as_str() {
            "connection_role.created" => format!("made the connection role {whom} out of {base}"),
            "connection_role.changed" => format!("changed the connection role {whom}{}", self.given_and_taken()),
            "connection_role.deleted" => format!("deleted the connection role {whom}; who had it has {base} now"),
            code => unknown(code, whom),
        }
    }

    /// What people of a custom role may do again, and no more, behind what is said of the role.
    fn given_and_taken(&self) -> String {
        let list = |what: &str, of: &[String]| (!of.is_empty()).then(|| format!("; {what}: {}", of.join(", ")));
        let changes = [list("gave back", &self.detail.given), list("took away", &self.detail.taken)];
        changes.into_iter().flatten().collect()
    }

    /// The same of a group (B38).
    fn about_a_group(&self) -> String {
        let whom = &self.target_name;
        match self.action.as_str() {
            "group.created" => match &self.detail.role_name {
                Some(role) => format!("made the group {whom}, which gives the role {role}"),
                None => format!("made the group {whom}"),
            },
            "group.changed" => format!("changed the group {whom}: {}", self.detail.fields.join(", ")),
            "group.deleted" => format!("deleted the group {whom}"),
            "group.joined" => {
                let group = self.detail.group.as_deref().unwrap_or_default();
                if self.to_themselves {
                    format!("joined the group {group}")
                } else {
                    format!("put {whom} into the group {group}")
                }
            }
            _ => {
                let group = self.detail.group.as_deref().unwrap_or_default();
                if self.to_themselves {
                    format!("left the group {group}")
                } else {
                    format!("took {whom} out of the group {group}")
                }
            }
        }
    }

    /// The same of referrals, commissions and payouts (B44).
    fn about_partners(&self) -> String {
        let whom = &self.target_name;
        let of = self.detail.entered.as_deref().map(|amount| format!(" of {amount}")).unwrap_or_default();
        match self.action.as_str() {
            "partner.link_created" => "made a referral link".to_owned(),
            "partner.link_replaced" => "replaced the referral link; the one before is no longer valid".to_owned(),
            "partner.customer_referred" => format!("recorded that {whom} was founded through the referral link"),
            "partner.commission_entered" => format!("entered a commission{of}: {whom}"),
            "partner.payout_entered" => format!("entered a payout{of}: {whom}"),
            "partner.records_imported" => {
                let what = self.detail.entered.as_deref().unwrap_or("commissions and payouts");
                format!("imported {what}")
            }
            code => unknown(code, whom),
        }
    }

    /// The same of an attribute (B39).
    fn about_an_attribute(&self) -> String {
        let whom = &self.target_name;
        let attribute = self.detail.attribute.as_deref().unwrap_or("an attribute");
        match self.action.as_str() {
            "attribute.created" => match &self.detail.value_type {
                Some(of) => format!("defined the attribute {whom} ({of})"),
                None => format!("defined the attribute {whom}"),
            },
            "attribute.changed" => format!("changed the attribute {whom}: {}", self.detail.fields.join(", ")),
            "attribute.deleted" => match &self.detail.lost {
                Some(who) => format!("deleted the attribute {whom}, of which {who} had a value"),
                None => format!("deleted the attribute {whom}"),
            },
            "attribute.set" | "attribute.set_of_group" => {
                let of_group = if self.action == "attribute.set" { "" } else { "the group " };
                match (&self.detail.value, self.to_themselves) {
                    (Some(value), true) => format!("set their own {attribute} to {value}"),
                    (Some(value), false) => format!("set {attribute} of {of_group}{whom} to {value}"),
                    (None, true) => format!("took their own value of {attribute} away"),
                    (None, false) => format!("took the value of {attribute} away from {of_group}{whom}"),
                }
            }
            code => unknown(code, whom),
        }
    }

    /// The same of a connection, and of roles on it (B40).
    fn about_a_connection(&self) -> String {
        let whom = &self.target_name;
        let model = self.detail.model.as_deref().unwrap_or_default();
        // The connection, or a model of it alone.
        let on = || {
            let connection = self.detail.connection.as_deref().unwrap_or_default();
            if model.is_empty() { connection.to_owned() } else { format!("the model {model} of {connection}") }
        };
        let role = self.detail.role_name.as_deref().unwrap_or_default();
        match self.action.as_str() {
            "connection.registered" => match &self.detail.application {
                Some(application) => format!("registered the connection {whom} of {application}"),
                None => format!("registered the connection {whom}"),
            },
            "connection.changed" => format!("changed the connection {whom}: {}", self.detail.fields.join(", ")),
            "connection.deleted" => format!("deleted the connection {whom}"),
            "connection.model_added" => format!("added the model {model} to the connection {whom}"),
            "connection.model_removed" => format!("removed the model {model} from the connection {whom}"),
            "connection.role_given" if self.to_themselves => format!("gave themselves the role {role} on {}", on()),
            "connection.role_given" => format!("gave {whom} the role {role} on {}", on()),
            "connection.role_taken" if self.to_themselves => format!("took their own role on {} away", on()),
            "connection.role_taken" => format!("took the role of {whom} on {} away", on()),
            "connection.group_role_given" => format!("let the group {whom} give the role {role} on {}", on()),
            "connection.group_role_taken" => format!("let the group {whom} give no role on {} any more", on()),
            code => unknown(code, whom),
        }
    }

    /// The same of what has to do with a domain.
    fn of_domain(&self, code: &str) -> String {
        let whom = &self.target_name;
        match code {
            "domain.added" => format!("added the domain {whom}"),
            "domain.checked" => format!("looked for the record of the domain {whom}"),
            "domain.verified" => format!("verified the domain {whom}"),
            "domain.deleted" => format!("deleted the domain {whom}"),
            "domain.auto_join_changed" => match self.detail.to.as_deref().and_then(AutoJoin::from_code) {
                Some(choice) => format!("chose how people of the domain {whom} come in: “{}”", choice.label()),
                None => format!("chose how people of the domain {whom} come in"),
            },
            "domain.let_in" => match &self.detail.domain {
                Some(domain) => format!("let {whom} in by the domain {domain}"),
                None => format!("let {whom} in by a domain"),
            },
            "domain.joined" => match &self.detail.domain {
                Some(domain) => format!("joined by an address of the domain {domain}"),
                None => "joined by the domain of their address".to_owned(),
            },
            code => unknown(code, whom),
        }
    }
}

/// An action that a newer release may have written.
fn unknown(code: &str, whom: &str) -> String {
    if whom.is_empty() { code.to_owned() } else { format!("{code}: {whom}") }
}

/// A role as it is shown, by its code.
fn label(code: Option<&str>) -> Option<&'static str> {
    code.and_then(Role::from_code).map(Role::label)
}

/// The same, for somebody of a kind.
fn label_as(code: Option<&str>, kind: Option<Kind>) -> Option<&'static str> {
    Some(code.and_then(Role::from_code)?.label_as(kind.unwrap_or(Kind::Standard)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Policies, id::Id as _, time::DAY};

    fn line(action: &str, detail: Detail) -> Activity {
        Activity {
            id: AuditId::fresh(Timestamp::from_millis(1), [1; 10]),
            at: Timestamp::from_millis(1),
            actor_name: "Ada Lovelace".to_owned(),
            target_name: "Grace Hopper".to_owned(),
            to_themselves: false,
            action: action.to_owned(),
            detail,
        }
    }

    #[test]
    fn lines_about_attributes_are_sentences() {
        let set = |value: Option<&str>| Detail {
            attribute: Some("Region".into()),
            value: value.map(str::to_owned),
            ..Detail::default()
        };
        let fields = Detail { fields: vec!["label".into(), "options".into()], ..Detail::default() };
        let lost = Detail { lost: Some("3 people and 1 group".into()), ..Detail::default() };
        let of_list = Detail { value_type: Some("List".into()), ..Detail::default() };
        for (action, detail, to_themselves, sentence) in [
            ("attribute.created", of_list, false, "defined the attribute Grace Hopper (List)"),
            ("attribute.changed", fields, false, "changed the attribute Grace Hopper: label, options"),
            ("attribute.deleted", Detail::default(), false, "deleted the attribute Grace Hopper"),
            (
                "attribute.deleted",
                lost,
                false,
                "deleted the attribute Grace Hopper, of which 3 people and 1 group had a value",
            ),
            ("attribute.set", set(Some("EMEA")), false, "set Region of Grace Hopper to EMEA"),
            ("attribute.set", set(None), false, "took the value of Region away from Grace Hopper"),
            ("attribute.set", set(Some("EMEA")), true, "set their own Region to EMEA"),
            ("attribute.set", set(None), true, "took their own value of Region away"),
            ("attribute.set_of_group", set(Some("EMEA")), false, "set Region of the group Grace Hopper to EMEA"),
            ("attribute.set_of_group", set(None), false, "took the value of Region away from the group Grace Hopper"),
            ("attribute.sold", set(None), false, "attribute.sold: Grace Hopper"),
        ] {
            let told = Activity { to_themselves, ..line(action, detail) }.sentence();
            assert_eq!(told, format!("Ada Lovelace {sentence}"));
        }
    }

    #[test]
    fn lines_about_roles_groups_and_support_are_sentences() {
        let plain = Detail::default;
        for (action, detail, sentence) in [
            ("support.granted", plain(), "Ada Lovelace gave Grace Hopper support access"),
            (
                "support.granted",
                Detail {
                    role: Some("admin".into()),
                    access_until: Some("5 Dec 2026".into()),
                    reason: Some("Ticket 4711".into()),
                    ..plain()
                },
                "Ada Lovelace gave Grace Hopper support access as Admin until 5 Dec 2026: Ticket 4711",
            ),
            ("group.created", plain(), "Ada Lovelace made the group Grace Hopper"),
            (
                "group.created",
                Detail { role_name: Some("Admin".into()), ..plain() },
                "Ada Lovelace made the group Grace Hopper, which gives the role Admin",
            ),
            (
                "group.changed",
                Detail { fields: vec!["name".into(), "role".into()], ..plain() },
                "Ada Lovelace changed the group Grace Hopper: name, role",
            ),
            ("group.deleted", plain(), "Ada Lovelace deleted the group Grace Hopper"),
            (
                "group.joined",
                Detail { group: Some("Support".into()), ..plain() },
                "Ada Lovelace put Grace Hopper into the group Support",
            ),
            (
                "group.left",
                Detail { group: Some("Support".into()), ..plain() },
                "Ada Lovelace took Grace Hopper out of the group Support",
            ),
            ("support.withdrawn", plain(), "Ada Lovelace took the support access of Grace Hopper away"),
            (
                "membership.role_changed",
                Detail { from: Some("member".into()), role_name: Some("Help desk".into()), ..plain() },
                "Ada Lovelace changed the role of Grace Hopper from Member to Help desk",
            ),
            (
                "role.created",
                Detail { role: Some("admin".into()), ..plain() },
                "Ada Lovelace made the role Grace Hopper out of Admin",
            ),
            ("role.changed", plain(), "Ada Lovelace changed the role Grace Hopper"),
            (
                "role.changed",
                Detail { given: vec!["Invite people".into()], taken: vec!["Edit policies".into()], ..plain() },
                "Ada Lovelace changed the role Grace Hopper; gave back: Invite people; took away: Edit policies",
            ),
            ("role.deleted", plain(), "Ada Lovelace deleted the role Grace Hopper"),
            (
                "role.deleted",
                Detail { role_name: Some("Admin".into()), ..plain() },
                "Ada Lovelace deleted the role Grace Hopper; who had it has Admin now",
            ),
        ] {
            assert_eq!(line(action, detail).sentence(), sentence);
        }
    }

    #[test]
    fn lines_about_connections_are_sentences() {
        let on = |role: Option<&str>, model: Option<&str>| Detail {
            connection: Some("Warehouse".into()),
            role_name: role.map(str::to_owned),
            model: model.map(str::to_owned),
            ..Detail::default()
        };
        let sales = || Detail { model: Some("Sales".into()), ..Detail::default() };
        for (action, detail, predicate) in [
            ("connection.registered", Detail::default(), "registered the connection Grace Hopper"),
            (
                "connection.registered",
                Detail { application: Some("Insight".into()), ..Detail::default() },
                "registered the connection Grace Hopper of Insight",
            ),
            (
                "connection.changed",
                Detail { fields: vec!["name".into(), "default role".into()], ..Detail::default() },
                "changed the connection Grace Hopper: name, default role",
            ),
            ("connection.deleted", Detail::default(), "deleted the connection Grace Hopper"),
            ("connection.model_added", sales(), "added the model Sales to the connection Grace Hopper"),
            ("connection.model_removed", sales(), "removed the model Sales from the connection Grace Hopper"),
            ("connection.role_given", on(Some("Querier"), None), "gave Grace Hopper the role Querier on Warehouse"),
            (
                "connection.role_given",
                on(Some("Querier"), Some("Sales")),
                "gave Grace Hopper the role Querier on the model Sales of Warehouse",
            ),
            ("connection.role_taken", on(None, None), "took the role of Grace Hopper on Warehouse away"),
            (
                "connection.group_role_given",
                on(Some("Viewer"), None),
                "let the group Grace Hopper give the role Viewer on Warehouse",
            ),
            (
                "connection.group_role_taken",
                on(None, Some("Sales")),
                "let the group Grace Hopper give no role on the model Sales of Warehouse any more",
            ),
            ("connection.mended", Detail::default(), "connection.mended: Grace Hopper"),
            (
                "connection_role.created",
                Detail { role_name: Some("Modeler".into()), ..Detail::default() },
                "made the connection role Grace Hopper out of Modeler",
            ),
            (
                "connection_role.changed",
                Detail { taken: vec!["Query".into()], ..Detail::default() },
                "changed the connection role Grace Hopper; took away: Query",
            ),
            (
                "connection_role.deleted",
                Detail { role_name: Some("Modeler".into()), ..Detail::default() },
                "deleted the connection role Grace Hopper; who had it has Modeler now",
            ),
        ] {
            assert_eq!(line(action, detail).sentence(), format!("Ada Lovelace {predicate}"));
        }
        let own = |action: &str| Activity { to_themselves: true, ..line(action, on(Some("Modeler"), None)) }.sentence();
        assert_eq!(own("connection.role_given"), "Ada Lovelace gave themselves the role Modeler on Warehouse");
        assert_eq!(own("connection.role_taken"), "Ada Lovelace took their own role on Warehouse away");
    }

    /// Every action that the service writes; whoever adds one there adds its words here.
    #[test]
    #[expect(clippy::too_many_lines, reason = "a line for each action")]
    fn every_line_is_a_sentence() {
        let plain = Detail::default;
        let roles = |from: &str, to: &str| Detail { from: Some(from.into()), to: Some(to.into()), ..plain() };
        let changed = Policies { invitation_ttl_ms: DAY, seats: Some(30), ..Policies::default() };
        let browser = || Detail { browser: Some("Firefox on Linux".into()), ..plain() };
        let lines = vec![
            ("organization.created", plain(), "Ada Lovelace created the organization Grace Hopper"),
            (
                "invitation.sent",
                Detail { role: Some("member".into()), ..plain() },
                "Ada Lovelace invited Grace Hopper as Member",
            ),
            (
                "invitation.sent",
                Detail { role: Some("viewer".into()), kind: Some(Kind::External), ..plain() },
                "Ada Lovelace invited Grace Hopper as External user",
            ),
            ("invitation.sent", plain(), "Ada Lovelace invited Grace Hopper"),
            ("invitation.declined", plain(), "Ada Lovelace declined the invitation"),
            (
                "invitation.kind_changed",
                Detail { kind: Some(Kind::External), ..plain() },
                "Ada Lovelace made Grace Hopper somebody who is invited from another organization",
            ),
            (
                "invitation.kind_changed",
                Detail { kind: Some(Kind::Standard), ..plain() },
                "Ada Lovelace made Grace Hopper somebody who is invited as a member",
            ),
            ("organization.changed", plain(), "Ada Lovelace changed the organization"),
            (
                "organization.changed",
                Detail { fields: vec!["name".into(), "address".into()], ..plain() },
                "Ada Lovelace changed the organization: name, address",
            ),
            ("organization.archived", plain(), "Ada Lovelace archived the organization Grace Hopper"),
            ("organization.restored", plain(), "Ada Lovelace restored the organization Grace Hopper"),
            (
                "account.created",
                Detail { role: Some("viewer".into()), ..plain() },
                "Ada Lovelace created the account of Grace Hopper as Viewer",
            ),
            ("account.created", plain(), "Ada Lovelace created the account of Grace Hopper"),
            ("password.chosen", plain(), "Ada Lovelace chose a password of their own and joined"),
            ("policies.changed", plain(), "Ada Lovelace changed the policies"),
            (
                "policies.changed",
                Detail { changes: Policies::default().changes_to(&changed), ..plain() },
                "Ada Lovelace changed the policies: “Time to accept” from “7 days” to “1 day”, “Seats” from \
                 “Unlimited” to “30”",
            ),
            ("mail_profile.changed", plain(), "Ada Lovelace changed the mail profile"),
            (
                "mail_profile.changed",
                Detail { fields: vec!["sender name".into(), "logo".into()], ..plain() },
                "Ada Lovelace changed the mail profile: sender name, logo",
            ),
            ("invitation.resent", plain(), "Ada Lovelace sent the invitation of Grace Hopper again"),
            ("invitation.revoked", plain(), "Ada Lovelace revoked the invitation of Grace Hopper"),
            ("invitation.accepted", plain(), "Ada Lovelace accepted the invitation"),
            ("membership.updated", plain(), "Ada Lovelace updated the name of Grace Hopper"),
            (
                "membership.updated",
                Detail { email_changed: true, ..plain() },
                "Ada Lovelace updated the name and address of Grace Hopper",
            ),
            (
                "membership.role_changed",
                roles("member", "admin"),
                "Ada Lovelace changed the role of Grace Hopper from Member to Admin",
            ),
            ("membership.role_changed", roles("member", "emperor"), "Ada Lovelace changed the role of Grace Hopper"),
            ("membership.limited", plain(), "Ada Lovelace took the time limits of Grace Hopper away"),
            (
                "membership.limited",
                Detail { access_until: Some("5 Dec 2026".into()), ..plain() },
                "Ada Lovelace limited the access of Grace Hopper until 5 Dec 2026",
            ),
            (
                "membership.limited",
                Detail { role_until: Some("5 Dec 2026".into()), to: Some("member".into()), ..plain() },
                "Ada Lovelace limited the role of Grace Hopper until 5 Dec 2026, then Member",
            ),
            (
                "membership.limited",
                Detail {
                    access_until: Some("9 Dec 2026".into()),
                    role_until: Some("5 Dec 2026".into()),
                    to: Some("member".into()),
                    ..plain()
                },
                "Ada Lovelace limited the role of Grace Hopper until 5 Dec 2026, then Member and the access until 9 Dec 2026",
            ),
            (
                "membership.access_ended",
                plain(),
                "Ada Lovelace let the access of Grace Hopper end, as its time was over",
            ),
            (
                "membership.role_ended",
                roles("admin", "member"),
                "Ada Lovelace let the role Admin of Grace Hopper end, as its time was over; it is Member now",
            ),
            ("membership.activated", plain(), "Ada Lovelace activated Grace Hopper"),
            ("membership.deactivated", plain(), "Ada Lovelace deactivated Grace Hopper"),
            ("membership.deleted", plain(), "Ada Lovelace deleted Grace Hopper"),
            ("membership.revoked", plain(), "Ada Lovelace took Grace Hopper out of the organization"),
            ("ownership.offered", plain(), "Ada Lovelace offered ownership to Grace Hopper"),
            ("ownership.cancelled", plain(), "Ada Lovelace withdrew the offer of ownership to Grace Hopper"),
            ("ownership.declined", plain(), "Ada Lovelace declined the ownership that Grace Hopper offered"),
            ("ownership.accepted", plain(), "Ada Lovelace took over ownership from Grace Hopper"),
            ("ownership.taken", plain(), "Ada Lovelace became an Owner"),
            ("session.created", plain(), "Ada Lovelace signed in"),
            ("session.refused", plain(), "Ada Lovelace was refused at signing in"),
            ("session.ended", browser(), "Ada Lovelace ended a session of Grace Hopper (Firefox on Linux)"),
            ("session.ended", plain(), "Ada Lovelace ended a session of Grace Hopper"),
            ("sessions.ended_all", plain(), "Ada Lovelace ended all sessions of Grace Hopper"),
            ("sessions.ended_others", plain(), "Ada Lovelace ended all of their own sessions but one"),
            (
                "password.reset_requested",
                plain(),
                "Ada Lovelace asked for a link to reset the password of Grace Hopper",
            ),
            ("password.reset", plain(), "Ada Lovelace chose a new password by a link in an email"),
            ("password.changed", plain(), "Ada Lovelace changed their own password"),
            ("email.change_requested", plain(), "Ada Lovelace asked to change their own address"),
            ("email.change_cancelled", plain(), "Ada Lovelace cancelled the change of the address of Grace Hopper"),
            ("email.changed", plain(), "Ada Lovelace changed their own address"),
            ("view.shared", plain(), "Ada Lovelace shared the view Grace Hopper"),
            ("view.unshared", plain(), "Ada Lovelace stopped sharing the view Grace Hopper"),
            ("view.changed", plain(), "Ada Lovelace changed the shared view Grace Hopper"),
            ("view.deleted", plain(), "Ada Lovelace deleted the shared view Grace Hopper"),
            ("request.filed", plain(), "Ada Lovelace asked for an invitation"),
            ("request.approved", plain(), "Ada Lovelace approved the request of Grace Hopper for an invitation"),
            ("request.dismissed", plain(), "Ada Lovelace dismissed the request of Grace Hopper for an invitation"),
            ("webhook.made", plain(), "Ada Lovelace webhook.made: Grace Hopper"),
        ];
        for (action, detail, sentence) in lines {
            assert_eq!(line(action, detail).sentence(), sentence);
        }
    }

    #[test]
    fn every_line_about_a_domain_is_a_sentence() {
        let plain = Detail::default;
        let of_domain = || Detail { domain: Some("engines.example".into()), ..plain() };
        for (action, detail, sentence) in [
            ("domain.added", plain(), "Ada Lovelace added the domain Grace Hopper"),
            ("domain.checked", plain(), "Ada Lovelace looked for the record of the domain Grace Hopper"),
            ("domain.verified", plain(), "Ada Lovelace verified the domain Grace Hopper"),
            ("domain.deleted", plain(), "Ada Lovelace deleted the domain Grace Hopper"),
            (
                "domain.auto_join_changed",
                Detail { to: Some("invite".into()), ..plain() },
                "Ada Lovelace chose how people of the domain Grace Hopper come in: “Who asks is invited”",
            ),
            (
                "domain.auto_join_changed",
                Detail { to: Some("teleport".into()), ..plain() },
                "Ada Lovelace chose how people of the domain Grace Hopper come in",
            ),
            ("domain.let_in", of_domain(), "Ada Lovelace let Grace Hopper in by the domain engines.example"),
            ("domain.let_in", plain(), "Ada Lovelace let Grace Hopper in by a domain"),
            ("domain.joined", of_domain(), "Ada Lovelace joined by an address of the domain engines.example"),
            ("domain.joined", plain(), "Ada Lovelace joined by the domain of their address"),
            ("domain.sold", plain(), "Ada Lovelace domain.sold: Grace Hopper"),
        ] {
            assert_eq!(line(action, detail).sentence(), sentence);
        }
    }

    #[test]
    fn every_line_about_partners_is_a_sentence() {
        let plain = Detail::default;
        let entered = |what: &str| Detail { entered: Some(what.into()), ..plain() };
        for (action, detail, sentence) in [
            ("partner.link_created", plain(), "Ada Lovelace made a referral link"),
            (
                "partner.link_replaced",
                plain(),
                "Ada Lovelace replaced the referral link; the one before is no longer valid",
            ),
            (
                "partner.customer_referred",
                plain(),
                "Ada Lovelace recorded that Grace Hopper was founded through the referral link",
            ),
            (
                "partner.commission_entered",
                entered("12.50 EUR"),
                "Ada Lovelace entered a commission of 12.50 EUR: Grace Hopper",
            ),
            ("partner.payout_entered", plain(), "Ada Lovelace entered a payout: Grace Hopper"),
            (
                "partner.records_imported",
                entered("2 commissions and 1 payout"),
                "Ada Lovelace imported 2 commissions and 1 payout",
            ),
            ("partner.records_imported", plain(), "Ada Lovelace imported commissions and payouts"),
            ("partner.sold", plain(), "Ada Lovelace partner.sold: Grace Hopper"),
        ] {
            assert_eq!(line(action, detail).sentence(), sentence);
        }
    }

    #[test]
    fn what_somebody_does_to_themselves_is_said_so() {
        let roles = Detail { from: Some("admin".into()), to: Some("viewer".into()), ..Detail::default() };
        for (action, detail, sentence) in [
            ("membership.updated", Detail::default(), "Ada Lovelace updated their own name"),
            ("membership.role_changed", roles, "Ada Lovelace changed their own role from Admin to Viewer"),
            ("session.ended", Detail::default(), "Ada Lovelace ended one of their own sessions"),
            (
                "group.joined",
                Detail { group: Some("Support".into()), ..Detail::default() },
                "Ada Lovelace joined the group Support",
            ),
            (
                "group.left",
                Detail { group: Some("Support".into()), ..Detail::default() },
                "Ada Lovelace left the group Support",
            ),
            ("sessions.ended_all", Detail::default(), "Ada Lovelace ended all of their own sessions"),
        ] {
            assert_eq!(Activity { to_themselves: true, ..line(action, detail) }.sentence(), sentence);
        }
    }

    #[test]
    fn a_line_without_names_is_still_a_sentence() {
        let nameless =
            Activity { actor_name: String::new(), target_name: String::new(), ..line("tick.ran", Detail::default()) };
        assert_eq!(nameless.sentence(), "Somebody tick.ran");
    }
}
