//! Whether a URL may be asked, as far as its text tells. What its name resolves to is checked when
//! the connection is made.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::http::Uri;

use super::Policy;
use super::address::{is_private, is_public};
use super::error::{OutboundError, Reason};

/// Longer URLs are refused; what servers take ends about here.
const LONGEST_URL: usize = 2_000;
/// Names that only a network of one's own knows.
const LOCAL_ENDINGS: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "localdomain"];

/// Whether the policy allows this URL, for the moment somebody enters it and again before each use.
///
/// Nothing is resolved here: an allowed name may still lead to a refused address.
pub fn check_url(url: &str, policy: &Policy) -> Result<(), OutboundError> {
    parse(url, policy).map(drop)
}

/// The URL as the client takes it, if it is allowed.
pub(super) fn parse(url: &str, policy: &Policy) -> Result<Uri, OutboundError> {
    if url.len() > LONGEST_URL {
        return Err(OutboundError::Refused(Reason::NotUrl));
    }
    let uri: Uri = url.parse().map_err(|_why| OutboundError::Refused(Reason::NotUrl))?;
    let refuse = |reason| Err(OutboundError::Refused(reason));
    match uri.scheme_str() {
        Some("https") => (),
        Some("http") if policy.allow_private_networks => (),
        Some("http") => return refuse(Reason::NotEncrypted),
        _ => return refuse(Reason::Scheme),
    }
    let Some(authority) = uri.authority() else {
        return refuse(Reason::NotUrl);
    };
    if authority.as_str().contains('@') {
        return refuse(Reason::UserInfo);
    }
    let named_port = authority.as_str().len() > authority.host().len();
    if named_port && authority.port_u16().is_none_or(|port| port == 0) {
        return refuse(Reason::NotUrl);
    }
    check_host(authority.host(), policy).map_err(OutboundError::Refused)?;
    Ok(uri)
}

fn check_host(host: &str, policy: &Policy) -> Result<(), Reason> {
    if let Some(inner) = host.strip_prefix('[') {
        let inner = inner.strip_suffix(']').ok_or(Reason::NotUrl)?;
        let address: Ipv6Addr = inner.parse().map_err(|_why| Reason::NotUrl)?;
        return check_address(IpAddr::V6(address), policy);
    }
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    if let Ok(address) = name.parse::<Ipv4Addr>() {
        return check_address(IpAddr::V4(address), policy);
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    if name.is_empty() || name.split('.').any(str::is_empty) {
        return Err(Reason::NotUrl);
    }
    // 2130706433, 0x7f.1 and 0177.0.0.1 are names that resolvers take for addresses.
    let hexadecimal = last.strip_prefix("0x").unwrap_or("-");
    if last.bytes().all(|byte| byte.is_ascii_digit())
        || hexadecimal.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Err(Reason::OddAddress);
    }
    let ends_with = |ending: &str| {
        name.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    if !policy.allow_private_networks && LOCAL_ENDINGS.into_iter().any(ends_with) {
        return Err(Reason::LocalName);
    }
    Ok(())
}

/// Whether a connection to the address may be made.
pub(super) fn check_address(address: IpAddr, policy: &Policy) -> Result<(), Reason> {
    let allowed = is_public(address) || (policy.allow_private_networks && is_private(address));
    if allowed { Ok(()) } else { Err(Reason::Address) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_refused_for_what_its_text_tells() {
        let strict = Policy::default();
        let open = Policy { allow_private_networks: true, ..Policy::default() };
        for (why, url, alone, at_home) in [
            ("an ordinary receiver", "https://nhan.example.edu.vn/doisoat?x=1", None, None),
            ("another port", "https://nhan.example.edu.vn:8443/", None, None),
            ("a public address", "https://113.160.0.1/", None, None),
            ("in the clear", "http://nhan.example.edu.vn/", Some(Reason::NotEncrypted), None),
            ("upper case", "HTTPS://NHAN.EXAMPLE.EDU.VN/", None, None),
            ("a file", "file:///etc/passwd", Some(Reason::NotUrl), Some(Reason::NotUrl)),
            ("another protocol", "ftp://a.vn/", Some(Reason::Scheme), Some(Reason::Scheme)),
            ("no scheme", "a.vn/hook", Some(Reason::NotUrl), Some(Reason::NotUrl)),
            ("a path", "/hook", Some(Reason::Scheme), Some(Reason::Scheme)),
            ("a user", "https://ai:do@a.vn/", Some(Reason::UserInfo), Some(Reason::UserInfo)),
            (
                "a host as user",
                "https://a.vn@10.0.0.1/",
                Some(Reason::UserInfo),
                Some(Reason::UserInfo),
            ),
            ("a backslash", "https://a.vn\\@10.0.0.1/", Some(Reason::NotUrl), Some(Reason::NotUrl)),
            ("a blank", "https://a.vn/a b", Some(Reason::NotUrl), Some(Reason::NotUrl)),
            ("a line break", "https://a.vn/\r\nX: y", Some(Reason::NotUrl), Some(Reason::NotUrl)),
            ("an odd port", "https://a.vn:70000/", Some(Reason::NotUrl), Some(Reason::NotUrl)),
            ("port zero", "https://a.vn:0/", Some(Reason::NotUrl), Some(Reason::NotUrl)),
            ("loopback", "https://127.0.0.1/", Some(Reason::Address), None),
            ("loopback, six", "https://[::1]/", Some(Reason::Address), None),
            ("mapped", "https://[::ffff:10.0.0.1]/", Some(Reason::Address), Some(Reason::Address)),
            ("metadata", "https://169.254.169.254/", Some(Reason::Address), Some(Reason::Address)),
            ("decimal", "https://2130706433/", Some(Reason::OddAddress), Some(Reason::OddAddress)),
            (
                "hexadecimal",
                "https://0x7f000001/",
                Some(Reason::OddAddress),
                Some(Reason::OddAddress),
            ),
            ("octal", "https://0177.0.0.1/", Some(Reason::OddAddress), Some(Reason::OddAddress)),
            ("short", "https://127.1/", Some(Reason::OddAddress), Some(Reason::OddAddress)),
            (
                "empty hexadecimal",
                "https://10.0x/",
                Some(Reason::OddAddress),
                Some(Reason::OddAddress),
            ),
            ("this machine", "https://localhost/", Some(Reason::LocalName), None),
            ("with a dot", "https://LOCALHOST./", Some(Reason::LocalName), None),
            ("below it", "https://a.localhost/", Some(Reason::LocalName), None),
            ("a network's own name", "https://may-chu.local/", Some(Reason::LocalName), None),
            ("a cloud's name", "https://metadata.google.internal/", Some(Reason::LocalName), None),
            ("only ends alike", "https://notlocal.vn.thelocal/", None, None),
            ("an empty label", "https://a..vn/", Some(Reason::NotUrl), Some(Reason::NotUrl)),
        ] {
            for (policy, expected) in [(&strict, alone), (&open, at_home)] {
                let found = check_url(url, policy).err();
                assert_eq!(found, expected.map(OutboundError::Refused), "{why}: {url}");
            }
        }
        let long = format!("https://a.vn/{}", "a".repeat(LONGEST_URL));
        assert_eq!(check_url(&long, &strict), Err(OutboundError::Refused(Reason::NotUrl)));
    }
}
