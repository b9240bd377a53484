//! A large source reads the same every time, in the order of its files.

use super::world::{directory, read, shown, write};

#[test]
fn many_files_are_read_in_the_same_order_every_time() {
    let dir = directory(&[]);
    for i in 0..300 {
        let broken = if i % 50 == 7 { "x: [\n" } else { "" };
        write(
            dir.path(),
            &format!("d{}/f{i:03}.yaml", i % 7),
            format!("kind: A\nn: {i}\n{broken}").as_bytes(),
        );
    }
    let first = read(dir.path());
    assert_eq!(first.snapshot.manifests.len(), 294);
    assert_eq!(first.snapshot.problems.len(), 6);
    for _ in 0..3 {
        assert_eq!(shown(&read(dir.path())), shown(&first));
    }
}
