//! `stapjes slurm SCENARIO --tasks N`: a batch script for a Slurm cluster (Snellius and the like).
//!
//! The script submits an array of tasks, one shard each, and a job that merges them when all have finished. A task is told
//! before its time is over (`--signal`), stops with its chunks kept (exit code 75) and puts itself back in the queue; so does a
//! task whose node fails or whose program is killed. What it had finished stands in the shared folder.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::console;
use super::language::{self, LanguageArgument};
use super::scenario_argument::ScenarioArguments;
use crate::app::power::PowerRequest;
use crate::app::results::shell_word;
use crate::app::run::RunRequest;
use crate::app::{Context, LimitOverrides};
use crate::error::Error;
use crate::language::{Lang, Said};
use crate::report::escape::file_name;
use crate::report::number;
use crate::said;
use crate::scenario::resources::ResourceEstimate;

/// `stapjes slurm SCENARIO --tasks N [--hours H] [--cpus C]`.
#[derive(Args, Debug)]
pub(super) struct SlurmArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// Tasks that share the work: shards
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    tasks: u32,
    /// Wall time of a task; what is not finished then goes on by itself
    #[arg(long, value_name = "HOURS", default_value = "1", value_parser = hours)]
    hours: f64,
    /// Cores of a task
    #[arg(long, value_name = "C", default_value = "16", value_parser = clap::value_parser!(u16).range(1..=1024))]
    cpus: u16,
    /// What is computed
    #[arg(long, value_name = "COMMAND", default_value = "run")]
    command: Shared,
    /// Replicates (run) or simulated studies (power, duration) [default: those of the scenario]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    replicates: Option<u32>,
    /// Folder of the results, on a disk that every node sees [default: output/NAME-OF-THE-SCENARIO]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Seconds before the end of its time at which a task is told to stop
    #[arg(long, value_name = "SECONDS", default_value = "120", value_parser = clap::value_parser!(u32).range(10..=3600))]
    warning: u32,
    /// A further option of every sbatch, such as --sbatch=--partition=rome; may be repeated
    #[arg(long = "sbatch", value_name = "OPTION", allow_hyphen_values = true)]
    sbatch: Vec<String>,
    #[command(flatten)]
    language: LanguageArgument,
}

/// Commands that have shards and one scenario. The others build each step on the one before
/// (`calibrate`), or take several files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shared {
    Run,
    Power,
    Duration,
}

impl Shared {
    /// The command as it is typed.
    fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Power => "power",
            Self::Duration => "duration",
        }
    }
}

/// Wall time of a task in hours, for clap: from a minute to 30 days.
fn hours(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| {
        language::in_words(&said!("\"{text}\" is geen getal", "\"{text}\" is not a number", text = text))
    })?;
    if (1.0 / 60.0..=24.0 * 30.0).contains(&value) {
        Ok(value)
    } else {
        Err(language::in_words(&said!(
            "moet 1 minuut tot 30 dagen zijn, in uren",
            "must be 1 minute to 30 days, in hours"
        )))
    }
}

/// Prints the script on stdout, after looking whether the scenario and the options can be run at all: a
/// mistake found here costs a second, one found by a task costs a place in the queue.
///
/// # Errors
/// Those of loading the scenario; `Usage` for an `--sbatch` that is no option (a line end in it would
/// write lines of the script).
pub(super) fn run(arguments: &SlurmArguments) -> Result<(), Error> {
    let more: Vec<String> = arguments
        .replicates
        .filter(|_| arguments.command == Shared::Run)
        .map(|n| format!("replicates={n}"))
        .into_iter()
        .collect();
    let resolved = arguments.scenario.open(&more)?;
    if let Some(wrong) =
        arguments.sbatch.iter().find(|option| !option.starts_with("--") || option.contains('\n'))
    {
        return Err(Error::usage(said!(
            "--sbatch {wrong}: moet een optie van sbatch zijn, zoals --partition=rome",
            "--sbatch {wrong}: must be an option of sbatch, like --partition=rome",
            wrong = wrong
        )));
    }
    let name = file_name(&resolved.scenario.name);
    // Nothing is computed here: the guard of each task looks again, on its own node.
    let context = Context {
        limits: LimitOverrides { force: true, ..LimitOverrides::default() },
        ..Context::new(usize::from(arguments.cpus))
    };
    let needs = match arguments.command {
        Shared::Run => RunRequest::new(resolved).check(&context)?,
        Shared::Power | Shared::Duration => {
            PowerRequest { resolved, replicates: arguments.replicates, null_replicates: None, draws: 0 }
                .check(&context)?
        }
    };
    // The estimate is for the cores of one task; the tasks share the work evenly.
    let share = needs.hours / f64::from(arguments.tasks);
    if share > arguments.hours {
        let has = arguments.hours;
        console::tell(&Said::each(|lang| {
            let [share, has] = [share, has].map(|hours| number::amount(lang, hours));
            match lang {
                Lang::Nl => format!(
                    "een taak heeft ongeveer {share} uur nodig en krijgt {has}: zij stopt ordelijk en gaat vanzelf verder"
                ),
                Lang::En => format!(
                    "a task needs about {share} hours and has {has}: it will stop in order and go on by itself"
                ),
            }
        }));
    }
    console::data(&script(arguments, &name, &needs)?)
}

/// Hours as Slurm writes them, `D-HH:MM:SS`, rounded up to a minute.
fn wall_time(hours: f64) -> String {
    let minutes = (hours * 60.0).ceil() as u64;
    format!("{}-{:02}:{:02}:00", minutes / 1440, minutes / 60 % 24, minutes % 60)
}

/// The absolute path of a file, quoted for a shell: a task starts in a folder of its own.
fn absolute(path: &Path) -> Result<String, Error> {
    let found = std::path::absolute(path)
        .map_err(|error| Error::no_input(Said::same(format!("{}: {error}", path.display()))))?;
    Ok(shell_word(&found.display().to_string()))
}

/// The text of the script, in the language asked for; its lines are explained in it by remarks.
///
/// `--force` stands in every task because the estimate was shown here. Twice the estimated memory is
/// asked for, at least 512 MiB: a task that is killed for memory loses its place, and the estimate is
/// one of typical caseloads.
fn script(arguments: &SlurmArguments, name: &str, needs: &ResourceEstimate) -> Result<String, Error> {
    let program = std::env::current_exe().map_err(|error| {
        Error::no_input(said!(
            "waar staat dit programma? {error}",
            "where is this program? {error}",
            error = crate::language::spoken(&error)
        ))
    })?;
    let (program, here) = (absolute(&program)?, absolute(Path::new("."))?);
    let usual = || match arguments.command {
        Shared::Run => PathBuf::from("output").join(name),
        other => PathBuf::from("output").join(format!("{}-{name}", other.name())),
    };
    let out = absolute(&arguments.out.clone().unwrap_or_else(usual))?;
    let mut words = vec![program.clone(), arguments.command.name().to_owned(), arguments.scenario.in_words()];
    words.retain(|word| !word.is_empty());
    words.extend(arguments.replicates.map(|n| format!("--replicates {n}")));
    words.push(format!("--out {out} --force"));
    let words = words.join(" ");
    let SlurmArguments { tasks, cpus, warning, .. } = arguments;
    let time = wall_time(arguments.hours);
    let more: String = arguments.sbatch.iter().map(|option| format!("#SBATCH {option}\n")).collect();
    // Slurm's own share of memory is by core; what is asked for is twice the estimate.
    let memory = (needs.memory_gib * 2.0 * 1024.0).ceil().max(512.0);
    let lang = arguments.language.choose();
    let (hours, share) = (needs.hours * f64::from(*cpus), needs.hours / f64::from(*tasks));
    let [hours, share] = [hours, share].map(|hours| number::amount(lang, hours));
    let command = arguments.command.name();
    let [about, stops, again, tasks_word, results_word] = match lang {
        Lang::Nl => [
            format!(
                "# Geeft `stapjes {command}` op als {tasks} taken van {cpus} kernen en het werk dat ze samenvoegt. Typ: bash DIT-BESTAND\n\
                 # Ongeveer {hours} kernuren in alles, {share} uur per taak. Na een storing opnieuw opgegeven gaat het verder waar het was."
            ),
            "# Het programma stopt ordelijk bij USR1 (de tijd is bijna om) en TERM, bewaart brokken die af zijn en eindigt met 75.".to_owned(),
            "# Aan het eind van zijn tijd gaat het later verder; door iemand beëindigd (een signaal: 128 en meer) mag het vijf keer.".to_owned(),
            "taken: job".to_owned(),
            "resultaten:".to_owned(),
        ],
        Lang::En => [
            format!(
                "# Submits `stapjes {command}` as {tasks} tasks of {cpus} cores and the job that merges them. Type: bash THIS-FILE\n\
                 # About {hours} core hours in all, {share} hours a task. Submitted again after a failure it goes on where it stopped."
            ),
            "# The program stops in order at USR1 (the time is nearly over) and TERM, keeps its finished chunks and ends with 75.".to_owned(),
            "# At the end of its time it goes on later; killed by somebody (a signal: 128 and more) it may try five times.".to_owned(),
            "tasks: job".to_owned(),
            "results:".to_owned(),
        ],
    };
    Ok(format!(
        r#"#!/usr/bin/env bash
{about}
set -euo pipefail
cd {here}
mkdir -p "$(dirname {out})"

tasks=$(sbatch --parsable <<'TASK'
#!/usr/bin/env bash
#SBATCH --job-name=stapjes-{name}
#SBATCH --array=1-{tasks}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={cpus}
#SBATCH --mem={memory}M
#SBATCH --time={time}
#SBATCH --signal=B:USR1@{warning}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=stapjes-{name}-%a.log
{more}
{stops}
{words} --shard "$SLURM_ARRAY_TASK_ID/{tasks}" --threads "${{SLURM_CPUS_PER_TASK:-1}}" --progress auto &
program=$!
over=no
trap 'over=yes; kill -USR1 $program 2>/dev/null || true' USR1
trap 'kill -TERM $program 2>/dev/null || true' TERM
code=0
wait $program || code=$?
while kill -0 $program 2>/dev/null; do code=0; wait $program || code=$?; done
{again}
if {{ [ $code -eq 75 ] && [ $over = yes ]; }} || {{ [ $code -gt 128 ] && [ "${{SLURM_RESTART_COUNT:-0}}" -lt 5 ]; }}; then
  scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}" && sleep 60
fi
exit $code
TASK
)
tasks=${{tasks%%;*}}

merge=$(sbatch --parsable --dependency="afterok:$tasks" --kill-on-invalid-dep=yes <<'MERGE'
#!/usr/bin/env bash
#SBATCH --job-name=stapjes-{name}-merge
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem={memory}M
#SBATCH --time={time}
#SBATCH --open-mode=append
#SBATCH --output=stapjes-{name}-merge.log
{more}
exec {program} merge {out}
MERGE
)
echo "{tasks_word} $tasks; merge: job ${{merge%%;*}}; {results_word}" {out}
"#,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_time_is_as_slurm_writes_it() {
        assert_eq!(wall_time(1.0), "0-01:00:00");
        assert_eq!(wall_time(0.02), "0-00:02:00");
        assert_eq!(wall_time(50.5), "2-02:30:00");
        assert!(hours("0").is_err() && hours("x").is_err() && hours("0.5") == Ok(0.5));
    }
}
