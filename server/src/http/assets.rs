//! Finding the built browser files with their content hashes, once, when the server starts.

use app::Assets;
use std::{fs, path::Path};

/// The files of a site folder.
///
/// # Errors
/// A folder without them.
pub(crate) fn find(site_root: &Path) -> anyhow::Result<Assets> {
    let folder = site_root.join("pkg");
    let names: Vec<String> = fs::read_dir(&folder)
        .map_err(|e| {
            anyhow::anyhow!(
                "no browser files in {}: {e}; build them with `make build`, or set ROLLCALL_SITE_ROOT",
                folder.display()
            )
        })?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let find = |extension: &str| {
        names
            .iter()
            .find(|name| name.starts_with("rollcall") && Path::new(name).extension().is_some_and(|e| e == extension))
            .map(|name| format!("/pkg/{name}"))
            .ok_or_else(|| anyhow::anyhow!("no .{extension} file in {}; build it with `make build`", folder.display()))
    };
    Ok(Assets { css: find("css")?, js: find("js")?, wasm: find("wasm")? })
}
