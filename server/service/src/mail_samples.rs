//! Every mail with made-up people, for the preview of a mail profile and for tests.

use model::{Email, Timestamp, mail_profile::MailTemplate, time::DAY};

use crate::Mail;

/// What stands in the place of a token: it opens nothing.
const TOKEN: &str = "EXAMPLE";

/// A mail of a kind as somebody of an organization would get it, with links of an installation.
///
/// # Panics
/// Never: the address is one.
pub fn sample(template: MailTemplate, org_name: &str, public_url: &str, now: Timestamp) -> Mail {
    let to = Email::parse("grace@example.com").expect("an address");
    let new_email = Email::parse("grace.hopper@example.com").expect("an address");
    let (to_name, by) = ("Grace Hopper".to_owned(), "Ada Lovelace".to_owned());
    let org_name = org_name.to_owned();
    let link = |page: &str| format!("{public_url}/{page}/{TOKEN}");
    let expires_at = now.plus(7 * DAY);
    match template {
        MailTemplate::Invitation => {
            let role = "Member".to_owned();
            let link = link("invite");
            Mail::Invitation { to, to_name, org_name, invited_by: by, role, link, expires_at, access_until: None }
        }
        MailTemplate::Welcome => {
            let (password, link) = ("k7mwp-3xq9t-bvz4s-h2n8r".to_owned(), format!("{public_url}/login"));
            let created_by = by;
            Mail::Welcome { to, to_name, org_name, created_by, password, link, expires_at, access_until: None }
        }
        MailTemplate::RequestDigest => {
            let waiting = vec![("Alan Turing".to_owned(), new_email)];
            Mail::RequestDigest { to, to_name, org_name, waiting, more: 2, list: format!("{public_url}/orgs") }
        }
        MailTemplate::RequestDismissed => Mail::RequestDismissed { to, org_name },
        MailTemplate::AccessEnds => {
            let role = Some(("Admin".to_owned(), now.plus(5 * DAY), "Member".to_owned()));
            let link = format!("{public_url}/orgs");
            Mail::AccessEnds { to, to_name, org_name, whose: None, access: Some(expires_at), role, link }
        }
        MailTemplate::Test => Mail::Test { to, to_name, org_name, at: now },
        MailTemplate::OwnershipOffered => {
            let link = format!("{public_url}/orgs");
            Mail::OwnershipOffered { to, to_name, org_name, offered_by: by, link, expires_at }
        }
        MailTemplate::OwnershipAnswered => {
            let link = format!("{public_url}/orgs");
            Mail::OwnershipAnswered { to, to_name, org_name, answered_by: by, accepted: true, link, at: now }
        }
        MailTemplate::PasswordReset => Mail::PasswordReset { to, to_name, link: link("reset"), expires_at },
        MailTemplate::PasswordChanged => {
            Mail::PasswordChanged { to, to_name, at: now, forgot: format!("{public_url}/forgot") }
        }
        MailTemplate::ConfirmOldEmail => {
            Mail::ConfirmOldEmail { to, to_name, new_email, link: link("email"), expires_at }
        }
        MailTemplate::ConfirmNewEmail => Mail::ConfirmNewEmail { to: new_email, link: link("email"), expires_at },
        MailTemplate::EmailChanged => Mail::EmailChanged { to, to_name, new_email, at: now },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mail_has_a_sample_of_its_own_kind() {
        for template in MailTemplate::ALL {
            let mail = sample(template, "Engines", "https://people.example.com", Timestamp::from_millis(1));
            assert_eq!(mail.template(), template);
            assert!(mail.link().is_none_or(|link| link.ends_with(TOKEN)));
        }
    }
}
