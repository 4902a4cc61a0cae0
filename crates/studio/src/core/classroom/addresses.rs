//! The addresses at which other machines reach this one.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The beginnings of the names of networks inside this machine.
const INSIDE: [&str; 5] = ["docker", "br-", "veth", "virbr", "vmnet"];

/// Returns the addresses of a studio for the browsers of others, such as `http://192.168.1.20:8600`: first the host names, then
/// the most likely address.
pub fn addresses(listening: SocketAddr, hosts: &[String]) -> Vec<String> {
    let named = hosts.iter().map(|host| format!("http://{host}:{}", listening.port()));
    let address = |ip: IpAddr| format!("http://{}", SocketAddr::new(ip, listening.port()));
    let ips = if listening.ip().is_unspecified() { of_networks() } else { vec![listening.ip()] };
    named.chain(ips.into_iter().map(address)).collect()
}

fn of_networks() -> Vec<IpAddr> {
    // Without a list, the page can still be opened on this machine.
    let networks = if_addrs::get_if_addrs().unwrap_or_default();
    let outside = |network: &if_addrs::Interface| !INSIDE.iter().any(|name| network.name.starts_with(name));
    let reached = networks.into_iter().filter(outside).filter_map(|network| match network.ip() {
        IpAddr::V4(ip) if !ip.is_loopback() && !ip.is_link_local() => Some(ip),
        _ => None,
    });
    let mut ips: Vec<Ipv4Addr> = reached.collect();
    // School networks and hotspots have private addresses, most often of the first kind.
    ips.sort_by_key(|ip| (ip.octets()[0] != 192, !ip.is_private(), *ip));
    if ips.is_empty() {
        ips.push(Ipv4Addr::LOCALHOST);
    }
    ips.into_iter().map(IpAddr::V4).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_first_and_an_address_that_was_chosen_is_the_only_one() {
        let listening = SocketAddr::from(([192, 168, 1, 20], 8600));
        let all = addresses(listening, &["studio.local".into()]);
        assert_eq!(all, ["http://studio.local:8600", "http://192.168.1.20:8600"]);
        let all = addresses(SocketAddr::from(([0, 0, 0, 0], 1)), &[]);
        assert!(!all.is_empty() && all.iter().all(|address| !address.contains("0.0.0.0")));
    }
}
