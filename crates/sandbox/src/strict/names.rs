//! Names the way Route53 treats them: lower case, final dot, octal escapes for everything unusual.
//! moto stores names as it gets them, so strict mode stores them in one plain form and escapes on the way out.

/// Lower case, absolute, printable octal escapes decoded: `WWW.\052.Example` becomes `www.*.example.`.
pub(super) fn plain(name: &str) -> String {
    let mut out = decode(name).to_ascii_lowercase();
    if !out.ends_with('.') {
        out.push('.');
    }
    out
}

/// As Route53 shows a name: everything but letters, digits, `-`, `_` and `.` as `\ooo`. What is escaped stays so.
pub(super) fn shown(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'\\' => {
                out.push(char::from(byte))
            }
            other => out.push_str(&format!("\\{other:03o}")),
        }
    }
    out
}

/// Spaces, control characters, dots, backslashes and bytes outside ASCII stay escaped: they mean something else bare.
fn decode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let octal = escape.get(1..4).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match octal.filter(|b| b.is_ascii_graphic() && !matches!(b, b'.' | b'\\')) {
            Some(byte) => {
                out.push(char::from(byte));
                rest = &escape[4..];
            }
            None => {
                out.push('\\');
                rest = &escape[1..];
            }
        }
    }
    out + rest
}

/// Whether `name` is the zone or lies below it; both in plain form.
pub(super) fn within(name: &str, zone: &str) -> bool {
    name == zone || name.strip_suffix(zone).is_some_and(|head| head.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_plain_form_and_one_shown_form() {
        assert_eq!(plain("\\052.Example.COM"), "*.example.com.");
        assert_eq!(shown("*.example.com."), "\\052.example.com.");
        assert_eq!(plain("a\\040b.example."), "a\\040b.example.");
        assert_eq!(shown("a\\040b.example."), "a\\040b.example.");
        assert!(within("a.example.", "example."));
        assert!(!within("badexample.", "example."));
    }
}
