//! The URLs of the console, written once.

use model::query_string;

/// The parameter that names the dialog which is open over a page.
pub const DIALOG: &str = "dialog";

/// An organization: leads to the people, as who is signed in wants to see them first.
pub fn org(org: &str) -> String {
    format!("/o/{org}")
}

/// The people of an organization: everybody, whoever asks.
pub fn users(org: &str) -> String {
    format!("/o/{org}/users")
}

/// The people of an organization, by the query string of a question to the grid.
pub fn users_by(org: &str, query_string: &str) -> String {
    let joint = if query_string.is_empty() { "" } else { "?" };
    format!("{}{joint}{query_string}", users(org))
}

/// Where the account of somebody is created (B4).
pub fn create_user(org: &str) -> String {
    format!("/o/{org}/users/new")
}

/// Where somebody with a temporary password chooses another one (B5).
pub fn welcome() -> String {
    "/welcome".to_owned()
}

/// The profile of a person.
pub fn user(org: &str, id: &str) -> String {
    format!("/o/{org}/users/{id}")
}

/// The policies of an organization.
pub fn policies(org: &str) -> String {
    format!("/o/{org}/settings/policies")
}

/// Who the Owners are, and the offers that wait.
pub fn ownership(org: &str) -> String {
    format!("/o/{org}/ownership")
}

/// The mail profile of an organization.
pub fn mail(org: &str) -> String {
    format!("/o/{org}/settings/mail")
}

/// The logo of an organization's mail; another file has another address.
pub fn mail_logo(org: &str, digest: &str) -> String {
    with_params(&format!("{}/logo", mail(org)), &[("v", digest.to_owned())])
}

/// A part of a mail's preview, `html` or `text`, in a look that the server has sealed.
pub fn mail_preview(org: &str, template: &str, part: &str, look: &str) -> String {
    with_params(&format!("{}/preview/{template}/{part}", mail(org)), &[("look", look.to_owned())])
}

/// One thing done to many people: its plan, then its result.
pub fn job(org: &str, id: &str) -> String {
    format!("/o/{org}/jobs/{id}")
}

/// What was done to many people at once.
pub fn jobs(org: &str) -> String {
    format!("/o/{org}/jobs")
}

/// Where people are imported from a file (B27).
pub fn import(org: &str) -> String {
    format!("/o/{org}/import")
}

/// The template of such a file.
pub fn import_template(org: &str) -> String {
    format!("{}/template.csv", import(org))
}

/// What became of each person of a job, as a file.
pub fn job_report(org: &str, id: &str) -> String {
    format!("{}/report.csv", job(org, id))
}

/// A file of the people of a list: `people.csv`, `people.json`.
pub fn export(org: &str, file: &str, params: &[(&str, String)]) -> String {
    with_params(&format!("/o/{org}/export/{file}"), params)
}

/// The sign-in page of an organization.
pub fn door(org: &str) -> String {
    format!("/o/{org}/login")
}

/// Where an invitation to an organization is asked for (B25).
pub fn ask_for_invitation(org: &str) -> String {
    format!("/o/{org}/login/request")
}

/// The requests for invitations of an organization, from before one on (B26).
pub fn requests(org: &str, before: Option<&model::RequestId>) -> String {
    let mut params = vec![("tab", model::people::Tab::Requests.code().to_owned())];
    params.extend(before.map(|id| ("older", id.to_string())));
    with_params(&users(org), &params)
}

/// Where changes to the people of an organization are heard of.
pub fn live(org: &str) -> String {
    format!("/live/{org}")
}

/// The organizations of who is signed in.
pub fn orgs() -> String {
    "/orgs".to_owned()
}

/// Where another organization is founded.
pub fn found_org() -> String {
    "/orgs/new".to_owned()
}

/// The same, through a referral link.
pub fn found_referred(code: &str) -> String {
    with_params(&found_org(), &[(REFERRAL, code.to_owned())])
}

/// The parameter that carries what a referral link ended with.
pub const REFERRAL: &str = "ref";

/// The name and details of an organization.
pub fn general(org: &str) -> String {
    format!("/o/{org}/settings/general")
}

/// The domains of an organization.
pub fn domains(org: &str) -> String {
    format!("/o/{org}/settings/domains")
}

/// What each role may do in an organization.
pub fn roles(org: &str) -> String {
    format!("/o/{org}/roles")
}

/// Where a custom role is made, out of a base role.
pub fn new_role(org: &str, base: Option<model::Role>) -> String {
    let params: Vec<_> = base.map(|base| ("base", base.code().to_owned())).into_iter().collect();
    with_params(&format!("{}/new", roles(org)), &params)
}

/// A custom role.
pub fn role(org: &str, id: &str) -> String {
    format!("{}/{id}", roles(org))
}

/// Who can use a permission, from a place on (N6); without one, where it is chosen.
pub fn who_can(org: &str, permission: Option<model::Permission>, after: Option<&model::people::Cursor>) -> String {
    let mut params: Vec<_> = permission.map(|of| ("can", of.code().to_owned())).into_iter().collect();
    params.extend(after.map(|cursor| ("after", cursor.encode())));
    with_params(&format!("/o/{org}/access"), &params)
}

/// Why somebody may use a permission, or may not, on their profile.
pub fn why(org: &str, id: &str, permission: model::Permission) -> String {
    format!("{}#why", with_params(&user(org, id), &[("why", permission.code().to_owned())]))
}

/// The Partner section of an organization.
pub fn partner(org: &str) -> String {
    format!("/o/{org}/partner")
}

/// Twelve months of it, up to one.
pub fn partner_until(org: &str, until: model::partner::Month) -> String {
    with_params(&partner(org), &[("until", until.to_string())])
}

/// The customers of a partner organization, from before one on.
pub fn partner_customers(org: &str, before: Option<&model::ReferralId>) -> String {
    let params: Vec<_> = before.map(|id| ("before", id.to_string())).into_iter().collect();
    with_params(&format!("{}/customers", partner(org)), &params)
}

/// Its commissions or payouts, of a month or of all, from before a place on.
pub fn partner_records(
    org: &str,
    kind: model::partner::RecordKind,
    month: Option<model::partner::Month>,
    before: Option<&model::partner::RecordPlace>,
) -> String {
    let month = month.map(|month| ("month", month.to_string()));
    let before = before.map(|place| ("before", place.encode()));
    let params: Vec<_> = month.into_iter().chain(before).collect();
    with_params(&format!("{}/{}", partner(org), kind.path()), &params)
}

/// The groups of an organization.
pub fn groups(org: &str) -> String {
    format!("/o/{org}/groups")
}

/// A group, with its people from a place on.
pub fn group(org: &str, id: &str, after: Option<&model::people::Cursor>) -> String {
    let params: Vec<_> = after.map(|cursor| ("after", cursor.encode())).into_iter().collect();
    with_params(&format!("{}/{id}", groups(org)), &params)
}

/// The attributes of people of an organization.
pub fn attributes(org: &str) -> String {
    format!("/o/{org}/attributes")
}

/// Where an attribute is defined, of a type.
pub fn new_attribute(org: &str, of: Option<model::attribute::ValueType>) -> String {
    let params: Vec<_> = of.map(|of| ("type", of.code().to_owned())).into_iter().collect();
    with_params(&format!("{}/new", attributes(org)), &params)
}

/// The definition of an attribute.
pub fn attribute(org: &str, id: &str) -> String {
    format!("{}/{id}", attributes(org))
}

/// What whoever is signed in sees of their own attributes.
pub fn own_attributes(org: &str) -> String {
    format!("/o/{org}/me")
}

/// The connections of an organization.
pub fn connections(org: &str) -> String {
    format!("/o/{org}/connections")
}

/// A connection.
pub fn connection(org: &str, id: &str) -> String {
    format!("{}/{id}", connections(org))
}

/// Where people of an organization are guests, from a place on.
pub fn guests(org: &str, after: Option<&model::people::Cursor>) -> String {
    let params: Vec<_> = after.map(|cursor| ("after", cursor.encode())).into_iter().collect();
    with_params(&format!("/o/{org}/guests"), &params)
}

/// The account of who is signed in; with the organization that its page leads back to.
pub fn account(org: Option<&str>) -> String {
    with_params("/account", &org.map(|org| ("org", org.to_owned())).into_iter().collect::<Vec<_>>())
}

/// Where a link for a new password can be asked for.
pub fn forgot() -> String {
    "/forgot".to_owned()
}

/// Where somebody lands who just came in.
pub fn home(slug: Option<&model::Slug>) -> String {
    slug.map_or_else(orgs, |slug| org(slug.as_str()))
}

/// The sign-in page that comes back to `from`.
pub fn login(from: &str) -> String {
    match local(from) {
        Some(from) if from != "/" => format!("/login?next={}", query_string::encode(&from)),
        _ => "/login".to_owned(),
    }
}

/// A path on this site, or nothing: what could leave the site is not followed. What no header may hold is encoded.
pub fn local(path: &str) -> Option<String> {
    let stays = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n', '\t']);
    let encoded = |b: u8| if b.is_ascii_graphic() { char::from(b).to_string() } else { format!("%{b:02X}") };
    stays.then(|| path.bytes().map(encoded).collect())
}

/// A path with query parameters.
pub fn with_params(path: &str, params: &[(&str, String)]) -> String {
    if params.is_empty() {
        return path.to_owned();
    }
    format!("{path}?{}", query_string::join(params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        for (path, kept) in [
            ("/o/acme/users?q=a", true),
            ("/", true),
            ("", false),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("javascript:alert(1)", false),
            ("/a\nSet-Cookie: x", false),
        ] {
            assert_eq!(local(path).is_some(), kept, "{path}");
        }
        assert_eq!(local("/u?q=zoë b\0&n=%41").as_deref(), Some("/u?q=zo%C3%AB%20b%00&n=%41"));
    }

    #[test]
    fn parameters_are_encoded() {
        assert_eq!(with_params("/u", &[("q", "a b&c=ö".to_owned())]), "/u?q=a%20b%26c%3D%C3%B6");
        assert_eq!(login("/o/a/users?q=x"), "/login?next=%2Fo%2Fa%2Fusers%3Fq%3Dx");
        assert_eq!(login("//evil"), "/login");
    }
}
