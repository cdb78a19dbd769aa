//! What the console promises over HTTP, asked of the very router that the binary serves: each case runs on SQLite and on
//! PostgreSQL, and every form is posted both ways, as the browser's code does (`call`) and without a script (`submit`).
//!
//! Files mirror routes. The PostgreSQL half needs a server; `.tools/with-postgres cargo test -p server` lends one.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

/// Makes of each `async fn case(app: TestApp)` the tests `sqlite::case` and `postgres::case`, each with an installation
/// of its own.
macro_rules! on_both_engines {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::engines::sqlite(super::$case).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::engines::postgres(stringify!($case), super::$case).await;
                }
            )+
        }
    };
}

mod answer;
mod app;
mod attributes;
mod browser;
mod cast;
#[path = "../../store/tests/conformance/engines.rs"]
#[expect(dead_code, reason = "the tests of the store ask for more of it")]
mod databases;
mod dns_server;
mod engines;
mod smtp_server;

mod accept;
mod account;
mod actions;
mod ask_again;
mod bulk;
mod bundle;
mod connections;
mod cross_site;
mod domains;
mod email;
mod ends;
mod explain;
mod export;
mod externals;
mod forecast;
mod gallery;
mod groups;
mod headers;
mod imports;
mod input;
mod invitations;
mod isolation;
mod limits;
mod links;
mod live;
mod login;
mod mail_logo;
mod mail_profile;
mod mail_server;
mod onboarding;
mod organizations;
mod ownership;
mod partner;
mod people;
mod person;
mod policies;
mod profile;
mod removal;
mod request_digest;
mod requests;
mod reset;
mod roles;
mod seats;
mod secrets;
mod sessions;
mod setup;
mod support;
mod tenants;
mod views;
