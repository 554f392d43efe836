use super::*;
use crate::disk::fault;
use crate::report::manifest::{FORMAT, FileEntry};
use crate::report::summary::sha256;

/// A manifest of `kind` that lists everything else in `folder`.
fn list(folder: &Path, kind: ResultKind) {
    let mut files = Vec::new();
    for name in tree(folder) {
        let bytes = fs::read(folder.join(&name)).unwrap();
        files.push(FileEntry { path: name, bytes: bytes.len() as u64, sha256: sha256(&bytes) });
    }
    let manifest = serde_json::json!({"format": FORMAT, "command": kind.command(), "files": files});
    fs::write(folder.join(kind.manifest()), manifest.to_string()).unwrap();
}

fn fill(folder: &Path, kind: ResultKind, text: &str) {
    fs::write(folder.join(kind.results()), text).unwrap();
    let figures = folder.join(format!("{}-figures", kind.command()));
    fs::create_dir(&figures).unwrap();
    fs::write(figures.join("a.svg"), text).unwrap();
    list(folder, kind);
}

fn write(target: &Path, kind: ResultKind, text: &str) -> Result<Placed, FolderError> {
    let folder = CheckedFolder::check(target, kind, &[])?.open()?;
    fill(&folder.path(), kind, text);
    folder.finish()
}

/// All files below a folder, sorted.
fn tree(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            names.extend(tree(&entry.path()).into_iter().map(|inner| format!("{name}/{inner}")));
        } else {
            names.push(name);
        }
    }
    names.sort();
    names
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn said(error: FolderError) -> String {
    match error {
        FolderError::CannotCreate(words) => words.text(crate::language::Lang::En).to_owned(),
        other => panic!("{other:?}"),
    }
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn finished_results_replace_the_earlier_ones_and_leave_nothing_else() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("deep/output");
    write(&target, ResultKind::Run, "first").unwrap();
    write(&target, ResultKind::Run, "second").unwrap();
    assert_eq!(read(&target, "summary.json"), "second");
    assert_eq!(tree(&target), ["manifest.json", "run-figures/a.svg", "summary.json"]);
    assert_eq!(names(&place.path().join("deep")), ["output"]);
    assert_eq!(names(place.path()), ["deep"]);
}

#[test]
fn unfinished_results_leave_the_earlier_ones_and_no_folder() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("deep/output");
    let folder = CheckedFolder::check(&target, ResultKind::Run, &[]).unwrap().open().unwrap();
    fill(&folder.path(), ResultKind::Run, "first");
    drop(folder);
    assert!(names(place.path()).is_empty(), "not even the folders above it");
    write(&target, ResultKind::Run, "first").unwrap();
    drop(CheckedFolder::check(&target, ResultKind::Run, &[]).unwrap().open().unwrap());
    assert_eq!(read(&target, "summary.json"), "first");
    assert_eq!(names(&place.path().join("deep")), ["output"]);
}

#[test]
fn what_no_manifest_lists_is_never_replaced() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("thesis");
    fs::create_dir(&target).unwrap();
    fs::write(target.join("thesis.tex"), "years of work").unwrap();
    let refuse = |path: &Path| said(write(path, ResultKind::Run, "x").unwrap_err());
    assert!(refuse(&target).contains("was not written by stapjes"));
    for foreign in ["{}", "[]", "{\"format\": \"other\", \"files\": []}", "\u{0}"] {
        fs::write(target.join("manifest.json"), foreign).unwrap();
        assert!(refuse(&target).contains("was not written by stapjes"), "{foreign}");
    }
    assert_eq!(tree(&target), ["manifest.json", "thesis.tex"]);
    assert!(refuse(&target.join("thesis.tex")).contains("was not written by stapjes"));
    assert!(refuse(&target.join("thesis.tex/x")).contains("is not a folder"));
    assert!(refuse(Path::new("/")).contains("cannot be an output folder"));
    assert_eq!(names(place.path()), ["thesis"]);
}

#[test]
fn files_of_others_in_a_result_folder_stay_where_they_are() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("output");
    write(&target, ResultKind::Run, "first").unwrap();
    fs::write(target.join("mine.toml"), "name = \"mine\"").unwrap();
    fs::create_dir_all(target.join("notes/empty")).unwrap();
    fs::write(target.join("notes/a.txt"), "mine").unwrap();
    fs::write(target.join("run-figures/mine.svg"), "mine").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", target.join("link")).unwrap();
    let before = fs::File::open(target.join("mine.toml")).unwrap();
    let placed = write(&target, ResultKind::Run, "second").unwrap();
    let left: Vec<String> = placed.left_alone.iter().map(|path| path.display().to_string()).collect();
    let link: &[&str] = if cfg!(unix) { &["link"] } else { &[] };
    let mine = ["mine.toml", "notes/a.txt", "notes/empty", "run-figures/mine.svg"];
    assert_eq!(left, [link, &mine].concat());
    assert_eq!(read(&target, "summary.json"), "second");
    assert_eq!(read(&target, "notes/a.txt"), "mine");
    assert_eq!(read(&target, "run-figures/mine.svg"), "mine");
    assert!(target.join("notes/empty").is_dir());
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let now = fs::metadata(target.join("mine.toml")).unwrap();
        assert_eq!(now.ino(), before.metadata().unwrap().ino(), "the same file, not a copy");
        assert_eq!(now.nlink(), 1);
    }
    drop(before);
    assert_eq!(names(place.path()), ["output"]);
}

#[test]
fn a_file_that_was_changed_or_is_in_the_way_is_named_before_anything_is_computed() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("output");
    write(&target, ResultKind::Run, "first").unwrap();
    fs::write(target.join("run-figures/a.svg"), "edited by hand").unwrap();
    let words = said(CheckedFolder::check(&target, ResultKind::Run, &[]).unwrap_err());
    assert!(words.contains("run-figures/a.svg was changed after stapjes wrote it"), "{words}");
    assert_eq!(read(&target, "run-figures/a.svg"), "edited by hand");
    fs::remove_file(target.join("run-figures/a.svg")).unwrap();
    fs::write(target.join("events.csv"), "mine").unwrap();
    CheckedFolder::check(&target, ResultKind::Run, &[]).unwrap();
    let words = said(CheckedFolder::check(&target, ResultKind::Run, &["events.csv"]).unwrap_err());
    assert!(words.contains("events.csv was not written by stapjes"), "{words}");
}

#[test]
fn results_of_several_commands_stand_beside_each_other() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("output");
    write(&target, ResultKind::Power, "power").unwrap();
    write(&target, ResultKind::Run, "run").unwrap();
    write(&target, ResultKind::Duration, "duration").unwrap();
    let placed = write(&target, ResultKind::Power, "power again").unwrap();
    assert!(placed.left_alone.is_empty());
    assert_eq!(read(&target, "summary.json"), "run");
    assert_eq!(read(&target, "power.json"), "power again");
    assert_eq!(read(&target, "duration.json"), "duration");
    let words = said(CheckedFolder::check(&target, ResultKind::Compare, &[]).unwrap_err());
    assert!(words.contains("belongs to the results of stapjes run"), "{words}");
}

#[test]
fn a_listed_path_cannot_lead_out_of_the_folder() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("output");
    write(&target, ResultKind::Run, "first").unwrap();
    fs::write(place.path().join("victim"), "x").unwrap();
    let entry = |path: &str| FileEntry { path: path.into(), bytes: 1, sha256: sha256(b"x") };
    let files = [entry("../victim"), entry(""), entry(&place.path().join("victim").display().to_string())];
    let manifest = serde_json::json!({"format": FORMAT, "files": files});
    fs::write(target.join("manifest.json"), manifest.to_string()).unwrap();
    fs::remove_file(target.join("summary.json")).unwrap();
    fs::remove_dir_all(target.join("run-figures")).unwrap();
    write(&target, ResultKind::Run, "second").unwrap();
    assert_eq!(read(place.path(), "victim"), "x");
}

#[cfg(unix)]
#[test]
fn a_bad_target_is_found_at_the_start() {
    let place = tempfile::tempdir().unwrap();
    let link = place.path().join("link");
    std::os::unix::fs::symlink(place.path().join("nowhere"), &link).unwrap();
    let words = said(CheckedFolder::check(&link, ResultKind::Run, &[]).unwrap_err());
    assert!(words.contains("a link to something that does not exist"), "{words}");
    let words =
        said(CheckedFolder::check(&std::env::current_dir().unwrap(), ResultKind::Run, &[]).unwrap_err());
    assert!(words.contains("not written by stapjes"), "{words}");
    let real = place.path().join("real");
    write(&real, ResultKind::Run, "first").unwrap();
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    write(&link, ResultKind::Run, "second").unwrap();
    assert!(link.is_symlink(), "a link to a folder stays a link");
    assert_eq!(read(&real, "summary.json"), "second");
}

/// Makes a folder with earlier results, results of another command and a file of the user's.
fn before(place: &Path) -> PathBuf {
    let target = place.join("output");
    write(&target, ResultKind::Run, "first").unwrap();
    write(&target, ResultKind::Power, "power").unwrap();
    fs::write(target.join("mine.txt"), "mine").unwrap();
    target
}

const TREE: [&str; 7] = [
    "manifest-power.json",
    "manifest.json",
    "mine.txt",
    "power-figures/a.svg",
    "power.json",
    "run-figures/a.svg",
    "summary.json",
];

/// The run's files are all of one run, everything else is there.
fn assert_whole(target: &Path, when: &str) -> String {
    assert_eq!(tree(target), TREE, "{when}");
    assert_eq!(read(target, "mine.txt"), "mine", "{when}");
    assert_eq!(read(target, "power.json"), "power", "{when}");
    let run = read(target, "summary.json");
    assert_eq!(read(target, "run-figures/a.svg"), run, "{when}");
    let manifest = read(target, "manifest.json");
    assert!(manifest.contains(&sha256(run.as_bytes())), "{when}");
    run
}

#[test]
fn whatever_operation_fails_the_earlier_or_the_new_results_are_whole_and_the_words_are_true() {
    let count = {
        let place = tempfile::tempdir().unwrap();
        let target = before(place.path());
        fault::count(|| write(&target, ResultKind::Run, "second").unwrap())
    };
    assert!(count > 30, "{count}");
    let (mut saved, mut remarks) = (0, 0);
    for number in 1..=count {
        let when = format!("operation {number} of {count} fails");
        let place = tempfile::tempdir().unwrap();
        let target = before(place.path());
        let outcome = fault::at(number, || write(&target, ResultKind::Run, "second"));
        let run = assert_whole(&target, &when);
        match outcome {
            Ok(placed) => {
                assert_eq!(run, "second", "{when}");
                remarks += usize::from(placed.remark.is_some());
            }
            Err(FolderError::SavedBeside { folder, .. }) => {
                saved += 1;
                assert_eq!(run, "first", "{when}");
                assert_eq!(tree(&folder), ["manifest.json", "run-figures/a.svg", "summary.json"], "{when}");
                assert_eq!(read(&folder, "summary.json"), "second", "{when}");
                fs::remove_dir_all(folder).unwrap();
            }
            Err(_) => assert_eq!(run, "first", "{when}"),
        }
        CheckedFolder::check(&target, ResultKind::Run, &[]).unwrap();
        assert_eq!(names(place.path()), ["output"], "{when}: the next start clears up");
    }
    assert!(saved > 5 && remarks > 5, "{saved} saved beside, {remarks} remarks");
}

#[test]
fn wherever_the_process_is_killed_the_next_start_finds_whole_results_and_clears_up() {
    let count = {
        let place = tempfile::tempdir().unwrap();
        let target = before(place.path());
        fault::count(|| write(&target, ResultKind::Run, "second").unwrap())
    };
    let mut seen = Vec::new();
    for number in 1..=count {
        let when = format!("killed at operation {number} of {count}");
        let place = tempfile::tempdir().unwrap();
        let target = before(place.path());
        let _ = fault::from(number, || write(&target, ResultKind::Run, "second"));
        if cfg!(target_os = "linux") {
            assert_whole(&target, &when);
        }
        CheckedFolder::check(&target, ResultKind::Run, &[]).unwrap();
        let run = assert_whole(&target, &when);
        assert_eq!(names(place.path()), ["output"], "{when}");
        seen.push(run);
    }
    assert!(seen.is_sorted(), "first, first, ..., second, second: {seen:?}");
    assert!(seen.iter().any(|run| run == "first") && seen.iter().any(|run| run == "second"));
}

#[test]
fn where_folders_cannot_change_places_a_move_that_was_cut_short_is_undone() {
    let place = tempfile::tempdir().unwrap();
    let target = before(place.path());
    let staging = Staging::create(place.path(), &target).unwrap();
    fill(&staging.result(), ResultKind::Run, "second");
    staging.mark(ResultKind::Run).unwrap();
    fs::rename(&target, staging.old()).unwrap();
    drop(staging);
    CheckedFolder::check(&target, ResultKind::Run, &[]).unwrap();
    assert_eq!(assert_whole(&target, "moved aside"), "first");
    assert_eq!(names(place.path()), ["output"]);
}

#[test]
fn a_mark_that_was_being_written_says_that_nothing_has_changed_places() {
    for written in ["", "pow", "power"] {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("output");
        write(&target, ResultKind::Power, "first").unwrap();
        let earlier = tree(&target);
        let staging = Staging::create(place.path(), &target).unwrap();
        fs::write(staging.result().join("extra.png"), "a figure that the earlier results have not").unwrap();
        fill(&staging.result(), ResultKind::Power, "second");
        fs::write(staging.result().parent().unwrap().join("swapping"), written).unwrap();
        drop(staging);
        CheckedFolder::check(&target, ResultKind::Power, &["extra.png"]).unwrap();
        assert_eq!(tree(&target), earlier, "{written:?}");
        assert_eq!(names(place.path()), ["output"], "{written:?}");
    }
}

#[test]
fn leftovers_go_where_nothing_more_is_written() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("output");
    write(&target, ResultKind::Run, "first").unwrap();
    let earlier = tree(&target);
    let staging = Staging::create(place.path(), &target).unwrap();
    fill(&staging.result(), ResultKind::Run, "second");
    drop(staging);
    assert_eq!(names(place.path()).len(), 2);
    tidy(&target);
    assert_eq!((names(place.path()), tree(&target)), (vec!["output".to_owned()], earlier));
}

#[test]
fn a_folder_that_another_process_is_writing_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("output");
    let one = CheckedFolder::check(&target, ResultKind::Run, &[]).unwrap().open().unwrap();
    fill(&one.path(), ResultKind::Run, "one");
    let path = one.path();
    write(&target, ResultKind::Run, "other").unwrap();
    assert!(path.join("summary.json").exists());
    one.finish().unwrap();
    assert_eq!(read(&target, "summary.json"), "one");
    assert_eq!(names(place.path()), ["output"]);
}

#[test]
fn a_removal_that_was_cut_short_anywhere_is_finished_at_the_next_start() {
    let count = {
        let place = tempfile::tempdir().unwrap();
        let staging = Staging::create(place.path(), &place.path().join("output")).unwrap();
        fault::count(|| staging.remove())
    };
    assert!(count >= 3, "{count} operations");
    for number in 1..=count {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("output");
        let staging = Staging::create(place.path(), &target).unwrap();
        fault::from(number, || staging.remove());
        drop(staging);
        CheckedFolder::check(&target, ResultKind::Run, &[]).unwrap();
        assert!(names(place.path()).is_empty(), "cut short at operation {number} of {count}");
    }
    // Between making the folder and its lock, and what an earlier edition left: folders without a lock, with nothing in them.
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("output");
    let staging = Staging::create(place.path(), &target).unwrap();
    fs::remove_file(staging.result().with_file_name("lock")).unwrap();
    drop(staging);
    CheckedFolder::check(&target, ResultKind::Run, &[]).unwrap();
    assert!(names(place.path()).is_empty());
}
