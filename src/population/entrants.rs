//! Those who come in after the start, drawn once for all worlds of a replicate: the same people come in under every service.

use super::client::Client;
use super::site::SiteLuck;
use super::{CLIENTS_BETWEEN_CHECKS, ClientMaker};
use crate::halt;

/// Most entrants that are kept, of all sites together (80 MiB). Those who come later are drawn by whoever asks for them.
pub(super) const ROOM: usize = 1 << 19;

/// The entrants of a site, month by month, as far as there was room.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Entrants {
    /// Clients in the order of months and numbers.
    clients: Vec<Client>,
    /// Where each month begins, from month 1 on, and where the last ends.
    starts: Vec<usize>,
}

impl Entrants {
    /// Draws the entrants of the months from 1 to the last, as many as come when so many clients were there at the start.
    pub(super) fn draw(
        maker: &ClientMaker,
        (site, luck): (usize, &SiteLuck),
        months: u32,
        clients_at_start: u32,
        room: usize,
    ) -> Self {
        let numbers = (1..=months).map(|month| maker.entrants(site, month, clients_at_start));
        let mut starts = vec![0];
        for number in numbers {
            let end = starts[starts.len() - 1] + number as usize;
            if end > room {
                break;
            }
            starts.push(end);
        }
        let mut clients = Vec::with_capacity(starts[starts.len() - 1]);
        for (month, between) in (1..).zip(starts.array_windows()) {
            let &[first, next] = between;
            for number in 0..(next - first) as u32 {
                if number.is_multiple_of(CLIENTS_BETWEEN_CHECKS) {
                    halt::check();
                }
                clients.push(maker.entrant(site, month, number, luck.irregularity_stock));
            }
        }
        Self { clients, starts }
    }

    /// Number of clients that are kept.
    pub(super) fn len(&self) -> usize {
        self.clients.len()
    }

    /// A client who comes in during a month (1 = the first), by number; `None` when it was not kept.
    pub(crate) fn get(&self, month: u32, number: u32) -> Option<&Client> {
        let first = *self.starts.get(month as usize - 1)?;
        let next = *self.starts.get(month as usize)?;
        self.clients[first..next].get(number as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Dice;
    use crate::scenario::Scenario;

    #[test]
    fn section_5_entrants_are_those_of_their_addresses_as_far_as_there_is_room() {
        let scenario =
            Scenario::from_text("extends = \"heel-bestand\"\nname = \"entrants\"").expect("a scenario");
        let dice = Dice::new(3, 1);
        let maker = ClientMaker::new(&scenario, dice);
        let luck = SiteLuck::draw(&scenario.parameters.site, &dice, 0);
        let of_month = |month| maker.entrants(0, month, 500);
        let two_months = (of_month(1) + of_month(2)) as usize;
        for (room, months) in [(usize::MAX, 4), (two_months, 2), (0, 0)] {
            let entrants = Entrants::draw(&maker, (0, &luck), 4, 500, room);
            for month in 1..=4 {
                for number in 0..of_month(month) + 2 {
                    let kept = (month <= months && number < of_month(month))
                        .then(|| maker.entrant(0, month, number, luck.irregularity_stock));
                    assert_eq!(entrants.get(month, number), kept.as_ref());
                }
            }
            assert_eq!(entrants.len(), (1..=months).map(of_month).sum::<u32>() as usize);
        }
        assert_eq!(Entrants::default().get(1, 0), None);
    }
}
