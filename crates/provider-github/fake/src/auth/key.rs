//! The key of the fake's Apps. Everybody knows it; it opens nothing but the fake. It is made from two primes
//! written here, because looking for primes takes long in an unoptimised build and would need randomness.

use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use rsa::{BoxedUint, PrivateKey};

const P: &str = "fa11323edb00a0f79bc19ed0479f4f243c2a434b42fcb9d602e9bb7b15478a4553652d55a3a3dbe8a30f29e5caf6e27a\
     7caaf8cffe047bb0621f7a70f082a06240309d0538a8ebcd9981f49ca494a07380532b28e496d44420f5ccf793092388\
     1aaaca64e31bdb64c53c99e5d94cc2f75de5bcece6d4f44f4bca5420b4f2dff9";
const Q: &str = "e850b31701abd6cd0d750d22edf673d1d19e4978997bab98a9f020fe3924f1f4be513605f995f74d13619df6aead2ee4\
     2c5199ecf74bd2a1a60a2014826bf046e1a228db2dd33fca4b0b5d6acbfe13273195867c7629130cfd46c91ebe31fe31\
     102987302a93277592b9e0eadfeecfa7ff129b02095372cd95494475d4e1c2c3";

/// The private key (PKCS#8) and the public key, both PEM.
///
/// # Errors
/// The primes written here do not make a key.
pub fn app_key() -> Result<(String, String), rsa::Error> {
    let key = PrivateKey::from_p_q(number(P)?, number(Q)?, BoxedUint::from(65_537u64))?;
    let private = key.to_pkcs8_pem(LineEnding::LF)?.to_string();
    let public = key.to_public_key().to_public_key_pem(LineEnding::LF).map_err(|_| rsa::Error::Internal)?;
    Ok((private, public))
}

fn number(hex: &str) -> Result<BoxedUint, rsa::Error> {
    let bytes = hex::decode(hex).map_err(|_| rsa::Error::InvalidPrime)?;
    BoxedUint::from_be_slice(&bytes, 1024).map_err(|_| rsa::Error::InvalidPrime)
}
