//! One world of one replicate: which caseloads there are, and who is in them.

use std::borrow::Cow;

use super::absent::Absent;
use super::book::{Book, Lives};
use super::clock::Clock;
use super::entry::{Arrivals, Inflow, NOT_A_PARTICIPANT, enter, meet};
use super::means::Means;
use super::setting::{Services, Setting, Staff};
use super::single::Single;
use super::totals::Totals;
use super::{Workspace, recording, step};
use crate::engine::Keep;
use crate::engine::allocation::{ArmClients, paired_places, study_places};
use crate::halt;
use crate::history::{Event, GroupTally, History, LifeMonth, Record, World};
use crate::kinds::Band;
use crate::population::{self, Caseworker, Client, ClientMaker, Entrants, Population, caseworker_id};
use crate::random::Dice;
use crate::scenario::{Arm, Scenario};

/// Simulates one world of one replicate under the full model.
pub(in crate::engine) fn simulate(
    means: &Means,
    scenario: &Scenario,
    population: &Population,
    replicate: u32,
    world: World,
    keep: Keep,
) -> History {
    simulate_some(means, scenario, population, replicate, (world, Caseloads::All), keep)
}

/// The months of `count` sampled clients per arm and site of [`simulate`], from their own caseloads alone: nobody else is drawn.
pub(in crate::engine) fn lives(
    means: &Means,
    scenario: &Scenario,
    replicate: u32,
    world: World,
    count: u32,
) -> Vec<LifeMonth> {
    let keep = Keep { record: false, lives: count };
    let sites = population::sites(scenario, replicate);
    simulate_some(means, scenario, &sites, replicate, (world, Caseloads::WithLives), keep).lives
}

/// Which caseloads are simulated: one does not hang on another.
#[derive(Clone, Copy, PartialEq)]
enum Caseloads {
    /// All of them.
    All,
    /// Those that hold sampled clients.
    WithLives,
}

/// Simulates some of the caseloads of a world.
fn simulate_some(
    means: &Means,
    scenario: &Scenario,
    population: &Population,
    replicate: u32,
    (world, caseloads): (World, Caseloads),
    keep: Keep,
) -> History {
    let dice = Dice::new(scenario.seed, replicate);
    let maker = ClientMaker::new(scenario, dice);
    let arms: Vec<usize> = match world {
        World::Paired { arm } => vec![arm],
        World::Study => (0..scenario.arms.len()).collect(),
    };
    let mut history = History {
        world,
        tallies: vec![vec![GroupTally::new(scenario.horizon_months); scenario.sites.len()]; arms.len()],
        parts: Vec::new(),
        record: Record::default(),
        lives: Vec::new(),
    };
    let parts = scenario.parts();
    let mut by_part = vec![Totals::new(scenario.horizon_months); parts.len().max(1)];
    if !parts.is_empty() {
        history.parts = vec![vec![GroupTally::new(scenario.horizon_months); parts.len()]; arms.len()];
    }
    let single = Single::new(&scenario.parameters);
    let mut workspace = Workspace::default();
    let steps = 0..scenario.horizon_months * scenario.steps_per_month;
    let clocks: Vec<Clock> = steps.map(|step| Clock::at(scenario, step)).collect();
    let mut absent = Absent::new(scenario.horizon_months * scenario.steps_per_month);
    let mut of_others = Vec::new();
    let mut clusters = 0;
    for (site_index, site) in scenario.sites.iter().enumerate() {
        let study = (world == World::Study).then(|| study_places(scenario, site_index));
        for (slot, &arm) in arms.iter().enumerate() {
            let places = match &study {
                Some(places) => places[arm].clone(),
                None => paired_places(scenario, site_index, arm),
            };
            let plan = &scenario.arms[arm];
            let dedicated = dedicated_shares(plan, places.arm_full_time);
            let luck = population.sites[site_index];
            let services = Services::new(scenario, plan, &luck);
            let setting = Setting {
                scenario,
                parameters: &scenario.parameters,
                single: &single,
                arm: plan,
                parts: &parts,
                caseworker: 0,
                full_time: places.full_time,
                dedicated: &dedicated,
                site,
                site_index,
                luck,
                services: &services,
                means: *means,
                dice,
            };
            let group = Group {
                setting,
                maker: &maker,
                arm,
                first_cluster: clusters,
                keep,
                world,
                caseloads,
                clocks: &clocks,
            };
            by_part.iter_mut().for_each(Totals::clear);
            let sink = Sink {
                totals: &mut by_part,
                absent: &mut absent,
                record: &mut history.record,
                of_others: &mut of_others,
                lives: &mut history.lives,
            };
            let people = (&population.clients[site_index][..], &population.entrants[site_index]);
            clusters += group.simulate(&places, people, &mut workspace, sink);
            for (part, totals) in by_part.iter().enumerate() {
                totals.add_to(&mut history.tallies[slot][site_index]);
                if let Some(total) = history.parts.get_mut(slot).and_then(|parts| parts.get_mut(part)) {
                    totals.add_to(total);
                }
            }
        }
    }
    history.record.events.append(&mut of_others);
    history
}

/// Shares of the caseworkers' time that serve one service only; `full_time` of them work for the arm at the site.
fn dedicated_shares(arm: &Arm, full_time: f64) -> Vec<(usize, f64)> {
    let share = |&(service, number): &(usize, f64)| (service, (number / full_time).min(1.0));
    if full_time > 0.0 { arm.dedicated.iter().map(share).collect() } else { Vec::new() }
}

/// The clients of one arm at one site.
struct Group<'a> {
    /// What its caseloads share.
    setting: Setting<'a>,
    /// Makes the entrants.
    maker: &'a ClientMaker<'a>,
    /// Number of the arm.
    arm: usize,
    /// Number of its first caseload over the whole study.
    first_cluster: u32,
    /// What the history keeps besides totals.
    keep: Keep,
    /// Which world is simulated.
    world: World,
    /// Which of the caseloads.
    caseloads: Caseloads,
    /// The steps, in order.
    clocks: &'a [Clock],
}

/// Where a group writes.
struct Sink<'a> {
    /// Totals, one for each part of the caseload that is kept apart.
    totals: &'a mut [Totals],
    /// Memory for those who are out, one caseload after the other.
    absent: &'a mut Absent,
    /// The record of the study, as far as it is about participants.
    record: &'a mut Record,
    /// The events of others, which come last in it.
    of_others: &'a mut Vec<Event>,
    /// The sampled lives.
    lives: &'a mut Vec<LifeMonth>,
}

impl Group<'_> {
    /// Simulates the caseloads one after the other; returns their number.
    fn simulate(
        &self,
        places: &ArmClients,
        (clients, made): (&[Client], &Entrants),
        workspace: &mut Workspace,
        sink: Sink,
    ) -> u32 {
        let Sink { totals, absent, record, of_others, lives } = sink;
        let entrants = self.entrants(places.clients);
        let mut lives_left = self.keep.lives as usize;
        for caseload in 0..places.caseloads {
            halt::check();
            if self.caseloads == Caseloads::WithLives && lives_left == 0 {
                break;
            }
            let setting = Setting { caseworker: places.as_in_study(caseload), ..self.setting };
            let members = places.members(caseload);
            let sampled = lives_left.min(members.len());
            lives_left -= sampled;
            let keeps = self.keep.record && self.world == World::Study;
            let events_before = record.events.len();
            workspace.load.clear();
            absent.clear();
            let mut book = Book {
                totals,
                absent,
                off: Default::default(),
                part: 0,
                month: 0,
                time: 0.0,
                events: keeps.then_some(&mut record.events),
                lives: (sampled > 0).then(|| Lives {
                    count: sampled as u32,
                    place: (self.arm as u16, self.setting.site_index as u16),
                    notes: Vec::new(),
                    months: lives,
                }),
            };
            let first = record.site.len() as u32;
            let mut columns = keeps.then_some(RecordColumns {
                site: &mut record.site,
                arm: &mut record.arm,
                caseworker: &mut record.caseworker,
                entry_month: &mut record.entry_month,
                entry_band: &mut record.entry_band,
                entry_distance: &mut record.entry_distance,
                months_on_benefit: &mut record.months_on_benefit,
                age_years: &mut record.age_years,
            });
            let mut arrivals = Arrivals { later: Vec::new(), inflow: None };
            let place = caseworker_id(self.setting.site_index, places.first_caseworker + caseload);
            let staff = Staff { caseworker: Caseworker::draw(&self.setting.dice, place, 0) };
            for (offset, &number) in members.iter().enumerate() {
                let client = match clients.get(number as usize) {
                    Some(drawn) => Cow::Borrowed(drawn),
                    None => Cow::Owned(self.maker.at_start(
                        setting.site_index,
                        setting.site,
                        &setting.luck,
                        number,
                    )),
                };
                let entry = enrollment_month(self.setting.scenario, &client);
                let participant = if keeps { first + offset as u32 } else { NOT_A_PARTICIPANT };
                if let Some(columns) = &mut columns {
                    columns.push(self, caseload, &client, entry);
                }
                if entry == 0 {
                    enter(&mut workspace.load, &client, participant, (0, 0.0), &setting, &mut book);
                } else {
                    arrivals.later.push((entry, participant, client));
                }
            }
            meet(&mut workspace.load, 0, &staff, &setting, &mut book);
            arrivals.later.sort_by_key(|(entry, _, client)| std::cmp::Reverse((*entry, client.id)));
            arrivals.inflow = self.setting.scenario.inflow.then_some(Inflow {
                maker: self.maker,
                made,
                entrants: &entrants,
                caseloads: places.caseloads,
                caseload,
            });
            self.live(staff, &setting, workspace, &mut arrivals, &mut book);
            // Participants are numbered caseload by caseload: so the whole record goes by participant, and each one's events by time.
            record.events[events_before..].sort_by_key(|event| event.participant);
            let of_participants =
                record.events.partition_point(|event| event.participant != NOT_A_PARTICIPANT);
            of_others.extend(record.events.drain(of_participants..));
        }
        places.caseloads
    }

    /// How many come in at the site in each month, the first being entry 1: counted once, not for every caseload.
    fn entrants(&self, clients_at_start: u32) -> Vec<u32> {
        let Setting { scenario, site_index, .. } = self.setting;
        let months = if scenario.inflow { scenario.horizon_months } else { 0 };
        let of_month = |month| match month {
            0 => 0,
            _ => self.maker.entrants(site_index, month, clients_at_start),
        };
        (0..=months).map(of_month).collect()
    }

    /// The months of one caseload.
    fn live(
        &self,
        mut staff: Staff,
        setting: &Setting,
        workspace: &mut Workspace,
        arrivals: &mut Arrivals,
        book: &mut Book,
    ) {
        recording::run(&workspace.load, setting, book);
        recording::lives(&workspace.load, 0.0, book);
        for clock in self.clocks {
            book.month = clock.month;
            book.time = clock.end;
            step(workspace, &mut staff, arrivals, setting, clock, book);
        }
    }
}

/// Month of enrolment: spread evenly over the enrolment period by the client's own luck.
fn enrollment_month(scenario: &Scenario, client: &Client) -> u32 {
    (client.enrollment_luck * f64::from(scenario.enrollment_months)) as u32
}

/// The participant columns of the record, borrowed apart from its events.
struct RecordColumns<'a> {
    /// Site, by number.
    site: &'a mut Vec<u16>,
    /// Arm, by number.
    arm: &'a mut Vec<u16>,
    /// Caseload, numbered over the whole study.
    caseworker: &'a mut Vec<u32>,
    /// Month of enrolment.
    entry_month: &'a mut Vec<u16>,
    /// Recorded band at enrolment.
    entry_band: &'a mut Vec<Band>,
    /// Recorded distance at enrolment, months.
    entry_distance: &'a mut Vec<f32>,
    /// Months on benefit at enrolment.
    months_on_benefit: &'a mut Vec<f32>,
    /// Age at enrolment, years.
    age_years: &'a mut Vec<f32>,
}

impl RecordColumns<'_> {
    /// One participant of a caseload, with the month of enrolment.
    fn push(&mut self, group: &Group, caseload: u32, client: &Client, entry: u32) {
        self.site.push(group.setting.site_index as u16);
        self.arm.push(group.arm as u16);
        self.caseworker.push(group.first_cluster + caseload);
        self.entry_month.push(entry as u16);
        self.entry_band.push(Band::of(client.distance_recorded));
        self.entry_distance.push(client.distance_recorded as f32);
        self.months_on_benefit.push(client.months_on_benefit as f32);
        self.age_years.push((client.age_months / 12.0) as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::instructions;

    /// Two arms, of which the second has a plan, of a whole caseload; and far clients in steps of half a month.
    const SCENARIOS: [&str; 2] = [
        "name = \"x\"\npopulation.kind = \"stock\"\ninflow = true\nhorizon_months = 10\nseed = 7\n\
         [[arm]]\nname = \"a\"\nservice = \"regular\"\nparticipants = 40\ncaseworkers = 0.4\n\
         [[arm]]\nname = \"b\"\nservice = \"regular\"\nparticipants = 40\ncaseworkers = 0.4\n\
         [[arm.serves]]\nwho = \"far\"\nservice = \"fip\"\n",
        "extends = \"lange-adem\"\nname = \"x\"\nhorizon_months = 10\nsteps_per_month = 2\n\
         arm.regular.participants = 21\narm.regular.caseworkers = 1\narm.fip.participants = 21\narm.fip.caseworkers = 1\n",
    ];

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        for text in SCENARIOS {
            let scenario = Scenario::from_text(text).map_err(|problems| problems.render(false)).unwrap();
            let population = population::draw(&scenario, 3);
            let keep = Keep { record: true, lives: 30 };
            for world in [World::Paired { arm: 0 }, World::Paired { arm: 1 }, World::Study] {
                let with = |level| {
                    let means = Means { level, ..Means::default() };
                    simulate(&means, &scenario, &population, 3, world, keep)
                };
                let widest = with(instructions::widest());
                assert!(world != World::Study || !widest.record.events.is_empty());
                assert!(!widest.lives.is_empty());
                for (name, level) in instructions::all() {
                    assert!(with(level) == widest, "{name} {world:?} of {}", scenario.name);
                }
            }
        }
    }

    #[test]
    fn sampled_lives_need_no_other_caseload() {
        let scenario = Scenario::from_text(SCENARIOS[0]).map_err(|problems| problems.render(false)).unwrap();
        let population = population::draw(&scenario, 3);
        for world in [World::Paired { arm: 1 }, World::Study] {
            for count in [1, 30, 200] {
                let keep = Keep { record: false, lives: count };
                let all = simulate(&Means::default(), &scenario, &population, 3, world, keep);
                assert!(!all.lives.is_empty());
                assert!(lives(&Means::default(), &scenario, 3, world, count) == all.lives);
            }
        }
    }

    #[test]
    fn section_7_13_dedicated_hours_are_a_share_of_every_caseworker() {
        let arm = Arm { dedicated: vec![(1, 1.0), (2, 9.0)], ..Arm::plain("a".into(), 0) };
        assert_eq!(dedicated_shares(&arm, 4.0), [(1, 0.25), (2, 1.0)]);
        assert!(dedicated_shares(&arm, 0.0).is_empty());
    }

    #[test]
    fn section_3_enrollment_is_spread_evenly_over_its_months() {
        let mut scenario =
            Scenario::from_text(SCENARIOS[1]).map_err(|problems| problems.render(false)).unwrap();
        scenario.enrollment_months = 6;
        let mut client = population::draw(&scenario, 0).clients[0][0].clone();
        let month = |luck: f64, client: &mut Client| {
            client.enrollment_luck = luck;
            enrollment_month(&scenario, client)
        };
        assert_eq!([0.0, 0.16, 0.17, 0.999].map(|luck| month(luck, &mut client)), [0, 0, 1, 5]);
    }
}
