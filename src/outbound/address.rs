//! Which addresses of the Internet a stranger's URL may lead to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether the address belongs to the public Internet: nothing of this machine, of the networks
/// around it, of a cloud's metadata service, and nothing that reaches those in disguise.
///
/// What is not known to be public is not public.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Whether the address is of this machine or of a network the operator runs: loopback, the private
/// ranges, a provider's shared range. Link-local addresses are not among them, where clouds keep
/// their credentials.
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_loopback()
                || address.is_private()
                || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    // The registry of special-purpose addresses, whose entries that are "globally reachable" only
    // in name (relays of 6to4, DNS-SD, TURN) are left out as well.
    let special = match address.octets() {
        [0 | 10 | 127, ..]
        | [169, 254, ..]
        | [192, 168, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => true,
        [100, second, ..] => (64..128).contains(&second),
        [172, second, ..] => (16..32).contains(&second),
        // Multicast, what was kept for later, broadcast.
        [first, ..] => first >= 224,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // NAT64 and 6to4 carry an IPv4 address that somebody else unpacks and connects to.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            is_public_v4(unpacked(high, low))
        }
        // Protocol assignments (Teredo, ORCHID, benchmarking), examples in documents.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Global unicast. Outside of it: loopback, unspecified, IPv4 in its compatible and mapped
        // forms, discard, unique local, link-local, site-local, multicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

fn unpacked(high: u16, low: u16) -> Ipv4Addr {
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Ipv4Addr::new(a, b, c, d)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_public_internet_are_public() {
        for (why, text, public, private) in [
            ("a public server", "113.160.0.1", true, false),
            ("a resolver", "8.8.8.8", true, false),
            ("loopback", "127.0.0.1", false, true),
            ("loopback has more than one", "127.255.255.254", false, true),
            ("unspecified", "0.0.0.0", false, false),
            ("this network", "0.1.2.3", false, false),
            ("private, ten", "10.0.0.1", false, true),
            ("private, below 172.16", "172.15.255.255", true, false),
            ("private, 172.16", "172.16.0.0", false, true),
            ("private, 172.31", "172.31.255.255", false, true),
            ("private, above 172.31", "172.32.0.0", true, false),
            ("private, 192.168", "192.168.1.1", false, true),
            ("shared, below", "100.63.255.255", true, false),
            ("shared, first", "100.64.0.0", false, true),
            ("shared, last", "100.127.255.255", false, true),
            ("shared, above", "100.128.0.0", true, false),
            ("a cloud's metadata", "169.254.169.254", false, false),
            ("link-local", "169.254.0.1", false, false),
            ("protocol assignments", "192.0.0.8", false, false),
            ("documents, one", "192.0.2.1", false, false),
            ("documents, two", "198.51.100.1", false, false),
            ("documents, three", "203.0.113.1", false, false),
            ("relay of 6to4", "192.88.99.1", false, false),
            ("benchmarks", "198.18.0.1", false, false),
            ("benchmarks, last", "198.19.255.255", false, false),
            ("after benchmarks", "198.20.0.0", true, false),
            ("multicast", "224.0.0.1", false, false),
            ("kept for later", "240.0.0.1", false, false),
            ("broadcast", "255.255.255.255", false, false),
            ("a public server, six", "2400:cb00::1", true, false),
            ("loopback, six", "::1", false, true),
            ("unspecified, six", "::", false, false),
            ("unique local", "fd12:3456::1", false, true),
            ("unique local, first", "fc00::1", false, true),
            ("link-local, six", "fe80::1", false, false),
            ("link-local, last", "febf::1", false, false),
            ("site-local", "fec0::1", false, false),
            ("multicast, six", "ff02::1", false, false),
            ("mapped loopback", "::ffff:127.0.0.1", false, false),
            ("mapped, whatever it holds", "::ffff:8.8.8.8", false, false),
            ("compatible", "::7f00:1", false, false),
            ("NAT64 of a public one", "64:ff9b::808:808", true, false),
            ("NAT64 of the metadata", "64:ff9b::a9fe:a9fe", false, false),
            ("NAT64 of a private one", "64:ff9b::a00:1", false, false),
            ("NAT64 for local use", "64:ff9b:1::808:808", false, false),
            ("6to4 of a public one", "2002:808:808::1", true, false),
            ("6to4 of loopback", "2002:7f00:1::1", false, false),
            ("6to4 of a private one", "2002:c0a8:101::1", false, false),
            ("Teredo", "2001:0:53aa:64c::1", false, false),
            ("benchmarks, six", "2001:2::1", false, false),
            ("ORCHID", "2001:20::1", false, false),
            ("after the protocol assignments", "2001:200::1", true, false),
            ("documents, six", "2001:db8::1", false, false),
            ("documents, the new range", "3fff::1", false, false),
            ("discard", "100::1", false, false),
            ("segment routing", "5f00::1", false, false),
        ] {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(is_public(address), public, "{why}: {text}");
            assert_eq!(is_private(address), private, "{why}: {text}");
        }
    }
}
