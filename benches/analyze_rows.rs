//! Time of every method of `analyze` against the number of rows: `cargo bench --bench analyze_rows [-- LARGEST]`.
//!
//! R on the same rows: `cargo bench --bench analyze_rows -- --write FOLDER` writes them as CSV and times nothing;
//! `Rscript benches/analyze_rows.R FOLDER` then prints the same table for the methods that R's `survival`, `stats` and `MASS` have.
//!
//! One data set of made-up follow-up: exponential times rounded to a hundredth of a month (so that times tie as they do in files), two arms, 200
//! clusters, two causes, a covariate; and counts of the same people. Each method runs once at 3,000, 30,000 and 300,000 rows; the
//! last column is the exponent by which the time grows over the last factor of ten: 1 is linear, 2 quadratic. Methods slower than a
//! minute at one size are not tried at the next.

#![allow(clippy::print_stdout, reason = "a bench prints its table")]

use std::path::Path;
use std::time::Instant;

use stapjes::estimate::Options;
use stapjes::estimate::catalogue::{Needs, Request, methods, parse_requests};
use stapjes::observe::{Covariate, Dataset};
use stapjes::random::philox::Stream;

fn uniform(stream: &mut Stream) -> f64 {
    use rand_core::Rng as _;
    (f64::from(stream.next_u32()) + 0.5) / 4_294_967_296.0
}

fn follow_up(rows: usize) -> Dataset {
    let mut stream = Stream::new([1, 0]);
    let mut data = Dataset { arm_names: vec!["regular".into(), "fip".into()], ..Dataset::default() };
    let (mut cluster, mut count, mut covariate) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..rows {
        let own = row as u32 % 200;
        let arm = own % 2;
        let event = -libm::log(uniform(&mut stream)) * if arm == 1 { 40.0 } else { 50.0 };
        let end = 12.0 + 48.0 * uniform(&mut stream);
        data.time.push(libm::ceil(event.min(end) * 100.0) / 100.0);
        data.cause.push(if event > end { 0 } else { 1 + u32::from(uniform(&mut stream) < 0.3) });
        data.arm.push(arm);
        cluster.push(own);
        count.push((uniform(&mut stream) * 3.0) as u32);
        covariate.push(uniform(&mut stream));
    }
    Dataset {
        cluster: Some(cluster),
        person: Some((0..rows as u32).collect()),
        outcome: Some(covariate.clone()),
        count: Some(count),
        covariates: vec![Covariate { name: "x".into(), values: covariate }],
        ..data
    }
}

/// The columns that a kind of method looks at; others would change what it does.
fn fitted(data: &Dataset, needs: Needs) -> Dataset {
    let counts = needs == Needs::Counts;
    let values = matches!(needs, Needs::Values | Needs::ClusteredValues);
    let clustered =
        matches!(needs, Needs::Clusters | Needs::ClusteredOutcomes | Needs::ClusteredValues | Needs::Counts);
    Dataset {
        cluster: data.cluster.clone().filter(|_| clustered),
        person: data.person.clone().filter(|_| needs == Needs::Recurrent),
        count: data.count.clone().filter(|_| counts),
        outcome: data.outcome.clone().filter(|_| values),
        covariates: if needs == Needs::Covariates { data.covariates.clone() } else { Vec::new() },
        ..data.clone()
    }
}

/// The rows as R reads them.
fn write(folder: &Path, data: &Dataset) -> std::io::Result<()> {
    let missing = || std::io::Error::other("a column is missing");
    let cluster = data.cluster.as_ref().ok_or_else(missing)?;
    let count = data.count.as_ref().ok_or_else(missing)?;
    let covariate = data.outcome.as_ref().ok_or_else(missing)?;
    let mut text = String::from("person,months,cause,arm,cluster,count,x\n");
    for row in 0..data.time.len() {
        let (time, cause, arm) = (data.time[row], data.cause[row], &data.arm_names[data.arm[row] as usize]);
        text += &format!("{row},{time},{cause},{arm},{},{},{}\n", cluster[row], count[row], covariate[row]);
    }
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(format!("rows-{}.csv", data.time.len())), text)
}

fn main() {
    let folder = std::env::args().skip_while(|word| word != "--write").nth(1);
    let largest: usize = std::env::args().filter_map(|word| word.parse().ok()).next().unwrap_or(300_000);
    let sizes: Vec<usize> = [3_000, 30_000, 300_000].into_iter().filter(|rows| *rows <= largest).collect();
    let sets: Vec<Dataset> = sizes.iter().map(|rows| follow_up(*rows)).collect();
    if let Some(folder) = folder {
        for set in &sets {
            write(Path::new(&folder), set).expect("the folder can be written");
        }
        return println!("{folder}: {} files", sets.len());
    }
    let with_arguments = [
        ("window-mean", "(6,24)"),
        ("cox-piecewise", "(12)"),
        ("early-zero", "(12)"),
        ("magirr-burman", "(12,2)"),
        ("binomial-test", "(0.4)"),
        ("rate-test", "(0.02)"),
        ("farrington-manning", "(-0.05)"),
        ("rmst-margin", "(-1)"),
    ];
    println!(
        "| method | {} | grows by |",
        sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
    );
    println!("|---|{}---|", "---|".repeat(sizes.len()));
    for method in methods() {
        let arguments =
            with_arguments.iter().find(|(name, _)| *name == method.name).map_or("", |(_, own)| own);
        let Ok(requests) = parse_requests(&format!("{}{arguments}", method.name)) else { continue };
        let request: &Request = &requests[0];
        let mut seconds: Vec<f64> = Vec::new();
        for set in &sets {
            if seconds.last().is_some_and(|last| *last > 6.0) {
                break;
            }
            let data = fitted(set, method.needs);
            let at = if method.name == "milestone" { vec![24.0] } else { Vec::new() };
            let cause = matches!(method.needs, Needs::Causes | Needs::Recurrent).then_some(1);
            let options = Options { at, cause, ..Options::default() };
            let clock = Instant::now();
            let found = request.run(&data, &options);
            seconds.push(clock.elapsed().as_secs_f64());
            if let Err(error) = found {
                println!("| `{}` refused: {error} |", method.name);
                break;
            }
        }
        let grows = match seconds.as_slice() {
            [.., before, last] => format!("{:.1}", libm::log10(last / before)),
            _ => String::new(),
        };
        let shown: Vec<String> = (0..sizes.len())
            .map(|at| seconds.get(at).map_or("-".to_owned(), |own| format!("{own:.3} s")))
            .collect();
        println!("| `{}` | {} | {grows} |", method.name, shown.join(" | "));
    }
}
