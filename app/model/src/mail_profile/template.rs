//! The mails that there are, by name.

use serde::{Deserialize, Serialize};

/// Which mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTemplate {
    /// B18.
    Invitation,
    /// B6.
    Welcome,
    /// B34.
    OwnershipOffered,
    /// B34.
    OwnershipAnswered,
    /// B26.
    RequestDigest,
    /// B26.
    RequestDismissed,
    /// N5.
    AccessEnds,
    /// What tries the settings out.
    Test,
    /// A link for a new password.
    PasswordReset,
    /// That the password is another one.
    PasswordChanged,
    /// To the address that an account has.
    ConfirmOldEmail,
    /// To the address that an account is to have.
    ConfirmNewEmail,
    /// That the address is another one.
    EmailChanged,
}

impl MailTemplate {
    /// All of them: those of an organization first.
    pub const ALL: [Self; 13] = [
        Self::Invitation,
        Self::Welcome,
        Self::OwnershipOffered,
        Self::OwnershipAnswered,
        Self::RequestDigest,
        Self::RequestDismissed,
        Self::AccessEnds,
        Self::Test,
        Self::PasswordReset,
        Self::PasswordChanged,
        Self::ConfirmOldEmail,
        Self::ConfirmNewEmail,
        Self::EmailChanged,
    ];

    /// As sent in forms and addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Welcome => "welcome",
            Self::OwnershipOffered => "ownership_offered",
            Self::OwnershipAnswered => "ownership_answered",
            Self::RequestDigest => "request_digest",
            Self::RequestDismissed => "request_dismissed",
            Self::AccessEnds => "access_ends",
            Self::Test => "test",
            Self::PasswordReset => "password_reset",
            Self::PasswordChanged => "password_changed",
            Self::ConfirmOldEmail => "confirm_old_email",
            Self::ConfirmNewEmail => "confirm_new_email",
            Self::EmailChanged => "email_changed",
        }
    }
    /// The mail of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|template| template.code() == code)
    }
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Invitation => "Invitation",
            Self::Welcome => "Welcome, with a temporary password",
            Self::OwnershipOffered => "Ownership offered",
            Self::OwnershipAnswered => "Ownership accepted or declined",
            Self::RequestDigest => "Who asks for an invitation",
            Self::RequestDismissed => "Request dismissed",
            Self::AccessEnds => "Access or role ends soon",
            Self::Test => "Test mail",
            Self::PasswordReset => "Link for a new password",
            Self::PasswordChanged => "Password changed",
            Self::ConfirmOldEmail => "Change of address, to the old one",
            Self::ConfirmNewEmail => "Change of address, to the new one",
            Self::EmailChanged => "Address changed",
        }
    }
    /// Whether it is of an organization, and has its look. What is about an account is of the installation: the account
    /// may belong to several.
    pub const fn is_of_organization(self) -> bool {
        matches!(
            self,
            Self::Invitation
                | Self::Welcome
                | Self::OwnershipOffered
                | Self::OwnershipAnswered
                | Self::RequestDigest
                | Self::RequestDismissed
                | Self::AccessEnds
                | Self::Test
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_json_and_lead_back() {
        for template in MailTemplate::ALL {
            assert_eq!(serde_json::to_string(&template).unwrap(), format!("\"{}\"", template.code()));
            assert_eq!(MailTemplate::from_code(template.code()), Some(template));
        }
        assert_eq!(MailTemplate::from_code("nothing"), None);
    }
}
