//! Writing so that a power cut, a full disk or a killed process leaves either the old or the new, never half of one.
//!
//! Every write, sync, move and removal of this program's files goes through here: the tests make each of them fail in turn
//! (`fault`).

#[cfg(test)]
pub(crate) mod fault;
mod operations;
mod swap;

pub(crate) use operations::{
    TEMPORARY, can_replace, create, create_dir, create_dirs, free_bytes, link, remove_dir, remove_file,
    remove_tree, rename, replace, same_file, same_file_system, sync, sync_tree, write_new, write_pieces,
};
pub(crate) use swap::swap;
