//! What other policies would mean for the people who are there, told before they are saved.

use serde::{Deserialize, Serialize};

use super::{DeleteScope, EmailReuse, Policies, PolicyChange, Preset};
use crate::{
    Kind, PersonState, Role, Source,
    people::Census,
    text::{counted, thousands},
};

/// The page of policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicySettings {
    /// As they are.
    pub policies: Policies,
    /// How many seats are taken.
    pub seats_taken: u64,
}

/// What would change if other policies were saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyPreview {
    /// As they would be, with the version that they would take the place of.
    pub policies: Policies,
    /// The preset that they are of, where one was chosen.
    pub preset: Option<Preset>,
    /// What is different from now.
    pub changes: Vec<PolicyChange>,
    /// What that means for whom, a sentence each.
    pub effects: Vec<String>,
    /// Whether somebody else saved other ones since the page was opened.
    pub saved_meanwhile: bool,
}

/// How many people the policies touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PeopleNow {
    /// Who takes a seat (policy M).
    pub seats_taken: u64,
    /// Open invitations by link.
    pub open_links: u64,
    /// Accounts that wait for their first sign-in.
    pub open_accounts: u64,
    /// Those of both that are as Admin.
    pub open_as_admin: u64,
    /// Who is Admin and active.
    pub admins: u64,
    /// Who is Owner.
    pub owners: u64,
    /// Who is kept from signing in.
    pub deactivated: u64,
}

impl PeopleNow {
    /// By the counters.
    pub fn of(census: &Census) -> Self {
        use PersonState::{Active, Deactivated, Invited};
        let standing = |kind| matches!(kind, Kind::Standard | Kind::External | Kind::Support);
        Self {
            seats_taken: census.seats_taken(),
            open_links: census.count(|of| of.state == Invited && of.source != Source::Created),
            open_accounts: census.count(|of| of.state == Invited && of.source == Source::Created),
            open_as_admin: census.count(|of| of.state == Invited && of.role == Role::Admin),
            admins: census.count(|of| standing(of.kind) && of.state == Active && of.role == Role::Admin),
            owners: census.count(|of| of.role == Role::Owner),
            deactivated: census.count(|of| of.state == Deactivated),
        }
    }
}

/// What changes for whom, a sentence each.
pub fn effects(from: &Policies, to: &Policies, people: &PeopleNow) -> Vec<String> {
    let mut effects = Vec::new();
    let mut say = |text: String| effects.push(text);
    if from.onboarding != to.onboarding {
        onboarding(from, to, people, &mut say);
    }
    if from.email_domains != to.email_domains {
        say(match &to.email_domains {
            any if any.is_any() => "Any address can be invited.".to_owned(),
            domains => {
                format!("Only addresses of {domains} can be invited. Nobody who is here or was invited loses access.")
            }
        });
    }
    if from.invitation_ttl_ms != to.invitation_ttl_ms {
        let ttl = to.words(super::PolicyKey::InvitationTtl);
        say(format!("What is sent from now on can be used for {ttl}."));
        match people.open_links + people.open_accounts {
            0 => {}
            1 => say("1 open invitation keeps the end it was sent with.".to_owned()),
            n => say(format!("{} open invitations keep the end they were sent with.", thousands(n))),
        }
    }
    if from.copy_links != to.copy_links {
        say(if to.copy_links {
            "Who invites sees the link once and can pass it on.".to_owned()
        } else {
            "Links go out by email alone; who invites no longer sees them.".to_owned()
        });
    }
    if from.default_role != to.default_role {
        let role = to.default_role.label();
        say(format!("Who is invited with no other role starts as {role}. Nobody’s role changes now."));
    }
    if from.admin_grantable != to.admin_grantable {
        admins(to, people, &mut say);
    }
    if from.max_owners != to.max_owners {
        say(owners(to.max_owners, people.owners));
    }
    if from.status_words != to.status_words {
        say(format!("Statuses will be called {}.", to.status_words.list()));
        let locked_out = to.status_words.label(PersonState::Deactivated);
        if people.deactivated > 0 && locked_out != from.status_words.label(PersonState::Deactivated) {
            say(format!("{} will read as {locked_out}.", counted(people.deactivated, "person", "people")));
        }
    }
    if from.seats != to.seats {
        say(seats(to.seats, people.seats_taken));
    }
    if from.delete_scope != to.delete_scope {
        say(match to.delete_scope {
            DeleteScope::Any => "Owners and admins can delete anybody for good, but for the last Owner.".to_owned(),
            DeleteScope::Unaccepted => "Whoever has joined can no longer be deleted.".to_owned(),
            DeleteScope::Off => "Nobody can be deleted any more.".to_owned(),
        });
    }
    if from.email_reuse != to.email_reuse {
        say(match to.email_reuse {
            EmailReuse::Never => {
                "No address of a deleted person can be used for a new account, those of earlier deletions included."
                    .to_owned()
            }
            EmailReuse::AfterDays(_) => {
                let after = to.email_reuse.label().to_lowercase();
                format!("The address of a deleted person can be used again {after}, counted from the deletion.")
            }
            EmailReuse::Always => {
                "The addresses of deleted people can be used again, those of earlier deletions included.".to_owned()
            }
        });
    }
    if from.invitation_requests != to.invitation_requests {
        say(if to.invitation_requests {
            "Who has no account can ask for an invitation on your sign-in page. Nobody gets one that you do not approve."
                .to_owned()
        } else {
            "Nobody can ask for an invitation on your sign-in page any more. Who has asked still waits for your answer."
                .to_owned()
        });
    }
    if from.show_pending_external != to.show_pending_external {
        say(if to.show_pending_external {
            "People of other organizations stand on the list External as soon as they are invited.".to_owned()
        } else {
            "People of other organizations stand on the list External once they have accepted; until then under \
             Invitations."
                .to_owned()
        });
    }
    effects
}

fn onboarding(from: &Policies, to: &Policies, people: &PeopleNow, say: &mut impl FnMut(String)) {
    if !from.onboarding.by_password() && to.onboarding.by_password() {
        say("Accounts can be created with a temporary password, which goes out by email.".to_owned());
    }
    if !from.onboarding.by_link() && to.onboarding.by_link() {
        say("People can be invited by link.".to_owned());
    }
    if from.onboarding.by_password() && !to.onboarding.by_password() {
        say("Accounts with a temporary password are no longer created.".to_owned());
        match people.open_accounts {
            0 => {}
            1 => say("1 person who waits with a temporary password can still use it.".to_owned()),
            n => say(format!("{} people who wait with a temporary password can still use it.", thousands(n))),
        }
    }
    if from.onboarding.by_link() && !to.onboarding.by_link() {
        say("Nobody is invited by link any more.".to_owned());
        if people.open_links > 0 {
            let open = counted(people.open_links, "open invitation", "open invitations");
            say(format!("{open} can still be accepted."));
        }
    }
}

fn admins(to: &Policies, people: &PeopleNow, say: &mut impl FnMut(String)) {
    if to.admin_grantable {
        say("Owners and admins can make others admins.".to_owned());
        return;
    }
    say("Nobody can be made an admin any more.".to_owned());
    match people.admins {
        0 => {}
        1 => say("1 admin keeps the role.".to_owned()),
        n => say(format!("{} admins keep the role.", thousands(n))),
    }
    if people.open_as_admin > 0 {
        let open = counted(people.open_as_admin, "open invitation as Admin", "open invitations as Admin");
        say(format!("{open} can no longer be accepted."));
    }
}

fn owners(max: u16, now: u64) -> String {
    let allowed = counted(u64::from(max), "Owner is allowed", "Owners are allowed");
    match now.saturating_sub(u64::from(max)) {
        0 => format!("{allowed}."),
        _ => format!("{allowed}. There are {} now, and nobody loses the role by this.", thousands(now)),
    }
}

fn seats(seats: Option<u32>, taken: u64) -> String {
    let Some(seats) = seats.map(u64::from) else { return "Any number of people can be invited.".to_owned() };
    let stand = format!(
        "{} of {} taken",
        thousands(taken),
        if seats == 1 { "1 seat is".to_owned() } else { format!("{} seats are", thousands(seats)) }
    );
    match (taken + 1).saturating_sub(seats) {
        0 => format!("{stand}."),
        1 => format!("{stand}: nobody can be invited or activated until one is free. Nobody loses access."),
        over => {
            let over = thousands(over);
            format!("{stand}: nobody can be invited or activated until {over} more are freed. Nobody loses access.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        people::Class,
        policy::{Onboarding, StatusWords},
        time::DAY,
    };

    const PEOPLE: PeopleNow = PeopleNow {
        seats_taken: 37,
        open_links: 12,
        open_accounts: 1,
        open_as_admin: 2,
        admins: 3,
        owners: 1,
        deactivated: 5,
    };

    fn told(to: &Policies, people: &PeopleNow) -> Vec<String> {
        effects(&Policies::default(), to, people)
    }

    #[test]
    fn each_change_says_what_becomes_of_whom() {
        let base = Policies::default();
        for (to, sentences) in [
            (base.clone(), &[][..]),
            (
                Policies { invitation_ttl_ms: 3 * DAY, ..base.clone() },
                &[
                    "What is sent from now on can be used for 3 days.",
                    "13 open invitations keep the end they were sent with.",
                ],
            ),
            (
                Policies { onboarding: Onboarding::Both, ..base.clone() },
                &["Accounts can be created with a temporary password, which goes out by email."],
            ),
            (
                Policies { onboarding: Onboarding::TemporaryPassword, ..base.clone() },
                &[
                    "Accounts can be created with a temporary password, which goes out by email.",
                    "Nobody is invited by link any more.",
                    "12 open invitations can still be accepted.",
                ],
            ),
            (
                Policies { copy_links: false, ..base.clone() },
                &["Links go out by email alone; who invites no longer sees them."],
            ),
            (
                Policies { default_role: Role::Viewer, ..base.clone() },
                &["Who is invited with no other role starts as Viewer. Nobody’s role changes now."],
            ),
            (
                Policies { admin_grantable: false, ..base.clone() },
                &[
                    "Nobody can be made an admin any more.",
                    "3 admins keep the role.",
                    "2 open invitations as Admin can no longer be accepted.",
                ],
            ),
            (
                Policies { status_words: StatusWords::Disabled, ..base.clone() },
                &["Statuses will be called Pending verification, Active, Disabled.", "5 people will read as Disabled."],
            ),
            (
                Policies { seats: Some(30), ..base.clone() },
                &["37 of 30 seats are taken: nobody can be invited or activated until 8 more are freed. Nobody loses \
                   access."],
            ),
            (
                Policies { seats: Some(37), ..base.clone() },
                &[
                    "37 of 37 seats are taken: nobody can be invited or activated until one is free. Nobody loses access.",
                ],
            ),
            (Policies { seats: Some(1_000), ..base.clone() }, &["37 of 1,000 seats are taken."]),
            (
                Policies { show_pending_external: true, ..base.clone() },
                &["People of other organizations stand on the list External as soon as they are invited."],
            ),
            (
                Policies { invitation_requests: true, ..base.clone() },
                &[
                    "Who has no account can ask for an invitation on your sign-in page. Nobody gets one that you do not \
                   approve.",
                ],
            ),
        ] {
            assert_eq!(told(&to, &PEOPLE), sentences);
        }
    }

    #[test]
    fn going_back_is_told_as_well() {
        let from = Policies { seats: Some(2), invitation_requests: true, ..Preset::AdminCreatedAccounts.policies() };
        let sentences = [
            "People can be invited by link.",
            "Accounts with a temporary password are no longer created.",
            "1 person who waits with a temporary password can still use it.",
            "Owners and admins can make others admins.",
            "Statuses will be called Invited, Active, Deactivated.",
            "5 people will read as Deactivated.",
            "Any number of people can be invited.",
            "Whoever has joined can no longer be deleted.",
            "Nobody can ask for an invitation on your sign-in page any more. Who has asked still waits for your answer.",
        ];
        assert_eq!(effects(&from, &Policies::default(), &PEOPLE), sentences);
    }

    #[test]
    fn what_deleting_and_owning_would_mean_is_told() {
        let base = Policies::default();
        for (to, sentence) in [
            (
                Policies { max_owners: 2, ..base.clone() },
                "2 Owners are allowed. There are 3 now, and nobody loses the role by this.",
            ),
            (Policies { max_owners: 3, ..base.clone() }, "3 Owners are allowed."),
            (
                Policies { delete_scope: DeleteScope::Any, ..base.clone() },
                "Owners and admins can delete anybody for good, but for the last Owner.",
            ),
            (Policies { delete_scope: DeleteScope::Off, ..base.clone() }, "Nobody can be deleted any more."),
            (
                Policies { email_reuse: EmailReuse::AfterDays(30), ..base.clone() },
                "The address of a deleted person can be used again after 30 days, counted from the deletion.",
            ),
            (
                Policies { email_reuse: EmailReuse::Always, ..base.clone() },
                "The addresses of deleted people can be used again, those of earlier deletions included.",
            ),
        ] {
            assert_eq!(told(&to, &PeopleNow { owners: 3, ..PEOPLE }), [sentence]);
        }
    }

    #[test]
    fn nobody_is_told_about_nobody() {
        let to = Policies { invitation_ttl_ms: DAY, admin_grantable: false, seats: Some(1), ..Policies::default() };
        let alone = PeopleNow { seats_taken: 1, ..PeopleNow::default() };
        let sentences = [
            "What is sent from now on can be used for 1 day.",
            "Nobody can be made an admin any more.",
            "1 of 1 seat is taken: nobody can be invited or activated until one is free. Nobody loses access.",
        ];
        assert_eq!(told(&to, &alone), sentences);
    }

    #[test]
    fn people_are_counted_by_what_the_policies_touch() {
        use PersonState::{Active, Deactivated, Expired, Invited};
        let class = |kind, state, role, source| Class { kind, state, role, source };
        let census = Census::new(
            vec![
                (class(Kind::Standard, Active, Role::Owner, Source::SetUp), 1),
                (class(Kind::Standard, Active, Role::Admin, Source::Invited), 2),
                (class(Kind::External, Active, Role::Viewer, Source::Invited), 4),
                (class(Kind::Standard, Invited, Role::Admin, Source::Invited), 8),
                (class(Kind::Standard, Invited, Role::Member, Source::Created), 16),
                (class(Kind::Standard, Expired, Role::Member, Source::Invited), 32),
                (class(Kind::Standard, Deactivated, Role::Member, Source::Invited), 64),
                (class(Kind::EmailOnly, Active, Role::Viewer, Source::Invited), 128),
                (class(Kind::Support, Active, Role::Admin, Source::Invited), 256),
            ],
            &[],
        );
        assert_eq!(
            PeopleNow::of(&census),
            PeopleNow {
                seats_taken: 31,
                open_links: 8,
                open_accounts: 16,
                open_as_admin: 8,
                admins: 258,
                owners: 1,
                deactivated: 64
            }
        );
    }
}
