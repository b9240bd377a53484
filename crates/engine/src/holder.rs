//! Names of lease holders: `machine/process/start`, so that the lease of a process that died on this
//! machine is known to be abandoned at once instead of after its time.

/// The name of a process on this machine. The start time (clock ticks since boot, proc(5)) tells a
/// process from a later one with the same number.
#[must_use]
pub fn name(host: &str, pid: u32) -> String {
    format!("{host}/{pid}/{}", started(pid).unwrap_or_default())
}

/// Whether the holder was a process of the same machine as `us` and is gone. Unknown is not gone.
#[must_use]
pub fn is_dead(holder: &str, us: &str) -> bool {
    let mut theirs = holder.split('/');
    let (host, pid, start) = (theirs.next(), theirs.next(), theirs.next());
    let same_machine = host.is_some() && host == us.split('/').next();
    let Some(pid) = pid.and_then(|p| p.parse::<u32>().ok()).filter(|_| same_machine) else { return false };
    match (started(pid), start.and_then(|s| s.parse::<u64>().ok())) {
        (Some(now), Some(then)) => now != then,
        (None, Some(_)) => std::path::Path::new("/proc/self/stat").exists(),
        _ => false,
    }
}

fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in parentheses and may hold anything, so count after it.
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_process_of_this_machine_that_is_gone_is_dead() {
        let us = name("here", std::process::id());
        assert!(!is_dead(&us, &us));
        assert!(is_dead(&format!("here/{}/1", std::process::id()), &us), "a later process with our number");
        assert!(is_dead("here/4294967295/5", &us));
        assert!(!is_dead("there/4294967295/5", &us));
        assert!(!is_dead("nonsense", &us));
    }
}
