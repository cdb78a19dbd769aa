//! Addresses under which nobody new can come in: that of somebody who was deleted (policy C), and one outside the domains
//! that the organization lets in.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::Retired;
use crate::{Email, policy::EmailDomains};

/// Why nobody new can come in under an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Barred {
    /// It was that of somebody who was deleted.
    Retired(Retired),
    /// The organization lets in other domains alone.
    OutsideDomains,
}

impl fmt::Display for Barred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retired(retired) => retired.fmt(f),
            Self::OutsideDomains => f.write_str(
                "This address is outside the domains from which people can be invited. The policies list them.",
            ),
        }
    }
}

impl std::error::Error for Barred {}

/// Whether nobody new can come in under an address, by whether it is retired and the domains of the organization.
pub fn barred(email: &Email, retired: Option<Retired>, domains: &EmailDomains) -> Option<Barred> {
    retired.map(Barred::Retired).or_else(|| (!domains.let_in(email)).then_some(Barred::OutsideDomains))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_barred_by_its_past_or_its_domain() {
        let email = Email::parse("ada@x.io").expect("an address");
        let retired = Retired { until: None };
        let (any, own) = (EmailDomains::ANY, EmailDomains::parse("x.io").expect("a domain"));
        let other = EmailDomains::parse("y.io").expect("a domain");
        for (retired, domains, expected) in [
            (None, &any, None),
            (None, &own, None),
            (None, &other, Some(Barred::OutsideDomains)),
            (Some(retired), &own, Some(Barred::Retired(retired))),
            (Some(retired), &other, Some(Barred::Retired(retired))),
        ] {
            assert_eq!(barred(&email, retired, domains), expected, "{domains}");
        }
    }
}
