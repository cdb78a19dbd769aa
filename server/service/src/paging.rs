//! Pages are read with one row more than they show, which tells whether another page follows.

/// Cuts such a list to a page, and yields its last row where another page follows: what the cursor is made of.
pub(crate) fn cut<T>(rows: &mut Vec<T>, shown: usize) -> Option<&T> {
    let more = rows.len() > shown;
    rows.truncate(shown);
    rows.last().filter(|_| more)
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_page_ends_in_a_place_only_where_another_follows() {
        for (read, page, place) in [(0, 0, None), (2, 2, None), (3, 3, None), (4, 3, Some(2))] {
            let mut rows: Vec<usize> = (0..read).collect();
            assert_eq!(cut(&mut rows, 3).copied(), place, "{read} were read");
            assert_eq!(rows.len(), page);
        }
    }
}
