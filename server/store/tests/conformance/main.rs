//! What the store promises, as cases that are stamped on both engines: a case that passes on SQLite and fails on
//! PostgreSQL, or the other way round, is a promise that one of them does not keep.
//!
//! The PostgreSQL half needs a server; `.tools/with-postgres cargo test -p store` lends a private one.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

/// Makes of each `async fn case(db: Db)` the tests `sqlite::case` and `postgres::case`, each with a database of its own.
macro_rules! on_both_engines {
    ($($case:ident),+ $(,)?) => {
        on_both_engines!(Migrated: $($case),+);
    };
    ($start:ident: $($case:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::engines::sqlite(crate::engines::Start::$start, super::$case).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::engines::postgres(crate::engines::Start::$start, stringify!($case), super::$case).await;
                }
            )+
        }
    };
}

mod crowd;
mod engines;
mod observed;
mod support;

mod acceptance;
mod account_links;
mod accounts;
mod attributes;
mod audit;
mod backlog;
mod backup;
mod belonging;
mod bundles;
mod connection_roles;
mod connections;
mod counters;
mod custom_roles;
mod domains;
mod ends;
mod explain;
mod groups;
mod imports;
mod interrupted;
mod invitations;
mod jobs;
mod mail_profiles;
mod membership_changes;
mod memberships;
mod migrations;
mod onboarding;
mod organizations;
mod outbox;
mod owners;
mod partners;
mod people_pages;
mod people_search;
mod plans;
mod rate_limits;
mod removal;
mod requests;
mod sessions;
mod users;
mod views;
