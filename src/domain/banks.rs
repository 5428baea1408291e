//! Banks by the number NAPAS knows them by (BIN). Names change, numbers stay: see the State Bank's
//! letter 1589/NHNN-TT of 11/03/2024 and the list in github.com/subiz/vietqr (`bank.csv`).

/// BIN and the name people know, in the order of the numbers.
const BANKS: [(&str, &str); 24] = [
    ("970400", "SaigonBank"),
    ("970403", "Sacombank"),
    ("970405", "Agribank"),
    ("970407", "Techcombank"),
    ("970415", "VietinBank"),
    ("970416", "ACB"),
    ("970418", "BIDV"),
    ("970422", "MB"),
    ("970423", "TPBank"),
    ("970426", "MSB"),
    ("970427", "VietABank"),
    ("970428", "Nam A Bank"),
    ("970429", "SCB"),
    ("970431", "Eximbank"),
    ("970432", "VPBank"),
    ("970433", "VietBank"),
    ("970436", "Vietcombank"),
    ("970437", "HDBank"),
    ("970440", "SeABank"),
    ("970441", "VIB"),
    ("970443", "SHB"),
    ("970448", "OCB"),
    ("970449", "LPBank"),
    ("970452", "KienlongBank"),
];

/// The name of the bank with this number, where it is one of the larger ones.
#[must_use]
pub fn bank_name(bin: &str) -> Option<&'static str> {
    BANKS.iter().find(|(known, _)| *known == bin).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bank_is_listed_once_and_in_order() {
        assert!(BANKS.is_sorted_by(|(one, _), (next, _)| one < next));
        assert!(BANKS.iter().all(|(bin, _)| bin.len() == 6 && bin.starts_with("9704")));
        assert_eq!(bank_name("970436"), Some("Vietcombank"));
        assert_eq!(bank_name("000000"), None);
    }
}
