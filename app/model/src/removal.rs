//! Taking somebody out of an organization: what goes, what stays, and who takes over (B35–B37).

use serde::{Deserialize, Serialize};

use crate::{Action, Email, PersonState, people::PersonRow, policy::EmailReuse, text::counted};

/// How somebody goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Removal {
    /// For good, with the account (B35).
    Delete,
    /// From this organization alone; the account stays (B37).
    RevokeMembership,
}

impl Removal {
    /// What [`crate::decide`] is asked.
    pub const fn action(self) -> Action {
        match self {
            Self::Delete => Action::Delete,
            Self::RevokeMembership => Action::RevokeMembership,
        }
    }
    /// As sent in forms, and as the name of the dialog.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::RevokeMembership => "remove",
        }
    }
    /// The removal of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Delete, Self::RevokeMembership].into_iter().find(|removal| removal.code() == code)
    }
    /// As a heading, and as the button that does it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Delete => "Delete user",
            Self::RevokeMembership => "Revoke membership",
        }
    }
}

/// What hangs on a person in an organization, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Impact {
    /// Open invitations that they sent, for which somebody else answers from then on.
    pub invitations: u64,
    /// Those for which nobody can: who went could not send them any more, or who takes them out may not.
    #[serde(default)]
    pub lost_invitations: u64,
    /// Saved views that they share.
    pub shared_views: u64,
    /// Saved views that nobody else sees.
    pub private_views: u64,
    /// Bulk changes of theirs that are not over.
    pub jobs: u64,
    /// Open offers of ownership, by them or to them.
    pub offers: u64,
}

impl Impact {
    /// Whether somebody has to take something over.
    pub const fn is_handed_over(self) -> bool {
        self.invitations > 0
    }
    /// What becomes of each kind that there is, a sentence each.
    pub fn sentences(self) -> Vec<String> {
        let verb = |n: u64, one: &'static str, many: &'static str| if n == 1 { one } else { many };
        let Self { invitations, lost_invitations, shared_views, private_views, jobs, offers } = self;
        let all = [
            (
                invitations,
                format!(
                    "{} that they sent {} handed over.",
                    counted(invitations, "open invitation", "open invitations"),
                    verb(invitations, "is", "are")
                ),
            ),
            (
                lost_invitations,
                format!(
                    "{} that they sent can no longer be accepted. Resend {} from the list.",
                    counted(lost_invitations, "open invitation", "open invitations"),
                    verb(lost_invitations, "it", "them")
                ),
            ),
            (
                shared_views,
                format!(
                    "{} {} with everybody.",
                    counted(shared_views, "shared view", "shared views"),
                    verb(shared_views, "stays", "stay")
                ),
            ),
            (
                private_views,
                format!(
                    "{} of their own {}.",
                    counted(private_views, "saved view", "saved views"),
                    verb(private_views, "goes", "go")
                ),
            ),
            (
                jobs,
                format!(
                    "{} {}; what was done until then stays.",
                    counted(jobs, "bulk change", "bulk changes"),
                    verb(jobs, "stops", "stop")
                ),
            ),
            (
                offers,
                format!(
                    "{} {} withdrawn.",
                    counted(offers, "offer of ownership", "offers of ownership"),
                    verb(offers, "is", "are")
                ),
            ),
        ];
        all.into_iter().filter(|(n, _)| *n > 0).map(|(_, sentence)| sentence).collect()
    }
}

/// What the dialog tells before anybody goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovalPlan {
    /// Who is to go.
    pub person: PersonRow,
    /// How.
    pub removal: Removal,
    /// What hangs on them here.
    pub impact: Impact,
    /// Whether there is an account that a deletion ends; a mere invitation has none.
    pub has_account: bool,
    /// Who takes over unless somebody else is named: who asks.
    pub heir: Email,
    /// What the organization holds of using the address again.
    pub email_reuse: EmailReuse,
}

impl RemovalPlan {
    /// What is told before the click (B35), a sentence each.
    pub fn warnings(&self) -> Vec<String> {
        let mut all = Vec::new();
        match self.removal {
            Removal::Delete if !self.has_account => {
                all.push(
                    "The link in the invitation stops working at once. The same address can be invited again."
                        .to_owned(),
                );
            }
            Removal::Delete => {
                all.push("Deleting a user cannot be undone.".to_owned());
                all.push(match self.email_reuse {
                    EmailReuse::Never => "The same email address cannot be used to create a new account.".to_owned(),
                    EmailReuse::AfterDays(days) => format!(
                        "The same email address cannot be used to create a new account for {}.",
                        counted(u64::from(days), "day", "days")
                    ),
                    EmailReuse::Always => "The same email address can be used to create a new account.".to_owned(),
                });
                all.push("An account that belongs to other organizations as well goes on there.".to_owned());
                if self.person.target.state == PersonState::Active {
                    all.push("If you are unsure, deactivate the user first: that can be undone.".to_owned());
                }
            }
            Removal::RevokeMembership => {
                all.push("They lose access to this organization at once, and their account stays. The same address can be invited again.".to_owned());
            }
        }
        all.extend(self.impact.sentences());
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_on_somebody_is_told_by_kind_and_count() {
        assert_eq!(Impact::default().sentences(), Vec::<String>::new());
        let one = Impact { invitations: 1, lost_invitations: 1, shared_views: 1, private_views: 1, jobs: 1, offers: 1 };
        let many =
            Impact { invitations: 1_200, lost_invitations: 2, shared_views: 2, private_views: 3, jobs: 4, offers: 5 };
        let told: Vec<String> = one.sentences().into_iter().chain(many.sentences()).collect();
        insta::assert_snapshot!(told.join("\n"));
        assert!(one.is_handed_over());
        assert!(!Impact { invitations: 0, ..many }.is_handed_over());
    }

    #[test]
    fn codes_read_back() {
        for removal in [Removal::Delete, Removal::RevokeMembership] {
            assert_eq!(Removal::from_code(removal.code()), Some(removal));
        }
        assert_eq!(Removal::from_code("revoke"), None);
    }
}
