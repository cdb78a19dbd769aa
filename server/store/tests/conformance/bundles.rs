//! What goes along when an organization moves (N13): each table and column of the schema is either of a bundle or said to
//! stay behind.

use std::collections::BTreeSet;
use store::{
    Db,
    bundles::{LEFT_BEHIND, LEFT_OUT, TABLES},
};

use crate::support::texts;

async fn each_column_goes_along_or_is_said_to_stay(db: Db) {
    let catalogue = match &db {
        Db::Sqlite { .. } => {
            "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'"
        }
        Db::Postgres(_) => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let stays = |table: &str| table.starts_with('_') || LEFT_BEHIND.iter().any(|(name, _)| *name == table);
    let there = texts(&db, catalogue).await.into_iter().filter(|column| !stays(column.split('.').next().unwrap()));
    let column = |(table, column): (&str, &str)| format!("{table}.{column}");
    let along = TABLES.iter().flat_map(|table| table.columns().iter().map(|name| column((table.name, *name))));
    let said: BTreeSet<String> = along.chain(LEFT_OUT.iter().copied().map(column)).collect();
    assert_eq!(there.collect::<BTreeSet<_>>(), said);
}

on_both_engines!(each_column_goes_along_or_is_said_to_stay);
