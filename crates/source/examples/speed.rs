//! Measures reading: `cargo run --release -p aplomo-source --example speed -- DIRECTORY [RECORDS]`.
//! With RECORDS, the directory is filled with about that many DNS records first.
#![allow(clippy::disallowed_methods, clippy::print_stdout)]

use aplomo_source::{ReadOptions, read_directory};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().ok_or("name a directory")?;
    let directory = Path::new(&directory);
    if let Some(records) = arguments.next() {
        fill(directory, records.parse()?)?;
    }
    let begin = Instant::now();
    let reading = read_directory(directory, &ReadOptions::default())?;
    let seconds = begin.elapsed().as_secs_f64();
    let bytes: usize = reading.texts.iter().map(|(_, text)| text.len()).sum();
    let megabytes = bytes as f64 / 1e6;
    println!(
        "{} manifests, {} problems, {megabytes:.1} MB in {seconds:.3} s: {:.0} MB/s, complete: {}",
        reading.snapshot.manifests.len(),
        reading.snapshot.problems.len(),
        megabytes / seconds,
        reading.snapshot.complete,
    );
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("peak memory unknown"));
    Ok(())
}

/// One domain of 100 records per file.
fn fill(directory: &Path, records: usize) -> Result<(), Box<dyn Error>> {
    for domain in 0..records.div_ceil(100) {
        let mut text = format!(
            "apiVersion: aplomo/v1\nkind: Domain\nmetadata:\n  name: d{domain}.example\n  tenant: acme\nspec:\n  \
             zone: public\n  records:\n"
        );
        for record in 0..100 {
            writeln!(
                text,
                "    - name: host{record}\n      type: A\n      ttl: 300\n      values: [10.0.{domain}.{record}, 10.1.0.{record}]\n      comment: written by hand"
            )?;
        }
        let path = directory.join(format!("part{}", domain % 10));
        std::fs::create_dir_all(&path)?;
        std::fs::write(path.join(format!("d{domain}.yaml")), text)?;
    }
    Ok(())
}
