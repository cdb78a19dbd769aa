//! What the command line asks of disks.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;

/// A size, as people say it.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    match UNITS.into_iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} bytes"),
    }
}

/// How many bytes a process without privileges may still write where a file or folder is.
///
/// # Errors
/// What the system says.
pub(crate) fn free(at: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(at)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// The folder of a file.
pub(crate) fn folder(of: &Path) -> &Path {
    match of.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The path with something added to the name.
pub(crate) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A new file in the folder of another, which nobody else can read; gone when dropped, unless [`put`] takes it.
///
/// # Errors
/// What the system says.
pub(crate) fn aside(of: &Path) -> io::Result<NamedTempFile> {
    let name = of.file_name().unwrap_or_default().to_string_lossy();
    // Its mode is 0600.
    tempfile::Builder::new().prefix(&format!(".{name}.")).tempfile_in(folder(of))
}

/// Whether a file may be in the way of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InTheWay {
    /// It stays, and nothing is done.
    Stays,
    /// The new one takes its place.
    Goes,
}

/// Gives a file its name, whole and on the disk, or not at all.
///
/// # Errors
/// What the system says; such as that there is one of that name, which was to stay.
pub(crate) fn put(file: NamedTempFile, to: &Path, in_the_way: InTheWay) -> io::Result<()> {
    // Others may have written to it by its name.
    File::open(file.path())?.sync_all()?;
    match in_the_way {
        InTheWay::Stays => file.persist_noclobber(to),
        InTheWay::Goes => file.persist(to),
    }?;
    sync_folder(to)
}

/// Makes sure that the names in the folder of a file outlive a loss of power.
///
/// # Errors
/// What the system says.
pub(crate) fn sync_folder(of: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder(of))?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, io::Write as _};

    #[test]
    fn sizes_are_said_in_the_largest_unit() {
        for (bytes, said) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (1_250_000, "1.2 MB"),
            (999_999_999, "999.9 MB"),
            (20_050_000_000, "20.0 GB"),
        ] {
            assert_eq!(size(bytes), said);
        }
    }

    #[test]
    fn the_folder_of_a_bare_name_is_where_we_are() {
        assert_eq!(folder(Path::new("a.db")), Path::new("."));
        assert_eq!(folder(Path::new("x/a.db")), Path::new("x"));
        assert_eq!(beside(Path::new("x/a.db"), "-wal"), Path::new("x/a.db-wal"));
    }

    #[test]
    fn a_file_is_put_in_the_place_of_another_only_where_that_was_said() {
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("file");
        let new = |text: &str| {
            let mut file = aside(&to).unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file
        };
        put(new("one"), &to, InTheWay::Stays).unwrap();
        assert_eq!(put(new("two"), &to, InTheWay::Stays).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&to).unwrap(), "one");
        put(new("three"), &to, InTheWay::Goes).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "three");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left aside");
        assert!(free(&to).unwrap() > 0);
    }
}
