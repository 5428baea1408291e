//! Dice that always fall the same way: SplitMix64 (Steele, Lea and Flood, 2014) from a seed.

/// A seeded source of choices; equal seeds give equal choices.
#[derive(Clone, Debug)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// Dice from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Dice {
        Dice { state: seed }
    }

    /// Dice of their own for one part of the world, so that a change there leaves the rest alone.
    #[must_use]
    pub fn apart(&self, label: u64) -> Dice {
        let mut dice = Dice::new(self.state ^ label.wrapping_mul(0xd6e8_feb8_6659_fd93));
        Dice::new(dice.roll())
    }

    /// Any 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound`, the latter excluded; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        let scaled = (u128::from(self.roll()) * u128::from(bound)) >> 64;
        u32::try_from(scaled).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True in `percent` of a hundred cases.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// An index into something of `length`; `None` when there is nothing.
    pub fn index(&mut self, length: usize) -> Option<usize> {
        let bound = u32::try_from(length).ok().filter(|bound| *bound > 0)?;
        usize::try_from(self.below(bound)).ok()
    }

    /// One of the choices; `None` when there are none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let index = self.index(choices.len())?;
        choices.get(index)
    }

    /// One of the words; empty when there are none.
    pub fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.pick(words).copied().unwrap_or_default()
    }

    /// One of the choices, each as likely as its weight says; `None` when all weights are 0.
    pub fn weighted<T: Copy>(&mut self, choices: &[(u32, T)]) -> Option<T> {
        let mut left = self.below(choices.iter().map(|(weight, _)| weight).sum());
        for (weight, choice) in choices {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return Some(*choice),
            }
        }
        None
    }

    /// Puts a list into any order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            if let Some(other) = self.index(end + 1) {
                list.swap(end, other);
            }
        }
    }

    /// So many decimal digits, the first not a zero.
    pub fn digits(&mut self, count: usize) -> String {
        self.symbols(count, "0123456789", '1')
    }

    /// So many hexadecimal digits in capitals, as banks' trace numbers have them.
    pub fn hex(&mut self, count: usize) -> String {
        self.symbols(count, "0123456789ABCDEF", 'A')
    }

    fn symbols(&mut self, count: usize, alphabet: &str, instead_of_zero: char) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..count)
            .map(|place| match self.pick(&alphabet).copied().unwrap_or(instead_of_zero) {
                '0' if place == 0 => instead_of_zero,
                symbol => symbol,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_fall_equally_and_others_do_not() {
        let rolls = |seed| {
            let mut dice = Dice::new(seed);
            (0..8).map(|_| dice.roll()).collect::<Vec<_>>()
        };
        assert_eq!(rolls(7), rolls(7));
        assert_ne!(rolls(7), rolls(8));
    }

    #[test]
    fn the_generator_is_the_published_one() {
        // First outputs of the reference implementation for seed 1234567.
        let mut dice = Dice::new(1_234_567);
        assert_eq!(dice.roll(), 6_457_827_717_110_365_317);
        assert_eq!(dice.roll(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn choices_stay_in_their_bounds() {
        let mut dice = Dice::new(1);
        for _ in 0..2_000 {
            assert!(dice.below(3) < 3);
            assert!((4..=6).contains(&dice.between(4, 6)));
            assert_ne!(dice.weighted(&[(0, 'a'), (2, 'b'), (1, 'c')]), Some('a'));
            assert_eq!(dice.digits(5).len(), 5);
        }
        assert_eq!(dice.pick::<u8>(&[]), None);
        assert_eq!(dice.below(0), 0);
    }

    #[test]
    fn shuffling_keeps_every_item() {
        let mut list: Vec<u32> = (0..50).collect();
        Dice::new(3).shuffle(&mut list);
        assert_ne!(list, (0..50).collect::<Vec<_>>());
        list.sort_unstable();
        assert_eq!(list, (0..50).collect::<Vec<_>>());
    }
}
