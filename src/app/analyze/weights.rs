//! `--weights`: whole numbers are frequencies, so that a row is that many people; anything else are sampling weights.

use crate::error::Error;
use crate::language::Said;
use crate::observe::Dataset;
use crate::observe::columns::Prepared;
use crate::said;

/// What the numbers of the weight column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightKind {
    /// How many people a row stands for.
    Frequency,
    /// How much of the population a row stands for: inverse probabilities of being in the file.
    Sampling,
}

/// More people than this are a mistake, or too many to hold.
const MOST_PEOPLE: f64 = 2e7;

/// Makes rows of frequencies; sampling weights stay with their rows.
///
/// # Errors
/// [`ErrorKind::Data`](crate::error::ErrorKind::Data): frequencies that are no whole numbers, or more people than can be held.
pub(super) fn weigh(prepared: &mut Prepared, column: &str, told: Option<WeightKind>) -> Result<(), Error> {
    let Some(weight) = prepared.data.weight.take() else { return Ok(()) };
    let whole = weight.iter().all(|weight| weight.fract() == 0.0);
    let kind = told.unwrap_or(if whole { WeightKind::Frequency } else { WeightKind::Sampling });
    let meaning = match kind {
        WeightKind::Sampling => {
            prepared.data.weight = Some(weight);
            said!(
                "steekproefgewichten: schattingen zijn gewogen, fouten robuust",
                "sampling weights: estimates are weighted, errors robust"
            )
        }
        WeightKind::Frequency if !whole => {
            return Err(Error::data(said!(
                "{column}: frequenties zijn hele getallen; --weights-as sampling neemt andere",
                "{column}: frequencies are whole numbers; --weights-as sampling takes others",
                column = column
            )));
        }
        WeightKind::Frequency => {
            repeat(prepared, column, &weight)?;
            said!(
                "frequenties: een rij telt voor zoveel mensen",
                "frequencies: a row counts as that many people"
            )
        }
    };
    if let Some(column) = prepared.reading.columns.iter_mut().find(|reading| reading.part == "weights") {
        column.values = said!("{}; {}", "{}; {}", column.values, meaning);
        column.guessed = told.is_none();
        let otherwise = if kind == WeightKind::Frequency { "sampling" } else { "frequency" };
        // Broken numbers can only be sampling weights.
        column.say_otherwise =
            (told.is_none() && whole).then(|| Said::same(format!("--weights-as {otherwise}")));
    }
    Ok(())
}

/// Writes every row as often as its frequency says. Frequencies must be whole numbers.
fn repeat(prepared: &mut Prepared, column: &str, weight: &[f64]) -> Result<(), Error> {
    let people: f64 = weight.iter().sum();
    if people > MOST_PEOPLE {
        return Err(Error::data(said!(
            "{column} telt op tot {people} mensen; hoogstens {most_people} kunnen worden \
                 geanalyseerd",
            "{column} adds up to {people} people; at most {most_people} can be analyzed",
            column = column,
            people = people,
            most_people = MOST_PEOPLE
        )));
    }
    let times = |row: usize| weight[row] as usize;
    let rows: Vec<usize> = (0..weight.len()).flat_map(|row| std::iter::repeat_n(row, times(row))).collect();
    let data = prepared.data.clone();
    let counted = Dataset { weight: Some(weight.to_vec()), ..data };
    prepared.counted =
        Some(Box::new(Prepared { data: counted, parts: prepared.parts.clone(), ..Prepared::default() }));
    let mut data = prepared.data.rows(&rows);
    if let Some(person) = &prepared.data.person {
        // The copies of a row are different people; the rows of one person have one weight, so that copies fit together.
        let mut known: Vec<(u32, f64)> = person.iter().copied().zip(weight.iter().copied()).collect();
        known.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        known.dedup();
        if known.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(Error::data(said!(
                "{column} verschilt tussen rijen van één persoon",
                "{column} differs between rows of one person",
                column = column
            )));
        }
        let mut first = vec![0_u32; known.len() + 1];
        for (at, (_, weight)) in known.iter().enumerate() {
            first[at + 1] = first[at] + *weight as u32;
        }
        let place = |person: u32| known.partition_point(|known_person| known_person.0 < person);
        let copies = (0..weight.len()).flat_map(|row| {
            let from = first[place(person[row])];
            (0..times(row) as u32).map(move |copy| from + copy)
        });
        data.person = Some(copies.collect());
    }
    let mut starts = vec![0_usize; weight.len() + 1];
    for row in 0..weight.len() {
        starts[row + 1] = starts[row] + times(row);
    }
    for (_, rows) in &mut prepared.parts {
        *rows = rows.iter().flat_map(|&row| starts[row]..starts[row + 1]).collect();
    }
    prepared.data = data;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(weight: &[f64]) -> Prepared {
        let data = Dataset {
            time: vec![3.0, 5.0, 9.0],
            cause: vec![0, 1, 1],
            arm: vec![0, 0, 1],
            arm_names: vec!["a".into(), "b".into()],
            person: Some(vec![4, 4, 7]),
            start: Some(vec![0.0, 3.0, 0.0]),
            weight: Some(weight.to_vec()),
            ..Dataset::default()
        };
        Prepared { data, parts: vec![("x".into(), vec![1]), ("y".into(), vec![0, 2])], ..Prepared::default() }
    }

    #[test]
    fn frequencies_become_people() {
        let mut found = prepared(&[2.0, 2.0, 1.0]);
        weigh(&mut found, "w", None).unwrap();
        assert_eq!(found.data.time, [3.0, 3.0, 5.0, 5.0, 9.0]);
        assert_eq!(found.data.person, Some(vec![0, 1, 0, 1, 2]));
        assert_eq!(found.parts[0].1, [2, 3]);
        assert_eq!(found.parts[1].1, [0, 1, 4]);
        assert!(found.data.weight.is_none());
        let differ = weigh(&mut prepared(&[2.0, 3.0, 1.0]), "w", None).unwrap_err();
        assert!(differ.to_string().contains("differs between rows of one person"), "{differ}");
        assert!(weigh(&mut prepared(&[2e7, 2e7, 1.0]), "w", None).is_err());
    }

    #[test]
    fn sampling_weights_stay() {
        let mut found = prepared(&[1.5, 1.5, 1.0]);
        weigh(&mut found, "w", None).unwrap();
        assert_eq!(found.data.weight, Some(vec![1.5, 1.5, 1.0]));
        assert!(weigh(&mut prepared(&[1.5, 1.5, 1.0]), "w", Some(WeightKind::Frequency)).is_err());
        let mut told = prepared(&[2.0, 2.0, 1.0]);
        weigh(&mut told, "w", Some(WeightKind::Sampling)).unwrap();
        assert!(told.data.weight.is_some());
    }
}
